internal import CSystem
internal import Glibc
internal import Threading

/// A program started by a test, with its output in a file.
///
/// It never outlives the test process: `deinit` kills it, and should the test process itself be killed, the ``ChildGuard`` does.
/// All members may be called from any thread.
public final class ChildProcess: Sendable {
    /// How a program ended.
    public enum Ending: Sendable, Equatable {
        case exited(Int32)
        case signalled(Int32)
    }

    public let pid: Int32
    /// Readable once the program has ended.
    private let pidfd: Int32
    private let reaped = Lock<Ending?>(nil)

    /// Starts `executable` (found along PATH when it holds no slash) with `arguments`, which do not include the program's own name.
    ///
    /// - Parameters:
    ///   - environment: added to what this process has; a name given here wins.
    ///   - inheritsEnvironment: false starts it with `environment` alone.
    ///   - directory: the working directory; nil keeps ours.
    ///   - log: where standard output and standard error are appended; nil throws them away.
    /// - Throws: ``HarnessError`` when the program cannot be started; nothing is left running.
    public init(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:], inheritsEnvironment: Bool = true,
        directory: String? = nil, log: String? = nil
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log ?? "/dev/null", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        if let directory { posix_spawn_file_actions_addchdir_np(&actions, directory) }

        let entries = inheritsEnvironment ? inheritedEnvironment(overlaid: environment) : environment.map { "\($0.key)=\($0.value)" }
        self.pid = try spawn(executable, arguments, environment: entries, actions: &actions)
        self.pidfd = flotilla_pidfd_open(self.pid)
        ChildGuard.shared?.adopt(self.pid)
    }

    deinit {
        self.kill(SIGKILL)
        self.wait()
        if self.pidfd >= 0 { close(self.pidfd) }
    }

    /// Sends `signal` to the program; does nothing when it has ended.
    public func kill(_ signal: Int32) {
        // Under the lock, so that the pid cannot have been reaped and given to somebody else.
        self.reaped.withLock { ending in
            if ending == nil { _ = Glibc.kill(self.pid, signal) }
        }
    }

    /// Whether the program has not ended yet.
    public var isRunning: Bool { self.poll() == nil }

    /// Blocks the calling thread until the program ends.
    @discardableResult
    public func wait() -> Ending {
        while true {
            if let ending = self.wait(milliseconds: -1) { return ending }
        }
    }

    /// Blocks the calling thread until the program ends, at most `milliseconds`; nil when it still runs then. -1 waits for ever.
    public func wait(milliseconds: Int32) -> Ending? {
        if let ending = self.poll() { return ending }
        var entry = pollfd(fd: self.pidfd, events: Int16(POLLIN), revents: 0)
        _ = Glibc.poll(&entry, 1, milliseconds)
        return self.poll()
    }

    private func poll() -> Ending? {
        self.reaped.withLock { ending in
            if ending != nil { return ending }
            var status: Int32 = 0
            let result = waitpid(self.pid, &status, WNOHANG)
            if result == 0 || (result < 0 && errno == EINTR) { return nil }
            // Failing here means that somebody else reaped the child; it is gone all the same.
            if result < 0 { ending = .exited(-1) } else { ending = Ending(status: status) }
            ChildGuard.shared?.forget(self.pid)
            return ending
        }
    }
}

extension ChildProcess.Ending {
    fileprivate init(status: Int32) {
        if flotilla_signaled(status) != 0 {
            self = .signalled(flotilla_term_signal(status))
        } else {
            self = .exited(flotilla_exit_status(status))
        }
    }
}

/// Spawns with exactly the given environment, an empty signal mask and default signal handlers, in a process group of its own.
func spawn(
    _ executable: String, _ arguments: [String], environment: [String], actions: inout posix_spawn_file_actions_t
) throws -> pid_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var argv: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) }
    var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) }
    argv.append(nil)
    envp.append(nil)
    defer { for pointer in argv + envp { free(pointer) } }

    var pid: pid_t = 0
    let code = posix_spawnp(&pid, executable, &actions, &attributes, argv, envp)
    guard code == 0 else { throw HarnessError("cannot start \(executable): \(String(cString: strerror(code)))") }
    return pid
}

/// What this process has, with other values for some names: `name=value` each.
func inheritedEnvironment(overlaid: [String: String]) -> [String] {
    var entries = overlaid.map { "\($0.key)=\($0.value)" }
    var cursor = environ
    while let entry = cursor.pointee {
        let text = String(cString: entry)
        let name = text.prefix { $0 != "=" }
        if overlaid[String(name)] == nil { entries.append(text) }
        cursor += 1
    }
    return entries
}
