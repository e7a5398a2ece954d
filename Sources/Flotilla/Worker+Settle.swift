internal import Threading

/// A result on its way to the store, and what the broker is told once it is recorded.
struct PendingRecord: Sendable {
    let run: AdmittedRun
    let result: WorkResult
    let settlement: Settlement
}

extension Worker {
    // MARK: From run to rest

    /// Decides what becomes of a message and sets it going: the store first, then the broker.
    func finish(_ run: AdmittedRun, _ job: JobContext, end: RunEnd, duration: Duration) {
        let conclusion = self.conclude(run, end)
        let settlement = conclusion.settlement
        let isRecorded = run.work != nil && conclusion.outcome != nil
        let (isCurrent, isFirst) = self.state.withLock { state -> (Bool, Bool) in
            let isCurrent = state.generation == run.generation
            state.ended(after: duration)
            switch end {
            case .failed(let failure) where failure.failureClass == .infrastructure: state.faulted(at: .now)
            case .interrupted: break
            default: state.succeeded()
            }
            if isRecorded, isCurrent { return (true, false) }
            let isFirst = state.settle(settlement, generation: run.generation)
            state.recorded(1)
            return (isCurrent, isFirst)
        }
        self.observer?.observe(.ended(job, end: end, route: conclusion.route, duration: duration))
        guard isCurrent else {
            // The lease was lost during the run: the message is somebody else's, and no broker is told.
            self.feed.settled([settlement])
            self.observer?.observe(.stale(run.delivery.id))
            return self.attention.raise()
        }
        if let work = run.work, let outcome = conclusion.outcome {
            self.records.submit(
                PendingRecord(
                    run: run,
                    result: WorkResult(
                        identity: work.identity, fence: work.fence, outcome: outcome, jobID: run.envelope.jobID, duration: duration),
                    settlement: settlement))
        } else if isFirst {
            self.attention.raise()
        }
    }

    private func conclude(_ run: AdmittedRun, _ end: RunEnd) -> RunConclusion {
        var generator = SystemRandomNumberGenerator()
        return self.conclusions.conclude(
            end, of: run.delivery.id, run.envelope, failures: run.failures, at: WallClock.microseconds, using: &generator)
    }

    private var conclusions: RunConclusions {
        RunConclusions(retryPolicy: self.options.retryPolicy, postponement: self.options.postponement, queue: self.broker.queue)
    }

    func postponement(_ id: DeliveryID, _ envelope: Envelope, failures: Int) -> Settlement {
        var generator = SystemRandomNumberGenerator()
        return self.conclusions.postponement(id, envelope, failures: failures, at: WallClock.microseconds, using: &generator)
    }

    func burial(_ id: DeliveryID, _ envelope: Envelope, _ letter: DeadLetter) -> Settlement {
        self.conclusions.burial(id, envelope, letter)
    }

    func letter(_ failure: Failure, _ reason: DeadLetter.Reason, envelope: Envelope, failures: Int) -> DeadLetter {
        var generator = SystemRandomNumberGenerator()
        return self.conclusions.letter(
            failure, reason, envelope: envelope, failures: failures, at: WallClock.microseconds, using: &generator)
    }

    /// Records a batch of results, as often as it takes; only then is the broker told.
    func record(_ batch: [PendingRecord]) async {
        guard let store = self.store else { return }
        var attempt = 0
        while true {
            do throws(JobStoreError) {
                FaultPoint.recordSending.hit()
                let verdicts = try await store.record(batch.map(\.result), by: self.id)
                FaultPoint.recordDone.hit()
                self.act(on: verdicts, batch)
                break
            } catch {
                self.observer?.observe(.storeFailed(error))
                if self.mustGiveUp { break }
                attempt += 1
                await self.pauseForStore(attempt)
            }
        }
        self.state.withLock { $0.recorded(batch.count) }
        self.attention.raise()
    }

