import Flotilla
import FlotillaRedis
import Glibc
import RedisClient
import Testing
import Threading

/// Eight clients at once against one Redis, whose connections are cut at random. Each call is noted when it begins and when it ends: done, failed, or
/// unknown. Afterwards a checker says whether any order of the calls explains what was answered and what is in the queue.
@Suite struct HistoryTests {
    /// HISTORY_SEEDS says how many histories, HISTORY_SEED which is the first.
    private static func setting(_ name: String) -> UInt64? { getenv(name).flatMap { UInt64(String(cString: $0)) } }

    @Test func `every history of eight clients with broken connections is legal`() async throws {
        var unknown = 0
        var settled = 0
        let first = Self.setting("HISTORY_SEED") ?? 1
        let seeds = max(1, Self.setting("HISTORY_SEEDS") ?? 25)
        for seed in first..<first + seeds {
            let history = try await HistoryRun(seed: seed).play()
            let found = history.check()
            if let illegal = found.first {
                Issue.record("seed \(seed): \(illegal)\n\(history.about(illegal).joined(separator: "\n"))")
            }
            unknown += history.calls.count { $0.outcome == .unknown }
            settled += history.calls.count { $0.isSettled }
        }
        // Connections were cut while calls were under way, and work was done all the same.
        if seeds >= 25 { #expect(unknown > seeds && settled > 40 * seeds, "\(unknown) unknown, \(settled) settled") }
    }

    @Test func `the checker refuses what must not be`() {
        let (message, delivery) = ("m1", DeliveryID(worker: WorkerID("w"), sequence: 1))
        let other = DeliveryID(worker: WorkerID("v"), sequence: 1)
        func illegal(_ calls: [HistoryCall.Kind], left: [String: Int] = [:]) -> Bool {
            let history = History(calls: calls.map { HistoryCall(client: 0, kind: $0, outcome: .done) }, left: left)
            return !history.check().isEmpty
        }
        #expect(!illegal([.enqueue([message])], left: [message: 1]))
        #expect(illegal([.enqueue([message])]))
        #expect(illegal([.enqueue([message])], left: [message: 2]))
        let claimed: [HistoryCall.Kind] = [.enqueue([message]), .claim(delivery, message)]
        #expect(!illegal(claimed + [.settle(.ack(delivery))]))
        #expect(illegal(claimed + [.settle(.ack(delivery))], left: [message: 1]))
        #expect(illegal(claimed + [.settle(.ack(delivery)), .settle(.release(delivery))]))
        #expect(illegal(claimed + [.claim(delivery, "m2")], left: [message: 1]))
        #expect(illegal(claimed + [.settle(.ack(delivery)), .claim(other, message), .settle(.ack(other))]))
        #expect(illegal(claimed + [.settle(.ack(other))]))
        #expect(illegal([.claim(delivery, message)], left: [message: 1]))
    }
}

/// One call and how it ended.
struct HistoryCall: Sendable, CustomStringConvertible {
    enum Kind: Sendable {
        case enqueue([String])
        /// One delivery of a claim.
        case claim(DeliveryID, String)
        case settle(Settlement)
        case requeue(String)
    }

    enum Outcome: Sendable { case done, refused, unknown }

    let client: Int
    let kind: Kind
    let outcome: Outcome

    var isSettled: Bool {
        if case .settle = self.kind { self.outcome == .done } else { false }
    }

    var description: String { "client \(self.client): \(self.kind) \(self.outcome)" }
}

/// What was called, and what the queue holds in the end.
struct History: Sendable {
    var calls: [HistoryCall]
    /// Copies of each message, wherever they are.
    var left: [String: Int]

    struct Illegal: CustomStringConvertible, Sendable {
        let message: String
        let what: String
        var description: String { "\(self.message): \(self.what)" }
    }

