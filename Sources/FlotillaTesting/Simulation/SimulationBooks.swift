internal import Flotilla

/// What the simulation itself knows of a message.
struct SimulatedMessage {
    let payload: [UInt8]
    let behaviour: SimulatedBehaviour
    let job: String?
    var acceptedAt: Int64 = .max
    /// Lost with what the broker's disk did not have.
    var isLost = false
    /// The highest fence that the store granted for it.
    var fence: Int64 = 0
    /// The fence under which its last result was accepted.
    var resultFence: Int64 = 0
    /// Failures that the store accepted since it was last reopened.
    var failures = 0
    var runs = 0
    /// Whether completing it was recorded, so that what follows from it was put into the outbox.
    var followUps: [Int] = []

    var work: String? {
        if case .malformed = self.behaviour { return nil }
        return Self.work(SimulatedMessage.number(of: self.payload) ?? -1)
    }

    static func work(_ number: Int) -> String { "m\(number)" }

    static func payload(_ number: Int, job: String?, isMalformed: Bool) -> [UInt8] {
        let member = job.map { ",\"job_id\":\"\($0)\"" } ?? ""
        return Array("{\"id\":\"m\(number)\"\(member),\"filename\":\"f\(number)\"\(isMalformed ? "" : "}")".utf8)
    }

    /// Whatever was spliced into it: it begins with its number.
    static func number(of payload: [UInt8]) -> Int? {
        var number: Int?
        for byte in payload.dropFirst(8) {
            guard (0x30...0x39).contains(byte) else { return number }
            number = (number ?? 0) * 10 + Int(byte - 0x30)
        }
        return number
    }
}

struct SimulatedJob {
    var files: [Int] = []
    var isComplete = false
    /// How often work of it was opened again after it had ended.
    var reopened = 0
}

/// What must be in the broker, by what it was told and what it answered. It goes back with the broker when that is restored.
struct BrokerBooks {
    private var copies: [Int: Int] = [:]
    private(set) var count = 0
    /// How many workers were swept that held these bytes, since they were last settled.
    var sweeps: [[UInt8]: Int] = [:]
    /// Of what is to be quarantined: how many workers had been swept that held it.
    var accusations: [DeliveryID: Int] = [:]
    /// How many processes these bytes killed since they were last settled. A copy that was put off has other bytes, and a count of its own.
    var kills: [[UInt8]: Int] = [:]
    /// Not to be promoted before, microseconds.
    var earliest: [[UInt8]: Int64] = [:]

    func copies(of number: Int) -> Int { self.copies[number] ?? 0 }

    mutating func add(_ number: Int) {
        self.copies[number, default: 0] += 1
        self.count += 1
    }

    mutating func remove(_ number: Int) {
        self.copies[number, default: 0] -= 1
        self.count -= 1
    }

    /// Says which message is not where it must be, nil when all are.
    func difference(from found: [Int: Int]) -> (number: Int, expected: Int, found: Int)? {
        for number in Set(self.copies.keys).union(found.keys).sorted() where self.copies(of: number) != found[number] ?? 0 {
            return (number, self.copies(of: number), found[number] ?? 0)
        }
        return nil
    }
}

extension BrokerState {
    /// Copies of messages, wherever they are.
    var count: Int { self.liveCount + self.dead.count }

    /// Of these, the ones that still have to go somewhere.
    var liveCount: Int {
        var count = self.ready.count + self.scheduled.count
        for worker in self.workers.values { count += worker.held.count }
        for slot in self.landing.values { count += slot.count }
        return count
    }

    /// Everything that is anywhere, in an order that is always the same.
    var places: [(payload: [UInt8], place: String)] {
        var places = self.ready.map { (payload: $0, place: "ready") }
        for (id, worker) in self.workers.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            places += worker.held.sorted { $0.key < $1.key }.map {
                (payload: $0.value, place: "the hands of \(id.rawValue.prefix(6)):\($0.key)")
            }
        }
        for (id, slot) in self.landing.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            places += slot.map { (payload: $0, place: "the landing slot of \(id.rawValue.prefix(6))") }
        }
        return places + self.scheduled.map { ($0.payload, "the schedule") } + self.dead.map { ($0, "dead") }
    }
}

