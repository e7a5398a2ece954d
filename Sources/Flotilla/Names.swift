/// The name of a Redis list that holds ready messages, such as `document_queue`.
public struct QueueName: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    public let rawValue: String
    public init(_ rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { self.init(value) }
    public var description: String { self.rawValue }
}

/// The name of one step of a pipeline, such as `extract_text`.
public struct StageName: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    public let rawValue: String
    public init(_ rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { self.init(value) }
    public var description: String { self.rawValue }
}

/// One life of one worker process: 75 random bits in 15 characters, drawn anew at every start and after every lost lease.
///
/// No longer than that, since it goes with every delivery: Swift keeps a text of 15 bytes in the value itself, which is copied without counting
/// references.
public struct WorkerID: Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String
    public init(_ rawValue: String) { self.rawValue = rawValue }

    /// A name that no worker had before.
    public static func random(using generator: inout some RandomNumberGenerator) -> WorkerID {
        let bits = (generator.next(), generator.next())
        return WorkerID(
            String(unsafeUninitializedCapacity: 15) { text in
                for index in 0..<15 {
                    let half = index < 8 ? bits.0 : bits.1
                    text[index] = self.alphabet.utf8Start[Int(half >> UInt64(index % 8 * 5) & 31)]
                }
                return 15
            })
    }

    private static let alphabet: StaticString = "0123456789abcdefghijklmnopqrstuv"

    /// A name that no worker had before, from the system's generator.
    public static func random() -> WorkerID {
        var generator = SystemRandomNumberGenerator()
        return self.random(using: &generator)
    }

    public var description: String { self.rawValue }
}

/// One claim of one message: the worker's name and a number that grows. It fences acks: a delivery that was settled or reclaimed is gone,
/// and no later delivery of the same message has its name.
public struct DeliveryID: Hashable, Sendable, CustomStringConvertible {
    public let worker: WorkerID
    public let sequence: UInt64

    public init(worker: WorkerID, sequence: UInt64) {
        self.worker = worker
        self.sequence = sequence
    }

    /// Reads what ``description`` wrote: `<worker>:<sequence>`.
    public init?(_ text: some StringProtocol) {
        guard let colon = text.lastIndex(of: ":"), let sequence = UInt64(text[text.index(after: colon)...]) else { return nil }
        self.init(worker: WorkerID(String(text[..<colon])), sequence: sequence)
    }

    public var description: String { "\(self.worker.rawValue):\(self.sequence)" }
}

/// A number from a PostgreSQL sequence, drawn at every claim of a message. A write that carries an older one is refused.
public struct Fence: Hashable, Sendable, CustomStringConvertible {
    public let rawValue: Int64
    public init(_ rawValue: Int64) { self.rawValue = rawValue }
    public var description: String { String(self.rawValue) }
}

func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
