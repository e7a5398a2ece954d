internal import Glibc
internal import ServerHarness

/// Something that a scenario needs of the machine, or of the command line.
public struct Requirement: Sendable {
    /// A word or two: `root`.
    public let name: String
    private let check: @Sendable (SceneSetting) -> String?

    /// - Parameter check: why it is not met, or nil.
    public init(_ name: String, check: @escaping @Sendable () -> String?) { self.init(name, inSetting: { _ in check() }) }

    /// - Parameter check: why it is not met in a setting, or nil.
    public init(_ name: String, inSetting check: @escaping @Sendable (SceneSetting) -> String?) {
        self.name = name
        self.check = check
    }

    /// Why it is not met here; nil when it is. Tries the thing itself, so it may take milliseconds.
    public func unmet(in setting: SceneSetting) -> String? { self.check(setting) }

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

    /// The programs of another build.
    public static let previousBuild = Requirement(
        "another build",
        inSetting: { setting in
            guard let directory = setting.previousPrograms else { return "needs another build's programs: --previous DIR" }
            let missing = ["flotilla", "retry-scheduler", "fleet-worker"].filter { access("\(directory)/\($0)", X_OK) != 0 }
            return missing.isEmpty ? nil : "\(directory) has no \(missing.joined(separator: ", "))"
        })
}

/// Runs a program and says whether it ended with 0.
func succeeds(_ line: [String], log: String? = nil) -> Bool {
    guard let process = try? ChildProcess(line[0], Array(line.dropFirst()), log: log) else { return false }
    return process.wait() == .exited(0)
}
