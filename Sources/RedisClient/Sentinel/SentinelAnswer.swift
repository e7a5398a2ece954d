/// What a sentinel says about the primary of a service.
enum SentinelAnswer: Equatable {
    typealias Endpoint = RedisConfiguration.Endpoint

    case primary(Endpoint)
    /// It names none, for this reason.
    case none(String)

    /// Reads the reply to `SENTINEL GET-MASTER-ADDR-BY-NAME`.
    init(_ reply: Reply, service: String) {
        switch reply {
        case .failure(let error):
            if let kind = error.code.serverKind, kind.word == "IDONTKNOW" {
                self = .none("does not know a primary of '\(service)' now")
            } else {
                self = .none(error.message)
            }
        case .success(.null): self = .none("does not watch '\(service)'")
        case .success(let value):
            let words = value.array ?? []
            guard words.count == 2, let host = words[0].string, !host.isEmpty, let port = words[1].int, (1...65535).contains(port) else {
                self = .none("gave an answer that names no address")
                return
            }
            self = .primary(.tcp(host: host, port: UInt16(port)))
        }
    }

    /// Reads a message of the channel `+switch-master`, `<service> <old host> <old port> <new host> <new port>`: the primary that was
    /// replaced, nil when the message is about another service.
    static func replaced(in message: [UInt8], service: String) -> Endpoint? {
        let words = String(decoding: message, as: UTF8.self).split(separator: " ")
        guard words.count >= 5, words[0] == service, let port = UInt16(words[2]) else { return nil }
        return .tcp(host: String(words[1]), port: port)
    }
}
