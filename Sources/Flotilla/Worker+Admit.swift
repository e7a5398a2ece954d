internal import Threading

/// What one exchange brought. It is read beside the fetch loop, so that the next exchange is on its way meanwhile.
struct Arrival: Sendable {
    let deliveries: [Delivery]
    let generation: Int

    /// Whether reading it takes no longer than the change to another thread.
    var isSmall: Bool { self.deliveries.count <= 16 && self.deliveries.reduce(0) { $0 + $1.payload.count } <= 32 * 1024 }
}

extension Worker {
    /// Reads messages; those that can be read ask the store for admission.
    func read(_ deliveries: [Delivery], generation: Int) {
        var pending: [PendingClaim] = []
        var runs: [AdmittedRun] = []
        if self.store == nil { runs.reserveCapacity(deliveries.count) } else { pending.reserveCapacity(deliveries.count) }
        for delivery in deliveries {
            do throws(MalformedMessage) {
                let envelope = try Envelope(delivery.payload)
                if self.store != nil {
                    let identity = WorkIdentity(envelope, queue: self.broker.queue)
                    pending.append(
                        PendingClaim(
                            delivery: delivery,
                            claim: WorkClaim(
                                identity: identity, delivery: delivery.id, queue: self.broker.queue, envelope: envelope),
                            generation: generation))
                } else {
                    // A count that a producer made up must not stop the first run, nor go past the end.
                    let failures = min(envelope.retry?.retryCount ?? 0, self.options.retryPolicy.maximumRetries)
                    runs.append(
                        AdmittedRun(delivery: delivery, envelope: envelope, work: nil, failures: failures, generation: generation))
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
        let (generation, mode) = self.state.withLock { ($0.generation, $0.mode) }
        let alive = runs.allSatisfy { $0.generation == generation } ? runs : runs.filter { $0.generation == generation }
        if mode >= .draining {
            self.giveBack { _ in alive }
        } else {
            self.feed.push(alive)
        }
        self.state.withLock { $0.admitted(runs.count) }
    }

    /// A message that cannot be read goes to the dead-letter queue as it is.
    private func bury(_ delivery: Delivery, _ malformed: MalformedMessage, generation: Int) {
        self.observer?.observe(.malformed(malformed.description))
        let letter = DeadLetterEntry.malformed(
            delivery.payload, malformed, queue: self.broker.queue, at: WallClock.microseconds)
        // Its history is written by whoever sweeps the dead-letter queue: ten thousand of these must not hold up the good ones.
        self.settle([.dead(delivery.id, payload: delivery.payload, letter: letter)], generation: generation)
        self.state.withLock { $0.admitted(1) }
    }

    /// Asks the store to admit a batch, as often as it takes: while the store is away nothing is run, nothing is lost and the lease lives on.
    func admit(_ batch: [PendingClaim]) async {
        guard let store = self.store else { return }
        var batch = batch
        var attempt = 0
        while true {
            let (generation, mode) = self.state.withLock { ($0.generation, $0.mode) }
            let current = batch.allSatisfy { $0.generation == generation } ? batch : batch.filter { $0.generation == generation }
            if current.count < batch.count { self.state.withLock { $0.admitted(batch.count - current.count) } }
            if current.isEmpty { return self.attention.raise() }
            batch = current
            // Nobody waits for a store that is away to begin what would be given back at once.
            if mode == .stopped || mode == .draining && attempt > 0 { return self.giveBack(unadmitted: batch) }
            do throws(JobStoreError) {
                FaultPoint.beginSending.hit()
                let admissions = try await store.begin(batch.map(\.claim), by: self.id)
                FaultPoint.beginDone.hit()
                return await self.act(on: admissions, batch)
            } catch {
                self.observer?.observe(.storeFailed(error))
                attempt += 1
                await self.pauseForStore(attempt)
            }
        }
    }

    private func act(on admissions: [Admission], _ batch: [PendingClaim]) async {
        var runs: [AdmittedRun] = []
        runs.reserveCapacity(batch.count)
        var unclear: [(PendingClaim, Admission)] = []
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
            case .dead, .busy: unclear.append((pending, admission))
            }
        }
        // What may run goes first: the others need the broker's word.
        self.start(runs)
        for (pending, admission) in unclear {
            if case .dead(let letter) = admission { await self.resume(dead: letter, pending) }
            if case .busy(let holder, let fence) = admission { await self.contend(pending, holder: holder, fence: fence) }
        }
    }

    private func dismiss(_ pending: PendingClaim, _ settlement: Settlement) {
        self.settle([settlement], generation: pending.generation)
        self.state.withLock { $0.admitted(1) }
    }

    /// The store knows this work as dead. Its worker died before the move to the dead-letter queue, which is done now; or the move was done, and
    /// this is a duplicate that was put off meanwhile, or a message that somebody has put back.
    private func resume(dead letter: DeadLetter, _ pending: PendingClaim) async {
        do throws(BrokerError) {
            if try await !self.broker.isDeadLetterRecorded(letter) {
                self.dismiss(pending, self.burial(pending.delivery.id, pending.claim.envelope, letter))
            } else if let retry = pending.claim.envelope.retry, DeliveryID(retry.nonce) != nil {
                self.observer?.observe(.duplicateDropped(pending.claim.identity))
                self.dismiss(pending, .ack(pending.delivery.id))
            } else {
                var claim = pending.claim
                claim.reopening = true
                self.admissions.submit(PendingClaim(delivery: pending.delivery, claim: claim, generation: pending.generation))
            }
        } catch {
            // Not put off: what was put off is no message that somebody has put back.
            self.observer?.observe(.brokerFailed(error))
            await self.pauseForStore(4)
            self.admissions.submit(pending)
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

    private func giveBack(unadmitted batch: [PendingClaim]) {
        for pending in batch { self.dismiss(pending, .release(pending.delivery.id)) }
    }
}
