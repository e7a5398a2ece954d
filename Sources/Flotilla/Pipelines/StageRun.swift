internal import Threading

/// One run of one stage, under the stage's lock.
///
/// ```
/// begin ─▶ inputs ─▶ in the cache? ── yes ───────────────────────────▶ complete (from the cache)
///                        │ no, and expensive
///                        ▼
///              lock the work ── held ─▶ wait, no attempt counted
///                        │
///                        ▼
///              in the cache now? ─ no ─▶ run ─▶ complete ─▶ keep in the cache ─▶ give the lock back
/// ```
/// The order is: durable output, state, cache. Whoever dies in between has lost nothing but time.
struct StageRun: Sendable {
    let stage: any StageHandler
    let job: JobContext
    let work: StageWork
    let outputs: [StageName: StageOutput]
    let digests: OutputDigests
    let directory: String
    let store: any StageStore
    let lock: any DistributedLock
    let options: PipelineHandler.Options
    let observer: (any PipelineObserver)?

    /// How it ended, where it did not fail.
    enum End: Sendable {
        case completed(StageOutput)
        /// Somebody else does the same.
        case locked(Duration)
        case superseded
    }

    private enum Product: Sendable {
        case computed(StageOutput, Kept?)
        case recalled(CachedStageOutput, StageCacheKey)
        case elsewhere(Duration)
    }

    /// Where a computed output goes in the cache.
    private struct Kept: Sendable {
        let cache: any StageCache
        let key: StageCacheKey
        let pieces: PieceCache
        /// On the work, if that is worth waiting for.
        var hold: (any LockHold)?
    }

    func run(_ cancellation: Cancellation) async throws -> End {
        FaultPoint.stageStarting.hit()
        guard try await self.store.begin(self.stage.stage, engine: self.stage.engine, attempt: self.job.attempt, of: self.work) else {
            return .superseded
        }
        let start = Start()
        await self.show(.running, start)
        do {
            if let end = try await self.complete(try await cancellation.run { try await self.produce(asksCache: true) }, start) {
                return end
            }
            // What the cache had was refused, as a damaged entry is: only a new run can replace it.
            return try await self.complete(try await cancellation.run { try await self.produce(asksCache: false) }, start) ?? .superseded
        } catch {
            let duration = start.elapsed
            // A cancelled stage has not failed: it is begun anew by whoever comes next.
            if error is CancellationError || Task.isCancelled { throw error }
            if error is JobStoreError { throw error }
            let failure = Failure(error, stage: self.stage.stage)
            self.observer?.ended(self.job, stage: self.stage.stage, outcome: failure.failureClass.name, duration: duration)
            guard try await self.store.fail(self.stage.stage, failure: failure, duration: duration, of: self.work) else {
                return .superseded
            }
            await self.show(.failed, start, errorCode: failure.code)
            throw StageError(stage: self.stage.stage, underlying: error)
        }
    }

    // MARK: Making

    private func produce(asksCache: Bool) async throws -> Product {
        let context = self.context
        guard let cache = self.options.cache, let stage = self.stage as? any CacheableStage,
            let inputs = try await stage.cacheInputs(context)
        else { return .computed(try await self.stage.run(context), nil) }
        let key = self.key(inputs)
        if asksCache, let found = await cache.output(for: key) { return .recalled(found, key) }
        var kept = Kept(cache: cache, key: key, pieces: PieceCache(cache, key: inputs.piecesStandAlone ? self.key(inputs.forPieces) : key))
        if stage.isExpensive {
            switch await self.lockWork(key) {
            case .held(let left): return .elsewhere(self.options.wait(left))
            case .acquired(let hold): kept.hold = hold
            case nil: break
            }
        }
        do {
            // Whoever had the lock until now may have done it.
            if asksCache, let hold = kept.hold, let found = await cache.output(for: key) {
                await hold.giveBack()
                return .recalled(found, key)
            }
            try Task.checkCancellation()
            return .computed(try await stage.run(context.with(checkpoints: self.checkpoints(kept.pieces))), kept)
        } catch {
            await kept.hold?.giveBack()
            throw error
        }
    }

    /// Nil when the lock cannot be asked: then the same work may be done twice, which is harmless.
    private func lockWork(_ key: StageCacheKey) async -> LockAttempt? {
        // The loss of this lock stops nothing: whoever takes it does the same work for another document.
        try? await self.lock.acquire(self.options.cacheLockKey(key), lease: self.options.lockLease, onLoss: {})
    }

    private func key(_ inputs: StageInputs) -> StageCacheKey {
        StageCacheKey(
            tenant: self.work.envelope.tenantID, stage: self.stage.stage, engine: self.stage.engine,
            processingVersion: self.work.processingVersion, inputs: inputs,
            digests: self.digests.of(inputs.outputs, in: self.outputs))
    }

