internal import Flotilla

/// What an ``InMemoryBroker`` holds. A value: each function is one transition, the counterpart of one Lua script, and nothing depends on the
/// order of a dictionary. A test plays the same random sequences against the scripts and compares what is where after each step.
struct BrokerState: Sendable {
    struct Worker: Sendable {
        var deadline: Duration
        var info: WorkerInfo?
        var isBeingSwept = false
        var held: [UInt64: [UInt8]] = [:]
        /// First sequences of claims that were repeated.
        var repeated: Set<UInt64> = []
    }

    /// What is held against a message whose worker died.
    struct Suspicion: Sendable, Hashable {
        var crashes: Int
        /// How many workers had died at its first crash; nil when only a trial was counted.
        var since: Int?
        /// The delivery that was tried last: its trial counts once, however often it is announced.
        var trial: DeliveryID?
    }

    /// What one round of a sweep found.
    struct SweepRound: Sendable {
        var moved = 0
        /// Messages at the crash limit. They stay where they are until they are quarantined.
        var candidates: [(sequence: UInt64, crashes: Int, payload: [UInt8])] = []
        var hasMore = false
        var isForgotten = false
    }

    /// How long after a worker's end its landing slot is looked at once more. Longer than any wait.
    static let landingGrace = Duration.seconds(60)

    /// The next to be claimed is the last.
    var ready: [[UInt8]] = []
    var workers: [WorkerID: Worker] = [:]
    /// Outlives its worker, as the key of a blocking pop does.
    var landing: [WorkerID: [[UInt8]]] = [:]
    /// Workers that are gone, and when their landing slots are looked at once more.
    var swept: [WorkerID: Duration] = [:]
    /// In the order in which they become due; those of one moment in the order of their bytes.
    var scheduled: [(payload: [UInt8], due: Duration)] = []
    /// Newest first.
    var dead: [[UInt8]] = []
    var latestLetters: [String: String] = [:]
    var suspicions: [[UInt8]: Suspicion] = [:]
    /// How many workers died while they held messages.
    var deaths = 0
    var pauseReason: String?
    var waiters: [(id: Int, worker: WorkerID, wake: @Sendable (Bool) -> Void)] = []
    var nextWaiter = 0

    static func key(of letter: DeadLetter) -> String {
        letter.jobID == nil && letter.filename == nil ? letter.id : "\(letter.jobID ?? "")\u{0}\(letter.filename ?? "")"
    }

    func isAlive(_ worker: WorkerID) -> Bool { self.workers[worker].map { !$0.isBeingSwept } ?? false }

    func holds(_ delivery: DeliveryID) -> Bool {
        self.isAlive(delivery.worker) && self.workers[delivery.worker]?.held[delivery.sequence] != nil
    }

    mutating func push(_ payload: [UInt8]) { self.ready.insert(payload, at: 0) }

    /// Equal bytes are kept apart by blanks, as in the retry set, of which they would be one member.
    mutating func schedule(_ payload: [UInt8], due: Duration) {
        var payload = payload
        var attempts = 0
        while self.scheduled.contains(where: { $0.payload == payload }) {
            attempts += 1
            if attempts == 64 { return self.push(payload + [0x20]) }
            payload.append(0x20)
        }
        let index = self.scheduled.firstIndex { $0.due > due || $0.due == due && payload.lexicographicallyPrecedes($0.payload) }
        self.scheduled.insert((payload, due), at: index ?? self.scheduled.endIndex)
    }

    mutating func bury(_ payload: [UInt8], _ letter: DeadLetter) {
        self.dead.insert(payload, at: 0)
        self.latestLetters[Self.key(of: letter)] = letter.id
    }

    /// Whether it was there. The oldest of equal ones goes first if it is the oldest of all, else the newest.
    mutating func unbury(_ payload: [UInt8]) -> Bool {
        guard let index = self.dead.last == payload ? self.dead.indices.last : self.dead.firstIndex(of: payload) else { return false }
        self.dead.remove(at: index)
        return true
    }

    // MARK: The worker's side

    mutating func register(_ worker: WorkerID, lease: Duration, info: WorkerInfo?, now: Duration) {
        var registered = self.workers[worker] ?? Worker(deadline: now, info: info)
        registered.deadline = now + lease
        registered.info = info
        registered.isBeingSwept = false
        self.workers[worker] = registered
    }

    /// Whether the lease lives on.
    mutating func extend(_ worker: WorkerID, lease: Duration, now: Duration) -> Bool {
        guard self.isAlive(worker) else { return false }
        self.workers[worker]?.deadline = now + lease
        return true
    }

