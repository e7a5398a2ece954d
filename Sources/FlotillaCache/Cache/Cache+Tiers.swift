internal import Threading

extension BackendKey {
    init(_ key: CacheKey, _ space: CacheKeySpace) {
        self.init(item: space.item(key), generations: space.generations(of: key))
    }
}

/// Asking a tier behind its breaker, and what all of it counts by.
extension Cache {
    func isDurable(_ key: CacheKey, _ options: CacheOptions) -> Bool {
        self.durable != nil && options.policy(of: key.type).tiers == .durable
    }

    func isOn(_ type: CacheType, _ options: CacheOptions) -> Bool { options.isEnabled && !options.disabledTypes.contains(type.name) }

    /// Calls a tier unless its breaker is open.
    func guarded<Result: Sendable>(
        durable: Bool, _ body: (any CacheBackend) async throws(CacheError) -> Result
    ) async throws(CacheError) -> Result {
        let breaker = durable && self.durable != nil ? self.durableBreaker : self.breaker
        guard breaker.withLock({ $0.admits(at: MonotonicTime.now.nanoseconds) }) else {
            throw CacheError(.unavailable, "the cache did not answer lately; it is asked again in a moment")
        }
        do throws(CacheError) {
            let result = try await body(durable ? self.durable ?? self.shared : self.shared)
            breaker.withLock { $0.succeeded() }
            return result
        } catch {
            let isOutage = error.code == .unavailable || error.code == .timedOut
            breaker.withLock { isOutage ? $0.failed(at: MonotonicTime.now.nanoseconds) : $0.succeeded() }
            throw error
        }
    }

    func count(_ key: CacheKey, _ body: (inout CacheTally) -> Void) {
        self.recorder.record(type: key.type.name, tenant: key.tenant.text, body)
    }

    static var wallMilliseconds: Int64 { WallClock.microseconds / 1_000 }
}