    /// Every message on its own: no transition touches two, so a history is legal if that of each message is.
    func check() -> [Illegal] {
        var certain: [String: Int] = [:]
        var possible: [String: Int] = [:]
        var claims: [DeliveryID: String] = [:]
        var found: [Illegal] = []
        for call in self.calls {
            switch (call.kind, call.outcome) {
            case (.enqueue(let messages), .done): for message in messages { certain[message, default: 0] += 1 }
            case (.enqueue(let messages), .unknown): for message in messages { possible[message, default: 0] += 1 }
            case (.claim(let delivery, let message), _):
                // A claim that is repeated gives the same deliveries again, and no other message under their names.
                if let earlier = claims.updateValue(message, forKey: delivery), earlier != message {
                    found.append(Illegal(message: message, what: "\(delivery) was \(earlier) before"))
                }
            default: break
            }
        }
        var ends: [DeliveryID: Int] = [:]
        var acked: [String: Int] = [:]
        var maybeAcked: [String: Int] = [:]
        for call in self.calls {
            guard case .settle(let settlement) = call.kind, call.outcome != .refused else { continue }
            guard let message = claims[settlement.delivery] else {
                found.append(Illegal(message: "?", what: "\(settlement.delivery) was settled and never claimed"))
                continue
            }
            if call.outcome == .done {
                ends[settlement.delivery, default: 0] += 1
                if ends[settlement.delivery] == 2 {
                    found.append(Illegal(message: message, what: "\(settlement.delivery) was settled twice"))
                }
            }
            if case .ack = settlement {
                if call.outcome == .done { acked[message, default: 0] += 1 } else { maybeAcked[message, default: 0] += 1 }
            }
        }
        for message in Set(claims.values).union(self.left.keys) where certain[message] == nil && possible[message] == nil {
            found.append(Illegal(message: message, what: "nobody enqueued it"))
        }
        for (message, accepted) in certain.merging(possible, uniquingKeysWith: +) {
            let least = (certain[message] ?? 0) - (acked[message] ?? 0) - (maybeAcked[message] ?? 0)
            let most = accepted - (acked[message] ?? 0)
            let left = self.left[message] ?? 0
            if most < 0 { found.append(Illegal(message: message, what: "acknowledged \(acked[message] ?? 0) times, accepted \(accepted)")) }
            if left < least { found.append(Illegal(message: message, what: "lost: \(left) copies left where at least \(least) must be")) }
            if left > max(0, most) {
                found.append(Illegal(message: message, what: "doubled: \(left) copies left where at most \(most) may be"))
            }
        }
        return found.sorted { $0.message < $1.message }
    }

    /// The calls about the message of a finding.
    func about(_ illegal: Illegal) -> [String] {
        let deliveries = Set(
            self.calls.compactMap { call -> DeliveryID? in
                if case .claim(let delivery, illegal.message) = call.kind { delivery } else { nil }
            })
        return self.calls.filter { call in
            switch call.kind {
            case .enqueue(let messages): messages.contains(illegal.message)
            case .claim(_, let message), .requeue(let message): message == illegal.message
            case .settle(let settlement): deliveries.contains(settlement.delivery)
            }
        }.map(\.description)
    }
}

/// Plays one history.
private struct HistoryRun {
    let seed: UInt64
    let scene: BrokerScene
    let queue: QueueName
    let calls = Lock<[HistoryCall]>([])

    init(seed: UInt64) throws {
        self.seed = seed
        self.scene = try BrokerScene.shared.get()
        self.queue = BrokerScene.freshQueue("history")
    }

    func play() async throws -> History {
        let isOver = Lock(false)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.cutConnections { isOver.withLock { $0 } } }
            try await withThrowingTaskGroup(of: Void.self) { clients in
                for number in 0..<8 { clients.addTask { try await HistoryClient(self, number).play(steps: 40) } }
                try await clients.waitForAll()
            }
            isOver.withLock { $0 = true }
            try await group.waitForAll()
        }
        return History(calls: self.calls.withLock { $0 }, left: try await self.left())
    }

    func note(_ client: Int, _ kind: HistoryCall.Kind, _ outcome: HistoryCall.Outcome) {
        self.calls.withLock { $0.append(HistoryCall(client: client, kind: kind, outcome: outcome)) }
    }

    /// Cuts all connections again and again, at moments that the clients' own calls decide.
    private func cutConnections(until isOver: () -> Bool) async throws {
        var generator = SeededGenerator(seed: self.seed ^ 0xC07)
        while !isOver() {
            for _ in 0..<Int.random(in: 5...60, using: &generator) where !isOver() {
                _ = try? await self.scene.client.send(["PING"] as RedisCommand)
            }
            _ = try? await self.scene.client.send(["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"] as RedisCommand)
        }
    }

    private func left() async throws -> [String: Int] {
        let broker = self.scene.broker(self.queue)
        // What was given up by those who have gone.
        for worker in try await broker.workers() { try await broker.retire(worker.id) }
        var payloads = try await broker.readyMessages(from: 0, limit: 1_000) + broker.deadLetters(from: 0, limit: 1_000)
        payloads += try await broker.scheduledMessages(from: 0, limit: 1_000).map(\.payload)
        var left: [String: Int] = [:]
        for payload in payloads { left[try Envelope(payload).id ?? "?", default: 0] += 1 }
        return left
    }
}

/// One client: it enqueues, claims, settles in every way, and puts dead letters back. Unknown outcomes are repeated as a worker repeats them.
private struct HistoryClient {
    let run: HistoryRun
    let number: Int
    let broker: RedisBroker
    let client: RedisClient
    var generator: SeededGenerator
    var id: WorkerID
    var sequence: UInt64 = 1
    var created = 0
    var held: [Delivery] = []

    init(_ run: HistoryRun, _ number: Int) throws {
        self.run = run
        self.number = number
        self.client = try run.scene.freshClient(timeout: .seconds(2))
        self.broker = run.scene.broker(run.queue, client: self.client)
        self.generator = SeededGenerator(seed: run.seed &* 8 &+ UInt64(number))
        self.id = .random(using: &self.generator)
    }