    private var context: StageContext {
        StageContext(
            message: self.job.message, identity: self.job.identity, attempt: self.job.attempt, workDirectory: self.directory,
            logger: self.job.logger.with(["stage": self.stage.stage.rawValue]), outputs: self.outputs, checkpoints: self.checkpoints(nil),
            progress: { done, total in self.observer?.progressed(self.job, stage: self.stage.stage, done: done, total: total) })
    }

    private func checkpoints(_ pieces: PieceCache?) -> StageCheckpoints {
        StageCheckpoints(
            read: { try await self.store.checkpoints(of: self.stage.stage, engine: self.stage.engine, of: self.work) },
            write: { try await self.store.keep($0, as: $1, of: self.stage.stage, engine: self.stage.engine, of: self.work) },
            cache: pieces)
    }

    // MARK: Completing

    /// Nil when the store refuses what the cache had.
    private func complete(_ product: Product, _ start: Start) async throws -> End? {
        switch product {
        case .elsewhere(let wait): return .locked(wait)
        case .recalled(let found, let key): return try await self.complete(found, key, start)
        case .computed(let output, let kept): return try await self.complete(output, kept, holding: kept?.hold, start)
        }
    }

    private func complete(_ found: CachedStageOutput, _ key: StageCacheKey, _ start: Start) async throws -> End? {
        let duration = start.elapsed
        do {
            guard try await self.write(found.output, duration, .cached(saved: found.duration), key) else { return .superseded }
        } catch let error as JobStoreError {
            guard error.code == .refused else { throw error }
            self.job.logger.warning(
                "an output from the cache was refused", ["stage": self.stage.stage.rawValue, "error": error.message])
            return nil
        }
        await self.show(.completed, start, isFromCache: true)
        self.observer?.ended(self.job, stage: self.stage.stage, outcome: "cached", duration: duration)
        self.observer?.saved(found.duration, self.job, stage: self.stage.stage)
        return .completed(found.output)
    }

    private func complete(_ output: StageOutput, _ kept: Kept?, holding hold: (any LockHold)?, _ start: Start) async throws -> End {
        guard let hold else { return try await self.complete(output, kept, start) }
        do {
            let end = try await self.complete(output, kept, start)
            await hold.giveBack()
            return end
        } catch {
            await hold.giveBack()
            throw error
        }
    }

    private func complete(_ output: StageOutput, _ kept: Kept?, _ start: Start) async throws -> End {
        let duration = start.elapsed
        FaultPoint.stageCompleting.hit()
        let kept = output.isPartial ? nil : kept
        guard try await self.write(output, duration, .computed, kept?.key) else { return .superseded }
        FaultPoint.stageCompleted.hit()
        await self.show(.completed, start)
        if let kept {
            FaultPoint.stageCached.hit()
            await kept.cache.keep(output, for: kept.key, duration: duration)
            // The pieces of a partial output stay: the next who tries needs only what is missing.
            await kept.pieces.forget()
        }
        self.observer?.ended(self.job, stage: self.stage.stage, outcome: output.isPartial ? "partial" : "completed", duration: duration)
        return .completed(output)
    }

    private func write(
        _ output: StageOutput, _ duration: Duration, _ origin: StageOrigin, _ key: StageCacheKey?
    ) async throws -> Bool {
        try await self.store.complete(
            self.stage.stage, engine: self.stage.engine, output: output, duration: duration, origin: origin, cacheKey: key, of: self.work)
    }

    // MARK: Telling

    /// When the run began, on both clocks.
    private struct Start: Sendable {
        let monotonic = MonotonicTime.now
        let wall = WallClock.microseconds

        var elapsed: Duration { MonotonicTime.now - self.monotonic }
    }

    private func show(_ status: StageState.Status, _ start: Start, errorCode: String? = nil, isFromCache: Bool = false) async {
        guard let mirror = self.options.mirror else { return }
        await mirror.show(
            StageState(
                tenantID: self.work.envelope.tenantID, documentUUID: self.work.identity.documentUUID,
                processingVersion: self.work.processingVersion, stage: self.stage.stage, status: status, attempt: self.job.attempt,
                startedAt: start.wall, finishedAt: status == .running ? nil : WallClock.microseconds, errorCode: errorCode,
                isFromCache: isFromCache))
    }
}

extension PipelineHandler.Options {
    /// How long a message waits for a lock that somebody has for `left` more.
    func wait(_ left: Duration) -> Duration { min(max(left, .milliseconds(200)), self.lockWait) }
}