    mutating func exchange(
        _ settlements: [Settlement], claiming count: Int, firstSequence: UInt64, isRepeat: Bool, by worker: WorkerID, lease: Duration,
        now: Duration
    ) -> Exchange {
        guard self.extend(worker, lease: lease, now: now) else {
            return Exchange(verdicts: settlements.map { _ in .stale }, isLeaseLost: true)
        }
        var result = Exchange(verdicts: Array(repeating: .stale, count: settlements.count))
        // Releases newest first, so that the oldest is claimed first again.
        let releases = settlements.indices.filter { settlements[$0].isRelease }
            .sorted { settlements[$0].delivery.sequence > settlements[$1].delivery.sequence }
        for index in releases + settlements.indices.filter({ !settlements[$0].isRelease }) {
            if self.settle(settlements[index], by: worker, now: now) { result.verdicts[index] = .settled }
        }
        if count > 0 {
            let claim = self.claim(count, first: firstSequence, isRepeat: isRepeat, by: worker)
            result.isPaused = claim.isPaused
            result.deliveries = claim.deliveries
        }
        result.held = self.workers[worker]?.held.count
        return result
    }

    /// Whether the delivery was still held.
    private mutating func settle(_ settlement: Settlement, by worker: WorkerID, now: Duration) -> Bool {
        let id = settlement.delivery
        guard id.worker == worker, let held = self.workers[worker]?.held.removeValue(forKey: id.sequence) else { return false }
        self.suspicions[held] = nil
        switch settlement {
        case .ack: break
        case .release: self.ready.append(held)
        case .retry(_, let payload, let delay): self.schedule(payload, due: now + max(.zero, delay))
        case .dead(_, let payload, let letter): self.bury(payload, letter)
        }
        return true
    }

    private mutating func claim(
        _ count: Int, first: UInt64, isRepeat: Bool, by worker: WorkerID
    ) -> (deliveries: [Delivery], isPaused: Bool) {
        guard var holder = self.workers[worker] else { return ([], false) }
        defer { self.workers[worker] = holder }
        let count = min(count, 1_000)
        if isRepeat {
            let isFirstRepeat = holder.repeated.insert(first).inserted
            let held = (first..<first + UInt64(count)).compactMap { sequence in
                holder.held[sequence].map { self.delivery(of: $0, worker, sequence) }
            }
            if !held.isEmpty || !isFirstRepeat { return (held, false) }
        } else if holder.repeated.contains(first) {
            return ([], false)
        }
        if self.pauseReason != nil { return ([], true) }
        var deliveries: [Delivery] = []
        while deliveries.count < count, let payload = self.landing[worker]?.popLast() ?? self.ready.popLast() {
            let sequence = first + UInt64(deliveries.count)
            holder.held[sequence] = payload
            deliveries.append(self.delivery(of: payload, worker, sequence))
        }
        if self.landing[worker]?.isEmpty == true { self.landing[worker] = nil }
        return (deliveries, false)
    }

    private func delivery(of payload: [UInt8], _ worker: WorkerID, _ sequence: UInt64) -> Delivery {
        Delivery(id: DeliveryID(worker: worker, sequence: sequence), payload: payload, crashes: self.suspicions[payload]?.crashes ?? 0)
    }

    mutating func beginTrial(of delivery: DeliveryID) -> Bool {
        guard self.holds(delivery), let payload = self.workers[delivery.worker]?.held[delivery.sequence] else { return false }
        var suspicion = self.suspicions[payload] ?? Suspicion(crashes: 0)
        if suspicion.trial != delivery { suspicion.crashes += 1 }
        suspicion.trial = delivery
        self.suspicions[payload] = suspicion
        return true
    }

    /// Gives back all that a worker holds, untried, and forgets it. A trial that it survived is not counted.
    mutating func retire(_ worker: WorkerID, now: Duration) {
        if let retiring = self.workers[worker], !retiring.isBeingSwept, retiring.deadline > now {
            for (sequence, payload) in retiring.held { self.withdrawTrial(of: DeliveryID(worker: worker, sequence: sequence), payload) }
        }
        self.workers[worker]?.isBeingSwept = true
        var round = SweepRound()
        self.sweep(worker, limit: .max, crashLimit: -1, into: &round)
        self.forget(worker, now: now)
    }

    private mutating func withdrawTrial(of delivery: DeliveryID, _ payload: [UInt8]) {
        guard var suspicion = self.suspicions[payload], suspicion.trial == delivery else { return }
        suspicion.crashes -= 1
        suspicion.trial = nil
        self.suspicions[payload] = suspicion.crashes > 0 ? suspicion : nil
    }

    // MARK: Reclaiming

    /// Whose lease is over, those that ended first before others, and until when the next one runs.
    func expired(limit: Int, now: Duration) -> (dead: [WorkerID], swept: [WorkerID], next: Duration?) {
        let dead = self.workers.filter { $0.value.isBeingSwept || $0.value.deadline <= now }
            .map { (id: $0.key, deadline: $0.value.isBeingSwept ? .zero : $0.value.deadline) }
        let swept = self.swept.filter { $0.value <= now }.map { (id: $0.key, deadline: $0.value) }
        func first(_ workers: [(id: WorkerID, deadline: Duration)]) -> [WorkerID] {
            workers.sorted { ($0.deadline, $0.id.rawValue) < ($1.deadline, $1.id.rawValue) }.prefix(limit).map(\.id)
        }
        let next = self.workers.values.filter { !$0.isBeingSwept && $0.deadline > now }.map { $0.deadline - now }.min()
        return (first(dead), first(swept), next)
    }

