internal import Threading

/// One value on its way to the server.
public struct PostgresParameter: Sendable {
    /// The type's object identifier; 0 lets the server infer it.
    let type: UInt32
    /// Nil for NULL.
    let bytes: [UInt8]?
    let isBinary: Bool
    /// Why the value cannot be sent.
    var defect: String?

    /// - Parameters:
    ///   - type: the type's object identifier; 0 lets the server infer it.
    ///   - bytes: the value, in the type's binary format unless `isBinary` is false; nil for NULL.
    ///   - defect: why the value cannot be sent; then nothing is.
    public init(type: UInt32, bytes: [UInt8]?, isBinary: Bool = true, defect: String? = nil) {
        self.type = type
        self.bytes = bytes
        self.isBinary = isBinary
        self.defect = defect
    }
}

/// A value that can stand in a ``PostgresQuery``.
///
/// Numbers, `Bool`, `String`, `[UInt8]` (bytea), ``PostgresUUID``, ``PostgresTimestamp``, `Duration` (interval), optionals and arrays of
/// these.
public protocol PostgresEncodable: Sendable {
    /// The type's object identifier; 0 lets the server infer it.
    static var postgresType: UInt32 { get }
    /// The value in the form that is sent.
    var postgresParameter: PostgresParameter { get }
}

/// A value that arrays can hold, sent in PostgreSQL's binary format.
public protocol PostgresScalar: PostgresEncodable, PostgresArrayElement {
    /// The type's identifier as an element of an array, never 0.
    static var postgresElementType: UInt32 { get }
    /// The identifier of the array of this type.
    static var postgresElementArrayType: UInt32 { get }
    /// Appends the value in binary format, without its length. Returns why it cannot be sent.
    func appendPostgresBinary(to bytes: inout [UInt8]) -> String?
}

/// What an `Array` must hold to be a parameter.
public protocol PostgresArrayElement: Sendable {
    /// The identifier of the whole array's type.
    static var postgresArrayType: UInt32 { get }
    /// The whole array as one parameter.
    static func postgresParameter(of array: [Self]) -> PostgresParameter
}

extension PostgresScalar {
    public static var postgresType: UInt32 { self.postgresElementType }
    public static var postgresArrayType: UInt32 { self.postgresElementArrayType }

    public var postgresParameter: PostgresParameter {
        var bytes: [UInt8] = []
        let defect = self.appendPostgresBinary(to: &bytes)
        return PostgresParameter(type: Self.postgresElementType, bytes: bytes, defect: defect)
    }

    public static func postgresParameter(of array: [Self]) -> PostgresParameter {
        var writer = BinaryArrayWriter(elementType: Self.postgresElementType, count: array.count)
        for element in array { writer.append(element) }
        return writer.parameter(arrayType: Self.postgresElementArrayType)
    }
}

/// An enumeration of strings or numbers needs no more than to declare the conformance.
extension PostgresScalar where Self: RawRepresentable, RawValue: PostgresScalar {
    public static var postgresType: UInt32 { RawValue.postgresType }
    public static var postgresElementType: UInt32 { RawValue.postgresElementType }
    public static var postgresElementArrayType: UInt32 { RawValue.postgresElementArrayType }
    public var postgresParameter: PostgresParameter { self.rawValue.postgresParameter }
    public func appendPostgresBinary(to bytes: inout [UInt8]) -> String? { self.rawValue.appendPostgresBinary(to: &bytes) }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    public static var postgresType: UInt32 { Wrapped.postgresType }

    public var postgresParameter: PostgresParameter {
        self?.postgresParameter ?? PostgresParameter(type: Wrapped.postgresType, bytes: nil)
    }
}

extension Optional: PostgresArrayElement where Wrapped: PostgresScalar {
    public static var postgresArrayType: UInt32 { Wrapped.postgresElementArrayType }

    public static func postgresParameter(of array: [Wrapped?]) -> PostgresParameter {
        var writer = BinaryArrayWriter(elementType: Wrapped.postgresElementType, count: array.count)
        for element in array {
            if let element { writer.append(element) } else { writer.appendNull() }
        }
        return writer.parameter(arrayType: Wrapped.postgresElementArrayType)
    }
}

extension Array: PostgresEncodable where Element: PostgresArrayElement {
    public static var postgresType: UInt32 { Element.postgresArrayType }
    public var postgresParameter: PostgresParameter { Element.postgresParameter(of: self) }
}

/// An array of bytes is one `bytea`, not an array of numbers.
extension UInt8: PostgresArrayElement {
    public static var postgresArrayType: UInt32 { 17 }
    public static func postgresParameter(of array: [UInt8]) -> PostgresParameter { PostgresParameter(type: 17, bytes: array) }
}

extension Array: PostgresArrayElement where Element == UInt8 {}

extension Array: PostgresScalar where Element == UInt8 {
    public static var postgresElementType: UInt32 { 17 }
    public static var postgresElementArrayType: UInt32 { 1001 }
    public func appendPostgresBinary(to bytes: inout [UInt8]) -> String? {
        bytes.append(contentsOf: self)
        return nil
    }
}

