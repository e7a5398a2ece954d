internal import Flotilla
internal import Threading

/// One world: its clock, its generator, its servers and its processes. Everything that happens is an event in one queue.
final class SimulationWorld {
    static let queue: QueueName = "simulated_queue"
    static let lease = Duration.seconds(30)
    static let crashLimit = 3
    /// What a caller waits for an answer, microseconds.
    static let timeout: Int64 = 5_000_000

    let seed: UInt64
    let defect: SimulatedDefect?
    let isTracing: Bool
    /// Whether the books are checked after every step, and not now and then.
    var looksClosely = false
    /// Whether a violation came up some steps after it happened.
    private(set) var wasFoundLate = false
    var generator: SplitMix
    var profile: SimulationProfile
    let rules = RunConclusions(
        retryPolicy: RetryPolicy(maximumRetries: 3, backoff: Backoff(base: .seconds(2), cap: .seconds(40))), postponement: .seconds(5),
        queue: SimulationWorld.queue)

    /// Microseconds of Redis's clock, the only one that counts.
    private(set) var now: Int64 = 1_000_000_000
    private var events = EventQueue()
    var report = Simulation.Report()
    private(set) var violation: (what: String, message: Int?)?
    private var traces: [(message: Int?, text: String)] = []
    /// Faults are over: all is left to settle.
    private(set) var isCalm = false

    var broker = BrokerState()
    var store = JobStoreState()
    var books = BrokerBooks()
    var messages: [SimulatedMessage] = []
    var jobs: [String: SimulatedJob] = [:]
    /// What the broker's disk has.
    private var synced: (broker: BrokerState, books: BrokerBooks, time: Int64)
    private var brokerDownUntil: Int64 = 0
    private var storeDownUntil: Int64 = 0
    /// Changes whenever the broker dies: what was sent to it before dies with its connection.
    private var brokerLife = 0
    var waits: [Int: (WaitEnd) -> Void] = [:]
    /// Counts the waits of all times, also those that a restored broker knows nothing of.
    var lastWait = 0
    /// Whether Redis ever came back older than it was: from then on some messages are missing until the reconciler has looked.
    private(set) var hasBeenRestored = false

    var processes: [SimulatedProcess] = []
    var workers: [SimulatedWorker?] = []

    init(seed: UInt64, defect: SimulatedDefect?, isTracing: Bool) {
        self.seed = seed
        self.defect = defect
        self.isTracing = isTracing
        // Not a multiple of the generator's step: neighbouring seeds would give one sequence, shifted.
        self.generator = SplitMix(state: seed &* 0xD134_2543_DE82_EF95 &+ 0x2545_F491_4F6C_DD1D)
        self.profile = SimulationProfile(using: &self.generator)
        if defect == .ignoresOlderBroker {
            // Every death of a worker heals it: aimed at worlds in which they are rare.
            (self.profile.restores, self.profile.poison, self.profile.drains, self.profile.death) = (true, false, false, 0)
        }
        self.synced = (self.broker, self.books, self.now)
    }

    // MARK: Playing

    /// Runs to the end, or to the first violation.
    func play() -> (what: String, message: Int?)? {
        self.report.worlds = 1
        let start = self.now
        self.populate()
        while self.violation == nil, self.report.steps < self.profile.steps { self.step() }
        self.settle()
        self.report.seconds = Int((self.now - start) / 1_000_000)
        // Events hold the world.
        self.events.removeAll()
        self.waits = [:]
        self.workers = []
        if self.violation == nil { self.countUp() }
        return self.violation
    }

    private func step() {
        guard let event = self.events.next() else { return }
        self.now = max(self.now, event.time)
        self.report.steps += 1
        event.body()
        self.note(UInt64(bitPattern: self.now))
        guard self.violation == nil, self.looksClosely || self.report.steps % 64 == 0 else { return }
        self.checkBooks()
        if self.violation != nil { self.wasFoundLate = true }
    }

