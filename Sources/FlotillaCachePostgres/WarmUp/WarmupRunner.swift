internal import FlotillaCache
internal import PostgresClient
internal import Threading

/// Runs warm-up jobs that are due: one process at a time each, at the job's rate and all together at most at the runner's, tenants in turn.
public final class WarmupRunner: Sendable {
    /// What a run came to.
    public struct Report: Sendable {
        public var job: String
        public var result: WarmupResult
    }

    private let jobs: WarmupJobStore
    private let accesses: CacheAccessStore
    private let loaders: [String: any WarmupLoader]
    private let runner: String
    private let rate: Double
    private let isAllowed: @Sendable () -> Bool
    private let report: @Sendable (Result<Report, any Error>) -> Void
    /// Failures in a row after which a run stops: it would only add to what is wrong.
    private static let patience = 10

    /// - Parameters:
    ///   - loaders: by the names of their cache types.
    ///   - runner: names this process in the jobs' table.
    ///   - rate: values a second at most.
    ///   - isAllowed: asked before each value: false while the cache is full, away or switched off.
    public init(
        jobs: WarmupJobStore, accesses: CacheAccessStore, loaders: [String: any WarmupLoader], runner: String, rate: Double,
        isAllowed: @escaping @Sendable () -> Bool = { true }, report: @escaping @Sendable (Result<Report, any Error>) -> Void
    ) {
        self.jobs = jobs
        self.accesses = accesses
        self.loaders = loaders
        self.runner = runner
        self.rate = max(0.1, rate)
        self.isAllowed = isAllowed
        self.report = report
    }

    /// Looks every `interval` until the task is cancelled.
    public func run(every interval: Duration = .seconds(5)) async {
        while !Task.isCancelled {
            do {
                while self.isAllowed(), try await self.runNext() {}
            } catch {
                if !Task.isCancelled { self.report(.failure(error)) }
            }
            // Ends early when the task is cancelled, and the loop with it.
            try? await Task.sleep(for: interval)
        }
    }

    /// Runs the job that is due and comes first.
    ///
    /// - Returns: false when none is due.
    public func runNext() async throws -> Bool {
        guard let lease = try await self.jobs.claim(for: self.runner) else { return false }
        var result: WarmupResult
        do {
            result = try await self.warm(lease)
        } catch let error as CacheStoreError where error.code == .leaseLost {
            throw error
        } catch is CancellationError {
            result = WarmupResult(.stopped)
        } catch {
            result = WarmupResult(.failed("\(error)"))
        }
        // Unstructured: the end of a run that was cancelled is recorded, too.
        let recorded = result
        try await Task { try await self.jobs.finish(lease, recorded) }.value
        self.report(.success(Report(job: lease.job.name, result: result)))
        return true
    }

    private func warm(_ first: WarmupLease) async throws -> WarmupResult {
        let job = first.job
        guard let loader = self.loaders[job.type] else {
            return WarmupResult(.failed("no program of this fleet loads values of the type \(job.type)"))
        }
        var lease = first
        var renewal = MonotonicTime.now + .seconds(30)
        var result = WarmupResult(.succeeded)
        var failures = 0
        let pause = Duration.seconds(1 / min(max(0.1, job.ratePerSecond), self.rate))
        for access in try await self.candidates(of: job, loader) {
            try Task.checkCancellation()
            guard self.isAllowed() else {
                return WarmupResult(.stopped, loaded: result.loaded, skipped: result.skipped, failed: result.failed)
            }
            if MonotonicTime.now > renewal {
                lease = try await self.jobs.renew(lease)
                renewal = MonotonicTime.now + .seconds(30)
            }
            do {
                if try await loader.warm(access) { result.loaded += 1 } else { result.skipped += 1 }
                failures = 0
            } catch {
                result.failed += 1
                failures += 1
                guard failures < Self.patience else {
                    return WarmupResult(
                        .failed("stopped after \(failures) failures in a row: \(error)"), loaded: result.loaded, skipped: result.skipped,
                        failed: result.failed)
                }
            }
            try await Task.sleep(for: pause)
        }
        return result
    }

    private func candidates(of job: WarmupJob, _ loader: any WarmupLoader) async throws -> [CacheAccess] {
        let tenant = job.tenantID.map { CacheTenant($0).description }
        switch job.kind {
        case .scheduled: return try await loader.candidates(tenant: tenant, limit: job.limit)
        case .frequency: return try await self.accesses.top(job.limit, type: job.type, tenant: tenant)
        case .pinned(let ids): return ids.prefix(job.limit).compactMap { loader.candidate(pinned: $0, tenant: tenant) }
        }
    }
}
