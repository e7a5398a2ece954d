public import FlotillaCache
internal import FoundationEssentials

/// `Codable` types as cached values, written as JSON with sorted keys: `extension User: CacheValue {}` is all that is needed.
///
/// What is read from the cache equals what was written: dates and keys of other types than text included, as JSONEncoder writes them.
extension CacheValue where Self: Codable {
    /// The type's name. Say something else when the type's shape changes, such as `User 2`.
    public static var cacheSchema: String { "json \(Self.self)" }

    public func cacheBytes() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return Array(try encoder.encode(self))
    }

    public init(cacheBytes: [UInt8]) throws { self = try JSONDecoder().decode(Self.self, from: Data(cacheBytes)) }
}
