internal import Flotilla
internal import Threading

/// The transitions as the simulation's processes call them: the real ones, with the books kept beside them and, when a defect is simulated, with
/// that defect. None of them looks at what a process believes.
extension SimulationWorld {
    // MARK: The broker

    func push(_ payload: [UInt8]) {
        guard let number = SimulatedMessage.number(of: payload) else { return }
        self.broker.push(payload)
        self.books.add(number)
        self.noteAccepted(number)
        self.trace(number, "pushed")
    }

    /// What was lost and comes again is accepted anew: what counts is the disk's state after that.
    private func noteAccepted(_ number: Int) {
        self.messages[number].acceptedAt = self.messages[number].isLost ? self.now : min(self.messages[number].acceptedAt, self.now)
        self.messages[number].isLost = false
    }

    func schedule(_ payload: [UInt8], after delay: Duration) {
        guard let number = SimulatedMessage.number(of: payload) else { return }
        self.broker.schedule(payload, due: self.time + delay)
        self.books.add(number)
        self.books.earliest[payload] = self.now + delay.inNanoseconds / 1_000
        self.noteAccepted(number)
        self.trace(number, "accepted, due in \(delay)")
    }

    func exchange(_ settlements: [Settlement], _ claim: WorkerState.Claim, isRepeat: Bool, by id: WorkerID) -> Exchange {
        // What is held is looked up before: afterwards it is gone.
        let held = settlements.map { self.broker.workers[id]?.held[$0.delivery.sequence] }
        var exchange = self.broker.exchange(
            settlements, claiming: claim.count, firstSequence: claim.firstSequence, isRepeat: isRepeat, by: id, lease: Self.lease,
            now: self.time)
        for (index, settlement) in settlements.enumerated() {
            if exchange.verdicts[index] == .settled, let payload = held[index] {
                self.settled(settlement, payload)
            } else if self.defect == .settlesWithoutHolding {
                self.carryOut(settlement)
                exchange.verdicts[index] = .settled
            }
        }
        for delivery in exchange.deliveries {
            self.trace(SimulatedMessage.number(of: delivery.payload), "claimed as \(delivery.id.short), \(delivery.crashes) crashes")
        }
        return exchange
    }

    private func carryOut(_ settlement: Settlement) {
        switch settlement {
        case .retry(_, let payload, let delay): self.broker.schedule(payload, due: self.time + delay)
        case .dead(_, let payload, let letter): self.broker.bury(payload, letter)
        case .ack, .release: break
        }
    }

    private func settled(_ settlement: Settlement, _ held: [UInt8]) {
        guard let number = SimulatedMessage.number(of: held) else { return }
        self.books.sweeps[held] = nil
        self.books.earliest[held] = nil
        self.books.kills[held] = nil
        switch settlement {
        case .ack(let id):
            self.trace(number, "acknowledged, \(id.short)")
            self.books.remove(number)
            if self.books.copies(of: number) == 0, !self.isFinished(number) {
                self.fail("message \(number) is acknowledged, and the store does not call it finished", number)
            }
        case .release(let id): self.trace(number, "released, \(id.short)")
        case .retry(let id, let payload, let delay):
            self.report.retries += 1
            self.trace(number, "comes back in \(delay), \(id.short)")
            self.books.earliest[payload] = self.now + delay.inNanoseconds / 1_000
            if SimulatedMessage.number(of: payload) != number { self.fail("message \(number) comes back as another", number) }
        case .dead(let id, let payload, let letter):
            self.trace(number, "dead-lettered: \(letter.reason), \(id.short)")
            if SimulatedMessage.number(of: payload) != number { self.fail("message \(number) rests as another", number) }
        }
    }

    func extend(_ id: WorkerID) -> Bool {
        self.broker.extend(id, lease: Self.lease, now: self.time)
    }

    func beginTrial(of delivery: DeliveryID) -> Bool {
        let payload = self.broker.workers[delivery.worker]?.held[delivery.sequence]
        let before = payload.flatMap { self.broker.suspicions[$0] }
        if self.defect == .trialsAdd, let payload { self.broker.suspicions[payload]?.trial = nil }
        guard self.broker.beginTrial(of: delivery), let payload else { return false }
        if let before, before.trial == delivery, before.crashes != self.broker.suspicions[payload]?.crashes {
            self.fail("one trial of \(delivery.short) is counted twice", SimulatedMessage.number(of: payload))
        }
        self.trace(
            SimulatedMessage.number(of: payload),
            "on trial as \(delivery.short): crash \(self.broker.suspicions[payload]?.crashes ?? 0) if it ends badly")
        return true
    }

    /// A worker goes. If its lease is over, what it was trying may have been its death, and counts as one.
    func retire(_ id: WorkerID) {
        if let worker = self.broker.workers[id], !worker.isBeingSwept, worker.deadline <= self.time {
            for (sequence, payload) in worker.held
            where self.broker.suspicions[payload]?.trial == DeliveryID(worker: id, sequence: sequence) {
                self.books.sweeps[payload, default: 0] += 1
            }
        }
        self.broker.retire(id, now: self.time)
    }