extension SimulationWorld {
    // MARK: Checks

    func isKnown(_ number: Int) -> Bool { self.messages[number].work.map { self.store.items[$0] != nil } ?? false }

    /// Whether nothing more has to become of it, so that the broker may know it no longer.
    func isFinished(_ number: Int) -> Bool {
        guard let work = self.messages[number].work else {
            return self.store.letterStates[self.malformedLetter(number)] == .discarded
        }
        guard let item = self.store.items[work] else { return false }
        switch item.status {
        case .completed, .cancelled: return true
        case .failed: return item.letter.map { self.store.letterStates[$0.id] == .discarded } ?? false
        case .queued, .processing, .retrying: return false
        }
    }

    func malformedLetter(_ number: Int) -> String { DeadLetterEntry(self.messages[number].payload, queue: Self.queue).letter.id }

    /// Accepted = completed + cancelled + dead + queued + leased + scheduled, message by message.
    func checkBooks() {
        var found: [Int: Int] = [:]
        for (payload, place) in self.broker.places {
            guard let number = SimulatedMessage.number(of: payload) else { return self.fail("an unknown message in \(place)") }
            found[number, default: 0] += 1
        }
        if let difference = self.books.difference(from: found) {
            return self.fail(
                "message \(difference.number): \(difference.found) copies in the broker, \(difference.expected) by the books",
                difference.number)
        }
        // After a restore what is missing is the reconciler's business, at the end.
        guard !self.hasBeenRestored else { return }
        for number in self.messages.indices where self.messages[number].acceptedAt != .max {
            guard self.books.copies(of: number) == 0, !self.isFinished(number) else { continue }
            return self.fail("message \(number) was accepted, is not finished, and is nowhere", number)
        }
    }

    /// A job's counters are those of its files.
    func checkJob(_ id: String?) {
        guard let id, let job = self.jobs[id], let row = self.store.jobs[id] else { return }
        var (processed, failed, cancelled) = (0, 0, 0)
        for number in job.files {
            switch self.store.items[SimulatedMessage.work(number)]?.status {
            case .completed: processed += 1
            case .failed: failed += 1
            case .cancelled: cancelled += 1
            default: break
            }
        }
        if (processed, failed, cancelled) != (row.processed, row.failed, row.cancelled) {
            self.fail(
                "job \(id) counts \(row.processed) processed, \(row.failed) failed, \(row.cancelled) cancelled; its files say \(processed), \(failed), \(cancelled)",
                job.files.first)
        }
        if row.completions > 1 + job.reopened { self.fail("job \(id) was completed \(row.completions) times", job.files.first) }
    }

    func checkEnd() {
        self.checkBooks()
        for number in self.messages.indices where self.messages[number].acceptedAt != .max {
            let status = self.messages[number].work.flatMap { self.store.items[$0]?.status }
            if self.isFinished(number) { continue }
            if self.books.copies(of: number) > 0 {
                if status == nil || status == .failed { continue }
                return self.fail(
                    "message \(number) rests in the dead-letter queue, and the store says \(status.map { "\($0)" } ?? "")", number)
            }
            if self.messages[number].isLost, !self.isKnown(number) { continue }
            return self.fail("message \(number) was accepted, is not finished, and is nowhere", number)
        }
        for job in self.jobs.keys.sorted() { self.checkJob(job) }
        for (number, message) in self.messages.enumerated() where self.isDone(number) {
            for follower in message.followUps where self.messages[follower].acceptedAt == .max {
                self.fail("message \(follower) follows from \(number), and was never pushed", number)
            }
        }
    }

    private func isDone(_ number: Int) -> Bool {
        self.messages[number].work.map { self.store.items[$0]?.status == .completed } ?? false
    }

    func countUp() {
        for number in self.messages.indices where self.messages[number].acceptedAt != .max {
            self.report.accepted += 1
            switch self.messages[number].work.flatMap({ self.store.items[$0]?.status }) {
            case .completed: self.report.completed += 1
            case .cancelled: self.report.cancelled += 1
            default: if self.messages[number].isLost, !self.isKnown(number) { self.report.lostUnsynced += 1 } else { self.report.dead += 1 }
            }
        }
    }
}