    /// One round of taking back what a dead worker held; changes nothing for a living one.
    mutating func reclaim(from worker: WorkerID, limit: Int, crashLimit: Int, now: Duration) -> SweepRound {
        var round = SweepRound()
        let known = self.workers[worker]
        if let known {
            if !known.isBeingSwept, known.deadline > now { return round }
            if !known.isBeingSwept, !known.held.isEmpty { self.deaths += 1 }
            self.workers[worker]?.isBeingSwept = true
        } else if self.swept[worker] == nil {
            return round
        }
        self.sweep(worker, limit: limit, crashLimit: crashLimit, into: &round)
        if round.hasMore || !round.candidates.isEmpty { return round }
        if known != nil || round.moved > 0 { self.forget(worker, now: now) } else { self.swept[worker] = nil }
        round.isForgotten = known != nil
        return round
    }

    private mutating func sweep(_ worker: WorkerID, limit: Int, crashLimit: Int, into round: inout SweepRound) {
        while round.moved < limit, self.landing[worker]?.isEmpty == false, let payload = self.landing[worker]?.removeFirst() {
            self.ready.append(payload)
            round.moved += 1
        }
        if self.landing[worker]?.isEmpty == true { self.landing[worker] = nil }
        if round.moved == limit {
            round.hasMore = true
            return
        }
        let held = (self.workers[worker]?.held ?? [:]).sorted { $0.key > $1.key }
        let taken = min(held.count, limit - round.moved)
        for (sequence, payload) in held.prefix(taken) {
            let delivery = DeliveryID(worker: worker, sequence: sequence)
            let count = crashLimit < 0 ? 0 : self.accuse(payload, of: delivery, crashLimit: crashLimit)
            if crashLimit > 0, count >= crashLimit {
                round.candidates.append((sequence, count, payload))
            } else {
                self.ready.append(payload)
                self.workers[worker]?.held[sequence] = nil
                round.moved += 1
            }
        }
        round.hasMore = taken < held.count
    }

    /// Makes a message a suspect. Returns the crashes that count against this delivery: none while so many workers die that its own deaths prove
    /// little, and never the trial of an equal one.
    private mutating func accuse(_ payload: [UInt8], of delivery: DeliveryID, crashLimit: Int) -> Int {
        var suspicion = self.suspicions[payload] ?? Suspicion(crashes: 1)
        let since = suspicion.since ?? self.deaths
        suspicion.since = since
        self.suspicions[payload] = suspicion
        let isTriedElsewhere = suspicion.trial.map { $0 != delivery } ?? false
        let crashes = suspicion.crashes - (isTriedElsewhere ? 1 : 0)
        let isDoubtful = crashes < 2 * crashLimit && self.deaths - since > 4 * (crashes - 1)
        return isDoubtful ? 0 : crashes
    }

    private mutating func forget(_ worker: WorkerID, now: Duration) {
        guard self.workers[worker]?.held.isEmpty != false else { return }
        self.workers[worker] = nil
        self.swept[worker] = now + Self.landingGrace
    }

    /// Puts a candidate of ``reclaim(from:limit:crashLimit:now:)`` into the dead-letter queue, unless somebody else has taken it.
    mutating func quarantine(_ worker: WorkerID, sequence: UInt64, payload: [UInt8], letter: DeadLetter) -> Bool {
        guard self.workers[worker]?.isBeingSwept == true, let held = self.workers[worker]?.held.removeValue(forKey: sequence) else {
            return false
        }
        self.bury(payload, letter)
        self.suspicions[held] = nil
        return true
    }

    // MARK: The schedule

    /// Returns what was moved, oldest first.
    mutating func promote(limit: Int, now: Duration) -> [[UInt8]] {
        let due = self.scheduled.prefix { $0.due <= now }.prefix(limit).map(\.payload)
        self.scheduled.removeFirst(due.count)
        for payload in due { self.push(payload) }
        return due
    }

    mutating func removeScheduled(_ payload: [UInt8]) -> Bool {
        guard let index = self.scheduled.firstIndex(where: { $0.payload == payload }) else { return false }
        self.scheduled.remove(at: index)
        return true
    }

    /// Makes a scheduled message due now.
    mutating func hasten(_ payload: [UInt8], now: Duration) -> Bool {
        guard let index = self.scheduled.firstIndex(where: { $0.payload == payload }) else { return false }
        let message = self.scheduled.remove(at: index)
        self.schedule(message.payload, due: min(message.due, now))
        return true
    }

    // MARK: Waiting

    /// Gives ready messages to those who wait; whoever is woken must be told after the lock is released.
    mutating func serveWaiters() -> [@Sendable (Bool) -> Void] {
        var served: [@Sendable (Bool) -> Void] = []
        while let waiter = self.waiters.first, let payload = self.ready.popLast() {
            self.waiters.removeFirst()
            self.landing[waiter.worker, default: []].insert(payload, at: 0)
            served.append(waiter.wake)
        }
        return served
    }
}

extension Settlement {
    var isRelease: Bool {
        if case .release = self { true } else { false }
    }
}
