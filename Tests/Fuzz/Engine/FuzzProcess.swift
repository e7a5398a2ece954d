import Glibc

/// One child of this program, started and watched.
struct FuzzProcess {
    /// How a child ended.
    enum End: Equatable {
        case finished
        /// The child said what was wrong; ``FuzzProgress/reason`` holds it.
        case defect
        case killed(signal: Int32)
        /// One of its last inputs took too much memory; ``FuzzProgress/index`` is the first of them.
        case grown
        /// It made no progress for so long that it was killed.
        case hung
        /// It could not run the target at all.
        case failed(status: Int32)
    }

    private let identifier: pid_t

    /// Starts this program again with other arguments; its standard error goes to a file.
    init(arguments: [String], errors: String) throws {
        let program = try Self.ownPath()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        let words = ([program] + arguments).map { strdup($0) }
        // The runtime's own report of a crash takes seconds and opens windows into the process; replaying an input shows it.
        let variables = Self.environment().map { strdup($0) } + [strdup("SWIFT_BACKTRACE=enable=no")]
        defer { for text in words + variables { free(text) } }
        var child: pid_t = 0
        let status = posix_spawn(&child, program, &actions, nil, words + [nil], variables + [nil])
        guard status == 0 else { throw FuzzFailure("cannot start \(program): \(String(cString: strerror(status)))") }
        self.identifier = child
    }

    /// Waits for the end, or kills the child when `progress` stands still; six times as long before the first input, while tables are made.
    func wait(_ progress: FuzzProgress, hangSeconds: Int) -> End {
        var lastIndex = -2
        var since = ContinuousClock.now
        while true {
            var status: Int32 = 0
            if waitpid(self.identifier, &status, WNOHANG) == self.identifier { return Self.end(status) }
            let index = progress.index
            if index != lastIndex {
                (lastIndex, since) = (index, ContinuousClock.now)
            } else if ContinuousClock.now - since > .seconds(index < 0 ? 6 * hangSeconds : hangSeconds) {
                kill(self.identifier, SIGKILL)
                waitpid(self.identifier, &status, 0)
                // It may have ended of itself in between.
                return status & 0x7F == SIGKILL ? .hung : Self.end(status)
            }
            usleep(5_000)
        }
    }

    private static func end(_ status: Int32) -> End {
        if status & 0x7F != 0 { return .killed(signal: status & 0x7F) }
        switch status >> 8 & 0xFF {
        case 0: return .finished
        case FuzzChild.defectStatus: return .defect
        case FuzzChild.memoryStatus: return .grown
        case let other: return .failed(status: other)
        }
    }

    private static func ownPath() throws -> String {
        guard let path = realpath("/proc/self/exe", nil) else { throw FuzzFailure("cannot find this program's own path") }
        defer { free(path) }
        return String(cString: path)
    }

    private static func environment() -> [String] {
        var texts: [String] = []
        var entry = environ
        while let text = entry.pointee {
            if strncmp(text, "SWIFT_BACKTRACE=", 16) != 0 { texts.append(String(cString: text)) }
            entry += 1
        }
        return texts
    }
}
