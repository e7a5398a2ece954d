import FlotillaCache
import Threading

/// Whether anybody is ever given what is another's.
struct Isolation: Sendable {
    let bench: ProbeBench
    let processes: Int

    // Ids that meet in one key wherever somebody joins, folds, trims or normalises them.
    private static let tenants = ["acme", "Acme", "acme:ocr_result", "~everyone", "acme%3Aocr_result"]
    private static let users = ["1", "1:2", "*", "\u{E9}", "e\u{301}"]

    func run() async throws -> String {
        var options = CacheOptions()
        options.earlyRefreshBeta = 0
        // Nothing ends between the two passes, however slow the machine is.
        for type in CacheType.all {
            var policy = type.policy
            policy.timeToLive = .seconds(3_600)
            options.policies[type.name] = policy
        }
        let secret = String(repeating: "0123456789abcdef", count: 4)
        let cache = self.bench.cache(options, ProbeBench.patient, cipher: try CacheCipher(parsing: "k1:\(secret)"))
        let listening = Task { await cache.run() }
        defer { listening.cancel() }
        while !cache.holdsMemory { try await Task.sleep(for: .milliseconds(1)) }
        var figures: [(reads: Int, foreign: Int, loads: Int)] = []
        for pass in ["cold", "warm"] {
            try await self.bench.meet(pass, processes: self.processes)
            figures.append(try await self.readAll(cache))
        }
        return """
            {"reads": \(figures[0].reads + figures[1].reads), "foreign": \(figures[0].foreign + figures[1].foreign), \
            "cold_loads": \(figures[0].loads), "warm_loads": \(figures[1].loads)}
            """
    }

    /// Everybody's value of every type, all at once.
    private func readAll(_ cache: Cache) async throws -> (reads: Int, foreign: Int, loads: Int) {
        let loads = Lock(0)
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            var reads = 0
            for type in CacheType.all {
                for (place, tenant) in Self.tenants.enumerated() {
                    for (number, user) in Self.users.enumerated() {
                        reads += 1
                        let own = "\(type.name) of \(place) for \(number)"
                        let key = Self.key(type, tenant, user)
                        group.addTask {
                            let value = try await cache.getOrLoad(key, as: String.self) {
                                loads.withLock { $0 += 1 }
                                return own
                            }
                            return value != own
                        }
                    }
                }
            }
            let foreign = try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            return (reads, foreign, loads.withLock { $0 })
        }
    }

    private static func key(_ type: CacheType, _ tenant: String, _ user: String) -> CacheKey {
        if type.policy.scope == .global { return CacheKey(type, tenant: .everyone, [tenant, user]) }
        return CacheKey(type, tenant: CacheTenant(tenant), [user], tags: [.user(user)])
    }
}
