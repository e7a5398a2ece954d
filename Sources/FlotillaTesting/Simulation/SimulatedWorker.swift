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
    var state: WorkerState
    private var isRegistered = false
    private var isExchanging = false
    private var isWaiting = false
    private var exchangeFailures = 0
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
        \(self.state.recording) recording, \(self.state.settlements.count) to settle, \(self.state.outstanding) outstanding
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
        self.state.leaseLost()
        self.feed = []
        self.suspects = []
        if !self.running.contains(where: { $0.delivery.id == self.onTrial }) { self.onTrial = nil }
        // The handlers go on for a while, as if they ignored their cancellation: nothing they bring may be accepted.
        for run in self.running { run.stopReason = true }
        self.isRegistered = false
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
        case .finish where self.state.unknownClaims.isEmpty || self.state.mode == .stopped: return self.finishLife()
        case .wait where self.state.unknownClaims.isEmpty:
            self.waitForMessages()
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
        let call = self.state.begin(claiming: count, at: self.monotonic)
        let id = self.id
        self.isExchanging = true
        self.world.call(.broker, from: self.process) {
            self.world.exchange(settlements, call.claim, isRepeat: call.isRepeat, by: id)
        } _: { answer in
            self.isExchanging = false
            guard self.id == id else { return self.turn() }
            switch answer {
            case .reply(let exchange):
                self.exchangeFailures = 0
                guard self.accept(exchange, of: call, settled: settlements.count) else { return }
                if settlements.contains(where: { $0.delivery == self.onTrial }) {
                    self.onTrial = nil
                    self.fillSlots()
                }
                self.take(exchange, of: call)
                self.turn()
            case .unavailable, .unknown:
                self.state.restore(settlements, generation: call.generation)
                self.failed(call, answer)
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

    private func failed(_ call: WorkerState.Call, _ answer: SimulationWorld.Answer<Exchange>) {
        let isUnknown = if case .unknown = answer { true } else { false }
        self.state.failed(call, isUnknown: isUnknown && self.world.defect != .forgetsUnknownClaims)
    }

    /// Looks whether the worker still has its name, after an answer of the broker.
    private func accept(_ exchange: Exchange, of call: WorkerState.Call, settled: Int) -> Bool {
        let looksAtHeld = self.world.defect != .ignoresOlderBroker && self.world.defect != .forgetsUnknownClaims
        let isAlive =
            !exchange.isLeaseLost
            && (self.state.answered(call, claimed: exchange.deliveries.count, settled: settled, held: exchange.held) || !looksAtHeld)
        if !isAlive { self.loseLease(of: self.id) }
        return isAlive
    }

    private func take(_ exchange: Exchange, of call: WorkerState.Call, isWelcome: Bool = true) {
        let count = exchange.deliveries.count
        let isUnwanted = !isWelcome || self.state.mode > .running || self.state.hasUnwantedLanding
        self.state.claimed(
            count, of: call.claim.count, isPaused: exchange.isPaused, generation: call.generation, at: self.monotonic)
        guard count > 0 else { return }
        if isUnwanted {
            for delivery in exchange.deliveries { _ = self.state.settle(.release(delivery.id), generation: call.generation) }
            return self.state.admitted(count)
        }
        self.read(exchange.deliveries, generation: call.generation)
    }

    private func waitForMessages() {
        guard !self.isWaiting, self.state.isIdle else { return }
        let (id, generation) = (self.id, self.state.generation)
        guard let call = self.state.beginWaiting(inFeed: self.unfinished, generation: generation, at: self.monotonic) else {
            // Something is to be looked at first.
            if !self.state.isIdle { self.process.after(1) { self.turn() } }
            return
        }
        self.isWaiting = true
        self.world.claim(call.claim, waitingAs: id, from: self.process) { answer in
            self.isWaiting = false
            guard self.id == id else { return self.turn() }
            switch answer {
            case .reply(let exchange):
                let isWelcome = self.state.waited(generation: generation, at: self.monotonic)
                guard self.accept(exchange, of: call, settled: 0) else { return }
                self.take(exchange, of: call, isWelcome: isWelcome)
                self.turn()
            case .unavailable, .unknown:
                self.state.waitFailed(generation: generation, inFeed: self.unfinished, at: self.monotonic)
                self.failed(call, answer)
                self.process.after(self.pause(3)) { self.turn() }
            }
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
