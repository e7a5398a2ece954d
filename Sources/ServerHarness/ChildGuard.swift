internal import CSystem
internal import Glibc

/// A shell that outlives the test process by a moment: when our end of its standard input closes, however we ended, it kills the
/// children that are still noted and removes the directories.
///
/// PR_SET_PDEATHSIG would not do: it fires when the spawning *thread* ends, and tests run on threads that come and go.
final class ChildGuard: Sendable {
    /// Nil when the shell could not be started: tests still work, but a killed test process leaves servers behind.
    static let shared = ChildGuard()

    private let input: Int32

    private init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe2(&ends, O_CLOEXEC) == 0 else { return nil }
        defer { close(ends[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        // The empty environment is no matter: kill is built in and rm is found along the shell's default PATH.
        guard (try? spawn("/bin/sh", ["-c", Self.script], environment: [], actions: &actions)) != nil else {
            // Not fatal: see `shared`.
            close(ends[1])
            return nil
        }
        self.input = ends[1]
    }

    /// Lines are `+ pid`, `- pid`, `dir path`, `gone path`.
    private static let script = """
        pids=' '
        dirs=''
        while read -r verb word; do
            case $verb in
            +) pids="$pids$word " ;;
            -) pids="${pids%% $word *} ${pids#* $word }" ;;
            dir) dirs="$dirs
        $word" ;;
            esac
        done
        for pid in $pids; do kill -9 "$pid"; done
        IFS='
        '
        for dir in $dirs; do rm -rf -- "$dir"; done
        """

    func adopt(_ pid: pid_t) { self.say("+ \(pid)\n") }
    func forget(_ pid: pid_t) { self.say("- \(pid)\n") }
    /// `directory` is removed after the test process has ended, if it still exists.
    func adopt(directory: String) { self.say("dir \(directory)\n") }

    /// Short writes to a pipe are atomic, so no lock is needed.
    private func say(_ line: String) {
        var line = line
        line.withUTF8 { _ = write(self.input, $0.baseAddress, $0.count) }
    }
}
