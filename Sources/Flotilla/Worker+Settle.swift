internal import Threading

/// A result on its way to the store, and what the broker is told once it is recorded.
struct PendingRecord: Sendable {
    let run: AdmittedRun
    let result: WorkResult
    let settlement: Settlement
}

extension Worker {
    // MARK: From claim to run

    /// Reads messages; those that can be read ask the store for admission.
    func read(_ deliveries: [Delivery], generation: Int) {
        var pending: [PendingClaim] = []
        var runs: [AdmittedRun] = []
        pending.reserveCapacity(deliveries.count)
        for delivery in deliveries {
            do throws(MalformedMessage) {
                let envelope = try Envelope(delivery.payload)
                if self.store != nil {
                    let identity = WorkIdentity(envelope, queue: self.broker.queue)
                    pending.append(
                        PendingClaim(
                            delivery: delivery,
                            claim: WorkClaim(
                                identity: identity, delivery: delivery.id, queue: self.broker.queue, envelope: envelope,
                                reopening: envelope.deadLetterID != nil),
                            generation: generation))
                } else {
                    // A count that a producer made up must not stop the first run, nor go past the end.
                    let failures = min(envelope.retry?.retryCount ?? 0, self.options.retryPolicy.maximumRetries)
                    runs.append(
                        AdmittedRun(
                            delivery: delivery, envelope: envelope, work: nil, failures: failures, generation: generation))
                }
            } catch {
                self.bury(delivery, error, generation: generation)
            }
        }
        self.admissions.submit(pending)
        self.start(runs)
    }

    private func start(_ runs: [AdmittedRun]) {
        guard !runs.isEmpty else { return }
        self.state.withLock { $0.admitted(runs.count) }
        let current = self.state.withLock { ($0.generation, $0.mode) }
        let alive = runs.filter { $0.generation == current.0 }
        if current.1 >= .draining { self.giveBack(alive) } else { self.feed.push(alive) }
    }

    /// A message that cannot be read goes to the dead-letter queue as it is.
    private func bury(_ delivery: Delivery, _ malformed: MalformedMessage, generation: Int) {
        self.observer?.observe(.malformed(malformed.description))
        let letter = DeadLetterEntry.malformed(
            delivery.payload, malformed, queue: self.broker.queue, at: WallClock.microseconds)
        self.state.withLock { $0.admitted(1) }
        // Its history is written by whoever sweeps the dead-letter queue: ten thousand of these must not hold up the good ones.
        self.settle(.dead(delivery.id, payload: delivery.payload, letter: letter), generation: generation)
    }

    /// Asks the store to admit a batch, as often as it takes: while the store is away nothing is run, nothing is lost and the lease lives on.
    func admit(_ batch: [PendingClaim]) async {
        guard let store = self.store else { return }
        var attempt = 0
        while true {
            let generation = self.state.withLock { $0.generation }
            let current = batch.filter { $0.generation == generation }
            if current.count < batch.count { self.state.withLock { $0.admitted(batch.count - current.count) } }
            guard !current.isEmpty else { return }
            if current.count < batch.count { return await self.admit(current) }
            do throws(JobStoreError) {
                FaultPoint.beginSending.hit()
                let admissions = try await store.begin(current.map(\.claim), by: self.id)
                FaultPoint.beginDone.hit()
                await self.act(on: admissions, current)
                return
            } catch {
                self.observer?.observe(.storeFailed(error))
                if self.mustGiveUp { return self.giveBack(unadmitted: current) }
                attempt += 1
                await self.pauseForStore(attempt)
            }
        }
    }

    private func act(on admissions: [Admission], _ batch: [PendingClaim]) async {
        var runs: [AdmittedRun] = []
        runs.reserveCapacity(batch.count)
        for (pending, admission) in zip(batch, admissions) {
            switch admission {
            case .run(let fence, let failures):
                runs.append(
                    AdmittedRun(
                        delivery: pending.delivery, envelope: pending.claim.envelope, work: (pending.claim.identity, fence),
                        failures: failures, generation: pending.generation))
            case .finished:
                self.observer?.observe(.duplicateDropped(pending.claim.identity))
                self.dismiss(pending, .ack(pending.delivery.id))
            case .cancelled:
                self.observer?.observe(.cancelled(pending.claim.identity))
                self.dismiss(pending, .ack(pending.delivery.id))
            case .unrecordable(let message):
                let failure = Failure(.permanent, code: "unrecordable", message: message)
                let letter = self.letter(failure, .permanent, envelope: pending.claim.envelope, failures: 1)
                self.dismiss(pending, self.burial(pending.delivery.id, pending.claim.envelope, letter))
            case .dead(let letter): await self.resume(dead: letter, pending)
            case .busy(let holder, let fence): await self.contend(pending, holder: holder, fence: fence)
            }
        }
        self.start(runs)
    }

