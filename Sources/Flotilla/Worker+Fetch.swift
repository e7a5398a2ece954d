internal import Threading

/// A claim on its way to the store, and what is needed to build its run. A class: it goes from one array to the next, and a copy of its parts
/// would count half a dozen references each time.
final class PendingClaim: Sendable {
    let delivery: Delivery
    let claim: WorkClaim
    let generation: Int

    init(delivery: Delivery, claim: WorkClaim, generation: Int) {
        self.delivery = delivery
        self.claim = claim
        self.generation = generation
    }
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
        while true {
            self.lastTurn.withLock { $0 = .now }
            let (plan, mode, isSure) = self.state.withLock { state -> (WorkerState.Plan?, WorkerState.Mode, Bool) in
                guard state.generation == generation else { return (nil, state.mode, true) }
                return (state.plan(inFeed: self.feed.unfinished, at: .now), state.mode, state.unknownClaims.isEmpty)
            }
            var settlements: [Settlement] = []
            var count = 0
            switch plan {
            case nil: return .leaseLost
            case .finish where isSure || mode == .stopped: return .finished
            case .wait where isSure:
                await self.attention.wait()
                continue
            case .finish, .wait: break
            case .exchange(let pending, let claiming): (settlements, count) = (pending, claiming)
            }
            let call = self.state.withLock { $0.begin(claiming: count, at: .now) }
            do throws(BrokerError) {
                FaultPoint.exchangeSending.hit()
                let exchange = try await self.broker.exchange(
                    settlements, claiming: call.claim.count, firstSequence: call.claim.firstSequence, isRepeat: call.isRepeat, by: id,
                    lease: self.options.lease, holding: call.holding)
                FaultPoint.exchangeDone.hit()
                failures = 0
                guard self.accept(exchange, of: call, settled: settlements.count, by: id) else { return .leaseLost }
                self.report(settlements, exchange.verdicts)
                self.feed.settled(settlements)
                self.take(exchange, of: call)
            } catch {
                self.observer?.observe(.brokerFailed(error))
                if error.code == .closed { return .finished }
                self.state.withLock {
                    $0.restore(settlements, generation: generation)
                    $0.failed(call, isUnknown: error.code == .outcomeUnknown)
                }
                failures += 1
                await self.pauseAfterFailure(failures)
            }
        }
    }

    /// Looks whether the worker still has its name, after an answer of the broker.
    private func accept(_ exchange: Exchange, of call: WorkerState.Call, settled: Int, by id: WorkerID) -> Bool {
        let isAlive =
            !exchange.isLeaseLost
            && self.state.withLock {
                $0.answered(call, claimed: exchange.deliveries.count, settled: settled, held: exchange.held)
            }
        if !isAlive { self.loseLease(of: id) }
        return isAlive
    }

    /// 50 ms, doubling, at most 2 s, half of it random.
    func pauseAfterFailure(_ failures: Int) async {
        let ceiling = min(2_000, 50 << min(failures, 6))
        await self.broker.pause(for: .milliseconds(Int.random(in: ceiling / 2...ceiling)))
    }

    private func report(_ settlements: [Settlement], _ verdicts: [SettlementVerdict]) {
        for (settlement, verdict) in zip(settlements, verdicts) where verdict == .stale {
            self.observer?.observe(.stale(settlement.delivery))
        }
    }

    /// - Parameter isWelcome: whether messages can be run; those that cannot go back.
    private func take(_ exchange: Exchange, of call: WorkerState.Call, isWelcome: Bool = true) {
        let count = exchange.deliveries.count
        let (isUnwanted, isIdle) = self.state.withLock { state in
            let isUnwanted = !isWelcome || state.mode > .running || state.hasUnwantedLanding
            state.claimed(count, of: call.claim.count, isPaused: exchange.isPaused, generation: call.generation, at: .now)
            return (isUnwanted, state.isIdle)
        }
        if isIdle { self.idleness.raise() }
        guard count > 0 else { return }
        if isUnwanted {
            let releases = exchange.deliveries.map { Settlement.release($0.id) }
            self.settle(releases, generation: call.generation)
            return self.state.withLock { $0.admitted(count) }
        }
        self.observer?.observe(.claimed(count))
        self.watchdog.wake()
        let arrival = Arrival(deliveries: exchange.deliveries, generation: call.generation)
        // A few are read at once: to hand them to another thread would take longer.
        if arrival.isSmall, self.arrivals.count == 0 {
            self.read(arrival.deliveries, generation: arrival.generation)
        } else {
            self.arrivals.submit(arrival)
        }
    }

    // MARK: Waiting

    /// The wait loop: while the queue is empty, lets the broker wake this worker with the next messages.
    private func waitForMessages(as id: WorkerID, generation: Int) async {
        while !Task.isCancelled {
            let begun = self.state.withLock {
                $0.beginWaiting(inFeed: self.feed.unfinished, generation: generation, at: .now)
            }
            guard let call = begun else {
                self.attention.raise()
                self.watchdog.wake()
                await self.idleness.wait()
                continue
            }
            do throws(BrokerError) {
                // Shorter than the lease: the wait of a worker that froze must be over when others take back what it held.
                let exchange = try await self.broker.claim(
                    call.claim.count, firstSequence: call.claim.firstSequence, waiting: min(.seconds(10), self.options.lease / 3), by: id,
                    lease: self.options.lease)
                if !exchange.deliveries.isEmpty { FaultPoint.messageLanded.hit() }
                let isWelcome = self.state.withLock { $0.waited(generation: generation, at: .now) }
                guard self.accept(exchange, of: call, settled: 0, by: id) else { return self.attention.raise() }
                self.take(exchange, of: call, isWelcome: isWelcome)
                // The fetch loop turns, so that who watches it sees that it can.
                if exchange.deliveries.isEmpty { self.attention.raise() }
            } catch {
                self.state.withLock {
                    $0.waitFailed(generation: generation, inFeed: self.feed.unfinished, at: .now)
                    $0.failed(call, isUnknown: error.code == .outcomeUnknown)
                }
                // The end of a life cuts its wait off.
                if Task.isCancelled { return }
                self.observer?.observe(.brokerFailed(error))
                await self.pauseAfterFailure(3)
                self.attention.raise()
            }
        }
    }

    // MARK: The end of a life

    /// Every run is stopped before its next side effect; nothing it still brings is accepted. The next life has a new name.
    func loseLease(of id: WorkerID) {
        let isCurrent = self.identity.withLock { identity in
            guard identity == id else { return false }
            identity = WorkerID.random()
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
