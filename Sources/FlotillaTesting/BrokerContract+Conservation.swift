internal import Flotilla

extension BrokerContract {
    static let conservation = (1...4).map { seed in
        Promise("loses and doubles nothing in a random sequence of operations (seed \(seed))") { subject in
            var model = ConservationModel(subject: subject, seed: UInt64(seed))
            try await model.run(steps: 250)
        }
    }
}

/// Does random things and keeps the books: every message is in exactly one place, or was acked or discarded once.
private struct ConservationModel {
    let subject: BrokerContract.Subject
    var generator: SplitMix
    var created = 0
    var gone: Set<String> = []
    var players: [Player] = []
    var held: [WorkerID: [Delivery]] = [:]

    init(subject: BrokerContract.Subject, seed: UInt64) {
        self.subject = subject
        self.generator = SplitMix(state: seed)
    }

    private var broker: any BrokerAdministration { self.subject.broker }

    mutating func run(steps: Int) async throws {
        for step in 0..<steps {
            try await self.act()
            if step % 25 == 0 { try await self.checkBooks() }
        }
        try await self.drain()
        try expectEqual(self.gone.count, self.created, "messages at the end")
    }

    private mutating func act() async throws {
        switch Int.random(in: 0..<12, using: &self.generator) {
        case 0, 1: try await self.produce(Int.random(in: 1...20, using: &self.generator))
        case 2 where self.players.count < 4: self.players.append(try await Player(self.broker))
        case 3: _ = try await self.broker.promote(limit: 7)
        case 4: try await self.kill()
        case 5: _ = try await self.broker.reclaim(limit: 5, crashLimit: 2)
        case 6: try await self.replay()
        case 7: try await self.hasten()
        case 8 where !self.players.isEmpty:
            let player = self.players.removeLast()
            self.held[player.id] = nil
            try await self.broker.retire(player.id)
        default: try await self.exchange()
        }
    }

    private mutating func produce(_ count: Int) async throws {
        let messages = (0..<count).map { [UInt8]("{\"id\":\"m\(self.created + $0)\"}") }
        self.created += count
        if Bool.random(using: &self.generator) {
            try await self.broker.enqueue(messages)
        } else {
            for message in messages { try await self.broker.enqueue(message, after: .milliseconds(3_600_000)) }
        }
    }

    /// Ends a worker's life in mid-work: what it held is nobody's until it is reclaimed.
    private mutating func kill() async throws {
        guard let player = self.players.randomElement(using: &self.generator) else { return }
        self.players.removeAll { $0.id == player.id }
        self.held[player.id] = nil
        if Bool.random(using: &self.generator) { _ = try await self.broker.wait(by: player.id, timeout: .milliseconds(1)) }
        try await self.subject.endLease(player.id)
    }

    private mutating func exchange() async throws {
        guard let index = self.players.indices.randomElement(using: &self.generator) else { return }
        let id = self.players[index].id
        var kept: [Delivery] = []
        var settlements: [Settlement] = []
        var acked: [Int: String] = [:]
        for delivery in self.held[id] ?? [] {
            let envelope = try Envelope(delivery.payload)
            switch Int.random(in: 0..<6, using: &self.generator) {
            case 0, 1:
                acked[settlements.count] = envelope.id ?? ""
                settlements.append(.ack(delivery.id))
            case 2:
                let metadata = RetryMetadata(retryCount: 1, retryAt: 0, originalQueue: "test_queue", nonce: "\(delivery.id)")
                let payload = MessageSplice.adding(metadata, to: envelope.producerBytes)
                settlements.append(.retry(delivery.id, payload: payload, delay: .seconds(3_600)))
            case 3:
                let death = letter("L\(delivery.id)", job: envelope.id)
                settlements.append(
                    .dead(delivery.id, payload: MessageSplice.adding(death, to: envelope.producerBytes), letter: death))
            case 4: settlements.append(.release(delivery.id))
            default: kept.append(delivery)
            }
        }
        let count = Int.random(in: 0...10, using: &self.generator)
        let exchange = try await self.players[index].exchange(settlements, claiming: count)
        for (position, verdict) in exchange.verdicts.enumerated() {
            try expectEqual(verdict, .settled, "a living worker's settlement")
            if let name = acked[position] { try expect(self.gone.insert(name).inserted, "\(name) was finished twice") }
        }
        self.held[id] = kept + exchange.deliveries
    }

    private mutating func replay() async throws {
        guard let payload = try await self.broker.deadLetters(from: 0, limit: 20).randomElement(using: &self.generator) else { return }
        let envelope = try Envelope(payload)
        if Bool.random(using: &self.generator) {
            try expectEqual(try await self.broker.requeue([(payload, envelope.producerBytes)]), [true], "requeue")
        } else {
            try expectEqual(try await self.broker.discard([payload]), [true], "discard")
            try expect(self.gone.insert(envelope.id ?? "").inserted, "\(envelope.id ?? "") was discarded twice")
        }
    }

    private mutating func hasten() async throws {
        let page = try await self.broker.scheduledMessages(from: 0, limit: 10).map(\.payload)
        try expectEqual(try await self.broker.promoteNow(page), page.map { _ in true }, "hastened")
    }

    private func checkBooks() async throws {
        let counts = try await self.broker.counts()
        let total = counts.ready + counts.leased + counts.scheduled + counts.dead + self.gone.count
        try expectEqual(total, self.created, "messages after \(self.created) (\(counts), \(self.gone.count) gone)")
    }

    /// Brings everything to an end, so that every message is seen once more by name.
    private mutating func drain() async throws {
        for player in self.players { try await self.broker.retire(player.id) }
        while try await self.broker.reclaim(limit: 100, crashLimit: 0).hasMore {}
        while case let page = try await self.broker.scheduledMessages(from: 0, limit: 100).map(\.payload), !page.isEmpty {
            _ = try await self.broker.promoteNow(page)
            while try await self.broker.promote(limit: 100).moved > 0 {}
        }
        while case let page = try await self.broker.deadLetters(from: 0, limit: 100), !page.isEmpty {
            _ = try await self.broker.requeue(page.map { ($0, (try? Envelope($0))?.producerBytes ?? $0) })
        }
        var last = try await Player(self.broker)
        while case let claimed = try await last.claim(100), !claimed.isEmpty {
            for delivery in claimed {
                let name = try Envelope(delivery.payload).id ?? ""
                try expect(self.gone.insert(name).inserted, "\(name) is there although it was finished")
            }
            _ = try await last.exchange(claimed.map { .ack($0.id) })
        }
    }
}

/// A small generator whose sequence a seed decides.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var value = self.state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
