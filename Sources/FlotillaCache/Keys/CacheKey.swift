/// Names one cached value: what kind, whose, and which.
public struct CacheKey: Hashable, Sendable, CustomStringConvertible {
    public let type: CacheType
    public let tenant: CacheTenant
    /// The rest of the key, encoded: parts joined by `:`.
    public let specific: String
    /// What the value is made from. Known from the key, so that one round trip reads the value and what became of its tags.
    public let tags: [CacheTag]

    /// - Parameters:
    ///   - tenant: ``CacheTenant/everyone`` for types of global scope, and for them alone.
    ///   - parts: at least one; any text. Order counts. Use ``CacheHash`` for what nobody must read in a key.
    ///   - tags: always the same ones for the same key.
    public init(_ type: CacheType, tenant: CacheTenant, _ parts: [String], tags: [CacheTag] = []) {
        precondition(!parts.isEmpty, "a cache key needs at least one part")
        precondition(
            (type.policy.scope == .global) == (tenant == .everyone),
            "values of the type \(type) are \(type.policy.scope == .global ? "everybody's" : "one tenant's")")
        self.type = type
        self.tenant = tenant
        let joined = parts.map(KeyText.part).joined(separator: ":")
        // Redis takes longer keys; people and memory do not.
        self.specific = joined.utf8.count <= 400 ? joined : "~" + CacheHash.hexadecimal(CacheHash.digest(of: parts))
        self.tags = tags
    }

    public init(_ type: CacheType, tenant: CacheTenant, _ parts: String..., tags: [CacheTag] = []) {
        self.init(type, tenant: tenant, parts, tags: tags)
    }

    /// For logs: no text of the backend's own, which may be an id of a person.
    public var description: String { "\(self.type.name) of \(self.tenant)" }
}
