internal import Glibc

/// A network namespace with an address of its own, and a link to it that can be taken down. Needs root.
///
/// The link goes with this value, or within a second or two of this process, should it be killed.
final class PartedNetwork: Sendable {
    /// Our end of the link.
    let outsideAddress: String
    /// The namespace's.
    let insideAddress: String
    private let outside: String
    private let inside: String
    private let namespace: NetworkNamespace

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
        let network = "10.231.\(number / 64)"
        let host = number % 64 * 4
        self.outsideAddress = "\(network).\(host + 1)"
        self.insideAddress = "\(network).\(host + 2)"
        self.outside = "flt\(number)o"
        self.inside = "flt\(number)i"
        self.namespace = try NetworkNamespace()
        try demand(["ip", "link", "add", self.outside, "type", "veth", "peer", "name", self.inside, "netns", "\(self.namespace.pid)"])
        try NetworkNamespace.guardLinks(self.outside)
        try demand(["ip", "address", "add", "\(self.outsideAddress)/30", "dev", self.outside])
        try demand(["ip", "link", "set", self.outside, "up"])
        // Not on the link: what is inside still reaches its own address when the link is down.
        try demand(self.prefix + ["ip", "address", "add", "\(self.insideAddress)/32", "dev", "lo"])
        try self.join()
    }

    deinit {
        // The pair goes with either end. If this fails it goes with the namespace.
        _ = succeeds(["ip", "link", "delete", self.outside])
    }

    /// Starts a program inside.
    var prefix: [String] { self.namespace.prefix }

    /// Nothing passes any more; no side is told.
    func cut() throws { try demand(self.prefix + ["ip", "link", "set", self.inside, "down"]) }

    /// Everything passes again.
    func join() throws {
        try demand(self.prefix + ["ip", "link", "set", self.inside, "up"])
        try demand(
            self.prefix + ["ip", "route", "replace", "\(self.outsideAddress)/32", "dev", self.inside, "src", self.insideAddress])
    }
}
