/// What a node of a cluster says instead of running a command. None of them ran it.
enum Redirection: Equatable {
    typealias Endpoint = RedisConfiguration.Endpoint

    /// The slot is served by another node.
    case moved(slot: UInt16, to: Endpoint)
    /// The slot is on its way to another node and this key is there already; only this once.
    case ask(Endpoint)
    /// Some keys of the command are here and some there, or no node serves the slot: later.
    case later

    /// Nil for every other error.
    ///
    /// - Parameter source: the node that answered; an answer without a host means its host.
    init?(_ error: RedisServerError, from source: Endpoint) {
        switch error.kind {
        case .tryAgain, .clusterDown: self = .later
        case .moved, .ask:
            // MOVED 3999 127.0.0.1:6381; an IPv6 address has colons of its own.
            let words = error.message.split(separator: " ")
            guard words.count >= 3, let slot = UInt16(words[1]), slot < ClusterSlot.count, let colon = words[2].lastIndex(of: ":"),
                let port = Int64(words[2][words[2].index(after: colon)...]),
                let endpoint = SlotMap.endpoint(String(words[2][..<colon]), port, from: source)
            else { return nil }
            self = error.kind == .moved ? .moved(slot: slot, to: endpoint) : .ask(endpoint)
        default: return nil
        }
    }

    /// How long to wait before a command that was sent back `count` times is sent again: a few times at once, then doubling from 5 ms up
    /// to 200 ms. The command's own deadline bounds how often.
    static func pause(after count: Int, _ redirection: Redirection) -> Duration {
        let free = redirection == .later ? 0 : 3
        guard count > free else { return .zero }
        return .milliseconds(min(200, 5 << min(count - free - 1, 10)))
    }
}
