internal import Flotilla

extension BrokerContract {
    static let claims = [
        Promise("claims first what was enqueued first") { subject in
            var player = try await Player(subject.broker)
            try await subject.broker.enqueue([[UInt8]("1"), [UInt8]("2")])
            try await subject.broker.enqueue([[UInt8]("3")])
            try expectEqual(try await player.claim(2).map(\.text), ["1", "2"], "first claim")
            try expectEqual(try await player.claim(2).map(\.text), ["3"], "second claim")
        },
        Promise("claims nothing from an empty queue") { subject in
            var player = try await Player(subject.broker)
            let exchange = try await player.exchange(claiming: 10)
            try expect(exchange.deliveries.isEmpty && !exchange.isPaused && !exchange.isLeaseLost, "\(exchange)")
        },
        Promise("names deliveries by worker and ascending sequence") { subject in
            var player = try await Player(subject.broker)
            try await subject.broker.enqueue((0..<3).map { [UInt8]("\($0)") })
            let names = try await player.claim(3).map(\.id)
            try expectEqual(names, (1...3).map { DeliveryID(worker: player.id, sequence: $0) }, "names")
        },
        Promise("claims a thousand at once and keeps any bytes") { subject in
            var player = try await Player(subject.broker)
            let payloads = (0..<1_000).map { index in [UInt8]("\(index)") + [0, 13, 10, 0xFF, UInt8(truncatingIfNeeded: index)] }
            try await subject.broker.enqueue(payloads + [[]])
            try expectEqual(try await player.claim(1_000).map(\.payload), payloads, "payloads")
            try expectEqual(try await player.claim(1).map(\.payload), [[]], "the empty payload")
        },
        Promise("settles and claims in one call") { subject in
            var player = try await Player(subject.broker)
            try await subject.broker.enqueue([[UInt8]("1"), [UInt8]("2")])
            let first = try await player.claim(1)
            let exchange = try await player.exchange(first.map { .ack($0.id) }, claiming: 1)
            try expectEqual(exchange.verdicts, [.settled], "verdicts")
            try expectEqual(exchange.deliveries.map(\.text), ["2"], "deliveries")
            try expectEqual(try await subject.broker.counts().leased, 1, "leased")
        },
        Promise("gives the same deliveries to a repeated claim, and loses none") { subject in
            var player = try await Player(subject.broker)
            try await subject.broker.enqueue((1...4).map { [UInt8]("\($0)") })
            let original = try await player.claim(2)
            let again = try await subject.broker.exchange(
                [], claiming: 2, firstSequence: 1, isRepeat: true, by: player.id, lease: Player.lease)
            try expectEqual(again.deliveries, original, "the repeat")
            try expectEqual(try await subject.broker.counts().ready, 2, "ready")
            try expectEqual(try await player.claim(2).map(\.text), ["3", "4"], "the next claim")
        },
        Promise("claims anew when the repeated claim never ran, and refuses it when it runs late") { subject in
            let player = try await Player(subject.broker)
            try await subject.broker.enqueue((1...4).map { [UInt8]("\($0)") })
            let repeated = try await subject.broker.exchange(
                [], claiming: 2, firstSequence: 1, isRepeat: true, by: player.id, lease: Player.lease)
            try expectEqual(repeated.deliveries.map(\.text), ["1", "2"], "the repeat")
            for isRepeat in [false, true] {
                // What was repeated arrives after its repeat, when all of that is settled.
                _ = try await subject.broker.exchange(
                    repeated.deliveries.map { .ack($0.id) }, claiming: 0, firstSequence: 0, isRepeat: false, by: player.id,
                    lease: Player.lease)
                let late = try await subject.broker.exchange(
                    [], claiming: 2, firstSequence: 1, isRepeat: isRepeat, by: player.id, lease: Player.lease)
                try expectEqual(late.deliveries, [], "the late one")
            }
            try expectEqual(try await subject.broker.counts().ready, 2, "ready")
        },
        Promise("repeats after some of the claim was settled give only the rest") { subject in
            var player = try await Player(subject.broker)
            try await subject.broker.enqueue((1...3).map { [UInt8]("\($0)") })
            let original = try await player.claim(3)
            _ = try await player.settle(.ack(original[1].id))
            let again = try await subject.broker.exchange(
                [], claiming: 3, firstSequence: 1, isRepeat: true, by: player.id, lease: Player.lease)
            try expectEqual(again.deliveries, [original[0], original[2]], "the repeat")
        },
    ]

