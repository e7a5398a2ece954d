public import JSONText

/// What can be kept in a cache: it turns into bytes and back into an equal value.
///
/// `Codable` types get it from the module FlotillaCacheCodable with an empty extension.
public protocol CacheValue: Sendable {
    /// Names the shape of the bytes. Bytes of another shape are a miss, so change it with the shape.
    static var cacheSchema: String { get }
    /// - Throws: when the value cannot be written; nothing is cached then.
    func cacheBytes() throws -> [UInt8]
    /// - Throws: when the bytes are none of its own; that is a miss.
    init(cacheBytes: [UInt8]) throws
}

/// Bytes that are no value of the type asked for.
public struct UnreadableCacheValue: Error, Sendable {
    public let schema: String
    public init(schema: String) { self.schema = schema }
}

extension Array: CacheValue where Element == UInt8 {
    public static var cacheSchema: String { "bytes" }
    public func cacheBytes() -> [UInt8] { self }
    public init(cacheBytes: [UInt8]) { self = cacheBytes }
}

extension String: CacheValue {
    public static var cacheSchema: String { "text" }
    public func cacheBytes() -> [UInt8] { Array(self.utf8) }
    public init(cacheBytes: [UInt8]) throws {
        guard let text = String(validating: cacheBytes, as: UTF8.self) else { throw UnreadableCacheValue(schema: Self.cacheSchema) }
        self = text
    }
}

extension Int: CacheValue {
    public static var cacheSchema: String { "integer" }
    public func cacheBytes() -> [UInt8] { Array(String(self).utf8) }
    public init(cacheBytes: [UInt8]) throws {
        guard let number = Int(String(decoding: cacheBytes, as: UTF8.self)) else { throw UnreadableCacheValue(schema: Self.cacheSchema) }
        self = number
    }
}

extension Double: CacheValue {
    public static var cacheSchema: String { "number" }
    public func cacheBytes() -> [UInt8] { withUnsafeBytes(of: self.bitPattern.littleEndian) { Array($0) } }
    public init(cacheBytes: [UInt8]) throws {
        guard cacheBytes.count == 8 else { throw UnreadableCacheValue(schema: Self.cacheSchema) }
        self.init(bitPattern: cacheBytes.reversed().reduce(0) { $0 << 8 | UInt64($1) })
    }
}

extension Bool: CacheValue {
    public static var cacheSchema: String { "boolean" }
    public func cacheBytes() -> [UInt8] { [self ? 1 : 0] }
    public init(cacheBytes: [UInt8]) throws {
        guard let byte = cacheBytes.first, cacheBytes.count == 1, byte <= 1 else { throw UnreadableCacheValue(schema: Self.cacheSchema) }
        self = byte == 1
    }
}

extension JSONValue: CacheValue {
    public static var cacheSchema: String { "json" }
    public func cacheBytes() -> [UInt8] { self.jsonBytes }
    public init(cacheBytes: [UInt8]) throws { self = try JSONValue(parsing: cacheBytes) }
}

extension CacheValue {
    /// 32 bits of the schema's name: FNV-1a.
    static var schemaHash: UInt32 {
        self.cacheSchema.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }
}
