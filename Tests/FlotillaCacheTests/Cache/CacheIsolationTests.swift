import CacheTesting
import FlotillaCache
import Testing

@Suite struct CacheIsolationTests {
    /// Ids that people and attackers choose: separators, globs, our own marks, control bytes, other scripts.
    static let tenants = ["acme", "acme:ocr_result", "*", "tenant_acme", "~none"]
    static let users = ["1", "1:2", "%31", "\u{0}", "e\u{301}"]

    @Test func `nobody reads another's value, cold or warm, with hostile ids`() async throws {
        let fixture = CacheFixture()
        let caches = [fixture.cache(), fixture.cache()]
        let types = CacheType.all.filter { $0.policy.scope == .tenant && $0 != .session } + [.session]
        var reads = 0
        try await fixture.listening(caches) {
            for _ in ["cold", "warm"] {
                for tenant in Self.tenants {
                    for user in Self.users {
                        for type in types {
                            let mine = "\(tenant)|\(user)|\(type)"
                            let key = CacheKey(type, tenant: CacheTenant(tenant), [user, "page"], tags: [.user(user)])
                            for cache in caches {
                                let value = try await cache.getOrLoad(key) { mine }
                                #expect(value == mine)
                                reads += 1
                            }
                        }
                    }
                }
            }
        }
        #expect(reads == 2 * 2 * 5 * 5 * types.count)
    }

    @Test func `parts that join to the same text are different keys`() {
        let space = CacheKeySpace()
        let tenant = CacheTenant("t")
        #expect(space.item(CacheKey(.graph, tenant: tenant, "a:b", "c")) != space.item(CacheKey(.graph, tenant: tenant, "a", "b:c")))
        #expect(CacheHash.key("a:b", "c") != CacheHash.key("a", "b:c"))
        #expect(CacheHash.key("ab", "") != CacheHash.key("a", "b"))
    }
}
