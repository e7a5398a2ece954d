/// One argument of a command. Text is sent as UTF-8, a number in decimal.
public enum RedisArgument: Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral {
    case text(String)
    case bytes([UInt8])
    case number(Int64)

    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int64) { self = .number(value) }
    public init(_ value: String) { self = .text(value) }
    public init(_ value: [UInt8]) { self = .bytes(value) }
    public init(_ value: some BinaryInteger) { self = .number(Int64(clamping: value)) }
}

/// A command, encoded as it is built: one growing buffer, no allocation for each argument.
///
///     let command: RedisCommand = ["SET", "greeting", "hello"]
///     var push = RedisCommand("RPUSH", capacity: 4096)
///     push.append("queue")
///     for id in ids { push.append(id) }
public struct RedisCommand: Sendable, ExpressibleByArrayLiteral {
    /// The first word, for errors and statistics.
    public let name: String
    /// Set when this is a call of a script, whose first two arguments are then not in `body`.
    let script: RedisScript?
    private var count: Int
    private var body: [UInt8]

    /// - Parameter capacity: bytes to reserve for the arguments.
    public init(_ name: String, capacity: Int = 0) {
        self.name = name
        self.script = nil
        self.count = 0
        self.body = []
        self.body.reserveCapacity(capacity + name.utf8.count + 16)
        self.append(name)
    }

    public init(_ name: String, _ arguments: [RedisArgument]) {
        self.init(name, capacity: arguments.count * 24)
        for argument in arguments { self.append(argument) }
    }

    /// A command without words is sent as an empty name, which the server refuses.
    public init(arrayLiteral elements: RedisArgument...) {
        switch elements.first {
        case .text(let name): self.init(name, capacity: elements.count * 24)
        case .bytes(let bytes): self.init(String(decoding: bytes, as: UTF8.self), capacity: elements.count * 24)
        case .number(let number): self.init(String(number))
        case nil: self.init("")
        }
        for element in elements.dropFirst() { self.append(element) }
    }

    /// A call of `script`: EVALSHA, and what it takes to make that work when the server does not have the script.
    ///
    /// Keys are given here; arguments are appended.
    public init(_ script: RedisScript, keys: [String], capacity: Int = 0) {
        self.name = "EVALSHA"
        self.script = script
        self.count = 2
        self.body = []
        self.body.reserveCapacity(capacity + keys.count * 40 + 16)
        self.append(keys.count)
        for key in keys { self.append(key) }
    }

    public mutating func append(_ argument: RedisArgument) {
        switch argument {
        case .text(let text): self.append(text)
        case .bytes(let bytes): self.append(bytes)
        case .number(let number): self.append(number)
        }
    }

    public mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { self.append(UnsafeRawBufferPointer($0)) }
    }

    public mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { self.append($0) }
    }

    public mutating func append(_ bytes: ArraySlice<UInt8>) {
        bytes.withUnsafeBytes { self.append($0) }
    }

    /// Appends one argument from memory, copied at once.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        self.count += 1
        self.body.appendBulk(bytes)
    }

    /// Appends a number in decimal.
    public mutating func append(_ number: some BinaryInteger) {
        self.count += 1
        withDecimal(Int64(clamping: number)) { self.body.appendBulk($0) }
    }

    /// Calls `body` with the words of the command: its name and arguments, or for a script the number of keys and what follows.
    ///
    /// Reads them back from the encoded form, so that only those who want to know pay for it.
    func withWords<Result>(_ body: ([UnsafeRawBufferPointer]) -> Result) -> Result {
        self.body.withUnsafeBytes { bytes in
            var words: [UnsafeRawBufferPointer] = []
            words.reserveCapacity(self.count)
            var index = 0
            while index < bytes.count {
                // $length CRLF bytes CRLF, as `appendBulk` wrote it.
                index += 1
                var length = 0
                while bytes[index] != 0x0D {
                    length = length * 10 + Int(bytes[index] - 0x30)
                    index += 1
                }
                words.append(UnsafeRawBufferPointer(rebasing: bytes[(index + 2)..<(index + 2 + length)]))
                index += length + 4
            }
            return body(words)
        }
    }

    /// How many bytes the command takes on the wire, at least.
    var byteCount: Int { self.body.count + 16 }

    /// Appends the command as RESP.
    ///
    /// - Parameter withSource: for a script, send EVAL and its source instead of EVALSHA.
    func encode(into output: inout [UInt8], withSource: Bool) {
        output.append(UInt8(ascii: "*"))
        withDecimal(Int64(self.count)) { output.append(contentsOf: $0) }
        output.appendNewline()
        if let script {
            output.append(contentsOf: withSource ? script.storage.evalHead : script.storage.evalshaHead)
        }
        output.append(contentsOf: self.body)
    }
}

extension RedisCommand: CustomStringConvertible {
    /// The name only: arguments may be secrets or payloads.
    public var description: String { "\(self.name) (\(self.count - 1) arguments)" }
}

extension [UInt8] {
    mutating func appendNewline() {
        self.append(0x0D)
        self.append(0x0A)
    }

    /// `$length CRLF bytes CRLF`.
    mutating func appendBulk(_ bytes: UnsafeRawBufferPointer) {
        self.append(UInt8(ascii: "$"))
        withDecimal(Int64(bytes.count)) { self.append(contentsOf: $0) }
        self.appendNewline()
        self.append(contentsOf: bytes)
        self.appendNewline()
    }
}

/// Calls `body` with the decimal digits of `number`, on the stack.
private func withDecimal(_ number: Int64, _ body: (UnsafeRawBufferPointer) -> Void) {
    withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
        var index = 20
        var rest = number.magnitude
        repeat {
            index -= 1
            digits[index] = UInt8(truncatingIfNeeded: rest % 10) &+ 0x30
            rest /= 10
        } while rest > 0
        if number < 0 {
            index -= 1
            digits[index] = UInt8(ascii: "-")
        }
        body(UnsafeRawBufferPointer(rebasing: digits[index...]))
    }
}