    /// Lets everything come to rest without faults, then has the reconciler look, and checks what is left.
    private func settle() {
        guard self.violation == nil else { return }
        self.isCalm = true
        self.profile.calm()
        self.broker.pauseReason = nil
        self.trace(nil, "no more faults")
        for _ in 0..<4 {
            guard self.rest() else { return }
            let found = self.reconcile()
            if self.violation != nil || !found { break }
        }
        if self.violation == nil { self.checkEnd() }
    }

    /// Whether everything came to rest.
    private func rest() -> Bool {
        // Each death by a message takes a lease, and the restart of its worker, before the next one can try it.
        let deaths = self.broker.places.count { place in
            if case .poison = SimulatedMessage.number(of: place.payload).map({ self.messages[$0].behaviour }) { true } else { false }
        }
        let limit = self.now + 700_000_000 + Int64(deaths * 2 * Self.crashLimit) * 40_000_000
        while self.violation == nil, self.now < limit {
            if self.isAtRest { return true }
            for _ in 0..<32 where self.violation == nil { self.step() }
        }
        if self.violation == nil {
            let stuck = self.firstRestless
            for worker in self.workers { if let worker { self.trace(nil, worker.description) } }
            self.fail("something is stuck: \(stuck.what)", stuck.message)
        }
        return false
    }

    private var isAtRest: Bool { self.broker.liveCount == 0 && self.store.outbox.isEmpty && self.isHistoryComplete }

    private var firstRestless: (what: String, message: Int?) {
        let where_ = self.broker.places.first { $0.place != "dead" }
        if let where_ { return ("a message rests in \(where_.place)", SimulatedMessage.number(of: where_.payload)) }
        return self.store.outbox.isEmpty ? ("a dead letter is in no history", nil) : ("the outbox is never pushed", nil)
    }

    // MARK: Happenings

    func after(_ delay: Int64, _ body: @escaping () -> Void) { self.events.add(at: self.now + max(0, delay), body) }

