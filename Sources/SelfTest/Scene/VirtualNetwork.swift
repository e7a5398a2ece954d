internal import Glibc
internal import ServerHarness

/// A network of hosts: namespaces whose links meet in a bridge, at which this machine has an address of its own. Needs root.
///
/// All links go with this value, or within a second or two of this process, should it be killed.
final class VirtualNetwork: Sendable {
    /// This machine's address: where the hosts find its servers.
    let address: String
    /// All addresses, as `10.232.7.0/24`.
    let range: String
    private let number = Int.random(in: 1..<250)
    private let bridge: String

    static let requirement = Requirement("network of hosts") {
        do {
            _ = try VirtualNetwork().host(1)
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// - Throws: ``SelfTestError`` where the kernel refuses a bridge, or a program is missing.
    init() throws {
        self.address = "10.232.\(self.number).1"
        self.range = "10.232.\(self.number).0/24"
        self.bridge = "flb\(self.number)"
        try demand(["ip", "link", "add", self.bridge, "type", "bridge"])
        try NetworkNamespace.guardLinks(self.bridge, group: self.group)
        try demand(["ip", "address", "add", "\(self.address)/24", "dev", self.bridge])
        try demand(["ip", "link", "set", self.bridge, "up"])
    }

    deinit {
        // Not all of them may be there. If this fails they go with their namespaces.
        _ = succeeds(["ip", "link", "delete", "group", "\(self.group)"])
        _ = succeeds(["ip", "link", "delete", self.bridge])
    }

    /// By which the links of this network are found again.
    private var group: Int { 23_200 + self.number }

    /// Puts a host into the network.
    ///
    /// - Parameter index: from 1 to 200, each once.
    /// - Throws: ``SelfTestError`` where the kernel refuses a namespace or a pair of virtual interfaces.
    func host(_ index: Int) throws -> VirtualHost {
        let namespace = try NetworkNamespace()
        let link = "flh\(self.number)-\(index)"
        try demand([
            "ip", "link", "add", link, "group", "\(self.group)", "type", "veth", "peer", "name", "eth0", "netns", "\(namespace.pid)",
        ])
        try demand(["ip", "link", "set", link, "master", self.bridge, "up"])
        try demand(namespace.prefix + ["ip", "address", "add", "10.232.\(self.number).\(index + 9)/24", "dev", "eth0"])
        try demand(namespace.prefix + ["ip", "link", "set", "eth0", "up"])
        return VirtualHost(name: "host-\(index)", link: link, namespace: namespace)
    }
}

/// A host of a ``VirtualNetwork``.
final class VirtualHost: Sendable {
    let name: String
    private let link: String
    private let namespace: NetworkNamespace

    fileprivate init(name: String, link: String, namespace: NetworkNamespace) {
        self.name = name
        self.link = link
        self.namespace = namespace
    }

    /// Starts a program on it.
    var prefix: [String] { self.namespace.prefix }

    /// Takes its link down at the bridge: nothing passes any more, and no connection is ended.
    func cut() throws { try demand(["ip", "link", "set", self.link, "down"]) }

    /// Everything passes again.
    func join() throws { try demand(["ip", "link", "set", self.link, "up"]) }
}
