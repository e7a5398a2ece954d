internal import JSONText

/// Puts Flotilla's own metadata into a message and takes them out, as one top-level member each, without touching any other byte.
public enum MessageSplice {
    /// `message` with a `retry_metadata` member before its closing brace.
    ///
    /// - Parameter message: the producer's bytes of an ``Envelope``.
    public static func adding(_ retry: RetryMetadata, to message: [UInt8]) -> [UInt8] {
        self.adding(member: "retry_metadata", retry.json, to: message)
    }

    /// `message` with a `dlq_metadata` member before its closing brace.
    ///
    /// - Parameter message: the producer's bytes of an ``Envelope``; a malformed message is not spliced, it rests as it is.
    public static func adding(_ letter: DeadLetter, to message: [UInt8]) -> [UInt8] {
        self.adding(member: "dlq_metadata", DeadLetterMetadata(letter).json, to: message)
    }

    static func adding(member name: String, _ value: JSONValue, to message: [UInt8]) -> [UInt8] {
        guard let brace = message.lastIndex(of: UInt8(ascii: "}")) else { return message }
        // Only blanks may stand between the opening brace and this one for the object to be empty.
        let before = message[..<brace].last { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
        var member: [UInt8] = before == UInt8(ascii: "{") ? [] : [UInt8(ascii: ",")]
        JSONWriter.append(name, to: &member)
        member.append(UInt8(ascii: ":"))
        JSONWriter.append(value, to: &member)
        var result: [UInt8] = []
        result.reserveCapacity(message.count + member.count)
        result += message[..<brace]
        result += member
        result += message[brace...]
        return result
    }

    /// `bytes` without the given ranges, which are in order and do not overlap.
    static func cutting(_ ranges: [Range<Int>], from bytes: [UInt8]) -> [UInt8] {
        guard !ranges.isEmpty else { return bytes }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var position = 0
        for range in ranges {
            result += bytes[position..<range.lowerBound]
            position = range.upperBound
        }
        result += bytes[position...]
        return result
    }
}

/// `retry_metadata` of a message that waits for its next attempt.
public struct RetryMetadata: Sendable, Hashable {
    /// Failures counted so far; 0 for a message that was only delayed.
    public var retryCount: Int
    /// When it is due, microseconds since 1970 by the worker's clock. For people: the score in the retry set decides.
    public var retryAt: Int64
    public var originalQueue: QueueName
    /// Makes equal messages different, so that two of them never become one member of the retry set.
    public var nonce: String

    public init(retryCount: Int, retryAt: Int64, originalQueue: QueueName, nonce: String) {
        self.retryCount = retryCount
        self.retryAt = retryAt
        self.originalQueue = originalQueue
        self.nonce = nonce
    }

    /// Nil unless it is an object. A count that is no whole number, or negative, counts as 0.
    init?(_ value: JSONValue) {
        guard value.members != nil else { return nil }
        self.retryCount = Int(clamping: min(max(value["retry_count"]?.integer ?? 0, 0), 1_000_000))
        self.retryAt = value["retry_at"].flatMap(Timestamp.microseconds(from:)) ?? 0
        self.originalQueue = QueueName(value["original_queue"]?.string ?? "")
        self.nonce = value["nonce"]?.string ?? ""
    }

    var json: JSONValue {
        [
            "retry_count": .integer(Int64(self.retryCount)), "retry_at": .string(Timestamp.text(self.retryAt)),
            "original_queue": .string(self.originalQueue.rawValue), "nonce": .string(self.nonce),
        ]
    }
}

/// `dlq_metadata` of a message that rests in the dead-letter queue.
public struct DeadLetterMetadata: Sendable, Hashable {
    public var id: String
    /// Microseconds since 1970.
    public var failureTime: Int64
    public var errorMessage: String
    public var stackTrace: String
    public var originalQueue: QueueName
    public var reason: DeadLetter.Reason
    public var fingerprint: String
    public var failureCount: Int
    public var stage: StageName?

    init(_ letter: DeadLetter) {
        self.id = letter.id
        self.failureTime = letter.failureTime
        self.errorMessage = letter.errorMessage
        self.stackTrace = letter.stackTrace
        self.originalQueue = letter.originalQueue
        self.reason = letter.reason
        self.fingerprint = letter.fingerprint
        self.failureCount = letter.failureCount
        self.stage = letter.stage
    }

    /// Nil unless it is an object with an id.
    init?(_ value: JSONValue) {
        guard let id = value["id"]?.string, !id.isEmpty else { return nil }
        self.id = id
        self.failureTime = value["failure_time"].flatMap(Timestamp.microseconds(from:)) ?? 0
        self.errorMessage = value["error_message"]?.string ?? ""
        self.stackTrace = value["stack_trace"]?.string ?? ""
        self.originalQueue = QueueName(value["original_queue"]?.string ?? "")
        self.reason = DeadLetter.Reason(value["reason"]?.string ?? "")
        self.fingerprint = value["fingerprint"]?.string ?? ""
        self.failureCount = Int(clamping: value["failure_count"]?.integer ?? 0)
        self.stage = value["stage"]?.string.map { StageName($0) }
    }

    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("id", .string(self.id)), .init("failure_time", .string(Timestamp.text(self.failureTime))),
            .init("error_message", .string(self.errorMessage)), .init("stack_trace", .string(self.stackTrace)),
            .init("original_queue", .string(self.originalQueue.rawValue)), .init("reason", .string(self.reason.rawValue)),
            .init("fingerprint", .string(self.fingerprint)), .init("failure_count", .integer(Int64(self.failureCount))),
        ]
        if let stage = self.stage { members.append(.init("stage", .string(stage.rawValue))) }
        return .object(members)
    }
}
