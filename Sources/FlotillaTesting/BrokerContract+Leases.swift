internal import Flotilla
internal import Threading

extension BrokerContract {
    static let leases = [
        Promise("says that a lease is lost, and refuses everything of its worker") { subject in
            var player = try await Player(subject.broker)
            try await subject.broker.enqueue([[UInt8]("1"), [UInt8]("2")])
            let held = try await player.claim(1)[0].id
            try await subject.endLease(player.id)
            _ = try await subject.broker.reclaim(limit: 10, crashLimit: 5)
            try expect(try await !subject.broker.isHeld(held), "held")
            try expect(try await !subject.broker.beginTrial(of: held), "a trial")
            let late: [Settlement] = [
                .ack(held), .retry(held, payload: [UInt8]("r"), delay: .zero), .release(held),
                .dead(held, payload: [UInt8]("d"), letter: letter("L")),
            ]
            let exchange = try await player.exchange(late, claiming: 5)
            try expect(exchange.isLeaseLost && exchange.deliveries.isEmpty, "\(exchange)")
            try expectEqual(exchange.verdicts, Array(repeating: .stale, count: 4), "verdicts")
            let counts = try await subject.broker.counts()
            try expectEqual([counts.ready, counts.leased, counts.scheduled, counts.dead], [2, 0, 0, 0], "counts")
        },
        Promise("gives nothing to a worker that never registered") { subject in
            try await subject.broker.enqueue([[UInt8]("1")])
            let exchange = try await subject.broker.exchange(
                [], claiming: 1, firstSequence: 1, isRepeat: false, by: .random(), lease: Player.lease)
            try expect(exchange.isLeaseLost && exchange.deliveries.isEmpty, "\(exchange)")
        },
        Promise("revives a lease that ran out and was not swept") { subject in
            var player = try await Player(subject.broker)
            try await subject.broker.enqueue([[UInt8]("1")])
            let held = try await player.claim(1)[0].id
            try await subject.endLease(player.id)
            try expectEqual(try await player.settle(.ack(held)), .settled, "verdict")
            try expectEqual(try await subject.broker.reclaim(limit: 10, crashLimit: 5).sweptWorkers, [], "swept")
        },
        Promise("says how much a worker holds, so that it notices a broker that came back older") { subject in
            var player = try await Player(subject.broker)
            try await subject.broker.enqueue((1...5).map { [UInt8]("\($0)") })
            let claimed = try await player.exchange(claiming: 3)
            try expectEqual(claimed.held, 3, "held after a claim")
            let settled = try await player.exchange([.ack(claimed.deliveries[0].id), .release(claimed.deliveries[1].id)])
            try expectEqual(settled.held, 1, "held after two settlements")
            try expectEqual(try await player.exchange(claiming: 9).held, 4, "held after another claim")
        },
        Promise("gives nothing to the wait of a worker whose lease is lost") { subject in
            let player = try await Player(subject.broker)
            try await subject.endLease(player.id)
            _ = try await subject.broker.reclaim(limit: 10, crashLimit: 5)
            try await subject.broker.enqueue([[UInt8]("1")])
            try expect(try await !subject.broker.wait(by: player.id, timeout: .seconds(20)), "it landed")
            try expectEqual(try await subject.broker.counts().ready, 1, "ready")
        },
        Promise("keeps a lease alive by its heartbeat") { subject in
            let player = try await Player(subject.broker)
            let heartbeat = subject.broker.startHeartbeat(for: player.id, lease: .seconds(60), every: .milliseconds(5)) {}
            defer { heartbeat.stop() }
            try await subject.endLease(player.id)
            try await until("the heartbeat renews the lease", subject) {
                try await subject.broker.workers().first { $0.id == player.id }.map { $0.leaseLeft > .seconds(30) } ?? false
            }
        },
        Promise("tells the heartbeat's owner once that the lease is lost") { subject in
            let player = try await Player(subject.broker)
            try await subject.endLease(player.id)
            _ = try await subject.broker.reclaim(limit: 10, crashLimit: 5)
            let losses = Lock(0)
            let heartbeat = subject.broker.startHeartbeat(for: player.id, lease: .seconds(60), every: .milliseconds(5)) {
                losses.withLock { $0 += 1 }
            }
            defer { heartbeat.stop() }
            try await until("the loss is told", subject) { losses.withLock { $0 } > 0 }
            try await subject.passTime(.milliseconds(20))
            try expectEqual(losses.withLock { $0 }, 1, "losses")
        },
        Promise("sends no heartbeat after it was stopped") { subject in
            let player = try await Player(subject.broker)
            let heartbeat = subject.broker.startHeartbeat(for: player.id, lease: .seconds(60), every: .milliseconds(5)) {}
            heartbeat.stop()
            heartbeat.stop()
            // One may be on its way still.
            try await subject.passTime(.milliseconds(10))
            try await subject.endLease(player.id)
            try await subject.passTime(.milliseconds(20))
            try expectEqual(try await subject.broker.reclaim(limit: 10, crashLimit: 5).sweptWorkers, [player.id], "swept")
        },
        Promise("gives back what a retiring worker holds, untried and in order") { subject in
            var player = try await Player(subject.broker)
            try await subject.broker.enqueue((1...5).map { [UInt8]("\($0)") })
            _ = try await player.claim(3)
            try expect(try await subject.broker.wait(by: player.id, timeout: .seconds(20)), "the fourth landed")
            for _ in 0..<2 { try await subject.broker.retire(player.id) }
            var next = try await Player(subject.broker)
            let claimed = try await next.claim(10)
            try expectEqual(claimed.map(\.text), ["1", "2", "3", "4", "5"], "order")
            try expectEqual(claimed.map(\.crashes), [0, 0, 0, 0, 0], "crashes")
            try expect(try await player.exchange(claiming: 1).isLeaseLost, "the retired worker claims no more")
            try expectEqual(try await subject.broker.workers().map(\.id), [next.id], "workers")
        },
        Promise("finds what landed for a worker after it was swept") { subject in
            let player = try await Player(subject.broker)
            let peer = try await subject.peer()
            let waiting = Task { try await peer.wait(by: player.id, timeout: .seconds(20)) }
            try await subject.passTime(.milliseconds(3))
            try await subject.endLease(player.id)
            try expectEqual(try await subject.broker.reclaim(limit: 10, crashLimit: 5).sweptWorkers, [player.id], "swept")
            try await subject.broker.enqueue([[UInt8]("1")])
            // The pop belongs to a worker that is gone; the message must not be.
            _ = try await waiting.value
            try await subject.broker.retire(player.id)
            try expectEqual(try await subject.broker.counts().ready, 1, "ready")
        },
    ]

