internal import Flotilla

/// What an ``InMemoryBroker`` holds. A value: each function is one transition.
struct BrokerState {
    struct Worker {
        var deadline: Duration
        var info: WorkerInfo
        var isBeingSwept = false
        var held: [UInt64: [UInt8]] = [:]
        /// First sequences of claims that were repeated.
        var repeated: Set<UInt64> = []
    }

    /// The next to be claimed is the last.
    var ready: [[UInt8]] = []
    var workers: [WorkerID: Worker] = [:]
    /// Outlives its worker, as the key of a blocking pop does.
    var landing: [WorkerID: [[UInt8]]] = [:]
    /// In the order in which they become due.
    var scheduled: [(payload: [UInt8], due: Duration)] = []
    /// Newest first.
    var dead: [[UInt8]] = []
    var latestLetters: [String: String] = [:]
    var crashes: [[UInt8]: Int] = [:]
    var pauseReason: String?
    var waiters: [(id: Int, worker: WorkerID, wake: @Sendable (Bool) -> Void)] = []
    var nextWaiter = 0

    static func key(of letter: DeadLetter) -> String {
        letter.jobID == nil && letter.filename == nil ? letter.id : "\(letter.jobID ?? "")\u{0}\(letter.filename ?? "")"
    }

    func isAlive(_ worker: WorkerID) -> Bool { self.workers[worker].map { !$0.isBeingSwept } ?? false }

    mutating func push(_ payload: [UInt8]) { self.ready.insert(payload, at: 0) }

    mutating func schedule(_ payload: [UInt8], due: Duration) {
        let index = self.scheduled.firstIndex { $0.due > due } ?? self.scheduled.endIndex
        self.scheduled.insert((payload, due), at: index)
    }

    mutating func bury(_ payload: [UInt8], _ letter: DeadLetter) {
        self.dead.insert(payload, at: 0)
        self.latestLetters[Self.key(of: letter)] = letter.id
    }

    /// Whether the delivery was still held.
    mutating func settle(_ settlement: Settlement, by worker: WorkerID, now: Duration) -> Bool {
        let id = settlement.delivery
        guard id.worker == worker, let held = self.workers[worker]?.held.removeValue(forKey: id.sequence) else { return false }
        self.crashes[held] = nil
        switch settlement {
        case .ack: break
        case .release: self.ready.append(held)
        case .retry(_, let payload, let delay): self.schedule(payload, due: now + max(.zero, delay))
        case .dead(_, let payload, let letter): self.bury(payload, letter)
        }
        return true
    }

    mutating func claim(
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
        return (deliveries, false)
    }

    private func delivery(of payload: [UInt8], _ worker: WorkerID, _ sequence: UInt64) -> Delivery {
        Delivery(id: DeliveryID(worker: worker, sequence: sequence), payload: payload, crashes: self.crashes[payload] ?? 0)
    }

    mutating func reclaim(limit: Int, crashLimit: Int, queue: QueueName, now: Duration) -> Reclamation {
        var result = Reclamation()
        var left = limit
        for id in self.landing.keys where self.workers[id] == nil { self.returnLanding(of: id, &left, &result) }
        for (id, worker) in self.workers where worker.isBeingSwept || worker.deadline <= now {
            self.workers[id]?.isBeingSwept = true
            self.returnLanding(of: id, &left, &result)
            for (sequence, payload) in worker.held.sorted(by: { $0.key > $1.key }) {
                guard left > 0 else { break }
                left -= 1
                self.workers[id]?.held[sequence] = nil
                let count = max(1, self.crashes[payload] ?? 0)
                if crashLimit > 0, count >= crashLimit {
                    let dead = CrashLetter.make(for: payload, crashes: count, queue: queue)
                    self.bury(dead.payload, dead.letter)
                    self.crashes[payload] = nil
                    result.quarantined.append(dead)
                } else {
                    self.crashes[payload] = count
                    self.ready.append(payload)
                    result.returned += 1
                }
            }
            if self.workers[id]?.held.isEmpty == true, self.landing[id]?.isEmpty != false {
                self.workers[id] = nil
                result.sweptWorkers.append(id)
            } else {
                result.hasMore = true
            }
        }
        result.nextDeadline = self.workers.values.filter { !$0.isBeingSwept }.map { $0.deadline - now }.min()
        return result
    }

    private mutating func returnLanding(of worker: WorkerID, _ left: inout Int, _ result: inout Reclamation) {
        while left > 0, self.landing[worker]?.isEmpty == false, let payload = self.landing[worker]?.removeFirst() {
            self.ready.append(payload)
            result.returned += 1
            left -= 1
        }
        if self.landing[worker]?.isEmpty == true { self.landing[worker] = nil }
    }

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
