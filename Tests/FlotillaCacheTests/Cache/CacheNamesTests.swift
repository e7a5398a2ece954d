import CacheTesting
import FlotillaCache
import FlotillaCacheCodable
import Testing
import Threading

private struct Account: Codable, Equatable, CacheValue {
    var name: String
    var seats: Int?
    var labels: [Int: String]
}

@Suite struct CacheNamesTests {
    let fixture = CacheFixture()

    @Test func `a codable value comes back equal`() async throws {
        let cache = self.fixture.cache()
        let key = CacheKey(.billing, tenant: CacheTenant("acme"), "account")
        let account = Account(name: "Ä\u{0}\"", seats: nil, labels: [7: "seven", -1: ""])
        try await cache.set(key, account)
        #expect(try await cache.get(key).value == account)
    }

    @Test func `searches differ by reader, order of documents does not matter`() {
        let acme = TenantCache(self.fixture.cache(), tenant: CacheTenant("acme"))
        func key(_ reader: String, job: String?, _ documents: [String]) -> CacheKey {
            acme.vectorSearch(query: "who", reader: reader, job: job, documents: documents, limit: 8, model: "m 1")
        }
        #expect(key("ann", job: nil, ["1", "2"]) == key("ann", job: nil, ["2", "1", "1"]))
        #expect(key("ann", job: nil, ["1"]) != key("bob", job: nil, ["1"]))
        #expect(key("ann", job: nil, []) != key("ann", job: "all jobs", []))
        #expect(key("ann", job: nil, ["1,2"]) != key("ann", job: nil, ["1", "2"]))
    }

    @Test func `a new document ends searches, and a moved user everything about rights`() async throws {
        let acme = TenantCache(self.fixture.cache(), tenant: CacheTenant("acme"))
        let search = acme.vectorSearch(query: "who", reader: "ann", job: nil, documents: [], limit: 8, model: "m")
        try await acme.cache.set(search, "found")
        try await acme.cache.set(acme.userRBAC("ann"), "ANALYST")
        try await acme.invalidateVectorSearchCache()
        #expect(try await acme.cache.get(search, as: String.self) == .miss)
        #expect(try await acme.cache.get(acme.userRBAC("ann"), as: String.self).value == "ANALYST")
        try await acme.cache.end([.access], of: acme.tenant)
        #expect(try await acme.cache.get(acme.userRBAC("ann"), as: String.self) == .miss)
    }

    @Test func `no key holds a session's id or a search's words`() {
        let acme = TenantCache(self.fixture.cache(), tenant: CacheTenant("acme"))
        #expect(!acme.session("secret-token", user: "ann").specific.contains("secret"))
        #expect(
            !acme.vectorSearch(query: "divorce", reader: "ann", job: nil, documents: [], limit: 8, model: "m").specific.contains("divorce"))
    }

    @Test func `counters written behind add up, and wait while the cache is away`() async throws {
        let cache = self.fixture.cache()
        let counters = WriteBehindCounters(cache: cache, limit: 2)
        let keys = (0..<3).map { CacheKey(.apiResponse, tenant: CacheTenant("acme"), "hits\($0)") }
        for _ in 0..<500 { counters.add(to: keys[0]) }
        counters.add(3, to: keys[1])
        counters.add(to: keys[2])
        #expect(counters.dropped == 1)
        self.fixture.backend.isDown = true
        await counters.flush()
        self.fixture.backend.isDown = false
        await counters.flush()
        #expect(try await cache.increment(keys[0], by: 0) == 500)
        #expect(try await cache.increment(keys[1], by: 0) == 3)
    }
}
