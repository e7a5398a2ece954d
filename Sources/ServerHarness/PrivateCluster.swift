internal import Glibc
internal import Threading

/// A Redis Cluster of a test's own: primaries that share the slots evenly, each with as many replicas as are asked for, on 127.0.0.1.
public final class PrivateCluster: Sendable {
    /// How long a node may be silent before the others call it failing.
    public static let nodeTimeout = Duration.milliseconds(500)

    /// Holds the certificates that the nodes share.
    private let directory: ScratchDirectory
    /// The nodes that were given slots, in the order of their slots: node `i` of `n` has from `16384·i/n` to `16384·(i+1)/n - 1`.
    public let primaries: [PrivateRedis]
    /// Replica `i` follows primary `i % primaries.count`.
    public let replicas: [PrivateRedis]

    /// Starts everything and waits until every node sees the whole cluster.
    ///
    /// - Parameters:
    ///   - tls: listen with TLS, too; the nodes speak to each other with it.
    ///   - users: as `PrivateRedis.Options` takes them, on every node.
    /// - Throws: ``HarnessError`` when something does not come up.
    public init(primaries: Int = 3, replicas: Int = 0, tls: Bool = false, password: String? = nil, users: [String] = []) throws {
        let directory = try ScratchDirectory(prefix: "flotilla-cluster")
        self.directory = directory
        let files = tls ? try TLSFiles(in: directory) : nil
        let nodes = try (0..<primaries * (1 + replicas)).map { _ in
            var options = PrivateRedis.Options(
                tcp: true, tls: tls, password: password, users: users,
                configuration: [
                    "cluster-enabled yes", "cluster-port \(try freePort())", "cluster-config-file nodes.conf",
                    "cluster-node-timeout \(Self.nodeTimeout.inMilliseconds)", "cluster-replica-validity-factor 0",
                    "repl-diskless-sync-delay 0",
                ] + (password.map { ["masterauth \"\($0)\""] } ?? [])
                    + (files.map {
                        [
                            "tls-cluster yes", "tls-replication yes", "tls-client-cert-file \($0.clientCertificate)",
                            "tls-client-key-file \($0.clientKey)",
                        ]
                    } ?? []))
            options.tlsFiles = files
            return try PrivateRedis(options)
        }
        self.primaries = Array(nodes[..<primaries])
        self.replicas = Array(nodes[primaries...])
        for (index, node) in self.primaries.enumerated() {
            let range = 16_384 * index / primaries..<16_384 * (index + 1) / primaries
            try node.demand(["CLUSTER", "ADDSLOTSRANGE", "\(range.lowerBound)", "\(range.upperBound - 1)"])
            try node.demand(["CLUSTER", "SET-CONFIG-EPOCH", "\(index + 1)"])
        }
        for node in nodes.dropFirst() {
            let bus = try Self.busPort(of: nodes[0])
            try node.demand(["CLUSTER", "MEET", "127.0.0.1", "\(Self.port(of: nodes[0]))", bus])
        }
        for node in nodes { try node.wait(for: ["CLUSTER", "INFO"]) { $0.contains("cluster_known_nodes:\(nodes.count)\r\n") } }
        for (index, replica) in self.replicas.enumerated() {
            let primary = try self.id(of: self.primaries[index % primaries])
            // Refused until gossip has told that the other one is a primary.
            for _ in 0..<500 where try !replica.ask(["CLUSTER", "REPLICATE", primary]).hasPrefix("+OK") { usleep(10_000) }
            try replica.wait(for: ["INFO", "replication"]) { $0.contains("master_link_status:up") }
        }
        for node in nodes {
            try node.wait(for: ["CLUSTER", "INFO"]) { $0.contains("cluster_state:ok") && $0.contains("cluster_slots_ok:16384") }
        }
    }

    /// What a client connects to.
    public var url: String {
        let account = self.primaries[0].options.password.map { ":\($0)@" } ?? ""
        return "redis+cluster://\(account)\(self.primaries.map { "127.0.0.1:\($0.port)" }.joined(separator: ","))"
    }

