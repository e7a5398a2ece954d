import CSystem
import Glibc

/// A program that `document-extractor` starts where it runs itself: sandbox, limits and process group are the same.
enum ToolRun {
    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - program: an absolute path.
    ///   - output, errors: files to make for standard output and standard error; nil for nowhere.
    /// - Returns: what `waitpid` said; nil when it could not be started.
    static func status(_ program: String, _ arguments: [String], output: String? = nil, errors: String? = nil) -> Int32? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output ?? "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors ?? "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        guard posix_spawn(&child, program, &actions, nil, &words, environ) == 0 else { return nil }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 { if errno != EINTR { return nil } }
        return status
    }

    /// Whether it ran and exited with 0.
    static func succeeds(_ program: String, _ arguments: [String], output: String? = nil) -> Bool {
        self.status(program, arguments, output: output) == 0
    }
}