    static let settlements = [
        Promise("knows each stale settlement among good ones, of all four kinds") { subject in
            var player = try await Player(subject.broker)
            try await subject.broker.enqueue((1...4).map { [UInt8]("\($0)") })
            let held = try await player.claim(4).map(\.id)
            func all(_ suffix: String) -> [Settlement] {
                [
                    .ack(held[0]), .retry(held[1], payload: [UInt8]("r\(suffix)"), delay: .seconds(60)),
                    .dead(held[2], payload: [UInt8]("d\(suffix)"), letter: letter("L\(suffix)")), .release(held[3]),
                ]
            }
            try expectEqual(try await player.exchange(all("1")).verdicts, Array(repeating: .settled, count: 4), "first")
            let expected = QueueCounts(ready: 1, leased: 0, scheduled: 1, dead: 1, overdue: .zero, isPaused: false)
            try expectEqual(try await subject.broker.counts(), expected, "counts after the first")
            try expectEqual(try await player.exchange(all("2")).verdicts, Array(repeating: .stale, count: 4), "second")
            try expectEqual(try await subject.broker.counts(), expected, "counts after the second")
            try expectEqual(try await subject.broker.deadLetters(from: 0, limit: 10), [[UInt8]("d1")], "dead letters")
            let again = try await player.claim(1)[0]
            let mixed: [Settlement] = [.ack(held[0]), .ack(again.id), .release(held[3]), .ack(again.id)]
            try expectEqual(try await player.exchange(mixed).verdicts, [.stale, .settled, .stale, .stale], "mixed")
        },
        Promise("settles the same whether the worker says what it holds, and says it rightly, or not") { subject in
            var player = try await Player(subject.broker)
            try await subject.broker.enqueue((1...7).map { [UInt8]("\($0)") })
            let held = try await player.claim(7).map(\.id)
            let first = try await player.exchange([.ack(held[0]), .ack(held[1])], holding: 7)
            try expectEqual(first.verdicts, [.settled, .settled], "it is right")
            try expectEqual(first.held, 5, "held when it is right")
            let second = try await player.exchange([.ack(held[0]), .ack(held[2]), .ack(held[1])], holding: 7)
            try expectEqual(second.verdicts, [.stale, .settled, .stale], "it is wrong")
            let third = try await player.exchange([.release(held[3]), .ack(held[4])], claiming: 1, holding: 4)
            try expectEqual(third.verdicts, [.settled, .settled], "more than acknowledgements")
            try expectEqual(third.deliveries.map(\.payload), [[UInt8]("4")], "what was given back")
            try expectEqual(try await player.exchange([.ack(held[4])], holding: 3).verdicts, [.stale], "it is right, and this is not held")
            try expectEqual(try await player.exchange(third.deliveries.map { .ack($0.id) }, holding: 3).held, 2, "held at the end")
        },
        Promise("refuses settlements of another worker's delivery") { subject in
            var owner = try await Player(subject.broker)
            var other = try await Player(subject.broker)
            try await subject.broker.enqueue([[UInt8]("1"), [UInt8]("2")])
            let held = try await owner.claim(1)[0].id
            let own = try await other.claim(1)[0].id
            try expectEqual(try await other.exchange([.ack(held), .ack(own)]).verdicts, [.stale, .settled], "verdicts")
            try expect(try await subject.broker.isHeld(held), "the owner holds it no more")
        },
        Promise("settles a thousand of all kinds, verdicts in order") { subject in
            var player = try await Player(subject.broker)
            try await subject.broker.enqueue((0..<1_000).map { [UInt8]("{\"n\":\($0)}") })
            let held = try await player.claim(1_000)
            let settlements = held.enumerated().map { index, delivery -> Settlement in
                switch index % 4 {
                case 0: .ack(delivery.id)
                case 1: .release(delivery.id)
                case 2: .retry(delivery.id, payload: delivery.payload, delay: .seconds(60))
                default: .dead(delivery.id, payload: delivery.payload, letter: letter("L\(index)", filename: "f\(index)"))
                }
            }
            let stale = [3, 500, 998].map { Settlement.ack(DeliveryID(worker: player.id, sequence: 5_000 + UInt64($0))) }
            let verdicts = try await player.exchange([stale[0]] + settlements + stale[1...]).verdicts
            try expectEqual(verdicts, [.stale] + Array(repeating: .settled, count: 1_000) + [.stale, .stale], "verdicts")
            let counts = try await subject.broker.counts()
            try expectEqual([counts.ready, counts.scheduled, counts.dead, counts.leased], [250, 250, 250, 0], "counts")
            let released = try await player.claim(3).map(\.payload)
            try expectEqual(released, [1, 5, 9].map { held[$0].payload }, "what was released comes first, oldest first")
        },
        Promise("says whether a delivery is held") { subject in
            var player = try await Player(subject.broker)
            try await subject.broker.enqueue([[UInt8]("1")])
            let held = try await player.claim(1)[0].id
            try expect(try await subject.broker.isHeld(held), "held")
            _ = try await player.settle(.ack(held))
            try expect(try await !subject.broker.isHeld(held), "settled")
            try expect(try await !subject.broker.isHeld(DeliveryID(worker: .random(), sequence: 1)), "never heard of")
        },
    ]

