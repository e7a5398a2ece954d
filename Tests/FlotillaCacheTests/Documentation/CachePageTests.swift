import CacheTesting
import FlotillaCache
import FlotillaCacheCodable
import Foundation
import Testing

/// What docs/cache.md shows is what the code does.
@Suite struct CachePageTests {
    private static let page = try? String(contentsOf: root.appending(path: "docs/cache.md"), encoding: .utf8)
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized

    static let keys: [CacheKey] = [
        CacheKey(.documentHash, tenant: CacheTenant("user123"), "a1b2c3d4e5f6"),
        CacheKey(.userRBAC, tenant: CacheTenant("Acme Corp"), "Ann"),
        CacheKey(.documentTranslation, tenant: CacheTenant("acme"), "7:1", "de"),
        CacheKey(.jobStatus, tenant: .none, "demo"),
        CacheKey(.reference, tenant: .everyone, "courts", "Ärzte"),
    ]

    @Test(arguments: keys) func `the keys are those of the page`(_ key: CacheKey) throws {
        let item = CacheKeySpace().item(key)
        #expect(try #require(Self.page).contains("`\(item)`"), "\(item)")
    }

    @Test func `a key's generations are those of the page, in this order`() throws {
        let key = CacheKey(.userRBAC, tenant: CacheTenant("acme"), "ann", tags: [.user("ann"), .access])
        #expect(try #require(Self.page).contains(CacheKeySpace().generations(of: key).joined(separator: "\n")))
    }

    @Test func `the entry is that of the page`() throws {
        let entry = CacheEntry(
            content: .value([1, 2, 3]), createdMilliseconds: 0x0102_0304, freshUntilMilliseconds: 0x0102_0305,
            endsMilliseconds: 0x0102_0306, load: .nanoseconds(7), schema: 8, version: 9)
        let bytes = try EntryCodec().encode(entry, key: "k", policy: CachePolicy(timeToLive: .seconds(1), encryption: .never, owner: "x"))
        let lines = try #require(Self.page).split(separator: "\n")
        let start = try #require(lines.firstIndex { $0.hasPrefix("464345 01") })
        #expect(hex(lines[start..<start + 3].joined(separator: " ")) == bytes)
    }

    @Test func `the page's sample is the one that is compiled here`() throws {
        let source = try String(contentsOf: URL(filePath: #filePath), encoding: .utf8)
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        for (begin, end) in [("// page: types", "// page: end types"), ("// page: use", "// page: end use")] {
            let first = try #require(lines.firstIndex { $0.drop { $0 == " " } == begin })
            let last = try #require(lines.firstIndex { $0.drop { $0 == " " } == end })
            let indent = lines[first].prefix { $0 == " " }.count
            let sample = lines[(first + 1)..<last].map { $0.dropFirst(min(indent, $0.count)) }.joined(separator: "\n")
            #expect(try #require(Self.page).contains(sample), "docs/cache.md does not hold:\n\(sample)")
        }
    }

    @Test func `the sample works`() async throws {
        let cache = Cache(shared: InMemoryCacheBackend())
        #expect(try await showInvoices(cache, tenant: "acme", job: "7") == ["7: 3 invoices", "7: 4 invoices"])
    }
}

// page: types
struct InvoiceList: Codable, CacheValue {
    var job: String
    var count: Int
}

extension CacheType {
    static let invoices = CacheType("invoices", .init(timeToLive: .seconds(600), staleFor: .seconds(60), owner: "billing"))
}
// page: end types

private func showInvoices(_ cache: Cache, tenant: String, job: String) async throws -> [String] {
    let database = Database()
    // page: use
    let mine = TenantCache(cache, tenant: CacheTenant(tenant))
    let key = mine.key(.invoices, job, tags: [.job(job)])

    // One load, however many ask at once in however many processes.
    let first = try await cache.getOrLoad(key) { try await database.invoices(of: job) }
    // After a change: all values of the job end, in one write.
    try await database.addInvoice(to: job)
    try await mine.invalidateJobCache(job)
    let second = try await cache.getOrLoad(key) { try await database.invoices(of: job) }
    // page: end use
    return [first, second].compactMap { $0.map { "\($0.job): \($0.count) invoices" } }
}

private actor Database {
    private var count = 3
    func invoices(of job: String) throws -> InvoiceList? { InvoiceList(job: job, count: self.count) }
    func addInvoice(to job: String) throws { self.count += 1 }
}
