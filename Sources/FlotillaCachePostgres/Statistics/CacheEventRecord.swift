public import FlotillaCache
public import PostgresClient

/// One of the sampled events, or something that a person did to the cache: a row of `cache_event_log`. It never holds a key or a value.
public struct CacheEventRecord: Sendable, Hashable {
    public var at: PostgresTimestamp
    public var type: String
    /// As it stands in keys.
    public var tenant: String
    /// `hit`, `miss`, `load`, `voided`, `cleared`, …: lower-case letters, digits and `_`, at most 40.
    public var event: String
    /// 64 hexadecimal digits; nil for what concerns many values.
    public var keyHash: String?
    public var duration: Duration?
    /// For people; cut to 500 characters.
    public var detail: String?

    /// What happened to one value.
    public init(_ event: String, of key: CacheKey, at: PostgresTimestamp = .now, duration: Duration? = nil, detail: String? = nil) {
        self.at = at
        self.type = key.type.name
        self.tenant = key.tenant.description
        self.event = event
        self.keyHash = Self.hash(of: key)
        self.duration = duration
        self.detail = detail
    }

    /// What happened to all values of a type and tenant.
    public init(
        _ event: String, type: String, tenant: CacheTenant, at: PostgresTimestamp = .now, duration: Duration? = nil, detail: String? = nil
    ) {
        self.at = at
        self.type = type
        self.tenant = tenant.description
        self.event = event
        self.keyHash = nil
        self.duration = duration
        self.detail = detail
    }

    init(
        at: PostgresTimestamp, type: String, tenant: String, event: String, keyHash: String?, duration: Duration?, detail: String?
    ) {
        self.at = at
        self.type = type
        self.tenant = tenant
        self.event = event
        self.keyHash = keyHash
        self.duration = duration
        self.detail = detail
    }

    /// What a key is called in the log: the same in all processes. Who knows a key can find its events; nobody can read the key from them.
    public static func hash(of key: CacheKey) -> String { CacheHash.key(key.type.name, key.tenant.description, key.specific) }
}