    static let crashes = [
        Promise("returns a dead worker's messages to the head of the line, in order and within the limit") { subject in
            var dead = try await Player(subject.broker)
            try await subject.broker.enqueue((1...6).map { [UInt8]("\($0)") })
            _ = try await dead.claim(5)
            let before = try await subject.broker.reclaim(limit: 2, crashLimit: 9)
            try expect(before.returned == 0 && before.sweptWorkers.isEmpty && !before.hasMore, "a living worker was swept")
            try expect(before.nextDeadline.map { $0 > .seconds(30) && $0 <= Player.lease } ?? false, "\(before)")
            try await subject.endLease(dead.id)
            for expected in [2, 2, 1] {
                let round = try await subject.broker.reclaim(limit: 2, crashLimit: 9)
                try expectEqual(round.returned, expected, "returned")
                try expectEqual(round.hasMore, expected == 2, "more")
                try expectEqual(round.sweptWorkers, expected == 2 ? [] : [dead.id], "swept")
            }
            try expectEqual(try await subject.broker.reclaim(limit: 2, crashLimit: 9).nextDeadline, nil, "next deadline")
            var player = try await Player(subject.broker)
            let claimed = try await player.claim(9)
            try expectEqual(claimed.map(\.text), ["1", "2", "3", "4", "5", "6"], "order")
            try expectEqual(claimed.map(\.crashes), [1, 1, 1, 1, 1, 0], "crashes")
        },
        Promise("charges a crash to the one on trial, not to its neighbours") { subject in
            try await subject.broker.enqueue([[UInt8]("{\"n\":\"good\"}"), [UInt8]("{\"n\":\"poison\"}")])
            for round in 1...3 {
                var player = try await Player(subject.broker)
                let held = try await player.claim(2)
                try expectEqual(held.map(\.crashes), round == 1 ? [0, 0] : [1, round - 1], "crashes")
                if round > 1 { try expect(try await subject.broker.beginTrial(of: held[1].id), "trial") }
                try await subject.endLease(player.id)
                let reclamation = try await subject.broker.reclaim(limit: 10, crashLimit: 3)
                try expectEqual(reclamation.returned, round == 3 ? 1 : 2, "returned")
                try expectEqual(reclamation.quarantined.map(\.letter.failureCount), round == 3 ? [3] : [], "quarantined")
                try expectEqual(reclamation.sweptWorkers, [player.id], "swept")
            }
            var player = try await Player(subject.broker)
            let good = try await player.claim(2)
            try expectEqual(good.map(\.text), ["{\"n\":\"good\"}"], "the good one")
        },
        Promise("does not count the trial of a worker that retires alive") { subject in
            try await subject.broker.enqueue([[UInt8]("{\"n\":1}")])
            var first = try await Player(subject.broker)
            _ = try await first.claim(1)
            try await subject.endLease(first.id)
            _ = try await subject.broker.reclaim(limit: 10, crashLimit: 3)
            for _ in 0..<3 {
                var player = try await Player(subject.broker)
                let held = try await player.claim(1)[0]
                try expectEqual(held.crashes, 1, "crashes")
                try expect(try await subject.broker.beginTrial(of: held.id), "trial")
                try await subject.broker.retire(player.id)
            }
            // One whose lease is over may have died of it.
            var late = try await Player(subject.broker)
            try expect(try await subject.broker.beginTrial(of: try await late.claim(1)[0].id), "trial")
            try await subject.endLease(late.id)
            try await subject.broker.retire(late.id)
            var player = try await Player(subject.broker)
            try expectEqual(try await player.claim(1).map(\.crashes), [2], "crashes")
        },
        Promise("does not accuse a message of the trial of an equal one") { subject in
            let payload = [UInt8]("{\"n\":1}")
            try await subject.broker.enqueue([payload])
            var first = try await Player(subject.broker)
            _ = try await first.claim(1)
            try await subject.endLease(first.id)
            _ = try await subject.broker.reclaim(limit: 10, crashLimit: 3)
            try await subject.broker.enqueue([payload])
            // One dies while it tries it; another one is about to.
            var dying = try await Player(subject.broker)
            try expect(try await subject.broker.beginTrial(of: try await dying.claim(1)[0].id), "trial")
            var living = try await Player(subject.broker)
            try expect(try await subject.broker.beginTrial(of: try await living.claim(1)[0].id), "trial")
            try await subject.endLease(dying.id)
            let reclamation = try await subject.broker.reclaim(limit: 10, crashLimit: 3)
            try expectEqual(reclamation.quarantined.count, 0, "quarantined")
            try expectEqual(reclamation.returned, 1, "returned")
        },
        Promise("counts a trial once, however often it is announced") { subject in
            try await subject.broker.enqueue([[UInt8]("{\"n\":1}")])
            for expected in 0...2 {
                var player = try await Player(subject.broker)
                let held = try await player.claim(1)[0]
                try expectEqual(held.crashes, expected, "crashes")
                // Its answer was lost, twice.
                if expected > 0 { for _ in 0..<3 { try expect(try await subject.broker.beginTrial(of: held.id), "trial") } }
                try await subject.endLease(player.id)
                _ = try await subject.broker.reclaim(limit: 10, crashLimit: 9)
            }
        },
        Promise("quarantines with a letter that says what happened, and leaves the producer's bytes") { subject in
            let original = "{ \"job_id\": \"j9\", \"filename\": \"b:{x}.pdf\", \"big\": 12345678901234567890.0 }"
            try await subject.broker.enqueue([[UInt8](original)])
            var player = try await Player(subject.broker)
            _ = try await player.claim(1)
            try await subject.endLease(player.id)
            let reclamation = try await subject.broker.reclaim(limit: 10, crashLimit: 1)
            try expectEqual(reclamation.quarantined.count, 1, "quarantined")
            let (payload, letter) = reclamation.quarantined[0]
            try expectEqual(try await subject.broker.deadLetters(from: 0, limit: 10), [payload], "dead letters")
            let envelope = try Envelope(payload)
            try expectEqual(envelope.producerBytes, [UInt8](original), "producer's bytes")
            try expectEqual(envelope.deadLetterMetadata?.reason, .crash, "reason")
            try expectEqual(envelope.deadLetterID, letter.id, "id")
            try expectEqual(letter.jobID, "j9", "job")
            try expect(letter.errorMessage.contains("died"), letter.errorMessage)
            try expect(try await subject.broker.isDeadLetterRecorded(letter), "recorded")
            try expectEqual(try await subject.broker.workers().map(\.id), [], "workers")
        },
        Promise("quarantines hostile payloads as they are") { subject in
            let hostile = [
                "{}", " { } ", "{\"a\":1}", "", "}", "{", "[1]", "null", "\"}\"", "{\"a\":\"}\"} x", "\u{0}\r\n*3\r\n",
                "{\"dlq_metadata\":1}",
                "{\"retry_metadata\":{\"retry_count\":-5},\"job_id\":7}",
            ]
            try await subject.broker.enqueue(hostile.map { [UInt8]($0) } + [[0xFF, 0xFE, 0x7D]])
            var player = try await Player(subject.broker)
            let held = try await player.claim(100)
            try expectEqual(held.count, hostile.count + 1, "claimed")
            try await subject.endLease(player.id)
            let reclamation = try await subject.broker.reclaim(limit: 100, crashLimit: 1)
            try expectEqual(reclamation.quarantined.count, held.count, "quarantined")
            try expect(!reclamation.hasMore && reclamation.sweptWorkers == [player.id], "\(reclamation)")
            for (payload, letter) in reclamation.quarantined {
                try expect(try await subject.broker.isDeadLetterRecorded(letter), "recorded")
                // Whatever was no message rests byte for byte; whatever was one still is.
                let isOriginal = held.contains { $0.payload == payload }
                try expect(isOriginal || (try? Envelope(payload))?.deadLetterID == letter.id, String(decoding: payload, as: UTF8.self))
            }
            try expectEqual(try await subject.broker.counts().dead, held.count, "dead")
        },
        Promise("forgets the crashes of a message that was settled") { subject in
            try await subject.broker.enqueue([[UInt8]("{\"n\":1}")])
            for settlement in 0..<2 {
                var dead = try await Player(subject.broker)
                try expectEqual(try await dead.claim(1).map(\.crashes), [0], "crashes, round \(settlement)")
                try await subject.endLease(dead.id)
                _ = try await subject.broker.reclaim(limit: 10, crashLimit: 9)
                var player = try await Player(subject.broker)
                let held = try await player.claim(1)[0]
                try expectEqual(held.crashes, 1, "a suspect")
                _ = try await player.settle(settlement == 0 ? .release(held.id) : .ack(held.id))
                if settlement == 1 { try await subject.broker.enqueue([held.payload]) }
                try await subject.broker.retire(player.id)
            }
            var last = try await Player(subject.broker)
            try expectEqual(try await last.claim(1).map(\.crashes), [0], "crashes at the end")
        },
        Promise("reclaims each message once when many reclaim") { subject in
            var dead: [Player] = []
            try await subject.broker.enqueue((0..<300).map { [UInt8]("\($0)") })
            for _ in 0..<3 {
                var player = try await Player(subject.broker)
                _ = try await player.claim(100)
                dead.append(player)
            }
            for player in dead { try await subject.endLease(player.id) }
            let returned = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var returned = 0
                        while true {
                            let round = try await subject.broker.reclaim(limit: 20, crashLimit: 9)
                            returned += round.returned
                            if !round.hasMore { return returned }
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            try expectEqual(returned, 300, "returned")
            try expectEqual(try await subject.broker.counts().ready, 300, "ready")
            try expectEqual(try await subject.broker.workers().count, 0, "workers")
        },
    ]

    /// Lets time pass until `condition` holds.
    static func until(_ what: String, _ subject: Subject, _ condition: () async throws -> Bool) async throws {
        for _ in 0..<1_000 {
            if try await condition() { return }
            try await subject.passTime(.milliseconds(5))
        }
        throw BrokenPromise(description: "waited in vain: \(what)")
    }
}
