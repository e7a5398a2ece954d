internal import Flotilla

extension SimulatedWorker {
    func read(_ deliveries: [Delivery], generation: Int) {
        for delivery in deliveries {
            if let envelope = try? Envelope(delivery.payload), let number = SimulatedMessage.number(of: delivery.payload) {
                // The message's id stands for the identity: computing it is not what is tried here.
                let work = SimulatedMessage.work(number)
                self.claims.append(
                    Claim(
                        delivery: delivery,
                        claim: WorkClaim(
                            identity: WorkIdentity(documentUUID: work, workID: work), delivery: delivery.id, queue: SimulationWorld.queue,
                            envelope: envelope), generation: generation))
            } else {
                let letter = DeadLetterEntry(delivery.payload, queue: SimulationWorld.queue).letter
                self.settle(.dead(delivery.id, payload: delivery.payload, letter: letter), generation: generation)
                self.state.admitted(1)
            }
        }
        self.admit()
    }

    private func admit() {
        guard !self.isAdmitting, !self.claims.isEmpty else { return }
        self.isAdmitting = true
        let batch = self.claims
        self.claims = []
        self.admit(batch, attempt: 0)
    }

    private func admit(_ batch: [Claim], attempt: Int) {
        let current = batch.filter { $0.generation == self.state.generation }
        self.state.admitted(batch.count - current.count)
        if current.isEmpty { return self.admissionEnded() }
        if self.state.mode == .stopped || self.state.mode == .draining && attempt > 0 {
            for claim in current { self.dismiss(claim, .release(claim.delivery.id)) }
            return self.admissionEnded()
        }
        self.world.call(.store, from: self.process) {
            self.world.begin(current.map(\.claim))
        } _: { answer in
            guard case .reply(let admissions) = answer else {
                return self.process.after(self.pause(attempt)) { self.admit(current, attempt: attempt + 1) }
            }
            self.act(on: admissions, current)
        }
    }

    private func admissionEnded() {
        self.isAdmitting = false
        self.admit()
        self.turn()
    }

    private func act(on admissions: [Admission], _ batch: [Claim]) {
        var unclear: [(Claim, Admission)] = []
        for (claim, admission) in zip(batch, admissions) {
            switch admission {
            case .run(let fence, let failures): self.start(Run(claim, fence: fence, failures: failures))
            case .finished, .cancelled: self.dismiss(claim, .ack(claim.delivery.id))
            case .unrecordable(let message): self.world.fail("the store refuses a message: \(message)")
            case .dead, .busy: unclear.append((claim, admission))
            }
        }
        self.clarify(unclear[...])
    }

    /// One after the other, as the broker's answers come.
    private func clarify(_ unclear: ArraySlice<(Claim, Admission)>) {
        guard let (claim, admission) = unclear.first else { return self.admissionEnded() }
        let rest = unclear.dropFirst()
        switch admission {
        case .dead(let letter): self.resume(dead: letter, claim) { self.clarify(rest) }
        case .busy(let holder, let fence): self.contend(claim, holder: holder, fence: fence) { self.clarify(rest) }
        default: self.clarify(rest)
        }
    }

    private func resume(dead letter: DeadLetter, _ claim: Claim, then: @escaping () -> Void) {
        let key = BrokerState.key(of: letter)
        self.world.call(.broker, from: self.process) {
            self.world.broker.latestLetters[key] == letter.id
        } _: { answer in
            guard case .reply(let isRecorded) = answer else {
                return self.process.after(self.pause(4)) {
                    self.claims.append(claim)
                    then()
                }
            }
            if !isRecorded {
                self.dismiss(claim, self.world.rules.burial(claim.delivery.id, claim.claim.envelope, letter))
            } else if let retry = claim.claim.envelope.retry, DeliveryID(retry.nonce) != nil {
                self.dismiss(claim, .ack(claim.delivery.id))
            } else {
                var again = claim
                again.claim.reopening = true
                self.claims.append(again)
            }
            then()
        }
    }

    private func contend(_ claim: Claim, holder: DeliveryID, fence: Fence, then: @escaping () -> Void) {
        self.world.call(.broker, from: self.process) {
            self.world.broker.holds(holder)
        } _: { answer in
            if case .reply(false) = answer {
                var again = claim
                again.claim.takingOver = fence
                self.claims.append(again)
            } else {
                self.dismiss(
                    claim,
                    self.postponement(claim.delivery.id, claim.claim.envelope, failures: claim.claim.envelope.retry?.retryCount ?? 0))
            }
            then()
        }
    }

    private func dismiss(_ claim: Claim, _ settlement: Settlement) {
        self.settle(settlement, generation: claim.generation)
        self.state.admitted(1)
    }

    func postponement(_ id: DeliveryID, _ envelope: Envelope, failures: Int) -> Settlement {
        self.world.rules.postponement(id, envelope, failures: failures, at: self.process.wallClock, using: &self.world.generator)
    }

    func settle(_ settlement: Settlement, generation: Int) {
        if self.state.settle(settlement, generation: generation) {
            // In its own time, as a loop that is woken.
            self.process.after(10) { self.turn() }
        }
    }

    private func start(_ run: Run) {
        self.state.admitted(1)
        guard run.generation == self.state.generation else { return }
        if self.state.mode >= .draining {
            self.state.returned(1)
            return self.giveBack(run)
        }
        if run.delivery.crashes > 0 { self.suspects.append(run) } else { self.feed.append(run) }
        self.fillSlots()
    }
}