    private func act(on verdicts: [RecordVerdict], _ batch: [PendingRecord]) {
        var settlements: [Settlement] = []
        settlements.reserveCapacity(batch.count)
        // A batch may span two lives: what is of the former is nobody's.
        let generation = batch.reduce(0) { max($0, $1.run.generation) }
        for (pending, verdict) in zip(batch, verdicts) where pending.run.generation == generation {
            settlements.append(self.settlement(for: verdict, pending))
        }
        self.settle(settlements, generation: generation)
    }

    private func settlement(for verdict: RecordVerdict, _ pending: PendingRecord) -> Settlement {
        let run = pending.run
        switch verdict {
        case .recorded: return pending.settlement
        case .stale:
            // Somebody else has the work. If the delivery is still this worker's it is a duplicate: it waits for the other to end.
            self.observer?.observe(.stale(run.delivery.id))
            return self.postponement(run.delivery.id, run.envelope, failures: run.failures)
        case .unrecordable(let message):
            let failure = Failure(.permanent, code: "unrecordable", message: message)
            let letter = self.letter(failure, .permanent, envelope: run.envelope, failures: run.failures + 1)
            return self.burial(run.delivery.id, run.envelope, letter)
        }
    }

    func settle(_ settlements: [Settlement], generation: Int) {
        let isFirst = self.state.withLock { state in
            var isFirst = false
            for settlement in settlements where state.settle(settlement, generation: generation) { isFirst = true }
            return isFirst
        }
        if isFirst { self.attention.raise() }
    }

    // MARK: Giving back

    /// Gives back what waits for a slot.
    func giveBack(_ take: (Feed) -> [AdmittedRun]) {
        // Under the lock, so that nobody finds them in neither count.
        self.giveBack(
            counted: self.state.withLock { state in
                let runs = take(self.feed)
                state.returned(runs.count)
                return runs
            })
    }

    /// Gives back runs that have not begun and are counted as being recorded.
    func giveBack(counted runs: [AdmittedRun]) {
        for run in runs {
            let release = Settlement.release(run.delivery.id)
            if let work = run.work {
                let result = WorkResult(
                    identity: work.identity, fence: work.fence, outcome: .released, jobID: run.envelope.jobID, duration: .zero)
                self.records.submit(PendingRecord(run: run, result: result, settlement: release))
            } else {
                self.settle([release], generation: run.generation)
                self.state.withLock { $0.recorded(1) }
            }
        }
        self.attention.raise()
    }

    /// Whether the time to wait for a store that is away is over.
    private var mustGiveUp: Bool { self.state.withLock { $0.mode == .stopped } }

    func pauseForStore(_ attempt: Int) async {
        let ceiling = min(1_000, 20 << min(attempt, 6))
        // A cancelled sleep only makes the next attempt come sooner.
        try? await Task.sleep(for: .milliseconds(Int.random(in: ceiling / 2...ceiling)))
    }

    // MARK: Cancelled jobs

    /// Asks every second which of the jobs that are running were cancelled, and stops their runs. Quick runs are never asked about.
    func watchForCancelledJobs() async {
        guard let store = self.store else { return }
        while !Task.isCancelled {
            // Cancelled at the end of run().
            try? await Task.sleep(for: .seconds(1))
            let jobs = Set(
                self.slots.withLock { $0 }.compactMap(\.current).filter { $0.elapsed > .seconds(1) }.compactMap { $0.run.envelope.jobID })
            guard !jobs.isEmpty else { continue }
            do throws(JobStoreError) {
                let cancelled = try await store.cancelledJobs(among: jobs)
                guard !cancelled.isEmpty else { continue }
                self.stopRuns(.jobCancelled, grace: self.options.cancellationGrace) { run in
                    run.envelope.jobID.map(cancelled.contains) ?? false
                }
            } catch {
                self.observer?.observe(.storeFailed(error))
            }
        }
    }
}
