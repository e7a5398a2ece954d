public import FlotillaCache

/// Values that end: what ``InvalidationRelay`` asks the cache to do.
public struct CacheEnding: Sendable, Hashable {
    public enum Target: Sendable, Hashable {
        /// All values that were made from this.
        case tag(CacheTag)
        /// All values of the type of this name.
        case type(String)
    }

    /// Whose values. ``CacheTenant/everyone`` with a type ends the values of all tenants; with a tag, those of global scope.
    public var tenant: CacheTenant
    public var target: Target
    /// They count as stale, and are gone later. False: they are gone at once.
    public var softly: Bool

    public init(tenant: CacheTenant, target: Target, softly: Bool) {
        self.tenant = tenant
        self.target = target
        self.softly = softly
    }
}

/// What ends, as events and rows spell it.
struct EndingPlace: Hashable, Sendable {
    enum What: Hashable, Sendable {
        case tag(kind: String, id: String)
        case type(String)
    }

    var owner: CacheEvent.Owner
    var what: What

    var tenant: CacheTenant {
        switch self.owner {
        case .tenant(let id): CacheTenant(id)
        case .nobody: .none
        case .everyone: .everyone
        }
    }

    func ending(softly: Bool) -> CacheEnding {
        let target: CacheEnding.Target =
            switch self.what {
            case .tag(let kind, let id): .tag(CacheTag(kind, id))
            case .type(let name): .type(name)
            }
        return CacheEnding(tenant: self.tenant, target: target, softly: softly)
    }

    /// The same for the same place only. Its length is bounded, as those of keys are, so that an index can hold it.
    var key: String {
        switch self.what {
        case .tag(let kind, let id): "\(self.tenant) tag \(CacheTag(kind, id))"
        case .type(let name): "\(self.tenant) type \(name)"
        }
    }
}

extension Cache {
    /// Ends values as the relay asks for it: all, or as many as it takes until one fails.
    ///
    /// - Throws: ``CacheError``: some may have ended. Ending them again does no harm.
    public func end(_ endings: [CacheEnding]) async throws(CacheError) {
        for softly in [false, true] {
            var tags: [CacheTenant: [CacheTag]] = [:]
            var types: Set<CacheEnding> = []
            for ending in endings where ending.softly == softly {
                switch ending.target {
                case .tag(let tag): tags[ending.tenant, default: []].append(tag)
                case .type: types.insert(ending)
                }
            }
            for (tenant, tags) in tags { try await self.end(Array(Set(tags)), of: tenant, softly: softly) }
            for ending in types {
                guard case .type(let name) = ending.target else { continue }
                // A type that the table does not know is an application's, in the shared tier: of its policy an end needs no more.
                let type = CacheType.all.first { $0.name == name } ?? CacheType(name, .init(timeToLive: .seconds(1), owner: "application"))
                try await self.end(type, of: ending.tenant == .everyone ? nil : ending.tenant, softly: softly)
            }
        }
    }
}
