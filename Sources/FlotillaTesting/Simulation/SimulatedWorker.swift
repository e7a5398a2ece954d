internal import Flotilla
internal import Threading

/// One start of one worker process, as the protocol sees it: it registers, settles and claims in one exchange, waits, asks for admission, runs,
/// records, and only then acknowledges. What it decides is decided by `WorkerState` and `RunConclusions`.
final class SimulatedWorker {
    struct Claim {
        let delivery: Delivery
        var claim: WorkClaim
        let generation: Int
    }

    final class Run {
        let delivery: Delivery
        let envelope: Envelope
        let identity: WorkIdentity
        let fence: Fence
        let failures: Int
        let generation: Int
        var stopReason: Bool = false
        var isOver = false

        init(_ claim: Claim, fence: Fence, failures: Int) {
            self.delivery = claim.delivery
            self.envelope = claim.claim.envelope
            self.identity = claim.claim.identity
            self.fence = fence
            self.failures = failures
            self.generation = claim.generation
        }

        var number: Int { Int(self.identity.workID.dropFirst()) ?? -1 }
    }

    struct Record {
        let run: Run
        let result: WorkResult
        let settlement: Settlement
    }

    unowned let world: SimulationWorld
    let process: SimulatedProcess
    var id: WorkerID
    var nextSequence: UInt64 = 1
    var state: WorkerState
    private var isRegistered = false
    private var isExchanging = false
    private var isWaiting = false
    private var unknownClaim: (count: Int, first: UInt64)?
    private var exchangeFailures = 0
    /// Deliveries claimed and not settled.
    private var outstanding = 0
    private var isTurnDue = false
    var claims: [Claim] = []
    var isAdmitting = false
    var feed: [Run] = []
    var suspects: [Run] = []
    /// The suspect that is being tried, until the broker knows how that ended.
    var onTrial: DeliveryID?
    var running: [Run] = []
    var records: [Record] = []
    var isRecording = false

    init(_ process: SimulatedProcess, in world: SimulationWorld) {
        self.world = world
        self.process = process
        self.id = .random(using: &world.generator)
        let info = WorkerInfo(
            host: "h", processID: 1, role: "simulated", version: "1", startedAt: 0, concurrency: world.profile.concurrency)
        self.state = WorkerState(
            options: WorkerOptions(
                concurrency: world.profile.concurrency, maximumPrefetch: 3, lease: SimulationWorld.lease,
                retryPolicy: world.rules.retryPolicy, postponement: world.rules.postponement, info: info))
    }

    /// What it is doing, for the trace of a worker that does nothing.
    var description: String {
        """
        \(self.process.name) is \(self.id.rawValue.prefix(6)), \(self.state.mode), \(self.isRegistered ? "registered" : "not registered"), \
        \(self.isExchanging ? "exchanging" : ""), \(self.isWaiting ? "waiting" : ""), idle \(self.state.isIdle), \
        \(self.state.admitting) admitting, \(self.feed.count) in the feed, \(self.suspects.count) suspects, \(self.running.count) running, \
        \(self.state.recording) recording, \(self.state.settlements.count) to settle, \(self.outstanding) outstanding
        """
    }

    var monotonic: MonotonicTime { MonotonicTime(nanoseconds: self.world.now * 1_000) }
    var unfinished: Int { self.feed.count + self.suspects.count + self.running.count }

    // MARK: Lives

    func register() {
        guard self.state.mode < .draining else { return self.process.end() }
        let id = self.id
        self.world.call(.broker, from: self.process) {
            self.world.broker.register(id, lease: SimulationWorld.lease, info: nil, now: self.world.time)
        } _: { answer in
            guard case .reply = answer else { return self.process.after(self.pause(1)) { self.register() } }
            self.isRegistered = true
            self.world.trace(nil, "\(self.process.name) is \(id.rawValue.prefix(6))")
            self.heartbeat(of: id)
            self.turn()
        }
    }

    private func heartbeat(of id: WorkerID) {
        self.process.after(10_000_000) {
            guard self.id == id else { return }
            self.world.call(.broker, from: self.process) {
                self.world.extend(id)
            } _: { answer in
                if case .reply(false) = answer { return self.loseLease(of: id) }
            }
            self.heartbeat(of: id)
        }
    }

    func loseLease(of id: WorkerID) {
        guard self.id == id else { return }
        self.world.report.leasesLost += 1
        self.world.trace(nil, "\(id.rawValue.prefix(6)) has lost its lease")
        self.id = .random(using: &self.world.generator)
        self.nextSequence = 1
        self.state.leaseLost()
        self.feed = []
        self.suspects = []
        if !self.running.contains(where: { $0.delivery.id == self.onTrial }) { self.onTrial = nil }
        // The handlers go on for a while, as if they ignored their cancellation: nothing they bring may be accepted.
        for run in self.running { run.stopReason = true }
        self.isRegistered = false
        self.unknownClaim = nil
        self.outstanding = 0
        self.world.call(.broker, from: self.process) {
            self.world.retire(id)
        } _: { _ in
            self.register()
        }
    }