    func random(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self.generator) }
    func random(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &self.generator) }
    func chance(_ inTenThousand: Int) -> Bool { inTenThousand > 0 && self.random(0...9_999) < inTenThousand }

    /// The broker's clock.
    var time: Duration { .microseconds(self.now) }

    func fail(_ what: String, _ message: Int? = nil) {
        guard self.violation == nil else { return }
        self.violation = (what, message)
        self.trace(message, "VIOLATION: \(what)")
    }

    func trace(_ message: Int?, _ text: @autoclosure () -> String) {
        guard self.isTracing else { return }
        self.traces.append((message, "\(self.report.steps) +\(Double(self.now - 1_000_000_000) / 1e6)s \(text())"))
    }

    /// The last lines about a message, and of those about the whole world as many as there is room for.
    func trace(of message: Int?, limit: Int = 60) -> [String] {
        guard let message else { return self.traces.suffix(limit).map(\.text) }
        let about = self.traces.indices.filter { self.traces[$0].message == message }.suffix(limit * 2 / 3)
        let others = self.traces.indices.filter { self.traces[$0].message == nil && $0 > about.first ?? 0 }.suffix(limit - about.count)
        return (about + others).sorted().map { self.traces[$0].text }
    }

    func note(_ value: UInt64) {
        self.report.digest = (self.report.digest ^ value) &* 0x100_0000_01B3
    }

    // MARK: Calls

    enum Server { case broker, store }

    enum Answer<Value> {
        case reply(Value)
        /// Nothing was sent.
        case unavailable
        /// It may have run.
        case unknown
    }

    /// Calls a server for a process: `execute` is what happens there, at one moment; `then` is told if the process still lives. What becomes of the
    /// call is drawn when it is made.
    func call<Value>(
        _ server: Server, from process: SimulatedProcess, _ execute: @escaping () -> Value, _ then: @escaping (Answer<Value>) -> Void
    ) {
        // The life that asks is the one that is told.
        let life = process.life
        func answer(after delay: Int64, _ answer: Answer<Value>) { process.after(delay, in: life) { then(answer) } }
        let (way, back) = (self.random(Int64(50)...2_000), self.random(Int64(50)...2_000))
        let fate = self.random(0...9_999)
        var limit = self.profile.refused
        if fate < limit {
            self.report.callFaults += 1
            return answer(after: way, .unavailable)
        }
        limit += self.profile.lost
        if fate < limit {
            self.report.callFaults += 1
            return answer(after: Self.timeout, .unknown)
        }
        let serverLife = self.brokerLife
        func isLost() -> Bool { server == .broker && self.brokerLife != serverLife }
        limit += self.profile.answerLost
        let isAnswerLost = fate < limit
        limit += self.profile.late
        if !isAnswerLost, fate < limit {
            self.report.callFaults += 1
            let delay = Self.timeout + self.random(Int64(0)...40_000_000)
            self.after(delay) {
                if !self.isDown(server), !isLost() { self.execute(server, execute) }
            }
            return answer(after: Self.timeout, .unknown)
        }
        if isAnswerLost {
            self.report.callFaults += 1
            answer(after: Self.timeout, .unknown)
        }
        self.after(way) {
            if isLost() {
                if !isAnswerLost { answer(after: back, .unknown) }
                return
            }
            if self.isDown(server) {
                if !isAnswerLost { answer(after: back, .unavailable) }
                return
            }
            let value = self.execute(server, execute)
            if !isAnswerLost { answer(after: back, .reply(value)) }
        }
    }

    private func isDown(_ server: Server) -> Bool {
        self.now < (server == .broker ? self.brokerDownUntil : self.storeDownUntil)
    }

    @discardableResult
    private func execute<Value>(_ server: Server, _ body: () -> Value) -> Value {
        let value = body()
        if server == .broker { self.serveWaiters() }
        if self.violation == nil, server == .broker, self.broker.count != self.books.count {
            self.fail("the broker holds \(self.broker.count) messages where \(self.books.count) are accounted for")
        }
        return value
    }

    func serveWaiters() {
        guard !self.broker.waiters.isEmpty, !self.broker.ready.isEmpty else { return }
        let waiting = self.broker.waiters.map(\.id)
        _ = self.broker.serveWaiters()
        for id in waiting.prefix(waiting.count - self.broker.waiters.count) { self.waits.removeValue(forKey: id)?(.landed) }
    }

    // MARK: Disasters

    func scheduleDisasters() {
        self.after(self.random(self.profile.disasterInterval / 4...self.profile.disasterInterval)) {
            guard !self.isCalm else { return }
            self.strike()
            self.scheduleDisasters()
        }
    }

    /// The broker's disk has everything, once a second.
    func scheduleSync() {
        guard self.profile.restores else { return }
        self.after(1_000_000) {
            guard !self.isCalm else { return }
            if self.now >= self.brokerDownUntil { self.synced = (self.broker, self.books, self.now) }
            self.scheduleSync()
        }
    }

    private func strike() {
        guard let process = self.processes.randomElement(using: &self.generator) else { return }
        switch self.random(0...9) {
        case 0, 1: process.die("killed")
        case 2 where self.profile.freezes, 9 where self.profile.freezes: process.freeze(for: self.random(Int64(100_000)...90_000_000))
        case 3 where self.profile.outages:
            self.report.outages += 1
            self.brokerDownUntil = self.now + self.random(Int64(50_000)...40_000_000)
            self.trace(nil, "the broker is down until +\(Double(self.brokerDownUntil - 1_000_000_000) / 1e6)s")
            self.dropWaits()
        case 4 where self.profile.outages:
            self.report.outages += 1
            self.storeDownUntil = self.now + self.random(Int64(50_000)...40_000_000)
            self.trace(nil, "the store is down until +\(Double(self.storeDownUntil - 1_000_000_000) / 1e6)s")
        case 5 where self.profile.restores, 8 where self.profile.restores: self.restoreBroker()
        case 6 where self.profile.drains: self.workers.compactMap { $0 }.randomElement(using: &self.generator)?.drain()
        case 7 where self.profile.clockSteps: process.skew += self.random(Int64(-600_000_000)...600_000_000)
        default: if self.chance(2_500) { process.die("killed") }
        }
    }

    private func dropWaits() {
        self.broker.waiters = []
        let waits = self.waits.sorted { $0.key < $1.key }
        self.waits = [:]
        for wait in waits { wait.value(.connectionLost) }
    }

    /// The broker dies, and comes back as its disk had it.
    private func restoreBroker() {
        let (accepted, lost) = (self.books, self.synced.books)
        self.report.restores += 1
        self.brokerLife += 1
        self.hasBeenRestored = true
        self.dropWaits()
        self.broker = self.synced.broker
        self.books = lost
        self.broker.waiters = []
        self.brokerDownUntil = self.now + self.random(Int64(50_000)...3_000_000)
        self.trace(nil, "the broker came back as it was at +\(Double(self.synced.time - 1_000_000_000) / 1e6)s")
        for number in self.messages.indices where accepted.copies(of: number) > 0 && lost.copies(of: number) == 0 {
            guard !self.isFinished(number), !self.isKnown(number) else { continue }
            self.messages[number].isLost = true
            self.trace(number, "lost: the disk did not have it, and no worker had shown it to the store")
            if self.messages[number].acceptedAt < self.synced.time {
                self.fail("message \(number) is lost though it was on the disk", number)
            }
        }
    }
}

