import CacheTesting
import Flotilla
import FlotillaCache
@testable import FlotillaDaemon
import Testing

@Suite struct CacheMetricsTests {
    private let cache = Cache(shared: InMemoryCacheBackend())
    private let registry = Metrics()
    private let key = CacheKey(.documentSummary, tenant: CacheTenant("acme"), "7")

    private func lines() -> [String] {
        String(decoding: self.registry.exposition(), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func `reads, loads and the times of hits are counted once, however often somebody scrapes`() async throws {
        CacheMetrics(self.cache, registry: self.registry).install()
        #expect(try await self.cache.getOrLoad(self.key) { "made" } == "made")
        for _ in 0..<3 { #expect(try await self.cache.get(self.key) == .value("made", isStale: false)) }
        _ = self.lines()
        #expect(try await self.cache.get(self.key) == .value("made", isStale: false))
        let lines = self.lines()
        for line in [
            #"flotilla_cache_reads_total{type="doc_summary",result="miss"} 1"#,
            #"flotilla_cache_reads_total{type="doc_summary",result="shared"} 4"#,
            #"flotilla_cache_loads_total{type="doc_summary",result="loaded"} 1"#,
            #"flotilla_cache_hit_seconds_count{tier="shared"} 4"#,
            #"flotilla_cache_hit_seconds_bucket{tier="shared",le="+Inf"} 4"#,
            "flotilla_cache_up 1",
        ] {
            #expect(lines.contains(line), "\(line) is not among \(lines.filter { $0.contains("flotilla_cache_") })")
        }
        #expect(lines.contains(#"flotilla_cache_hit_seconds_count{tier="memory"} 0"#))
        #expect(!lines.contains { $0.contains("acme") })
    }
}
