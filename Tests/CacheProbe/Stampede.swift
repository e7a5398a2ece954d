import FlotillaCache
import RedisClient
import Threading

/// One cold key and everybody who wants it at the same moment.
struct Stampede: Sendable {
    let bench: ProbeBench
    let processes: Int
    let callers: Int

    func run() async throws -> String {
        var options = CacheOptions()
        options.patience = .seconds(30)
        let cache = self.bench.cache(options, ProbeBench.patient)
        let key = CacheKey(.documentSummary, tenant: CacheTenant("acme"), "cold")
        let loads = Lock(0)
        try await self.bench.meet("stampede", processes: self.processes)
        let start = MonotonicTime.now
        let right = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<self.callers {
                group.addTask {
                    let value = try await cache.getOrLoad(key, as: String.self) {
                        loads.withLock { $0 += 1 }
                        try await Task.sleep(for: .milliseconds(200))
                        return "made"
                    }
                    return value == "made"
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        let elapsed = MonotonicTime.now - start
        return "{\"callers\": \(self.callers), \"right\": \(right), \"loads\": \(loads.withLock { $0 }), \"ms\": \(elapsed.inMilliseconds)}"
    }
}