    /// The same with TLS.
    public var tlsURL: String {
        let account = self.primaries[0].options.password.map { ":\($0)@" } ?? ""
        let nodes = self.primaries.map { "127.0.0.1:\($0.tlsPort)" }.joined(separator: ",")
        return "rediss+cluster://\(account)\(nodes)?ssl_ca_certs=\(self.primaries[0].tlsFiles?.authority ?? "")"
    }

    /// The node that owned the slot when the cluster was made.
    public func firstOwner(of slot: Int) -> PrivateRedis {
        let count = self.primaries.count
        return self.primaries[(0..<count).last { slot >= 16_384 * $0 / count } ?? 0]
    }

    /// The node's name inside the cluster.
    public func id(of node: PrivateRedis) throws -> String {
        let reply = try node.ask(["CLUSTER", "MYID"])
        guard let id = reply.split(whereSeparator: \.isNewline).last, id.count == 40 else { throw HarnessError("no node id: \(reply)") }
        return String(id)
    }

    // MARK: Moving slots

    /// Begins to move a slot: the new node imports, the old one migrates.
    public func beginMove(of slot: Int, from source: PrivateRedis, to target: PrivateRedis) throws {
        try target.demand(["CLUSTER", "SETSLOT", "\(slot)", "IMPORTING", try self.id(of: source)])
        try source.demand(["CLUSTER", "SETSLOT", "\(slot)", "MIGRATING", try self.id(of: target)])
    }

    /// Moves keys of a slot that is being moved.
    public func moveKeys(_ keys: [String], from source: PrivateRedis, to target: PrivateRedis) throws {
        let account = target.options.password.map { ["AUTH", $0] } ?? []
        for key in keys { try source.demand(["MIGRATE", "127.0.0.1", "\(Self.port(of: target))", key, "0", "5000"] + account) }
    }

    /// The names of up to 100 keys in the slot.
    public func keys(in slot: Int, of node: PrivateRedis) throws -> [String] {
        let lines = try node.ask(["CLUSTER", "GETKEYSINSLOT", "\(slot)", "100"]).split(whereSeparator: \.isNewline)
        return stride(from: 2, to: lines.count, by: 2).map { String(lines[$0]) }
    }

    /// Tells every primary that the slot is moved.
    public func finishMove(of slot: Int, to target: PrivateRedis) throws {
        let id = try self.id(of: target)
        try target.demand(["CLUSTER", "SETSLOT", "\(slot)", "NODE", id])
        for node in self.primaries where node !== target && node.pid != nil {
            try node.demand(["CLUSTER", "SETSLOT", "\(slot)", "NODE", id])
        }
    }

    /// Waits until all primaries have heard of the latest change: a slot that moves on before that may fall back.
    private func settle() throws {
        func epoch(_ reply: String) -> Int? {
            let line = reply.split(whereSeparator: \.isNewline).first { $0.hasPrefix("cluster_current_epoch:") }
            return line.flatMap { Int($0.dropFirst("cluster_current_epoch:".count)) }
        }
        let nodes = self.primaries.filter { $0.pid != nil }
        let latest = try nodes.compactMap { epoch(try $0.ask(["CLUSTER", "INFO"])) }.max() ?? 0
        for node in nodes { try node.wait(for: ["CLUSTER", "INFO"]) { epoch($0) ?? 0 >= latest } }
    }

    /// Moves a slot with everything in it, and waits until all nodes have heard of it.
    public func move(_ slot: Int, from source: PrivateRedis, to target: PrivateRedis) throws {
        try self.beginMove(of: slot, from: source, to: target)
        while true {
            let keys = try self.keys(in: slot, of: source)
            if keys.isEmpty { break }
            try self.moveKeys(keys, from: source, to: target)
        }
        try self.finishMove(of: slot, to: target)
        try self.settle()
    }

    /// The port that other nodes use.
    private static func port(of node: PrivateRedis) -> UInt16 { node.tlsPort > 0 ? node.tlsPort : node.port }

    private static func busPort(of node: PrivateRedis) throws -> String {
        guard let line = node.options.configuration.first(where: { $0.hasPrefix("cluster-port ") }) else {
            throw HarnessError("the node has no bus port")
        }
        return String(line.dropFirst("cluster-port ".count))
    }
}
