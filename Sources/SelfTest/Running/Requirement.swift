internal import Glibc
internal import ServerHarness

/// Something that a scenario needs of the machine.
public struct Requirement: Sendable {
    /// A word or two: `root`.
    public let name: String
    private let check: @Sendable () -> String?

    /// - Parameter check: why it is not met, or nil.
    public init(_ name: String, check: @escaping @Sendable () -> String?) {
        self.name = name
        self.check = check
    }

    /// Why it is not met here; nil when it is. Tries the thing itself, so it may take milliseconds.
    public func unmet() -> String? { self.check() }

    public static let root = Requirement("root") { geteuid() == 0 ? nil : "needs root" }

    /// A program along PATH.
    public static func program(_ name: String) -> Requirement {
        Requirement(name) { succeeds(["sh", "-c", "command -v \(name)"]) ? nil : "needs the program \(name)" }
    }

    public static let networkNamespace = Requirement("network namespace") {
        succeeds(["unshare", "--net", "true"]) ? nil : "the kernel refuses a network namespace"
    }

    public static let timeNamespace = Requirement("time namespace") {
        succeeds(["unshare", "--time", "--monotonic", "1", "--fork", "true"]) ? nil : "the kernel refuses a time namespace"
    }

    /// A file system in memory, mounted in a mount namespace.
    public static let tmpfs = Requirement("tmpfs") {
        succeeds(["unshare", "--mount", "sh", "-c", "mount -t tmpfs -o size=64k none /mnt"]) ? nil : "the kernel refuses a mount of tmpfs"
    }
}

/// Runs a program and says whether it ended with 0.
func succeeds(_ line: [String], log: String? = nil) -> Bool {
    guard let process = try? ChildProcess(line[0], Array(line.dropFirst()), log: log) else { return false }
    return process.wait() == .exited(0)
}