    func sweep(_ id: WorkerID) -> BrokerState.SweepRound {
        let before = self.broker.workers[id]
        let isFirst = before?.isBeingSwept == false
        if self.defect == .accusesNeighbours, isFirst, let before, before.deadline <= self.time {
            for payload in before.held.values { self.broker.suspicions[payload]?.crashes += 1 }
        }
        if self.defect == .reclaimDrops, let before, isFirst, before.deadline <= self.time, let first = before.held.keys.min() {
            self.broker.workers[id]?.held[first] = nil
        }
        let round = self.broker.reclaim(
            from: id, limit: self.profile.sweepLimit, crashLimit: self.defect == .neverQuarantines ? 0 : Self.crashLimit, now: self.time)
        if isFirst, self.broker.workers[id]?.isBeingSwept != false, let before {
            for payload in Set(before.held.values) { self.books.sweeps[payload, default: 0] += 1 }
            self.trace(nil, "\(id.rawValue.prefix(6)) is swept, with \(before.held.count) messages")
        }
        for candidate in round.candidates {
            self.books.accusations[DeliveryID(worker: id, sequence: candidate.sequence)] = self.books.sweeps[candidate.payload] ?? 0
        }
        if self.isTracing {
            for (sequence, payload) in (before?.held ?? [:]).sorted(by: { $0.key < $1.key })
            where self.broker.workers[id]?.held[sequence] == nil {
                self.trace(SimulatedMessage.number(of: payload), "taken back from \(id.rawValue.prefix(6))")
            }
        }
        return round
    }

    func quarantine(_ id: WorkerID, _ sequence: UInt64, _ dead: (payload: [UInt8], letter: DeadLetter)) -> Bool {
        let held = self.broker.workers[id]?.held[sequence]
        guard self.broker.quarantine(id, sequence: sequence, payload: dead.payload, letter: dead.letter), let held else { return false }
        let number = SimulatedMessage.number(of: held)
        self.report.quarantined += 1
        self.trace(number, "quarantined")
        self.books.kills[held] = nil
        self.books.sweeps[held] = nil
        // As it stood when the reclaimer decided: an equal message may have been settled since.
        let sweeps = self.books.accusations.removeValue(forKey: DeliveryID(worker: id, sequence: sequence)) ?? 0
        if sweeps < Self.crashLimit {
            self.fail("message \(number ?? -1) is quarantined after \(sweeps) workers died with it, not \(Self.crashLimit)", number)
        }
        return true
    }

    func promote(limit: Int) -> [[UInt8]] {
        let now = self.defect == .promotesEarly ? self.time + .milliseconds(500) : self.time
        let moved = self.broker.promote(limit: limit, now: now)
        for payload in moved {
            let number = SimulatedMessage.number(of: payload)
            self.trace(number, "due")
            if let earliest = self.books.earliest.removeValue(forKey: payload), earliest > self.now {
                self.fail("message \(number ?? -1) fires \(Double(earliest - self.now) / 1e6) s early", number)
            }
        }
        return moved
    }

    func hasten(_ payload: [UInt8]) {
        guard self.broker.hasten(payload, now: self.time) else { return }
        self.books.earliest[payload] = self.now
        self.trace(SimulatedMessage.number(of: payload), "hastened by the operator")
    }

    func requeue(_ payload: [UInt8], _ restored: [UInt8]) -> Bool {
        guard self.broker.unbury(payload) else { return false }
        if self.defect == .requeuesACopy { self.broker.dead.append(payload) }
        self.broker.push(restored)
        self.report.requeues += 1
        self.trace(SimulatedMessage.number(of: payload), "moved from the dead letters to the queue")
        return true
    }

    func discard(_ payload: [UInt8]) -> Bool {
        guard self.broker.unbury(payload), let number = SimulatedMessage.number(of: payload) else { return false }
        self.books.remove(number)
        self.trace(number, "discarded")
        return true
    }

    // MARK: The store

    func begin(_ claims: [WorkClaim]) -> [Admission] {
        claims.map { claim in
            let work = claim.identity.workID
            let number = SimulatedMessage.number(of: claim.envelope.bytes) ?? -1
            let before = self.store.items[work]
            let admission = self.store.admit(claim, counts: true)
            self.trace(number, "asks to be run as \(claim.delivery.short): \(admission.short)")
            if case .run(let fence, let failures) = admission {
                if fence.rawValue <= self.messages[number].fence { self.fail("message \(number) got the fence \(fence) again", number) }
                if let before, [.completed, .cancelled].contains(before.status) {
                    self.fail("message \(number) is run after its end", number)
                }
                if before?.status == .failed { self.reopened(number) }
                if failures != self.messages[number].failures {
                    self.fail("message \(number) failed \(self.messages[number].failures) times, and the store says \(failures)", number)
                }
            }
            // A cancellation and a death draw fences, too.
            self.messages[number].fence = max(self.messages[number].fence, self.store.items[work]?.fence.rawValue ?? 0)
            self.checkJob(self.messages[number].job)
            return admission
        }
    }