    static let waiting = [
        Promise("lands a message in the slot of one waiting worker, whose next claim takes it first") { subject in
            let first = try await Player(subject.broker)
            let second = try await subject.peer()
            var other = try await Player(second)
            let results = try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask { [first] in try await subject.broker.wait(by: first.id, timeout: .seconds(20)) }
                group.addTask { [other] in try await second.wait(by: other.id, timeout: .seconds(20)) }
                try await subject.peer().enqueue([[UInt8]("1")])
                var results: [Bool] = []
                while let result = try await group.next() {
                    results.append(result)
                    group.cancelAll()
                }
                return results
            }
            try expectEqual(results.sorted { $0 && !$1 }, [true, false], "who woke")
            try await subject.broker.enqueue([[UInt8]("2")])
            var waiter = first
            let claims = try await waiter.claim(2).map(\.text) + other.claim(2).map(\.text)
            try expectEqual(claims.sorted(), ["1", "2"], "claims")
        },
        Promise("waits no longer than asked, and not at all when the slot is filled") { subject in
            var player = try await Player(subject.broker)
            let id = player.id
            async let isEmpty = subject.broker.wait(by: id, timeout: .milliseconds(5))
            try await subject.passTime(.milliseconds(10))
            try expect(try await !isEmpty, "nothing was there")
            try await subject.broker.enqueue([[UInt8]("1")])
            for _ in 0..<2 { try expect(try await subject.broker.wait(by: player.id, timeout: .seconds(20)), "a message was there") }
            try expectEqual(try await player.claim(5).map(\.text), ["1"], "the claim")
        },
        Promise("ends a cancelled wait at once and loses nothing by it") { subject in
            var player = try await Player(subject.broker)
            for round in 0..<5 {
                let waiting = Task { [id = player.id] in try await subject.broker.wait(by: id, timeout: .seconds(20)) }
                if round % 2 == 0 { try await subject.passTime(.milliseconds(3)) }
                waiting.cancel()
                try expect(try await !waiting.value, "a cancelled wait found something")
                try await subject.broker.enqueue([[UInt8]("\(round)")])
                // It may have landed by a wait that the server had not given up yet; the claim finds it all the same.
                var claimed: [Delivery] = []
                while claimed.isEmpty { claimed = try await player.claim(1) }
                try expectEqual(claimed.map(\.text), ["\(round)"], "the claim")
            }
            try expectEqual(try await subject.broker.counts().ready, 0, "ready")
        },
        Promise("claims what it waited for, and what came with it, under the numbers given") { subject in
            let player = try await Player(subject.broker)
            let id = player.id
            async let waited = subject.broker.claim(3, firstSequence: 7, waiting: .seconds(20), by: id, lease: .seconds(30))
            try await subject.peer().enqueue([[UInt8]("1"), [UInt8]("2")])
            var deliveries = try await waited.deliveries
            // The first may have come alone.
            if deliveries.count == 1 {
                let rest = try await subject.broker.exchange(
                    [], claiming: 2, firstSequence: 10, isRepeat: false, by: id, lease: .seconds(30))
                try expectEqual(rest.deliveries.map(\.id.sequence), [10], "the number of the second")
                deliveries += rest.deliveries
            } else {
                try expectEqual(deliveries.map(\.id.sequence), [7, 8], "the numbers")
            }
            try expectEqual(deliveries.map(\.text), ["1", "2"], "the claims")
            for delivery in deliveries { try expect(try await subject.broker.isHeld(delivery.id), "held") }
        },
        Promise("claims at once what is there, and nothing when nothing comes") { subject in
            let player = try await Player(subject.broker)
            let id = player.id
            try await subject.broker.enqueue([[UInt8]("1"), [UInt8]("2"), [UInt8]("3")])
            let first = try await subject.broker.claim(2, firstSequence: 1, waiting: .seconds(20), by: id, lease: .seconds(30))
            try expectEqual(first.deliveries.map(\.text), ["1", "2"], "the claims")
            try expectEqual(first.held, 2, "held")
            _ = try await subject.broker.claim(2, firstSequence: 3, waiting: .seconds(20), by: id, lease: .seconds(30))
            async let empty = subject.broker.claim(2, firstSequence: 5, waiting: .milliseconds(5), by: id, lease: .seconds(30))
            try await subject.passTime(.milliseconds(10))
            let nothing = try await empty
            try expect(nothing.deliveries.isEmpty && !nothing.isLeaseLost && !nothing.isPaused, "\(nothing)")
            try expectEqual(nothing.held, 3, "held")
        },
        Promise("claims nothing for a lost lease or a paused queue; nothing is lost by the wait") { subject in
            let player = try await Player(subject.broker)
            try await subject.broker.pause(reason: "maintenance")
            try await subject.broker.enqueue([[UInt8]("1")])
            let paused = try await subject.broker.claim(
                2, firstSequence: 1, waiting: .seconds(20), by: player.id, lease: .seconds(30))
            try expect(paused.isPaused && paused.deliveries.isEmpty, "\(paused)")
            try await subject.endLease(player.id)
            try expectEqual(try await subject.broker.reclaim(limit: 10, crashLimit: 3).returned, 1, "returned")
            async let lost = subject.broker.claim(2, firstSequence: 3, waiting: .milliseconds(5), by: player.id, lease: .seconds(30))
            try await subject.passTime(.milliseconds(10))
            try expect(try await lost.isLeaseLost, "the lease is lost")
            try await subject.broker.resume()
        },
        Promise("brings the landing slot of a dead worker back, uncounted") { subject in
            let dead = try await Player(subject.broker)
            try await subject.broker.enqueue([[UInt8]("1"), [UInt8]("2")])
            try expect(try await subject.broker.wait(by: dead.id, timeout: .seconds(20)), "it landed")
            try expectEqual(try await subject.broker.counts().leased, 1, "leased")
            try await subject.endLease(dead.id)
            let reclamation = try await subject.broker.reclaim(limit: 10, crashLimit: 1)
            try expectEqual(reclamation.returned, 1, "returned")
            try expect(reclamation.quarantined.isEmpty, "it was never begun")
            var player = try await Player(subject.broker)
            let claimed = try await player.claim(2)
            try expectEqual(claimed.map(\.text), ["1", "2"], "the claim")
            try expectEqual(claimed.map(\.crashes), [0, 0], "crashes")
        },
        Promise("stops claims while paused, also of one who waits") { subject in
            var player = try await Player(subject.broker)
            try await subject.broker.enqueue([[UInt8]("1"), [UInt8]("2")])
            let held = try await player.claim(1)
            let id = player.id
            async let hasLanded = subject.broker.wait(by: id, timeout: .seconds(20))
            try await subject.peer().pause(reason: "maintenance")
            try expect(try await hasLanded, "the second message was there")
            let exchange = try await player.exchange(held.map { .ack($0.id) }, claiming: 5)
            try expect(exchange.isPaused && exchange.deliveries.isEmpty, "\(exchange)")
            try expectEqual(exchange.verdicts, [.settled], "what runs may finish")
            try expectEqual(try await subject.broker.pauseReason(), "maintenance", "reason")
            try expect(try await subject.broker.counts().isPaused, "counts know it")
            try await subject.broker.resume()
            try expectEqual(try await subject.broker.pauseReason(), nil, "reason")
            try expectEqual(try await player.claim(5).map(\.text), ["2"], "the claim after it")
        },
    ]
}
