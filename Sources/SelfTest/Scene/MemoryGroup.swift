internal import Glibc

/// A control group that bounds the memory of the processes in it. Needs root; gone with this value, once its processes are.
final class MemoryGroup: Sendable {
    private let path: String

    /// Where groups with a memory controller can be made: version 2, or version 1.
    private static let roots = [
        (path: "/sys/fs/cgroup", controller: "cgroup.controllers", limit: "memory.max"),
        (path: "/sys/fs/cgroup/memory", controller: "memory.limit_in_bytes", limit: "memory.limit_in_bytes"),
    ]

    static let requirement = Requirement("memory cgroup") {
        do {
            _ = try MemoryGroup(megabytes: 64)
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// - Throws: ``SelfTestError`` where the kernel has no such controller or refuses a group.
    init(megabytes: Int) throws {
        let name = "flotilla-selftest-\(getpid())-\(UInt32.random(in: 0...0xFFFF))"
        for root in Self.roots {
            let controller = readText("\(root.path)/\(root.controller)")
            guard root.limit != "memory.max" ? !controller.isEmpty : controller.contains("memory") else { continue }
            // A group of version 2 has the files of a controller only where its parent hands it down.
            if root.limit == "memory.max" { writeText("+memory", to: "\(root.path)/cgroup.subtree_control") }
            let path = "\(root.path)/\(name)"
            guard mkdir(path, 0o755) == 0 else { continue }
            if writeText("\(megabytes << 20)", to: "\(path)/\(root.limit)") {
                // What is swapped out would not count; not every kernel has the file.
                writeText("0", to: "\(path)/memory.swap.max")
                self.path = path
                return
            }
            rmdir(path)
        }
        throw SelfTestError("no control group with a memory limit can be made")
    }

    deinit { rmdir(self.path) }

    /// Starts a program in the group.
    var prefix: [String] { ["sh", "-c", "echo $$ > \(self.path)/cgroup.procs && exec \"$@\"", "sh"] }
}