    func reopened(_ number: Int) {
        self.messages[number].failures = 0
        if let job = self.messages[number].job { self.jobs[job]?.reopened += 1 }
    }

    func record(_ results: [WorkResult]) -> [RecordVerdict] {
        results.map { result in
            let work = result.identity.workID
            let number = Int(work.dropFirst()) ?? -1
            if self.defect == .recordsWithoutFence, self.store.items[work] != nil {
                self.store.items[work]?.fence = result.fence
                self.store.items[work]?.status = .processing
            }
            let before = self.store.items[work]
            let outbox = self.store.outbox.count
            let verdict = self.store.record(result)
            self.trace(number, "result \(result.outcome.short) under fence \(result.fence): \(verdict)")
            guard verdict == .recorded else {
                self.report.refusedWrites += 1
                return verdict
            }
            let isRepeat = before?.status != .processing
            if result.fence.rawValue < self.messages[number].fence {
                self.fail(
                    "a result of message \(number) is accepted under fence \(result.fence), after \(self.messages[number].fence)", number)
            }
            if isRepeat {
                if self.defect == .countsTwice { self.store.change(before?.jobID) { $0.processed += 1 } }
                if self.store.outbox.count != outbox { self.fail("what follows from message \(number) is sent twice", number) }
            } else {
                if self.messages[number].resultFence == result.fence.rawValue {
                    self.fail("two results of message \(number) are accepted under fence \(result.fence)", number)
                }
                self.messages[number].resultFence = result.fence.rawValue
                self.accepted(result, number)
            }
            self.checkJob(self.messages[number].job)
            return verdict
        }
    }

    private func accepted(_ result: WorkResult, _ number: Int) {
        switch result.outcome {
        case .failed:
            self.messages[number].failures += 1
            if self.defect == .forgetsFailures { self.store.items[result.identity.workID]?.failures -= 1 }
            if self.messages[number].failures > self.rules.retryPolicy.maximumRetries {
                self.fail("message \(number) is retried after \(self.messages[number].failures) failures", number)
            }
        case .dead(_, let letter):
            if letter.failureCount != self.messages[number].failures + 1 {
                self.fail(
                    "message \(number) died after \(self.messages[number].failures + 1) failures, and its letter says \(letter.failureCount)",
                    number)
            }
            self.messages[number].failures += 1
        case .completed(let followUps):
            self.messages[number].followUps = followUps.compactMap { SimulatedMessage.number(of: $0.payload) }
        case .cancelled, .released: break
        }
    }

    /// A side effect of a handler, under its fence.
    func write(_ number: Int, _ fence: Fence) {
        let isAccepted = self.defect == .writesWithoutFence || self.store.isCurrent(SimulatedMessage.work(number), fence)
        if !isAccepted { self.report.refusedWrites += 1 }
        self.trace(number, "output under fence \(fence): \(isAccepted ? "written" : "refused")")
        if isAccepted, fence.rawValue != self.messages[number].fence {
            self.fail("an output of message \(number) is written under fence \(fence), after \(self.messages[number].fence)", number)
        }
    }

    func recordDead(_ letters: [DeadMessage]) {
        for message in letters {
            self.store.bury(message, counts: true)
            guard let number = SimulatedMessage.number(of: message.payload), let work = self.messages[number].work else { continue }
            self.trace(number, "its death is in the history")
            self.messages[number].fence = max(self.messages[number].fence, self.store.items[work]?.fence.rawValue ?? 0)
            self.checkJob(self.messages[number].job)
        }
    }

    func prepareRequeue(_ letter: String, _ number: Int) -> Bool {
        let wasFailed = self.messages[number].work.flatMap { self.store.items[$0]?.status } == .failed
        guard self.store.prepareRequeue(letter) else { return false }
        if wasFailed { self.reopened(number) }
        if let work = self.messages[number].work { self.messages[number].fence = self.store.items[work]?.fence.rawValue ?? 0 }
        self.trace(number, "opened again by the operator")
        self.checkJob(self.messages[number].job)
        return true
    }
}

extension DeliveryID {
    var short: String { "\(self.worker.rawValue.prefix(6)):\(self.sequence)" }
}

extension Admission {
    fileprivate var short: String {
        switch self {
        case .run(let fence, let failures): "run under fence \(fence), \(failures) failures"
        case .finished: "finished"
        case .dead: "dead"
        case .cancelled: "cancelled"
        case .busy(let holder, _): "busy with \(holder.short)"
        case .unrecordable: "unrecordable"
        }
    }
}

extension WorkResult.Outcome {
    fileprivate var short: String {
        switch self {
        case .completed: "completed"
        case .failed: "failed"
        case .dead: "dead"
        case .cancelled: "cancelled"
        case .released: "released"
        }
    }
}
