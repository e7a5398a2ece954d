import Flotilla
@testable import FlotillaRedis
@testable import FlotillaTesting
import RedisClient
import Testing
import Threading

/// The same random sequences of transitions against the broker in memory and the Lua scripts: the answers and everything in the queue are
/// compared after each step. What is proved with the model is proved of the scripts as far as they are the same.
@Suite struct DifferentialTests {
    @Test(arguments: 1...20) func `the scripts do what the model does`(seed: Int) async throws {
        var game = try DifferentialGame(seed: UInt64(seed))
        try await game.play(steps: 500)
    }
}

private struct DifferentialGame {
    let seed: UInt64
    var generator: SeededGenerator
    let clock = TestClock()
    let model: InMemoryBroker
    let redis: RedisBroker
    let queue: RedisQueue
    var ids: [WorkerID] = []
    var nextSequence: [WorkerID: UInt64] = [:]
    /// First sequences that were used, and whether they were repeated.
    var claims: [WorkerID: [(first: UInt64, count: Int, isRepeated: Bool)]] = [:]
    /// Every delivery there ever was.
    var deliveries: [Delivery] = []
    var letters: [(model: DeadLetter, redis: DeadLetter)] = []
    var created = 0
    var steps: [String] = []
    var resting = RestingLetters()

    static let lease = Duration.seconds(30)

    init(seed: UInt64) throws {
        let scene = try BrokerScene.shared.get()
        let name = BrokerScene.freshQueue("differential")
        self.seed = seed
        self.generator = SeededGenerator(seed: seed)
        self.model = InMemoryBroker(queue: name, time: self.clock)
        self.redis = scene.broker(name)
        self.queue = RedisQueue(self.redis, client: scene.client)
        self.clock.advance(by: .seconds(1_000))
    }

    mutating func play(steps: Int) async throws {
        do {
            for _ in 0..<steps {
                try await self.act()
                try await self.compare()
            }
            // Nobody holds what nobody knows of.
            try await self.compare(all: true)
        } catch {
            let trace = self.steps.suffix(12).joined(separator: "\n")
            throw Difference(description: "seed \(self.seed), step \(self.steps.count): \(error)\n\(trace)")
        }
    }

    private mutating func compare(all: Bool = false) async throws {
        let state = self.model.state.withLock { $0 }
        let expected = QueueImage(state, &self.resting)
        try await self.queue.learn(expected.suspicions.keys)
        let (found, times, clock) = try await self.queue.image(
            of: all ? self.ids : self.ids.filter { state.workers[$0] != nil || state.landing[$0] != nil || state.swept[$0] != nil })
        // Of times only the order is the scripts' own, once they are aligned.
        let now = self.clock.elapsed
        func check<Value: Equatable>(_ what: String, _ path: KeyPath<QueueImage, Value>) throws {
            if found[keyPath: path] != expected[keyPath: path] {
                throw Difference(description: "\(what): \(found[keyPath: path]), by the model \(expected[keyPath: path])")
            }
        }
        try check("ready", \.ready)
        try check("workers", \.workers)
        try check("landing", \.landing)
        try check("swept", \.swept)
        try check("dead", \.dead)
        try check("crashes", \.suspicions)
        try check("deaths", \.deaths)
        try check("paused", \.pauseReason)
        if found.scheduled.sorted() != expected.scheduled.sorted() {
            throw Difference(description: "scheduled: \(found.scheduled), by the model \(expected.scheduled)")
        }
        let due = Dictionary(uniqueKeysWithValues: state.scheduled.map { ($0.payload.text, Optional($0.due)) })
        let deadlines = Dictionary(
            uniqueKeysWithValues: state.workers.map { ($0.key.rawValue, $0.value.isBeingSwept ? nil : Optional($0.value.deadline)) })
        let looks = Dictionary(uniqueKeysWithValues: state.swept.map { ($0.key.rawValue, Optional($0.value)) })
        let names = self.redis.names
        try await self.queue.align(names.retry, times[names.retry] ?? [:], with: due, now: now, clock: clock, unit: 1)
        let keys = self.redis.keys
        try await self.queue.align(keys.workers, times[keys.workers] ?? [:], with: deadlines, now: now, clock: clock, unit: 1_000)
        try await self.queue.align(keys.swept, times[keys.swept] ?? [:], with: looks, now: now, clock: clock, unit: 1_000)
    }

    // MARK: Steps

