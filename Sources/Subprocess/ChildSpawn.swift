import CSystem
import Glibc

/// Starts one process with exactly three descriptors, no blocked or ignored signals, and a process group of its own.
enum ChildSpawn {
    enum Failure: Error {
        case notFound
        case failed(errno: Int32)
    }

    static func start(
        path: String, arguments: [String], environment: [String: String], directory: String?, input: Int32, output: Int32, errors: Int32
    ) -> Result<pid_t, Failure> {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        // Whatever other threads opened without close-on-exec stays here.
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        if let directory { posix_spawn_file_actions_addchdir_np(&actions, directory) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A daemon blocks SIGTERM and ignores SIGPIPE, and both would be inherited: the child could then not be terminated.
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let strings = [path] + arguments
        let variables = environment.map { "\($0.key)=\($0.value)" }
        var argv: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
        defer {
            for string in argv { free(string) }
            for string in envp { free(string) }
        }
        var child: pid_t = 0
        let status = posix_spawn(&child, path, &actions, &attributes, &argv, &envp)
        if status == 0 { return .success(child) }
        // A missing working directory is ENOENT as well: only the program's own absence is "not found".
        if status == ENOENT && access(path, F_OK) != 0 { return .failure(.notFound) }
        return .failure(.failed(errno: status))
    }
}
