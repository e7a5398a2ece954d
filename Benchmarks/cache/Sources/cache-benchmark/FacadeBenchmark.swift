import FlotillaCache
import FlotillaCacheRedis
import Glibc

/// What `Cache` costs as its users see it: hits from Redis with statistics on and off in turn, and hits in the process.
struct FacadeBenchmark {
    let backend: RedisCacheBackend
    private static let keys = 10_000
    private static let clock = ContinuousClock()

    private func cache(counts: Bool) -> Cache {
        var options = CacheOptions()
        options.keySpace = CacheKeySpace(environment: "benchmark")
        options.countsStatistics = counts
        options.eventPercent = counts ? 1 : 0
        options.earlyRefreshBeta = 0
        return Cache(options: options, shared: self.backend)
    }

    private func key(_ number: Int, _ type: CacheType) -> CacheKey {
        CacheKey(
            type, tenant: CacheTenant("acme"), "7b9d4b0c-52d5-4f7c-8f2e-\(number % Self.keys)",
            tags: [.document("\(number % Self.keys)"), .job("\(number % 100)")])
    }

    func run() async throws {
        let caches = [false, true].map { self.cache(counts: $0) }
        let value = [UInt8](repeating: 7, count: 1_024)
        for type in [CacheType.documentSummary, .dashboard] {
            for start in stride(from: 0, to: Self.keys, by: 50) {
                try await caches[0].set((start..<start + 50).map { (key: self.key($0, type), value: value) })
            }
        }
        var rates: [[Double]] = [[], []]
        // In turn, so that whatever else the machine does weighs on both; medians of ratios of neighbours.
        for round in 0..<21 {
            for index in round % 2 == 0 ? [0, 1] : [1, 0] {
                rates[index].append(try await self.reads(caches[index], .documentSummary, callers: 64, calls: 30_000).rate)
            }
        }
        let ratios = zip(rates[1], rates[0]).map { $0 / $1 }.sorted()
        say(
            "Cache.get, hits from Redis, 64 callers: \(Int(rates[0].sorted()[10])) a second without statistics, "
                + "\(Int(rates[1].sorted()[10])) with; with/without, median of 21 pairs \(percent(ratios[10])) "
                + "(quartiles \(percent(ratios[5])), \(percent(ratios[15])))")
        let listening = caches.map { cache in Task { await cache.run() } }
        defer { for task in listening { task.cancel() } }
        while !caches.allSatisfy(\.holdsMemory) { try await Task.sleep(for: .milliseconds(1)) }
        for (index, name) in ["without", "with"].enumerated() {
            _ = try await self.reads(caches[index], .dashboard, callers: 1, calls: Self.keys)
            for callers in [1, 2] {
                let result = try await self.reads(caches[index], .dashboard, callers: callers, calls: 200_000)
                say(
                    "Cache.get, hits in the process, \(callers) callers, \(name) statistics: p50 \(result.median) ns, "
                        + "p99 \(result.late) ns, \(Int(result.rate)) a second")
            }
        }
    }

    private func reads(
        _ cache: Cache, _ type: CacheType, callers: Int, calls: Int
    ) async throws -> (rate: Double, median: Int64, late: Int64) {
        let keys = (0..<Self.keys).map { self.key($0, type) }
        let start = Self.clock.now
        let times = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for caller in 0..<callers {
                group.addTask {
                    var times: [Int64] = []
                    times.reserveCapacity(calls / callers)
                    for call in 0..<calls / callers {
                        let began = Self.clock.now
                        guard try await cache.get(keys[(caller * 131 + call * 7) % keys.count], as: [UInt8].self).value != nil else {
                            fail("a miss")
                        }
                        times.append((Self.clock.now - began).components.attoseconds / 1_000_000_000)
                    }
                    return times
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }.sorted()
        }
        let (seconds, attoseconds) = (Self.clock.now - start).components
        return (
            Double(times.count) / (Double(seconds) + Double(attoseconds) / 1e18), times[times.count / 2], times[times.count * 99 / 100]
        )
    }
}

private func percent(_ ratio: Double) -> String { "\(Double(Int(ratio * 10_000)) / 100) %" }