    /// Claims no more, gives back what has not begun, and ends.
    func drain() {
        guard self.process.isAlive, self.state.mode < .draining else { return }
        self.world.trace(nil, "\(self.process.name) drains")
        self.state.advance(to: .draining)
        self.giveBackAll()
        self.process.after(self.world.random(Int64(0)...20_000_000)) {
            for run in self.running where !run.isOver {
                run.stopReason = true
                self.finish(run, .interrupted, after: .seconds(1))
            }
            self.process.after(6_000_000) {
                self.state.advance(to: .stopped)
                self.turn()
            }
        }
        self.turn()
    }

    // MARK: The fetch loop

    func turn() {
        guard self.process.isAlive, self.isRegistered, !self.isExchanging else { return }
        let plan = self.state.plan(inFeed: self.unfinished, at: self.monotonic)
        var settlements: [Settlement] = []
        var count = 0
        switch plan {
        case .finish where self.unknownClaim == nil || self.state.mode == .stopped: return self.finishLife()
        case .wait where self.unknownClaim == nil:
            self.waitForMessage()
            return self.turnLater()
        case .finish, .wait: break
        case .exchange(let pending, let claiming): (settlements, count) = (pending, claiming)
        }
        self.exchange(settlements, count)
    }

    /// Claims that were held off are noticed when it is time.
    private func turnLater() {
        guard self.state.claimsResumeAt > self.monotonic, !self.isTurnDue else { return }
        let wait = (self.state.claimsResumeAt.nanoseconds - self.monotonic.nanoseconds) / 1_000
        self.isTurnDue = true
        self.process.after(wait + 1) {
            self.isTurnDue = false
            self.turn()
        }
    }

    private func exchange(_ settlements: [Settlement], _ count: Int) {
        let claim = self.unknownClaim ?? (count, self.nextSequence)
        let (isRepeat, id, generation) = (self.unknownClaim != nil, self.id, self.state.generation)
        self.isExchanging = true
        self.world.call(.broker, from: self.process) {
            self.world.exchange(settlements, claiming: claim.count, first: claim.first, isRepeat: isRepeat, by: id)
        } _: { answer in
            self.isExchanging = false
            guard self.id == id else { return self.turn() }
            switch answer {
            case .reply(let exchange):
                self.exchangeFailures = 0
                self.unknownClaim = nil
                if exchange.isLeaseLost { return self.loseLease(of: id) }
                self.nextSequence = max(self.nextSequence, claim.first + UInt64(claim.count))
                self.outstanding += exchange.deliveries.count - settlements.count
                if self.looksAtHeld, let held = exchange.held, held > self.outstanding { return self.loseLease(of: id) }
                if settlements.contains(where: { $0.delivery == self.onTrial }) {
                    self.onTrial = nil
                    self.fillSlots()
                }
                self.take(exchange, wanted: claim.count, generation: generation)
                self.turn()
            case .unavailable, .unknown:
                self.state.restore(settlements, generation: generation)
                if case .unknown = answer, claim.count > 0 {
                    if self.world.defect == .forgetsUnknownClaims {
                        self.nextSequence += UInt64(claim.count)
                    } else {
                        self.unknownClaim = claim
                    }
                }
                self.exchangeFailures += 1
                // Until then nothing else is sent.
                self.isExchanging = true
                self.process.after(self.pause(self.exchangeFailures)) {
                    self.isExchanging = false
                    self.turn()
                }
            }
        }
    }

    private var looksAtHeld: Bool { self.world.defect != .ignoresOlderBroker && self.world.defect != .forgetsUnknownClaims }

    private func take(_ exchange: Exchange, wanted: Int, generation: Int) {
        let count = exchange.deliveries.count
        let isUnwanted = self.state.mode > .running || self.state.hasUnwantedLanding
        self.state.claimed(count, of: wanted, isPaused: exchange.isPaused, generation: generation, at: self.monotonic)
        guard count > 0 else { return }
        if isUnwanted {
            for delivery in exchange.deliveries { _ = self.state.settle(.release(delivery.id), generation: generation) }
            return self.state.admitted(count)
        }
        self.read(exchange.deliveries, generation: generation)
    }

    private func waitForMessage() {
        let (id, generation) = (self.id, self.state.generation)
        guard self.state.isWaiting(generation: generation), !self.isWaiting else { return }
        self.isWaiting = true
        self.world.wait(by: id, from: self.process) { hasLanded in
            self.isWaiting = false
            self.state.waited(hasLanded: hasLanded, generation: generation, inFeed: self.unfinished, at: self.monotonic)
            self.turn()
        }
    }

    private func finishLife() {
        let id = self.id
        self.isRegistered = false
        self.world.trace(nil, "\(self.process.name) retires \(id.rawValue.prefix(6))")
        self.world.call(.broker, from: self.process) {
            self.world.retire(id)
        } _: { _ in
            self.process.end()
        }
    }

    func pause(_ failures: Int) -> Int64 { self.world.random(Int64(25_000)...50_000) << Int64(min(failures, 5)) }
}
