/// Every Redis key of a cache, as `{namespace}:{environment}:tenant_{tenant_id}:{cache_type}:{specific_key}`.
///
/// Nothing else in this module writes a key. No two distinct things ever share one: each part is encoded so that it holds no `:`, and what
/// is not a value has `~` where values have their type.
public struct CacheKeySpace: Sendable, Hashable {
    public let namespace: String
    public let environment: String
    private let prefix: String

    /// - Parameters:
    ///   - namespace: lower-case letters, digits and `-`; other bytes are encoded.
    ///   - environment: `production`, `staging`, `development`, or another.
    public init(namespace: String = "flotilla", environment: String = "production") {
        self.namespace = KeyText.tenant(namespace)
        self.environment = KeyText.tenant(environment)
        self.prefix = "\(self.namespace):\(self.environment):"
    }

    /// What all keys begin with.
    public var root: String { self.prefix }

    public func item(_ key: CacheKey) -> String { "\(self.prefix)tenant_\(key.tenant.text):\(key.type.name):\(key.specific)" }

    /// What all values of a tenant and type begin with.
    public func items(of tenant: CacheTenant, type: CacheType) -> String { "\(self.prefix)tenant_\(tenant.text):\(type.name):" }

    /// A counter; apart from a value of the same key.
    public func counter(_ key: CacheKey) -> String { "\(self.item(key)):~count" }
    /// The lease on making a value.
    public func lease(_ item: String) -> String { "\(item):~lease" }

    /// The generation of all values of a tag.
    public func generation(_ tag: CacheTag, of tenant: CacheTenant) -> String { "\(self.prefix)tenant_\(tenant.text):~tag:\(tag.text)" }
    /// The generation of all values of a type, for all tenants.
    public func generation(of type: CacheType) -> String { "\(self.prefix)~type:\(type.name)" }
    /// The generation of all values of a tenant.
    public func generation(of tenant: CacheTenant) -> String { "\(self.prefix)tenant_\(tenant.text):~all" }
    /// The generation of all values of a tenant and type.
    public func generation(of tenant: CacheTenant, type: CacheType) -> String {
        "\(self.prefix)tenant_\(tenant.text):~type:\(type.name)"
    }

    /// All that must be unchanged for a value to count, in the order in which they are stored with it.
    ///
    /// What is kept durably does not depend on the tenant's generation: clearing a tenant's cache logs nobody out.
    public func generations(of key: CacheKey) -> [String] {
        let ofTenant = key.type.policy.tiers == .durable ? [] : [self.generation(of: key.tenant)]
        return [self.generation(of: key.type)] + ofTenant + [self.generation(of: key.tenant, type: key.type)]
            + key.tags.map { self.generation($0, of: key.tenant) }
    }

    /// Where a tenant's use of a quota is counted.
    public func account(of tenant: CacheTenant, _ quota: CachePolicy.QuotaClass) -> String { self.account(ofTenant: tenant.text, quota) }
    /// The same of a tenant as it stands in keys and in statistics.
    public func account(ofTenant text: String, _ quota: CachePolicy.QuotaClass) -> String {
        "\(self.prefix)tenant_\(text):~account:\(quota.rawValue)"
    }
    /// The set of all accounts.
    public var accounts: String { "\(self.prefix)~accounts" }
    /// The channel on which the ends of values are told to all processes.
    public var channel: String { "\(self.prefix)~ends" }
}