    private func dismiss(_ pending: PendingClaim, _ settlement: Settlement) {
        self.state.withLock { $0.admitted(1) }
        self.settle(settlement, generation: pending.generation)
    }

    /// The store knows this work as dead. Either its worker died before the move to the dead-letter queue, which is done now; or the move was
    /// done and somebody has put the message back.
    private func resume(dead letter: DeadLetter, _ pending: PendingClaim) async {
        do throws(BrokerError) {
            if try await self.broker.isDeadLetterRecorded(letter) {
                var claim = pending.claim
                claim.reopening = true
                self.admissions.submit(PendingClaim(delivery: pending.delivery, claim: claim, generation: pending.generation))
            } else {
                self.dismiss(pending, self.burial(pending.delivery.id, pending.claim.envelope, letter))
            }
        } catch {
            self.observer?.observe(.brokerFailed(error))
            self.postpone(pending)
        }
    }

    /// Another delivery has the same work. If it is not held by a living worker any more, this one takes over; else this one is a duplicate and
    /// waits until the other is done.
    private func contend(_ pending: PendingClaim, holder: DeliveryID, fence: Fence) async {
        do throws(BrokerError) {
            if try await self.broker.isHeld(holder) {
                self.postpone(pending)
            } else {
                var claim = pending.claim
                claim.takingOver = fence
                self.admissions.submit(PendingClaim(delivery: pending.delivery, claim: claim, generation: pending.generation))
            }
        } catch {
            self.observer?.observe(.brokerFailed(error))
            self.postpone(pending)
        }
    }

    private func postpone(_ pending: PendingClaim) {
        self.dismiss(
            pending,
            self.postponement(pending.delivery.id, pending.claim.envelope, failures: pending.claim.envelope.retry?.retryCount ?? 0))
    }

    // MARK: From run to rest

    /// Decides what becomes of a message and sets it going: the store first, then the broker.
    func finish(_ run: AdmittedRun, _ job: JobContext, end: RunEnd, duration: Duration) {
        if run.delivery.crashes > 0 { self.feed.suspectEnded() }
        let now = MonotonicTime.now
        let isCurrent = self.state.withLock { state in
            state.ended(after: duration)
            if case .failed(let failure) = end, failure.failureClass == .infrastructure {
                state.faulted(at: now)
            } else if case .interrupted = end {
            } else {
                state.succeeded()
            }
            return state.generation == run.generation
        }
        let (outcome, settlement, route) = self.conclude(run, end)
        self.observer?.observe(.ended(job, end: end, route: route, duration: duration))
        guard isCurrent else {
            // The lease was lost during the run: the message is somebody else's.
            self.state.withLock { $0.recorded(1) }
            self.observer?.observe(.stale(run.delivery.id))
            return
        }
        if let work = run.work, let outcome {
            self.records.submit(
                PendingRecord(
                    run: run,
                    result: WorkResult(
                        identity: work.identity, fence: work.fence, outcome: outcome, jobID: run.envelope.jobID, duration: duration),
                    settlement: settlement))
        } else {
            self.state.withLock { $0.recorded(1) }
            self.settle(settlement, generation: run.generation)
        }
    }

