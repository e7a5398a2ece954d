import FlotillaCache
import FlotillaCacheRedis
import Threading

/// How long requests take while the cache's server works, freezes and dies. Each begins at its time, whatever became of those before it.
struct FrozenLatency: Sendable {
    let bench: ProbeBench
    let rate: Int
    let seconds: Int

    func run() async throws -> String {
        let cache = self.bench.cache(CacheOptions(), RedisCacheBackend.Options())
        let count = self.rate * self.seconds
        let loads = Lock(0)
        let start = MonotonicTime.now
        let results = await withTaskGroup(of: (Int, Duration?).self) { group in
            for number in 0..<count {
                let due = start + .nanoseconds(Int64(number) * 1_000_000_000 / Int64(self.rate))
                let wait = due - .now
                // Nobody cancels this task.
                if wait > .zero { try? await Task.sleep(for: wait) }
                for (share, word) in [(2, "half"), (4, "last quarter")] where number == count - count / share { CacheProbeMain.say(word) }
                group.addTask {
                    let begun = MonotonicTime.now
                    // One in ten is new; the others were asked for a moment ago.
                    let name = number % 10 == 0 ? "new\(number)" : "often\(number % 50)"
                    let key = CacheKey(.apiResponse, tenant: CacheTenant("acme"), name)
                    let value = try? await cache.getOrLoad(key, as: String.self) {
                        loads.withLock { $0 += 1 }
                        try await Task.sleep(for: .milliseconds(1))
                        return name
                    }
                    return (number, value == name ? MonotonicTime.now - begun : nil)
                }
            }
            return await group.reduce(into: [(Int, Duration?)]()) { $0.append($1) }
        }
        let half = count - count / 2
        return """
            {"requests": \(count), "errors": \(results.count { $0.1 == nil }), "loads": \(loads.withLock { $0 }), \
            "well": \(Self.percentiles(results.filter { $0.0 < half }.compactMap(\.1))), \
            "ill": \(Self.percentiles(results.filter { $0.0 >= half }.compactMap(\.1)))}
            """
    }

    /// In microseconds.
    private static func percentiles(_ times: [Duration]) -> String {
        let sorted = times.map { $0.inNanoseconds / 1_000 }.sorted()
        func at(_ percent: Int) -> Int64 { sorted.isEmpty ? -1 : sorted[min(sorted.count - 1, sorted.count * percent / 100)] }
        return "{\"p50\": \(at(50)), \"p95\": \(at(95)), \"p99\": \(at(99)), \"max\": \(at(100))}"
    }
}