extension String: PostgresScalar {
    /// Untyped: the server reads it as what the place wants.
    public static var postgresType: UInt32 { 0 }
    public static var postgresElementType: UInt32 { 25 }
    public static var postgresElementArrayType: UInt32 { 1009 }

    public var postgresParameter: PostgresParameter {
        var bytes: [UInt8] = []
        let defect = self.appendPostgresBinary(to: &bytes)
        return PostgresParameter(type: 0, bytes: bytes, isBinary: false, defect: defect)
    }

    public func appendPostgresBinary(to bytes: inout [UInt8]) -> String? {
        let start = bytes.count
        bytes.append(contentsOf: self.utf8)
        return bytes[start...].contains(0) ? "text holds a NUL byte, which PostgreSQL cannot store" : nil
    }
}

extension Bool: PostgresScalar {
    public static var postgresElementType: UInt32 { 16 }
    public static var postgresElementArrayType: UInt32 { 1000 }
    public func appendPostgresBinary(to bytes: inout [UInt8]) -> String? {
        bytes.append(self ? 1 : 0)
        return nil
    }
}

extension Int: PostgresScalar {
    public static var postgresElementType: UInt32 { 20 }
    public static var postgresElementArrayType: UInt32 { 1016 }
    public func appendPostgresBinary(to bytes: inout [UInt8]) -> String? { Int64(self).appendPostgresBinary(to: &bytes) }
}

extension Int64: PostgresScalar {
    public static var postgresElementType: UInt32 { 20 }
    public static var postgresElementArrayType: UInt32 { 1016 }
    public func appendPostgresBinary(to bytes: inout [UInt8]) -> String? {
        bytes.appendBigEndian(UInt64(bitPattern: self))
        return nil
    }
}

extension Int32: PostgresScalar {
    public static var postgresElementType: UInt32 { 23 }
    public static var postgresElementArrayType: UInt32 { 1007 }
    public func appendPostgresBinary(to bytes: inout [UInt8]) -> String? {
        bytes.appendBigEndian(UInt32(bitPattern: self))
        return nil
    }
}

extension Int16: PostgresScalar {
    public static var postgresElementType: UInt32 { 21 }
    public static var postgresElementArrayType: UInt32 { 1005 }
    public func appendPostgresBinary(to bytes: inout [UInt8]) -> String? {
        bytes.appendBigEndian(UInt16(bitPattern: self))
        return nil
    }
}

extension Double: PostgresScalar {
    public static var postgresElementType: UInt32 { 701 }
    public static var postgresElementArrayType: UInt32 { 1022 }
    public func appendPostgresBinary(to bytes: inout [UInt8]) -> String? {
        bytes.appendBigEndian(self.bitPattern)
        return nil
    }
}

extension Float: PostgresScalar {
    public static var postgresElementType: UInt32 { 700 }
    public static var postgresElementArrayType: UInt32 { 1021 }
    public func appendPostgresBinary(to bytes: inout [UInt8]) -> String? {
        bytes.appendBigEndian(self.bitPattern)
        return nil
    }
}

/// A duration is an `interval`, in whole microseconds.
extension Duration: PostgresScalar {
    public static var postgresElementType: UInt32 { 1186 }
    public static var postgresElementArrayType: UInt32 { 1187 }
    public func appendPostgresBinary(to bytes: inout [UInt8]) -> String? {
        bytes.appendBigEndian(UInt64(bitPattern: self.inNanoseconds / 1_000))
        bytes.appendBigEndian(UInt64(0))
        return nil
    }
}

/// Builds an array in binary format:
/// ```
/// int32 dimensions · int32 has NULLs · oid of the elements · (int32 count · int32 lower bound) · elements: int32 length, bytes
/// ```
struct BinaryArrayWriter {
    private var bytes: [UInt8] = []
    private var defect: String?

    init(elementType: UInt32, count: Int) {
        self.bytes.reserveCapacity(20 + count * 16)
        // An empty array has no dimension at all.
        self.bytes.appendBigEndian(UInt32(count == 0 ? 0 : 1))
        self.bytes.appendBigEndian(UInt32(0))
        self.bytes.appendBigEndian(elementType)
        if count > 0 {
            self.bytes.appendBigEndian(UInt32(clamping: count))
            self.bytes.appendBigEndian(UInt32(1))
        }
    }

    mutating func append(_ element: some PostgresScalar) {
        let start = self.bytes.count
        self.bytes.appendBigEndian(UInt32(0))
        if let defect = element.appendPostgresBinary(to: &self.bytes) { self.defect = defect }
        let length = UInt32(clamping: self.bytes.count - start - 4)
        for offset in 0..<4 { self.bytes[start + offset] = UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * offset)) }
    }

    mutating func appendNull() {
        self.bytes[7] = 1
        self.bytes.appendBigEndian(UInt32.max)
    }

    consuming func parameter(arrayType: UInt32) -> PostgresParameter {
        PostgresParameter(type: arrayType, bytes: self.bytes, defect: self.defect)
    }
}

extension [UInt8] {
    mutating func appendBigEndian(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { self.append(contentsOf: $0) }
    }
}
