/// Which node of a cluster serves which slot, as far as is known.
struct SlotMap: Equatable {
    typealias Endpoint = RedisConfiguration.Endpoint

    private static let nobody = UInt16.max
    /// Every primary that serves a slot, in no order that means anything.
    private(set) var nodes: [Endpoint] = []
    private var owners = [UInt16](repeating: Self.nobody, count: ClusterSlot.count)

    init() {}

    subscript(slot: UInt16) -> Endpoint? {
        let owner = self.owners[Int(slot)]
        return owner == Self.nobody ? nil : self.nodes[Int(owner)]
    }

    /// How many slots have an owner.
    var covered: Int { self.owners.count { $0 != Self.nobody } }

    mutating func assign(_ slots: some Sequence<Int>, to node: Endpoint) {
        let owner = self.index(of: node)
        for slot in slots where self.owners.indices.contains(slot) { self.owners[slot] = owner }
    }

    private mutating func index(of node: Endpoint) -> UInt16 {
        if let index = self.nodes.firstIndex(of: node) { return UInt16(index) }
        self.nodes.append(node)
        return UInt16(self.nodes.count - 1)
    }

    static func == (left: Self, right: Self) -> Bool {
        left.owners.indices.allSatisfy { left[UInt16($0)] == right[UInt16($0)] }
    }
}

extension SlotMap {
    /// Reads the reply to CLUSTER SHARDS (Redis 7 and later); nil when it is none.
    ///
    /// - Parameters:
    ///   - source: who answered: a node that does not know its own address leaves it out.
    ///   - isSecured: take the nodes' TLS ports.
    init?(shards reply: RedisValue, from source: Endpoint, isSecured: Bool) {
        guard let shards = reply.array else { return nil }
        self.init()
        for shard in shards {
            let shard = Self.fields(shard)
            guard let bounds = shard["slots"]?.array?.compactMap(\.int), let nodes = shard["nodes"]?.array else { return nil }
            for node in nodes {
                let node = Self.fields(node)
                // A failing primary still owns its slots until a replica was elected; asking it is all that one can do.
                guard node["role"]?.string == "master" else { continue }
                // Before 7.2 nodes know each other's TLS ports only with `tls-cluster yes`; with the other port, the handshake says what is wrong.
                guard let port = (isSecured ? node["tls-port"] : nil)?.int ?? node["port"]?.int else { continue }
                guard let endpoint = Self.endpoint(node["endpoint"]?.string, port, from: source) else { return nil }
                for index in stride(from: 0, to: bounds.count - 1, by: 2) { self.assign(bounds[index], bounds[index + 1], to: endpoint) }
            }
        }
    }

    /// Reads the reply to CLUSTER SLOTS; nil when it is none.
    init?(slots reply: RedisValue, from source: Endpoint) {
        guard let ranges = reply.array else { return nil }
        self.init()
        for range in ranges {
            guard let range = range.array, range.count >= 3, let first = range[0].int, let last = range[1].int,
                let node = range[2].array, node.count >= 2, let port = node[1].int,
                let endpoint = Self.endpoint(node[0].string, port, from: source)
            else { return nil }
            self.assign(first, last, to: endpoint)
        }
    }

    private mutating func assign(_ first: Int64, _ last: Int64, to node: Endpoint) {
        guard first >= 0, first <= last, last < Int64(ClusterSlot.count) else { return }
        self.assign(Int(first)...Int(last), to: node)
    }

    private static func fields(_ value: RedisValue) -> [String: RedisValue] {
        var fields: [String: RedisValue] = [:]
        let flat = value.array ?? []
        for index in stride(from: 0, to: flat.count - 1, by: 2) {
            if let name = flat[index].string { fields[name] = flat[index + 1] }
        }
        return fields
    }

    /// A host that is missing, empty or `?` is that of the node which answered.
    static func endpoint(_ host: String?, _ port: Int64, from source: Endpoint) -> Endpoint? {
        guard (1...65535).contains(port) else { return nil }
        if let host, !host.isEmpty, host != "?" { return .tcp(host: host, port: UInt16(port)) }
        guard case .tcp(let host, _) = source else { return nil }
        return .tcp(host: host, port: UInt16(port))
    }
}
