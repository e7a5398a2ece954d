/// A value that can be read from an answer. Answers come in PostgreSQL's text format.
public protocol PostgresDecodable: Sendable {
    /// The value of a text, nil if it is not one. NULL never comes here: ask for an optional.
    init?(postgresText text: UnsafeBufferPointer<UInt8>)
    /// The value of NULL; nil for types that have none.
    static var postgresNull: Self? { get }
}

/// What an array can hold when it is read.
public protocol PostgresDecodableElement: PostgresDecodable {
    static func postgresArray(_ text: UnsafeBufferPointer<UInt8>) -> [Self]?
}

extension PostgresDecodable {
    public static var postgresNull: Self? { nil }
}

/// An enumeration of strings or numbers needs no more than to declare the conformance; an unknown raw value is a decoding error.
extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
    public init?(postgresText text: UnsafeBufferPointer<UInt8>) {
        guard let rawValue = RawValue(postgresText: text) else { return nil }
        self.init(rawValue: rawValue)
    }
}

extension PostgresDecodableElement {
    public static func postgresArray(_ text: UnsafeBufferPointer<UInt8>) -> [Self]? {
        guard let elements = arrayElements(text) else { return nil }
        var values: [Self] = []
        values.reserveCapacity(elements.count)
        for element in elements {
            let value = element.map { $0.withUnsafeBufferPointer { Self(postgresText: $0) } } ?? Self.postgresNull
            guard let value else { return nil }
            values.append(value)
        }
        return values
    }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    public init?(postgresText text: UnsafeBufferPointer<UInt8>) {
        guard let value = Wrapped(postgresText: text) else { return nil }
        self = .some(value)
    }
    public static var postgresNull: Self? { .some(.none) }
}

extension Optional: PostgresDecodableElement where Wrapped: PostgresDecodableElement {}

extension Array: PostgresDecodable where Element: PostgresDecodableElement {
    public init?(postgresText text: UnsafeBufferPointer<UInt8>) {
        guard let values = Element.postgresArray(text) else { return nil }
        self = values
    }
}

extension Array: PostgresDecodableElement where Element == UInt8 {}

/// An array of bytes is read from `bytea`.
extension UInt8: PostgresDecodableElement {
    public init?(postgresText text: UnsafeBufferPointer<UInt8>) { self.init(String(decoding: text, as: UTF8.self)) }

    /// `\x` and hexadecimal digits.
    public static func postgresArray(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard text.count >= 2, text[0] == UInt8(ascii: "\\"), text[1] == UInt8(ascii: "x"), text.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2 - 1)
        var index = 2
        while index < text.count {
            guard let high = hexadecimalDigit(text[index]), let low = hexadecimalDigit(text[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
            index += 2
        }
        return bytes
    }
}

extension String: PostgresDecodableElement {
    public init?(postgresText text: UnsafeBufferPointer<UInt8>) { self.init(decoding: text, as: UTF8.self) }
}

extension Bool: PostgresDecodableElement {
    public init?(postgresText text: UnsafeBufferPointer<UInt8>) {
        guard text.count == 1 else { return nil }
        switch text[0] {
        case UInt8(ascii: "t"): self = true
        case UInt8(ascii: "f"): self = false
        default: return nil
        }
    }
}

extension FixedWidthInteger {
    /// Digits with an optional minus sign; nil on anything else and on overflow.
    fileprivate init?(decimal text: UnsafeBufferPointer<UInt8>) {
        var index = 0
        let isNegative = text.first == UInt8(ascii: "-")
        if isNegative { index = 1 }
        guard index < text.count else { return nil }
        var value: Self = 0
        while index < text.count {
            guard case 0x30...0x39 = text[index] else { return nil }
            let digit = Self(truncatingIfNeeded: text[index] - 0x30)
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = isNegative ? scaled.subtractingReportingOverflow(digit) : scaled.addingReportingOverflow(digit)
            if overflow || carry { return nil }
            value = sum
            index += 1
        }
        self = value
    }
}

extension Int: PostgresDecodableElement {
    public init?(postgresText text: UnsafeBufferPointer<UInt8>) { self.init(decimal: text) }
}

extension Int64: PostgresDecodableElement {
    public init?(postgresText text: UnsafeBufferPointer<UInt8>) { self.init(decimal: text) }
}

extension Int32: PostgresDecodableElement {
    public init?(postgresText text: UnsafeBufferPointer<UInt8>) { self.init(decimal: text) }
}

extension Int16: PostgresDecodableElement {
    public init?(postgresText text: UnsafeBufferPointer<UInt8>) { self.init(decimal: text) }
}

extension Double: PostgresDecodableElement {
    public init?(postgresText text: UnsafeBufferPointer<UInt8>) { self.init(String(decoding: text, as: UTF8.self)) }
}

extension Float: PostgresDecodableElement {
    public init?(postgresText text: UnsafeBufferPointer<UInt8>) { self.init(String(decoding: text, as: UTF8.self)) }
}

extension PostgresUUID: PostgresDecodableElement {}
extension PostgresTimestamp: PostgresDecodableElement {}

/// The elements of an array in text format, `{a,NULL,"b \"c\""}`, nil for NULL. One dimension; nil when it is anything else.
func arrayElements(_ text: UnsafeBufferPointer<UInt8>) -> [[UInt8]?]? {
    guard text.count >= 2, text[0] == UInt8(ascii: "{"), text[text.count - 1] == UInt8(ascii: "}") else { return nil }
    let end = text.count - 1
    var elements: [[UInt8]?] = []
    var index = 1
    if index == end { return [] }
    while true {
        var element: [UInt8] = []
        var isQuoted = false
        if index < end, text[index] == UInt8(ascii: "\"") {
            isQuoted = true
            index += 1
            while index < end, text[index] != UInt8(ascii: "\"") {
                if text[index] == UInt8(ascii: "\\") { index += 1 }
                guard index < end else { return nil }
                element.append(text[index])
                index += 1
            }
            guard index < end else { return nil }
            index += 1
        } else {
            while index < end, text[index] != UInt8(ascii: ",") {
                // A nested array.
                if text[index] == UInt8(ascii: "{") { return nil }
                element.append(text[index])
                index += 1
            }
        }
        let isNull = !isQuoted && element.elementsEqual("NULL".utf8)
        elements.append(isNull ? nil : element)
        if index == end { return elements }
        guard text[index] == UInt8(ascii: ",") else { return nil }
        index += 1
    }
}