    consuming func play(steps: Int) async throws {
        var client = self
        try await client.register()
        for _ in 0..<steps {
            switch Int.random(in: 0...9, using: &client.generator) {
            case 0, 1: await client.enqueue()
            case 2: await client.requeue()
            case 3: await client.diePerhaps()
            default: try await client.exchange()
            }
        }
        await client.client.close()
    }

    private mutating func register() async throws {
        while true {
            do throws(BrokerError) {
                return try await self.broker.register(self.id, lease: .seconds(60), info: testInfo)
            } catch {
                if error.code == .refused { throw error }
            }
        }
    }

    private mutating func enqueue() async {
        let names = (0..<Int.random(in: 1...4, using: &self.generator)).map { "c\(self.number)-\(self.created + $0)" }
        self.created += names.count
        do throws(BrokerError) {
            try await self.broker.enqueue(names.map { Array("{\"id\":\"\($0)\"}".utf8) })
            self.run.note(self.number, .enqueue(names), .done)
        } catch {
            self.run.note(self.number, .enqueue(names), error.code == .outcomeUnknown ? .unknown : .refused)
        }
    }

    private mutating func requeue() async {
        // A read that fails finds nothing.
        guard let payload = try? await self.broker.deadLetters(from: 0, limit: 5).randomElement(using: &self.generator),
            let envelope = try? Envelope(payload)
        else { return }
        do throws(BrokerError) {
            let isMoved = try await self.broker.requeue([(payload, envelope.producerBytes)])
            self.run.note(self.number, .requeue(envelope.id ?? "?"), isMoved == [true] ? .done : .refused)
        } catch {
            self.run.note(self.number, .requeue(envelope.id ?? "?"), error.code == .outcomeUnknown ? .unknown : .refused)
        }
    }

    /// Goes away without a word, and comes back under another name; what it held is given back by somebody else.
    private mutating func diePerhaps() async {
        guard Bool.random(using: &self.generator) else { return }
        let old = self.id
        self.id = .random(using: &self.generator)
        self.sequence = 1
        self.held = []
        _ = try? await self.broker.retire(old)
        try? await self.register()
    }

    private mutating func exchange() async throws {
        let settlements = self.held.shuffled(using: &self.generator).prefix(Int.random(in: 0...4, using: &self.generator)).map {
            self.settlement(of: $0)
        }
        let count = Int.random(in: 0...4, using: &self.generator)
        self.held.removeAll { delivery in settlements.contains { $0.delivery == delivery.id } }
        // Settlements of a call that failed are open until one is answered.
        var isUnknown = false
        while true {
            do throws(BrokerError) {
                let exchange = try await self.broker.exchange(
                    settlements, claiming: count, firstSequence: self.sequence, isRepeat: isUnknown, by: self.id, lease: .seconds(60))
                for (settlement, verdict) in zip(settlements, exchange.verdicts) {
                    // Stale after an unknown outcome: that one may have done it.
                    self.run.note(self.number, .settle(settlement), verdict == .settled ? .done : isUnknown ? .unknown : .refused)
                    if verdict == .stale, !isUnknown { throw BrokerError(.refused, operation: "settle", message: "stale without a reason") }
                }
                for delivery in exchange.deliveries {
                    self.run.note(self.number, .claim(delivery.id, (try? Envelope(delivery.payload))?.id ?? "?"), .done)
                }
                self.held += exchange.deliveries
                self.sequence += UInt64(count)
                if exchange.isLeaseLost { throw BrokerError(.refused, operation: "exchange", message: "nobody may take this lease") }
                if let known = exchange.held, known != self.held.count {
                    throw BrokerError(.refused, operation: "exchange", message: "\(known) held, \(self.held.count) known")
                }
                return
            } catch {
                if error.code == .refused { throw error }
                if error.code == .outcomeUnknown { isUnknown = true }
            }
        }
    }

    private mutating func settlement(of delivery: Delivery) -> Settlement {
        guard let envelope = try? Envelope(delivery.payload) else { return .release(delivery.id) }
        switch Int.random(in: 0...5, using: &self.generator) {
        case 0: return .release(delivery.id)
        case 1:
            let metadata = RetryMetadata(retryCount: 1, retryAt: 0, originalQueue: self.run.queue, nonce: delivery.id.description)
            return .retry(delivery.id, payload: MessageSplice.adding(metadata, to: envelope.producerBytes), delay: .zero)
        case 2:
            let letter = DeadLetter(
                id: "L\(delivery.id)", reason: .permanent, errorMessage: "broken", fingerprint: "0123456789ab", failureTime: 0,
                originalQueue: self.run.queue, jobID: nil, filename: envelope.id, failureCount: 1)
            return .dead(delivery.id, payload: MessageSplice.adding(letter, to: envelope.producerBytes), letter: letter)
        default: return .ack(delivery.id)
        }
    }
}
