/// Which value was asked for, for warm-ups.
public struct CacheAccess: Hashable, Sendable {
    public let type: String
    /// As they stand in keys.
    public let tenant: String
    public let specific: String

    public init(type: String, tenant: String, specific: String) {
        self.type = type
        self.tenant = tenant
        self.specific = specific
    }
}
