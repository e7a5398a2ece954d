import Glibc

/// A private directory for one piece of work, gone when the work is over.
public struct WorkDirectory: Sendable {
    /// Absolute.
    public let path: String

    /// Makes a directory (mode 0700) under `root`, runs `body` with it and removes it with all it holds, also when `body` throws.
    ///
    /// - Throws: ``WorkDirectoryError`` when it cannot be made (nothing was written then), else what `body` throws.
    public static func with<Result>(
        under root: String, isolation: isolated (any Actor)? = #isolation, _ body: (WorkDirectory) async throws -> Result
    ) async throws -> Result {
        let directory = try WorkDirectory(under: root)
        defer { directory.remove() }
        return try await body(directory)
    }

    /// Makes a directory that the caller removes. Its name tells which process made it, so that ``sweep(under:)`` can.
    public init(under root: String) throws(WorkDirectoryError) {
        try Self.makeDirectories(root)
        guard let resolved = realpath(root, nil) else { throw WorkDirectoryError(path: root, errno: errno) }
        defer { free(resolved) }
        let template = "\(String(cString: resolved))/\(Owner.current.prefix)XXXXXX"
        var name = template.utf8CString
        let made = name.withUnsafeMutableBufferPointer { buffer -> String? in
            guard let base = buffer.baseAddress, mkdtemp(base) != nil else { return nil }
            return String(cString: base)
        }
        guard let made else { throw WorkDirectoryError(path: template, errno: errno) }
        self.path = made
    }

    /// The path of an entry of this directory.
    public func file(_ name: String) -> String { "\(self.path)/\(name)" }

    /// Removes the directory with all it holds. Links are removed, never followed. Calling it twice is fine.
    public func remove() {
        // A killed sandbox may still be dying and writing: what it added meanwhile takes another turn.
        for _ in 0..<50 {
            if FileTree.remove(self.path) { return }
            usleep(2_000)
        }
    }

    /// Removes what processes that are gone left under `root`; call it once at start. Other entries and those of the living stay.
    ///
    /// - Returns: how many directories were removed.
    @discardableResult
    public static func sweep(under root: String) -> Int {
        var removed = 0
        for name in FileTree.entries(root) {
            guard let owner = Owner(directoryName: name), !owner.isAlive else { continue }
            if FileTree.remove("\(root)/\(name)") { removed += 1 }
        }
        return removed
    }

    private static func makeDirectories(_ path: String) throws(WorkDirectoryError) {
        guard mkdir(path, 0o700) != 0, errno != EEXIST else { return }
        let failure = errno
        if failure == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex {
            try Self.makeDirectories(String(path[..<slash]))
            if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        }
        throw WorkDirectoryError(path: path, errno: failure)
    }
}

/// A work directory could not be made; nothing was written.
public struct WorkDirectoryError: Error, Sendable, CustomStringConvertible {
    public let path: String
    /// ENOSPC is a full disk, EACCES a missing right, and so on.
    public let errno: Int32

    public var description: String { "cannot make a work directory \(self.path): \(String(cString: strerror(self.errno)))" }
}

/// A process told from every other one of this machine, also after a reboot or when its number is used again.
private struct Owner {
    private let process: pid_t
    /// Clock ticks from boot to its start.
    private let started: UInt64
    private let boot: String

    static let current = Owner(process: getpid(), started: Self.startTime(getpid()) ?? 0, boot: Self.bootID)
    private static let bootID =
        Self.readFile("/proc/sys/kernel/random/boot_id").map { String($0.filter { $0 != "-" }.prefix(8)) } ?? "00000000"

    private init(process: pid_t, started: UInt64, boot: String) {
        self.process = process
        self.started = started
        self.boot = boot
    }

    /// `flotilla-<pid>-<start>-<boot>-`
    var prefix: String { "flotilla-\(self.process)-\(self.started)-\(self.boot)-" }

    init?(directoryName: String) {
        let parts = directoryName.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0] == "flotilla", let process = pid_t(parts[1]), let started = UInt64(parts[2]) else { return nil }
        self.init(process: process, started: started, boot: String(parts[3]))
    }

    var isAlive: Bool { self.boot == Self.bootID && Self.startTime(self.process) == self.started }

    /// Field 22 of `/proc/PID/stat`; the name before it may hold spaces and parentheses, so count from the last one.
    private static func startTime(_ process: pid_t) -> UInt64? {
        guard let text = Self.readFile("/proc/\(process)/stat"), let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        return fields.count > 19 ? UInt64(fields[19]) : nil
    }

    private static func readFile(_ path: String) -> String? {
        let file = Descriptor.open(path, O_RDONLY)
        guard file.isOpen else { return nil }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(file.number, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }
}
