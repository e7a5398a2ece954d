internal import Glibc
internal import ServerHarness

/// A network namespace with an address of its own, and a link to it that can be taken down. Needs root.
///
/// The link goes with this value, or within a second or two of this process, should it be killed. The namespace has no name, and goes with
/// the last process and connection in it.
final class PartedNetwork: Sendable {
    /// Our end of the link.
    let outsideAddress: String
    /// The namespace's.
    let insideAddress: String
    private let outside: String
    private let inside: String
    private let holder: ChildProcess

    static let requirement = Requirement("parted network") {
        do {
            _ = try PartedNetwork()
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// - Throws: ``SelfTestError`` where the kernel refuses a namespace or a pair of virtual interfaces, or a program is missing.
    init() throws {
        let number = Int.random(in: 0..<16_384)
        let network = "10.231.\(number / 64).\(number % 64 * 4)"
        guard let dot = network.lastIndex(of: "."), let host = Int(network[network.index(after: dot)...]) else {
            throw SelfTestError("no network in \(network)")
        }
        self.outsideAddress = "\(network[...dot])\(host + 1)"
        self.insideAddress = "\(network[...dot])\(host + 2)"
        self.outside = "flt\(number)o"
        self.inside = "flt\(number)i"
        self.holder = try ChildProcess("unshare", ["--net", "sleep", "infinity"])
        let own = readLink("/proc/self/ns/net")
        for _ in 0..<200 where readLink("/proc/\(self.holder.pid)/ns/net") == own {
            // Until it has left ours. Nothing tells when.
            usleep(10_000)
        }
        guard self.holder.isRunning, readLink("/proc/\(self.holder.pid)/ns/net") != own else {
            throw SelfTestError("the kernel refuses a network namespace")
        }
        try Self.demand(["ip", "link", "add", self.outside, "type", "veth", "peer", "name", self.inside, "netns", "\(self.holder.pid)"])
        // A shell that outlives us: connections that nobody closed would keep namespace and link for minutes.
        try Self.demand([
            "sh", "-c",
            "(while [ -d /proc/$1 ] && [ -d /sys/class/net/$2 ]; do sleep 1; done; ip link delete $2) &", "sh", "\(getpid())", self.outside,
        ])
        try Self.demand(["ip", "address", "add", "\(self.outsideAddress)/30", "dev", self.outside])
        try Self.demand(["ip", "link", "set", self.outside, "up"])
        try Self.demand(self.prefix + ["ip", "link", "set", "lo", "up"])
        // Not on the link: what is inside still reaches its own address when the link is down.
        try Self.demand(self.prefix + ["ip", "address", "add", "\(self.insideAddress)/32", "dev", "lo"])
        try self.join()
    }

    deinit {
        // The pair goes with either end. If this fails it goes with the namespace.
        _ = succeeds(["ip", "link", "delete", self.outside])
    }

    /// Starts a program inside.
    var prefix: [String] { ["nsenter", "--net=/proc/\(self.holder.pid)/ns/net"] }

    /// Nothing passes any more; no side is told.
    func cut() throws { try Self.demand(self.prefix + ["ip", "link", "set", self.inside, "down"]) }

    /// Everything passes again.
    func join() throws {
        try Self.demand(self.prefix + ["ip", "link", "set", self.inside, "up"])
        try Self.demand(
            self.prefix + ["ip", "route", "replace", "\(self.outsideAddress)/32", "dev", self.inside, "src", self.insideAddress])
    }

    private static func demand(_ line: [String]) throws {
        if !succeeds(line) { throw SelfTestError("refused: \(line.joined(separator: " "))") }
    }
}

/// Where a symbolic link leads; empty when there is none.
private func readLink(_ path: String) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    let count = readlink(path, &buffer, buffer.count)
    return String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