    private func conclude(_ run: AdmittedRun, _ end: RunEnd) -> (WorkResult.Outcome?, Settlement, RunRoute) {
        let id = run.delivery.id
        switch end {
        case .completed(let followUps): return (.completed(followUps: followUps), .ack(id), .done)
        case .cancelled: return (.cancelled, .ack(id), .done)
        case .interrupted: return (.released, .release(id), .returned)
        case .superseded: return (nil, self.postponement(id, run.envelope, failures: run.failures), .returned)
        case .snoozed(let delay):
            return (.released, self.postponement(id, run.envelope, failures: run.failures, delay: delay), .returned)
        case .failed(let failure):
            var generator = SystemRandomNumberGenerator()
            switch self.options.retryPolicy.route(failure, failures: run.failures, using: &generator) {
            case .giveBack: return (.released, self.postponement(id, run.envelope, failures: run.failures), .returned)
            case .retry(let delay):
                return (
                    .failed(failure, retryAfter: delay),
                    self.postponement(id, run.envelope, failures: run.failures + 1, delay: delay), .retry(after: delay)
                )
            case .dead(let reason):
                let reason = failure.code == Self.expiredCode ? .expired : reason
                let letter = self.letter(failure, reason, envelope: run.envelope, failures: run.failures + 1)
                return (.dead(failure, letter), self.burial(id, run.envelope, letter), .dead(letter))
            }
        }
    }

    private func postponement(_ id: DeliveryID, _ envelope: Envelope, failures: Int, delay: Duration? = nil) -> Settlement {
        let half = self.options.postponement.inNanoseconds / 2
        let delay = delay ?? .nanoseconds(half + Int64.random(in: 0...max(half, 1)))
        let metadata = RetryMetadata(
            retryCount: failures, retryAt: WallClock.microseconds &+ delay.inNanoseconds / 1_000, originalQueue: self.broker.queue,
            nonce: id.description)
        return .retry(id, payload: MessageSplice.adding(metadata, to: envelope.producerBytes), delay: delay)
    }

    private func burial(_ id: DeliveryID, _ envelope: Envelope, _ letter: DeadLetter) -> Settlement {
        .dead(id, payload: MessageSplice.adding(letter, to: envelope.producerBytes), letter: letter)
    }

    private func letter(_ failure: Failure, _ reason: DeadLetter.Reason, envelope: Envelope, failures: Int) -> DeadLetter {
        DeadLetter(
            id: ULID.next(), reason: reason, errorMessage: failure.message, stackTrace: failure.detail, fingerprint: failure.fingerprint,
            failureTime: WallClock.microseconds, originalQueue: self.broker.queue, jobID: envelope.jobID, filename: envelope.filename,
            failureCount: failures, stage: failure.stage)
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
                for (pending, verdict) in zip(batch, verdicts) { self.act(on: verdict, pending) }
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

    private func act(on verdict: RecordVerdict, _ pending: PendingRecord) {
        let run = pending.run
        switch verdict {
        case .recorded: self.settle(pending.settlement, generation: run.generation)
        case .stale:
            // Somebody else has the work. If the delivery is still this worker's it is a duplicate: it waits for the other to end.
            self.observer?.observe(.stale(run.delivery.id))
            self.settle(self.postponement(run.delivery.id, run.envelope, failures: run.failures), generation: run.generation)
        case .unrecordable(let message):
            let failure = Failure(.permanent, code: "unrecordable", message: message)
            let letter = self.letter(failure, .permanent, envelope: run.envelope, failures: run.failures + 1)
            self.settle(self.burial(run.delivery.id, run.envelope, letter), generation: run.generation)
        }
    }

    func settle(_ settlement: Settlement, generation: Int) {
        self.state.withLock { if $0.generation == generation { $0.settle(settlement) } }
        self.attention.raise()
    }

    // MARK: Giving back

    /// Gives back runs that have not begun.
    func giveBack(_ runs: [AdmittedRun]) {
        for run in runs {
            guard let work = run.work else {
                self.settle(.release(run.delivery.id), generation: run.generation)
                continue
            }
            self.state.withLock { $0.returned() }
            let result = WorkResult(
                identity: work.identity, fence: work.fence, outcome: .released, jobID: run.envelope.jobID, duration: .zero)
            self.records.submit(PendingRecord(run: run, result: result, settlement: .release(run.delivery.id)))
        }
        self.attention.raise()
    }

    private func giveBack(unadmitted batch: [PendingClaim]) {
        for pending in batch { self.dismiss(pending, .release(pending.delivery.id)) }
    }

    /// Whether the time to wait for a store that is away is over.
    private var mustGiveUp: Bool { self.state.withLock { $0.mode == .stopped } }

    private func pauseForStore(_ attempt: Int) async {
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
