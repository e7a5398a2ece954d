internal import Flotilla

extension BrokerContract {
    static let schedule = [
        Promise("promotes what is due, oldest first, and nothing else") { subject in
            for text in ["1", "2", "3"] {
                try await subject.broker.enqueue([UInt8](text), after: .zero)
                try await subject.passTime(.milliseconds(2))
            }
            try await subject.broker.enqueue([UInt8]("later"), after: .seconds(3_600))
            try expectEqual(try await subject.broker.promote(limit: 2).moved, 2, "first")
            let second = try await subject.broker.promote(limit: 2)
            try expectEqual(second.moved, 1, "second")
            try expect(second.nextDue.map { $0 > .seconds(3_500) && $0 <= .seconds(3_600) } ?? false, "\(second)")
            var player = try await Player(subject.broker)
            try expectEqual(try await player.claim(9).map(\.text), ["1", "2", "3"], "order")
            try expectEqual(try await subject.broker.counts().scheduled, 1, "scheduled")
        },
        Promise("says that nothing is scheduled, and when something is again") { subject in
            for text in ["1", "2"] {
                for _ in 0..<2 {
                    try expectEqual(try await subject.broker.promote(limit: 100), Promotion(moved: 0, nextDue: nil), "promotion")
                }
                try await subject.broker.enqueue([UInt8](text), after: .zero)
                try await subject.passTime(.milliseconds(2))
                try expectEqual(try await subject.broker.promote(limit: 100), Promotion(moved: 1, nextDue: nil), "promotion")
            }
        },
        Promise("knows what is overdue") { subject in
            try await subject.broker.enqueue([UInt8]("1"), after: .zero)
            try await subject.passTime(.milliseconds(5))
            try expect(try await subject.broker.counts().overdue >= .milliseconds(4), "overdue")
            let page = try await subject.broker.scheduledMessages(from: 0, limit: 5)
            try expect(page.count == 1 && page[0].dueIn < .zero, "\(page)")
        },
        Promise("keeps two equal messages two, however they are delayed") { subject in
            var player = try await Player(subject.broker)
            let text = [UInt8]("{\"same\":1}")
            try await subject.broker.enqueue([text, text])
            for delivery in try await player.claim(2) {
                try expectEqual(try await player.settle(.retry(delivery.id, payload: text, delay: .zero)), .settled, "verdict")
            }
            for _ in 0..<2 { try await subject.broker.enqueue(text, after: .zero) }
            try expectEqual(try await subject.broker.counts().scheduled, 4, "scheduled")
            try await subject.passTime(.milliseconds(2))
            try expectEqual(try await subject.broker.promote(limit: 100).moved, 4, "moved")
        },
        Promise("promotes each message once when eight promote at once") { subject in
            for index in 0..<400 { try await subject.broker.enqueue([UInt8]("\(index)"), after: .zero) }
            try await subject.passTime(.milliseconds(2))
            let moved = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let peer = try await subject.peer()
                        var moved = 0
                        while true {
                            let round = try await peer.promote(limit: 10).moved
                            moved += round
                            if round == 0 { return moved }
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            try expectEqual(moved, 400, "moved")
            let counts = try await subject.broker.counts()
            try expectEqual([counts.ready, counts.scheduled], [400, 0], "counts")
        },
        Promise("makes scheduled messages due, and removes them, if they are still there") { subject in
            let texts = ["{\"n\":1}", "{\"n\":2}", "{\"n\":3}"]
            for text in texts { try await subject.broker.enqueue([UInt8](text), after: .seconds(3_600)) }
            let members = try await subject.broker.scheduledMessages(from: 0, limit: 10).map(\.payload)
            try expectEqual(members.count, 3, "members")
            try expectEqual(try await subject.broker.promoteNow([members[2], [UInt8]("none")]), [true, false], "hastened")
            try expectEqual(try await subject.broker.removeScheduled([members[0], members[0]]), [true, false], "removed")
            try expectEqual(try await subject.broker.promote(limit: 10).moved, 1, "moved")
            var player = try await Player(subject.broker)
            try expectEqual(try Envelope(try await player.claim(5)[0].payload).producerBytes, [UInt8](texts[2]), "the claim")
            try expectEqual(try await subject.broker.counts().scheduled, 1, "scheduled")
        },
    ]

    static let deadLetters = [
        Promise("requeues a dead letter by its exact bytes, once, whoever asks") { subject in
            var player = try await Player(subject.broker)
            try await subject.broker.enqueue((1...3).map { [UInt8]("\($0)") })
            let held = try await player.claim(3)
            for (index, delivery) in held.enumerated() {
                let payload = [UInt8]("{\"dead\":\(index)}")
                _ = try await player.settle(.dead(delivery.id, payload: payload, letter: letter("L\(index)", filename: "f\(index)")))
            }
            let page = try await subject.broker.deadLetters(from: 0, limit: 10)
            try expectEqual(page, [2, 1, 0].map { [UInt8]("{\"dead\":\($0)}") }, "newest first")
            let peer = try await subject.peer()
            let successes = try await withThrowingTaskGroup(of: Bool.self) { group in
                for index in 0..<100 {
                    group.addTask {
                        let broker = index % 2 == 0 ? subject.broker : peer
                        return try await broker.requeue([(page[1], [UInt8]("restored"))])[0]
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            try expectEqual(successes, 1, "successes")
            try expectEqual(try await subject.broker.deadLetters(from: 0, limit: 10), [page[0], page[2]], "left")
            try expectEqual(try await player.claim(5).map(\.text), ["restored"], "the claim")
        },
        Promise("puts a requeued message behind what waits") { subject in
            var player = try await Player(subject.broker)
            try await subject.broker.enqueue([[UInt8]("1")])
            _ = try await player.settle(.dead(try await player.claim(1)[0].id, payload: [UInt8]("d"), letter: letter("L")))
            try await subject.broker.enqueue([[UInt8]("2")])
            let answers = try await subject.broker.requeue([([UInt8]("none"), [UInt8]("x")), ([UInt8]("d"), [UInt8]("1"))])
            try expectEqual(answers, [false, true], "answers")
            try expectEqual(try await player.claim(5).map(\.text), ["2", "1"], "order")
        },
        Promise("discards dead letters, each once") { subject in
            var player = try await Player(subject.broker)
            try await subject.broker.enqueue([[UInt8]("1"), [UInt8]("2")])
            for (index, delivery) in try await player.claim(2).enumerated() {
                _ = try await player.settle(.dead(delivery.id, payload: [UInt8]("d\(index)"), letter: letter("L\(index)")))
            }
            try expectEqual(
                try await subject.broker.discard([[UInt8]("d1"), [UInt8]("d1"), [UInt8]("x")]), [true, false, false], "answers")
            try expectEqual(try await subject.broker.deadLetters(from: 0, limit: 5), [[UInt8]("d0")], "left")
        },
        Promise("knows the latest letter of a message") { subject in
            var player = try await Player(subject.broker)
            try await subject.broker.enqueue([[UInt8]("1"), [UInt8]("2"), [UInt8]("3")])
            let held = try await player.claim(3).map(\.id)
            let letters = [letter("A"), letter("B"), letter("C", job: nil, filename: nil)]
            for (delivery, letter) in zip(held, letters) {
                try expect(try await !subject.broker.isDeadLetterRecorded(letter), "recorded before")
                _ = try await player.settle(.dead(delivery, payload: [UInt8](letter.id), letter: letter))
                try expect(try await subject.broker.isDeadLetterRecorded(letter), "recorded")
            }
            try expect(try await !subject.broker.isDeadLetterRecorded(letters[0]), "A is not the latest any more")
        },
        Promise("brings the producer's bytes back after five trips through retry, death and requeue") { subject in
            let original = [UInt8]("{ \"job_id\":\"j1\" ,\"n\":1.50, \"filename\":\"a\\u0062.pdf\",\"x\":[ 1,2 ] }  ")
            var player = try await Player(subject.broker)
            try await subject.broker.enqueue([original])
            for trip in 1...5 {
                var delivery = try await player.claim(1)[0]
                let metadata = RetryMetadata(retryCount: trip, retryAt: 0, originalQueue: "test_queue", nonce: "n\(trip)")
                let retried = MessageSplice.adding(metadata, to: try Envelope(delivery.payload).producerBytes)
                _ = try await player.settle(.retry(delivery.id, payload: retried, delay: .seconds(3_600)))
                try expectEqual(try await subject.broker.promoteNow([retried]), [true], "hastened")
                try expectEqual(try await subject.broker.promote(limit: 1).moved, 1, "promoted")
                delivery = try await player.claim(1)[0]
                try expectEqual(try Envelope(delivery.payload).retry?.retryCount, trip, "the count travels")
                let buried = MessageSplice.adding(letter("L\(trip)"), to: try Envelope(delivery.payload).producerBytes)
                _ = try await player.settle(.dead(delivery.id, payload: buried, letter: letter("L\(trip)")))
                let restored = try Envelope(try await subject.broker.deadLetters(from: 0, limit: 1)[0]).producerBytes
                try expectEqual(try await subject.broker.requeue([(buried, restored)]), [true], "requeued")
            }
            try expectEqual(try await player.claim(1)[0].payload, original, "bytes")
        },
    ]

    static let administration = [
        Promise("lists workers and what they hold") { subject in
            var player = try await Player(subject.broker)
            try await subject.broker.enqueue([[UInt8]("1"), [UInt8]("2"), [UInt8]("3")])
            let held = try await player.claim(2)
            _ = try await subject.broker.wait(by: player.id, timeout: .seconds(20))
            let status = try await subject.broker.workers()
            try expect(status.count == 1 && status[0].id == player.id && status[0].held == 3, "\(status)")
            try expectEqual(status[0].info, Player.info, "info")
            try expect(status[0].leaseLeft > .seconds(30) && status[0].leaseLeft <= Player.lease, "\(status)")
            let expected = held.map { Holding(delivery: $0.id, payload: $0.payload) } + [Holding(delivery: nil, payload: [UInt8]("3"))]
            try expectEqual(try await subject.broker.holdings(of: player.id), expected, "holdings")
        },
        Promise("lists all that a worker holds, however many claims that took") { subject in
            var player = try await Player(subject.broker)
            for start in stride(from: 0, to: 2_500, by: 500) {
                try await subject.broker.enqueue((start..<start + 500).map { [UInt8]("\($0)") })
            }
            var held: [Holding] = []
            for count in [1_000, 1_000, 500] {
                held += try await player.claim(count).map { Holding(delivery: $0.id, payload: $0.payload) }
            }
            let found = try await subject.broker.holdings(of: player.id)
            try expectEqual(found.count, 2_500, "count")
            try expect(found == held, "holdings")
        },
        Promise("reads pages, never everything") { subject in
            try await subject.broker.enqueue((0..<1_200).map { [UInt8]("\($0)") })
            func page(_ start: Int, _ limit: Int) async throws -> [String] {
                try await subject.broker.readyMessages(from: start, limit: limit).map { String(decoding: $0, as: UTF8.self) }
            }
            try expectEqual(try await page(0, 3), ["0", "1", "2"], "first page")
            try expectEqual(try await page(1_198, 3), ["1198", "1199"], "last page")
            try expectEqual(try await page(2_000, 3), [], "beyond")
            try expectEqual(try await page(0, 0), [], "limit 0")
            try expectEqual(try await page(-5, -1), [], "negative")
            try expectEqual(try await page(0, .max).count, 1_000, "huge")
            try expectEqual(try await page(.max, .max), [], "huge start")
            try expectEqual(try await subject.broker.deadLetters(from: 0, limit: 0), [], "dead letters")
        },
    ]
}