/// A process: it lives, freezes, dies, and is started again.
final class SimulatedProcess {
    unowned let world: SimulationWorld
    let name: String
    /// Changes with every death: what was under way then is nobody's.
    private(set) var life = 0
    private(set) var isAlive = false
    private var frozenUntil: Int64 = 0
    /// What its wall clock shows beyond Redis's, microseconds.
    var skew: Int64 = 0
    /// Starts it, again and again.
    var start: () -> Void = {}
    var onDeath: () -> Void = {}

    init(_ name: String, in world: SimulationWorld) {
        self.world = world
        self.name = name
    }

    var wallClock: Int64 { 1_700_000_000_000_000 &+ self.world.now &+ self.skew }

    func launch() {
        self.life += 1
        self.isAlive = true
        self.world.trace(nil, "\(self.name) starts")
        self.start()
    }

    /// Does `body` later, if the process still lives that life, or the one it lives now; not while it is frozen. It may die instead.
    func after(_ delay: Int64, in life: Int? = nil, _ body: @escaping () -> Void) {
        let life = life ?? self.life
        self.world.after(delay) { self.resume(life, body) }
    }

    private func resume(_ life: Int, _ body: @escaping () -> Void) {
        guard self.isAlive, self.life == life else { return }
        if self.world.now < self.frozenUntil { return self.world.after(self.frozenUntil - self.world.now) { self.resume(life, body) } }
        if self.world.chance(self.world.profile.death) { return self.die("died between two steps") }
        body()
    }

    func die(_ why: String) {
        guard self.isAlive else { return }
        self.world.report.processDeaths += 1
        self.world.trace(nil, "\(self.name) \(why)")
        self.end()
    }

    /// Ends, and is started again after a while.
    func end() {
        self.isAlive = false
        self.life += 1
        self.frozenUntil = 0
        self.onDeath()
        let life = self.life
        self.world.after(self.world.random(Int64(50_000)...4_000_000)) { if self.life == life { self.launch() } }
    }

    func freeze(for duration: Int64) {
        guard self.isAlive else { return }
        self.world.report.freezes += 1
        self.world.trace(nil, "\(self.name) freezes for \(Double(duration) / 1e6) s")
        self.frozenUntil = self.world.now + duration
    }
}
