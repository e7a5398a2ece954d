internal import Threading

/// A claim on its way to the store, and what is needed to build its run.
struct PendingClaim: Sendable {
    let delivery: Delivery
    let claim: WorkClaim
    let generation: Int
}

extension Worker {
    /// The fetch loop: settles and claims in one round trip after the other while there is something to do.
    func fetch() async {
        while true {
            let end = await self.live()
            if end == .finished { return }
        }
    }

    private enum LifeEnd { case finished, leaseLost }

    /// One life: from a registration to a lost lease or the end.
    private func live() async -> LifeEnd {
        guard await self.register() else { return .finished }
        let id = self.id
        let generation = self.state.withLock { $0.generation }
        let heartbeat = self.broker.startHeartbeat(for: id, lease: self.options.lease, every: self.options.heartbeat) { [weak self] in
            self?.loseLease(of: id)
        }
        defer { heartbeat.stop() }
        let end = await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.waitForMessages(as: id, generation: generation) }
            let end = await self.turn(as: id, generation: generation)
            group.cancelAll()
            self.idleness.raise()
            return end
        }
        // After a lost lease too: what landed for the former name at the last moment must not lie there until it is swept.
        await self.retire(id)
        return end
    }

    private func register() async -> Bool {
        var attempt = 0
        while true {
            if self.state.withLock({ $0.mode >= .draining }) { return false }
            do throws(BrokerError) {
                try await self.broker.register(self.id, lease: self.options.lease, info: self.options.info)
                FaultPoint.registered.hit()
                return true
            } catch {
                self.observer?.observe(.brokerFailed(error))
                attempt += 1
                await self.pauseAfterFailure(attempt)
                self.lastTurn.withLock { $0 = .now }
            }
        }
    }

    private func turn(as id: WorkerID, generation: Int) async -> LifeEnd {
        var failures = 0
        // A claim whose outcome is unknown is repeated with the same numbers until it is known: what it took would otherwise lie in this
        // worker's hands for ever, kept alive by its own heartbeat.
        var unknownClaim: (count: Int, firstSequence: UInt64)?
        // Deliveries claimed and not settled.
        var outstanding = 0
        while true {
            self.lastTurn.withLock { $0 = .now }
            let (plan, mode) = self.state.withLock { state -> (WorkerState.Plan?, WorkerState.Mode) in
                guard state.generation == generation else { return (nil, state.mode) }
                return (state.plan(inFeed: self.feed.unfinished, at: .now), state.mode)
            }
            var settlements: [Settlement] = []
            var count = 0
            switch plan {
            case nil: return .leaseLost
            case .finish where unknownClaim == nil || mode == .stopped: return .finished
            case .wait where unknownClaim == nil:
                await self.attention.wait()
                continue
            case .finish, .wait: break
            case .exchange(let pending, let claiming): (settlements, count) = (pending, claiming)
            }
            let claim = unknownClaim ?? (count, self.identity.withLock { $0.nextSequence })
            do throws(BrokerError) {
                FaultPoint.exchangeSending.hit()
                let exchange = try await self.broker.exchange(
                    settlements, claiming: claim.count, firstSequence: claim.firstSequence, isRepeat: unknownClaim != nil, by: id,
                    lease: self.options.lease)
                FaultPoint.exchangeDone.hit()
                failures = 0
                unknownClaim = nil
                if exchange.isLeaseLost {
                    self.loseLease(of: id)
                    return .leaseLost
                }
                self.identity.withLock { identity in
                    guard identity.id == id else { return }
                    identity.nextSequence = max(identity.nextSequence, claim.firstSequence + UInt64(claim.count))
                }
                outstanding += exchange.deliveries.count - settlements.count
                if let held = exchange.held, held > outstanding {
                    // The broker came back older than it was, with deliveries that this worker has settled. They go back to the queue with its
                    // name, as does what it runs: nobody would ever ask for them again.
                    self.loseLease(of: id)
                    return .leaseLost
                }
                self.report(settlements, exchange.verdicts)
                self.feed.settled(settlements)
                self.take(exchange, wanted: claim.count, generation: generation)
            } catch {
                self.observer?.observe(.brokerFailed(error))
                if error.code == .closed { return .finished }
                self.state.withLock { $0.restore(settlements, generation: generation) }
                if error.code == .outcomeUnknown, claim.count > 0 { unknownClaim = claim }
                failures += 1
                await self.pauseAfterFailure(failures)
            }
        }
    }

    /// 50 ms, doubling, at most 2 s, half of it random.
    func pauseAfterFailure(_ failures: Int) async {
        let ceiling = min(2_000, 50 << min(failures, 6))
        // A cancelled sleep only makes the next attempt come sooner.
        try? await Task.sleep(for: .milliseconds(Int.random(in: ceiling / 2...ceiling)))
    }

    private func report(_ settlements: [Settlement], _ verdicts: [SettlementVerdict]) {
        for (settlement, verdict) in zip(settlements, verdicts) where verdict == .stale {
            self.observer?.observe(.stale(settlement.delivery))
        }
    }

    private func take(_ exchange: Exchange, wanted: Int, generation: Int) {
        let count = exchange.deliveries.count
        let (isUnwanted, isIdle) = self.state.withLock { state in
            let isUnwanted = state.mode > .running || state.hasUnwantedLanding
            state.claimed(count, of: wanted, isPaused: exchange.isPaused, generation: generation, at: .now)
            return (isUnwanted, state.isIdle)
        }
        if isIdle { self.idleness.raise() }
        guard count > 0 else { return }
        if isUnwanted {
            let releases = exchange.deliveries.map { Settlement.release($0.id) }
            self.settle(releases, generation: generation)
            return self.state.withLock { $0.admitted(count) }
        }
        self.observer?.observe(.claimed(count))
        self.arrivals.submit(Arrival(deliveries: exchange.deliveries, generation: generation))
    }

    // MARK: Waiting

    /// The wait loop: while the queue is empty, lets the broker wake this worker for the next message.
    private func waitForMessages(as id: WorkerID, generation: Int) async {
        while !Task.isCancelled {
            await self.idleness.wait()
            guard !Task.isCancelled, self.state.withLock({ $0.isWaiting(generation: generation) }) else { continue }
            var hasLanded = false
            do throws(BrokerError) {
                // Shorter than the lease: the wait of a worker that froze must be over when others take back what it held.
                hasLanded = try await self.broker.wait(by: id, timeout: min(.seconds(5), self.options.lease / 2))
                if hasLanded { FaultPoint.messageLanded.hit() }
            } catch {
                self.observer?.observe(.brokerFailed(error))
                await self.pauseAfterFailure(3)
            }
            // Landed or not, a claim looks: a wake-up that was lost costs five seconds at the most.
            self.state.withLock {
                $0.waited(hasLanded: hasLanded, generation: generation, inFeed: self.feed.unfinished, at: .now)
            }
            self.attention.raise()
        }
    }

    // MARK: The end of a life

    /// Every run is stopped before its next side effect; nothing it still brings is accepted. The next life has a new name.
    func loseLease(of id: WorkerID) {
        let isCurrent = self.identity.withLock { identity in
            guard identity.id == id else { return false }
            identity = (WorkerID.random(), 1)
            return true
        }
        guard isCurrent else { return }
        self.observer?.observe(.leaseLost(id))
        self.state.withLock { $0.leaseLost() }
        self.feed.forgetAll()
        self.stopRuns(.leaseLost, grace: self.options.cancellationGrace)
        self.attention.raise()
        self.idleness.raise()
    }

    private func retire(_ id: WorkerID) async {
        do throws(BrokerError) {
            try await self.broker.retire(id)
        } catch {
            // Its lease ends by itself, and any process takes back what it held.
            self.observer?.observe(.brokerFailed(error))
        }
    }
}
