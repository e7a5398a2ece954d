/// Requests and replies of PostgreSQL's protocol, version 3.
///
/// The first request is the startup packet with what belongs to it; a request for encryption is one of its own. A connection that is
/// encrypted cannot be followed any further.
struct PostgresFraming: Framing {
    private enum Opening { case startup, encryption, done }
    /// A message so far: type and length, then the beginning of its body.
    private struct Message {
        var head: [UInt8] = []
        var body: [UInt8] = []
        var left = 0
        var type: UInt8 { self.head[0] }
    }

    /// Statements whose text is remembered on one connection, and how much of each.
    private static let statementLimit = 1_000
    private static let textLimit = 16 << 10

    private var opening = Opening.startup
    private var request = Message()
    private var reply = Message()
    private var statements: [[UInt8]: [UInt8]] = [:]
    private(set) var tellsReplies = true

    // MARK: Requests

    mutating func request(_ bytes: ArraySlice<UInt8>) -> FramePiece {
        guard self.tellsReplies else { return FramePiece(count: bytes.count, isEnd: false) }
        var rest = bytes
        var meaning: [UInt8] = []
        while !rest.isEmpty {
            guard let message = Self.take(&rest, &self.request, typed: self.opening == .done) else { continue }
            guard message.left >= 0 else {
                self.tellsReplies = false
                break
            }
            if self.endsRequest(message, &meaning) { return FramePiece(count: bytes.count - rest.count, isEnd: true, meaning: meaning) }
        }
        return FramePiece(count: bytes.count, isEnd: false, meaning: meaning)
    }

    private mutating func endsRequest(_ message: Message, _ meaning: inout [UInt8]) -> Bool {
        if self.opening != .done {
            switch Self.number(message.body) {
            // Encryption by TLS or GSS.
            case 80_877_103, 80_877_104: self.opening = .encryption
            default: self.opening = .done
            }
            return true
        }
        switch message.type {
        case UInt8(ascii: "P"):
            let words = message.body.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
            if words.count >= 2, !words[0].isEmpty, self.statements.count < Self.statementLimit {
                self.statements[Array(words[0])] = Array(words[1])
            }
        case UInt8(ascii: "B"):
            // The portal's name, then the statement's.
            let words = message.body.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
            if words.count >= 2, let text = self.statements[Array(words[1])] { meaning += text }
        case UInt8(ascii: "Q"), UInt8(ascii: "S"), UInt8(ascii: "F"): return true
        default: break
        }
        return false
    }

    // MARK: Replies

    mutating func reply(_ bytes: ArraySlice<UInt8>) -> FramePiece {
        guard self.tellsReplies else { return FramePiece(count: bytes.count, isEnd: false) }
        if self.opening == .encryption, let byte = bytes.first {
            // One byte: N for no, after which the client begins as if it had not asked.
            if byte != UInt8(ascii: "N") { self.tellsReplies = false }
            self.opening = .startup
            return FramePiece(count: 1, isEnd: true)
        }
        var rest = bytes
        while !rest.isEmpty {
            guard let message = Self.take(&rest, &self.reply, typed: true) else { continue }
            guard message.left >= 0 else {
                self.tellsReplies = false
                break
            }
            // ReadyForQuery.
            if message.type == UInt8(ascii: "Z") { return FramePiece(count: bytes.count - rest.count, isEnd: true) }
        }
        return FramePiece(count: bytes.count, isEnd: false)
    }

    // MARK: Messages

    /// Takes bytes of one message; returns it when it is complete, with a negative `left` when its length is absurd.
    private static func take(_ rest: inout ArraySlice<UInt8>, _ message: inout Message, typed: Bool) -> Message? {
        let headSize = typed ? 5 : 4
        if message.head.count < headSize {
            let taken = rest.prefix(headSize - message.head.count)
            message.head += taken
            rest = rest.dropFirst(taken.count)
            guard message.head.count == headSize else { return nil }
            message.left = Self.number(message.head.suffix(4)) - 4
            if message.left > 0 { return nil }
        } else {
            let taken = rest.prefix(message.left)
            message.body += taken.prefix(max(0, Self.textLimit - message.body.count))
            message.left -= taken.count
            rest = rest.dropFirst(taken.count)
            if message.left > 0 { return nil }
        }
        defer { message = Message() }
        return message
    }

    private static func number(_ bytes: some Sequence<UInt8>) -> Int {
        Int(Int32(truncatingIfNeeded: bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }))
    }
}
