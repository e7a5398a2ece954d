// Int64(exactly:) rounds with functions of libm; the import links it.
internal import Glibc

/// One JSON value as a tree. Members keep their order; of equal names the last one counts.
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    /// A number without fraction or exponent that fits 64 bits.
    case integer(Int64)
    /// Any other number, rounded to the nearest double.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// One name and its value.
    public struct Member: Sendable, Hashable {
        public var name: String
        public var value: JSONValue

        public init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// Parses one value, with nothing but blanks around it.
    public init(parsing bytes: [UInt8], maximumDepth: Int = 128) throws(JSONError) {
        var scanner = JSONScanner(bytes, maximumDepth: maximumDepth)
        self = try scanner.readValue()
        try scanner.expectEnd()
    }

    /// Parses one value, with nothing but blanks around it.
    public init(parsing text: String, maximumDepth: Int = 128) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), maximumDepth: maximumDepth)
    }

    /// The value of a member, or nil if this is no object or has no such member.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    /// The value at a position, or nil if this is no array or is shorter.
    public subscript(index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    public var string: String? { if case .string(let text) = self { text } else { nil } }
    public var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    public var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
    public var members: [Member]? { if case .object(let members) = self { members } else { nil } }

    /// A whole number; also one that was written with a fraction of zero.
    public var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value)
        default: nil
        }
    }

    /// Any number.
    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(elements.map { Member($0.0, $0.1) }) }
    public init(nilLiteral: ()) { self = .null }
}

extension JSONScanner {
    /// Reads one value of any kind.
    public mutating func readValue(depth: Int = 0) throws(JSONError) -> JSONValue {
        self.skipBlanks()
        switch self.next {
        case UInt8(ascii: "\""): return .string(try self.readString())
        case UInt8(ascii: "{"):
            if depth >= self.maximumDepth { throw JSONError(.tooDeep, offset: self.offset) }
            return .object(try self.readMembers(depth: depth + 1))
        case UInt8(ascii: "["):
            if depth >= self.maximumDepth { throw JSONError(.tooDeep, offset: self.offset) }
            return .array(try self.readElements(depth: depth + 1))
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
            let range = try self.skipValue()
            switch self.bytes[range.lowerBound] {
            case UInt8(ascii: "t"): return .bool(true)
            case UInt8(ascii: "f"): return .bool(false)
            default: return .null
            }
        default: return try self.readNumber()
        }
    }

    /// Reads a string.
    public mutating func readString() throws(JSONError) -> String {
        let (content, hasEscapes) = try self.skipString()
        return self.text(of: content, hasEscapes: hasEscapes)
    }

    private mutating func readNumber() throws(JSONError) -> JSONValue {
        let (range, isInteger) = try self.skipNumber()
        let text = self.text(of: range, hasEscapes: false)
        if isInteger, let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw JSONError(.invalidNumber, offset: range.lowerBound) }
        return .number(value)
    }

    private mutating func readMembers(depth: Int) throws(JSONError) -> [JSONValue.Member] {
        try self.expect(UInt8(ascii: "{"))
        var members: [JSONValue.Member] = []
        self.skipBlanks()
        if self.take(UInt8(ascii: "}")) { return members }
        while true {
            self.skipBlanks()
            let name = try self.readString()
            self.skipBlanks()
            try self.expect(UInt8(ascii: ":"))
            members.append(.init(name, try self.readValue(depth: depth)))
            self.skipBlanks()
            if self.take(UInt8(ascii: ",")) { continue }
            try self.expect(UInt8(ascii: "}"))
            return members
        }
    }

    private mutating func readElements(depth: Int) throws(JSONError) -> [JSONValue] {
        try self.expect(UInt8(ascii: "["))
        var elements: [JSONValue] = []
        self.skipBlanks()
        if self.take(UInt8(ascii: "]")) { return elements }
        while true {
            elements.append(try self.readValue(depth: depth))
            self.skipBlanks()
            if self.take(UInt8(ascii: ",")) { continue }
            try self.expect(UInt8(ascii: "]"))
            return elements
        }
    }
}