    private mutating func random(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self.generator) }

    private func expectEqual<Value: Equatable>(_ redis: Value, _ model: Value, _ what: String) throws {
        if redis != model { throw Difference(description: "\(what): \(redis), by the model \(model)") }
    }

    private mutating func act() async throws {
        let choice = self.random(0...30)
        self.steps.append("\(choice)")
        switch choice {
        case 0...2: try await self.enqueue()
        case 3: try await self.delay()
        case 4: try await self.register()
        case 5...15: try await self.exchange()
        case 16: try await self.extend()
        case 17: try await self.passTime()
        case 18, 19: try await self.reclaim()
        case 20, 21: try await self.promote()
        case 22, 23: try await self.trial()
        case 24: try await self.retire()
        case 25: try await self.ask()
        case 26: try await self.replay()
        case 27: try await self.discard()
        case 28: try await self.reschedule()
        case 29: try await self.land()
        default: try await self.pause()
        }
    }

    private mutating func note(_ text: String) { self.steps[self.steps.count - 1] = text }

    private mutating func payload() -> [UInt8] {
        // Equal messages and messages that are none are messages, too.
        switch self.random(0...9) {
        case 0: return Array("{\"id\":\"same\"}".utf8)
        case 1: return Array("no object \(self.random(0...2))".utf8)
        default:
            self.created += 1
            return Array("{\"id\":\"m\(self.created)\",\"job_id\":\"j\",\"filename\":\"f\(self.created)\"}".utf8)
        }
    }

    private mutating func enqueue() async throws {
        let payloads = (0..<self.random(1...5)).map { _ in self.payload() }
        self.note("enqueue \(payloads.map(\.text))")
        try await self.model.enqueue(payloads)
        try await self.redis.enqueue(payloads)
    }

    private mutating func delay() async throws {
        var payload = self.payload()
        if let envelope = try? Envelope(payload) {
            // With metadata of its own no nonce is drawn for it.
            let metadata = RetryMetadata(retryCount: 0, retryAt: 0, originalQueue: self.model.queue, nonce: "n\(self.random(0...3))")
            payload = MessageSplice.adding(metadata, to: envelope.producerBytes)
        }
        let delay = Duration.milliseconds(self.random(0...3) * 20_000)
        self.note("enqueue \(payload.text) after \(delay)")
        try await self.model.enqueue(payload, after: delay)
        try await self.redis.enqueue(payload, after: delay)
    }

    private mutating func worker() -> WorkerID? { self.ids.suffix(6).randomElement(using: &self.generator) }

    private mutating func register() async throws {
        let id: WorkerID
        if self.ids.isEmpty || self.random(0...3) > 0 {
            id = WorkerID.random(using: &self.generator)
            self.ids.append(id)
        } else {
            id = self.worker() ?? self.ids[0]
        }
        self.note("register \(id)")
        try await self.model.register(id, lease: Self.lease, info: testInfo)
        try await self.redis.register(id, lease: Self.lease, info: testInfo)
    }

    private mutating func exchange() async throws {
        guard let id = self.worker() else { return try await self.register() }
        var settlements: [Settlement] = []
        var seen: Set<DeliveryID> = []
        // Held ones, settled ones, others'.
        for delivery in self.deliveries.suffix(30).shuffled(using: &self.generator).prefix(self.random(0...8))
        where seen.insert(delivery.id).inserted && (delivery.id.worker == id || self.random(0...9) == 0) {
            settlements.append(try self.settlement(of: delivery))
        }
        var count = self.random(0...5)
        var first = self.nextSequence[id] ?? 1
        var isRepeat = false
        let earlier = self.claims[id] ?? []
        if count > 0, let index = earlier.indices.suffix(4).randomElement(using: &self.generator), self.random(0...3) == 0 {
            // The same call again, or the original of a repeated one, which comes late.
            (first, count) = (earlier[index].first, earlier[index].count)
            isRepeat = !earlier[index].isRepeated || self.random(0...1) == 0
            self.claims[id]?[index].isRepeated = true
        } else if count > 0 {
            isRepeat = self.random(0...9) == 0
            self.claims[id, default: []].append((first, count, isRepeat))
            self.nextSequence[id] = first + UInt64(count)
        }
        self.note("exchange \(id) \(settlements.map(\.short)) claiming \(count) from \(first), \(isRepeat ? "a repeat" : "")")
        // A worker that says what it holds settles nothing else; right or wrong, the answer is the same.
        var isAllHeld = true
        for settlement in settlements where try await !self.model.isHeld(settlement.delivery) || settlement.delivery.worker != id {
            isAllHeld = false
        }
        let holding = isAllHeld ? self.random(0...12) : nil
        let expected = try await self.model.exchange(
            settlements, claiming: count, firstSequence: first, isRepeat: isRepeat, by: id, lease: Self.lease, holding: holding)
        let found = try await self.redis.exchange(
            settlements, claiming: count, firstSequence: first, isRepeat: isRepeat, by: id, lease: Self.lease, holding: holding)
        try self.expectEqual(found.verdicts, expected.verdicts, "verdicts")
        try self.expectEqual(found.deliveries, expected.deliveries, "deliveries")
        try self.expectEqual(found.isPaused, expected.isPaused, "paused")
        try self.expectEqual(found.isLeaseLost, expected.isLeaseLost, "lease lost")
        if !expected.isLeaseLost { try self.expectEqual(found.held, expected.held, "held") }
        // A mark is left only by a call that came through.
        if expected.isLeaseLost { self.claims[id] = [] }
        self.deliveries += expected.deliveries
    }

    private mutating func settlement(of delivery: Delivery) throws -> Settlement {
        let envelope = try? Envelope(delivery.payload)
        switch self.random(0...4) {
        case 0: return .release(delivery.id)
        case 1:
            let metadata = RetryMetadata(
                retryCount: 1, retryAt: 0, originalQueue: self.model.queue, nonce: "\(self.random(0...1) == 0 ? "" : "\(delivery.id)")")
            let payload = envelope.map { MessageSplice.adding(metadata, to: $0.producerBytes) } ?? delivery.payload
            return .retry(delivery.id, payload: payload, delay: .milliseconds(self.random(0...3) * 7_000))
        case 2:
            let letter = DeadLetter(
                id: "L\(self.letters.count)", reason: .permanent, errorMessage: "encrypted", fingerprint: "0123456789ab", failureTime: 0,
                originalQueue: self.model.queue, jobID: envelope?.jobID, filename: envelope?.filename, failureCount: 1)
            self.letters.append((letter, letter))
            let payload = envelope.map { MessageSplice.adding(letter, to: $0.producerBytes) } ?? delivery.payload
            return .dead(delivery.id, payload: payload, letter: letter)
        default: return .ack(delivery.id)
        }
    }

    private mutating func extend() async throws {
        guard let id = self.worker() else { return }
        self.note("extend \(id)")
        let now = self.clock.elapsed
        let expected = self.model.state.withLock { $0.extend(id, lease: Self.lease, now: now) }
        let found = try await self.redis.run(
            Script.extend, "extend", keys: [self.redis.keys.workers],
            [.text(id.rawValue), .number(RedisBroker.milliseconds(Self.lease))])
        try self.expectEqual(found.int == 1, expected, "extended")
    }

    private mutating func passTime() async throws {
        let duration = Duration.milliseconds(self.random(1...45_000))
        self.note("\(duration) pass")
        self.clock.advance(by: duration)
    }

    private mutating func reclaim() async throws {
        let (limit, crashLimit) = (self.random(1...6), self.random(0...3))
        self.note("reclaim \(limit), crash limit \(crashLimit)")
        let expected = try await self.model.reclaim(limit: limit, crashLimit: crashLimit)
        let found = try await self.redis.reclaim(limit: limit, crashLimit: crashLimit)
        try self.expectEqual(found.returned, expected.returned, "returned")
        try self.expectEqual(found.sweptWorkers, expected.sweptWorkers, "swept")
        try self.expectEqual(found.hasMore, expected.hasMore, "more")
        try self.expectEqual(
            found.quarantined.map { QueueImage.resting($0.payload) }, expected.quarantined.map { QueueImage.resting($0.payload) },
            "quarantined")
        try self.expectEqual(found.nextDeadline == nil, expected.nextDeadline == nil, "a next deadline")
        self.letters += zip(expected.quarantined, found.quarantined).map { ($0.0.letter, $0.1.letter) }
    }

    private mutating func promote() async throws {
        let limit = self.random(1...4)
        self.note("promote \(limit)")
        let expected = try await self.model.promote(limit: limit)
        let found = try await self.redis.promote(limit: limit)
        try self.expectEqual(found.moved, expected.moved, "promoted")
        try self.expectEqual(found.nextDue == .zero, expected.nextDue == .zero, "more is due")
        try self.expectEqual(found.nextDue == nil, expected.nextDue == nil, "a next due")
    }

    private mutating func trial() async throws {
        guard let delivery = self.deliveries.suffix(15).randomElement(using: &self.generator) else { return }
        self.note("trial of \(delivery.id)")
        let expected = try await self.model.beginTrial(of: delivery.id)
        try self.expectEqual(try await self.redis.beginTrial(of: delivery.id), expected, "trial")
    }

    private mutating func retire() async throws {
        guard let id = self.worker() else { return }
        self.note("retire \(id)")
        try await self.model.retire(id)
        try await self.redis.retire(id)
    }

    private mutating func ask() async throws {
        self.note("ask")
        if let delivery = self.deliveries.suffix(30).randomElement(using: &self.generator) {
            let expected = try await self.model.isHeld(delivery.id)
            try self.expectEqual(try await self.redis.isHeld(delivery.id), expected, "held")
        }
        if let (first, second) = self.letters.suffix(10).randomElement(using: &self.generator) {
            let expected = try await self.model.isDeadLetterRecorded(first)
            try self.expectEqual(try await self.redis.isDeadLetterRecorded(second), expected, "recorded")
        }
        let (expected, found) = (try await self.model.counts(), try await self.redis.counts())
        try self.expectEqual(
            [found.ready, found.leased, found.scheduled, found.dead], [expected.ready, expected.leased, expected.scheduled, expected.dead],
            "counts")
    }

    /// The letters at the same places in the two dead-letter queues: their names differ.
    private mutating func chosenLetters() async throws -> [(model: [UInt8], redis: [UInt8])] {
        let pairs = zip(
            try await self.model.deadLetters(from: 0, limit: 100), try await self.redis.deadLetters(from: 0, limit: 100))
        return Array(pairs.map { (model: $0, redis: $1) }.shuffled(using: &self.generator).prefix(self.random(1...3)))
    }

    private mutating func replay() async throws {
        let letters = try await self.chosenLetters()
        self.note("requeue \(letters.map(\.redis.text))")
        let expected = try await self.model.requeue(
            letters.map { ($0.model, DeadLetterEntry($0.model, queue: self.model.queue).restored) })
        let found = try await self.redis.requeue(letters.map { ($0.redis, DeadLetterEntry($0.redis, queue: self.model.queue).restored) })
        try self.expectEqual(found, expected, "requeued")
    }

    private mutating func discard() async throws {
        var letters = try await self.chosenLetters()
        letters.append((Array("not there".utf8), Array("not there".utf8)))
        self.note("discard \(letters.map(\.redis.text))")
        let expected = try await self.model.discard(letters.map(\.model))
        try self.expectEqual(try await self.redis.discard(letters.map(\.redis)), expected, "discarded")
    }

    private mutating func reschedule() async throws {
        var payloads = try await self.model.scheduledMessages(from: 0, limit: 100).map(\.payload)
        payloads = Array(payloads.shuffled(using: &self.generator).prefix(2)) + [Array("not there".utf8)]
        if self.random(0...2) == 0 {
            self.note("remove \(payloads.map(\.text))")
            let expected = try await self.model.removeScheduled(payloads)
            try self.expectEqual(try await self.redis.removeScheduled(payloads), expected, "removed")
        } else {
            self.note("hasten \(payloads.map(\.text))")
            let expected = try await self.model.promoteNow(payloads)
            try self.expectEqual(try await self.redis.promoteNow(payloads), expected, "hastened")
        }
    }

    /// A blocking pop that finds something at once; where nothing is, it would only wait.
    private mutating func land() async throws {
        guard let id = self.worker() else { return }
        let state = self.model.state.withLock { $0 }
        guard !state.ready.isEmpty || state.landing[id] != nil || !state.isAlive(id) else { return }
        self.note("wait by \(id)")
        let expected = try await self.model.wait(by: id, timeout: .seconds(1))
        try self.expectEqual(try await self.redis.wait(by: id, timeout: .seconds(1)), expected, "landed")
    }

    private mutating func pause() async throws {
        if self.random(0...1) == 0 {
            try await self.model.pause(reason: "for now")
            try await self.redis.pause(reason: "for now")
        } else {
            try await self.model.resume()
            try await self.redis.resume()
        }
    }
}

extension Settlement {
    fileprivate var short: String {
        switch self {
        case .ack(let id): "ack \(id)"
        case .release(let id): "release \(id)"
        case .retry(let id, let payload, let delay): "retry \(id) in \(delay) as \(payload.text)"
        case .dead(let id, let payload, _): "dead \(id) as \(payload.text)"
        }
    }
}
