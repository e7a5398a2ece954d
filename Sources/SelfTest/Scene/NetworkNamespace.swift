internal import Glibc
internal import ServerHarness

/// A network namespace with nothing but its own loopback. Needs root. It has no name, and goes with the last process and connection in it.
final class NetworkNamespace: Sendable {
    private let holder: ChildProcess

    /// - Throws: ``SelfTestError`` where the kernel refuses it.
    init() throws {
        self.holder = try ChildProcess("unshare", ["--net", "sleep", "infinity"])
        let own = Self.readLink("/proc/self/ns/net")
        for _ in 0..<200 where Self.readLink("/proc/\(self.holder.pid)/ns/net") == own {
            // Until it has left ours. Nothing tells when.
            usleep(10_000)
        }
        guard self.holder.isRunning, Self.readLink("/proc/\(self.holder.pid)/ns/net") != own else {
            throw SelfTestError("the kernel refuses a network namespace")
        }
        try demand(self.prefix + ["ip", "link", "set", "lo", "up"])
    }

    /// A process in it: what `ip link … netns` takes.
    var pid: Int32 { self.holder.pid }

    /// Starts a program inside.
    var prefix: [String] { ["nsenter", "--net=/proc/\(self.holder.pid)/ns/net"] }

    /// Removes links of ours with a shell that outlives us: connections that nobody closed would keep them for minutes. Within a second or two of
    /// our end, or when the first of them is gone.
    static func guardLinks(_ link: String, group: Int? = nil) throws {
        let removal = group.map { "ip link delete group \($0); " } ?? ""
        try demand([
            "sh", "-c",
            "(while [ -d /proc/$1 ] && [ -d /sys/class/net/$2 ]; do sleep 1; done; \(removal)ip link delete $2) > /dev/null 2>&1 &", "sh",
            "\(getpid())", link,
        ])
    }

    /// Where a symbolic link leads; empty when there is none.
    private static func readLink(_ path: String) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        let count = readlink(path, &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Runs a program that must succeed.
func demand(_ line: [String]) throws {
    if !succeeds(line) { throw SelfTestError("refused: \(line.joined(separator: " "))") }
}
