import Flotilla
import FlotillaTesting
import Glibc
import Testing
import Threading

func pauseThisThread() { usleep(1_000) }

/// One message's way, by how its run ends.
@Suite(.timeLimit(.minutes(1))) struct WorkerTests {
    @Test(arguments: [false, true]) func `a message that succeeds is gone`(withoutStore: Bool) async throws {
        try await WorkerScene.with(withoutStore: withoutStore) { _ in
            .completed()
        } _: { scene in
            try await scene.send("a", "b", "c")
            try await scene.settled()
            #expect(scene.runs.all.sorted() == ["a 1", "b 1", "c 1"])
            if !withoutStore { #expect(scene.store.job("j")?.processed == 3) }
        }
    }

    @Test(arguments: [false, true]) func `a transient failure runs once and three times again`(withoutStore: Bool) async throws {
        try await WorkerScene.with(withoutStore: withoutStore) { _ in
            throw Trouble(failureClass: .transient())
        } _: { scene in
            try await scene.send("a")
            try await scene.settled(dead: 1)
            #expect(scene.runs.all == ["a 1", "a 2", "a 3", "a 4"])
            let letter = try await scene.deadLetters[0]
            #expect(letter.reason == .attemptsSpent)
            #expect(letter.failureCount == 4)
            if !withoutStore { #expect(scene.store.job("j")?.failed == 1) }
        }
    }

    @Test func `a permanent failure dies at once`() async throws {
        try await WorkerScene.with { _ in
            throw Trouble(failureClass: .permanent)
        } _: { scene in
            try await scene.send("a")
            try await scene.settled(dead: 1)
            #expect(scene.runs.all == ["a 1"])
            #expect(try await scene.deadLetters[0].reason == .permanent)
        }
    }

    @Test func `a fault of the infrastructure burns no attempt and sends nothing to the dead`() async throws {
        let faults = Lock(6)
        try await WorkerScene.with { _ in
            let isFault = faults.withLock { left in
                left -= 1
                return left >= 0
            }
            if isFault { throw Trouble(failureClass: .infrastructure) }
            return .completed()
        } _: { scene in
            try await scene.send("a", "b")
            try await scene.settled()
            #expect(scene.runs.all.count == 8)
            #expect(scene.runs.all.allSatisfy { $0.hasSuffix(" 1") })
            #expect(scene.store.job("j")?.processed == 2)
        }
    }

    @Test func `a snoozed message comes back with no attempt counted`() async throws {
        let snoozes = Lock(3)
        try await WorkerScene.with { _ in
            let again = snoozes.withLock { left in
                left -= 1
                return left >= 0
            }
            return again ? .snoozed(.milliseconds(2)) : .completed()
        } _: { scene in
            try await scene.send("a")
            try await scene.settled()
            #expect(scene.runs.all == ["a 1", "a 1", "a 1", "a 1"])
        }
    }

    @Test func `what cannot be read goes to the dead as it is, and good messages go on`() async throws {
        try await WorkerScene.with { _ in
            .completed()
        } _: { scene in
            let bad: [[UInt8]] = [Array("not json".utf8), [0xFF, 0xFE], [], Array("[1]".utf8), Array("{\"a\":".utf8)]
            try await scene.broker.enqueue(bad + [WorkerScene.message("good")])
            try await scene.settled(dead: bad.count)
            #expect(Set(try await scene.broker.deadLetters(from: 0, limit: 10)) == Set(bad))
            #expect(try await scene.deadLetters.allSatisfy { $0.reason == .malformed })
            #expect(scene.runs.all == ["good 1"])
        }
    }

    @Test func `a message past its time is not run`() async throws {
        try await WorkerScene.with { _ in
            .completed()
        } _: { scene in
            try await scene.broker.enqueue([
                WorkerScene.message("late", extra: ",\"expires_at\":\"2020-01-01T00:00:00Z\""),
                WorkerScene.message("soon", extra: ",\"expires_at\":\"2999-01-01T00:00:00Z\""),
            ])
            try await scene.settled(dead: 1)
            #expect(scene.runs.all == ["soon 1"])
            #expect(try await scene.deadLetters[0].reason == .expired)
        }
    }

    @Test func `duplicates of finished work are dropped`() async throws {
        try await WorkerScene.with { _ in
            .completed()
        } _: { scene in
            try await scene.send("a")
            try await scene.settled()
            try await scene.send("a", "a")
            try await scene.settled()
            #expect(scene.runs.all == ["a 1"])
            #expect(scene.store.job("j")?.processed == 1)
            #expect(scene.events.count { if case .duplicateDropped = $0 { true } else { false } } == 2)
        }
    }

    @Test func `a duplicate of work that runs waits for it`() async throws {
        let gate = Gate()
        try await WorkerScene.with { _ in
            try await gate.pass()
            return .completed()
        } _: { scene in
            try await scene.send("a", "a", "a")
            try await eventually("the duplicates are put off") {
                let counts = try await scene.broker.counts()
                return counts.leased == 1 && scene.runs.all.count == 1
            }
            gate.open()
            try await scene.settled()
            #expect(scene.runs.all == ["a 1"])
            #expect(scene.store.job("j")?.processed == 1)
        }
    }

    @Test func `work whose holder is gone is taken over`() async throws {
        let broker = InMemoryBroker()
        let store = InMemoryJobStore()
        // A worker that claimed, was admitted, and died.
        let dead = WorkerID.random()
        try await broker.register(dead, lease: .seconds(30), info: WorkerScene.options().info)
        try await broker.enqueue([WorkerScene.message("a")])
        let claimed = try await broker.exchange([], claiming: 1, firstSequence: 1, isRepeat: false, by: dead, lease: .seconds(30))
        let envelope = try Envelope(claimed.deliveries[0].payload)
        let identity = WorkIdentity(envelope, queue: broker.queue)
        let claim = WorkClaim(identity: identity, delivery: claimed.deliveries[0].id, queue: broker.queue, envelope: envelope)
        let admission = try await store.begin([claim], by: dead)[0]
        try await WorkerScene.with(broker: broker, store: store) { _ in
            .completed()
        } _: { scene in
            broker.endLease(of: dead)
            _ = try await broker.reclaim(limit: 10, crashLimit: 3)
            try await scene.settled()
            #expect(scene.runs.all == ["a 1"])
            #expect(scene.events.count { if case .suspectTried = $0 { true } else { false } } == 1)
            #expect(store.job("j")?.processed == 1)
            // What the dead one still writes is refused.
            guard case .run(let fence, _) = admission else { return #expect(Bool(false), "\(admission)") }
            let late = WorkResult(identity: identity, fence: fence, outcome: .completed(followUps: []), jobID: "j", duration: .zero)
            #expect(try await store.record([late], by: dead) == [.stale])
        }
    }

    @Test func `a death that was recorded and not moved is moved when the message comes again`() async throws {
        let broker = InMemoryBroker()
        let store = InMemoryJobStore()
        let letter = try await WorkerScene.die("a", in: store, queue: broker.queue)
        try await WorkerScene.with(broker: broker, store: store) { _ in
            .completed()
        } _: { scene in
            try await scene.send("a")
            try await scene.settled(dead: 1)
            #expect(scene.runs.all.isEmpty)
            #expect(try await scene.deadLetters[0].id == letter.id)
            #expect(store.job("j")?.failed == 1)
        }
    }

    @Test func `a dead letter that is put back begins anew`() async throws {
        let isFixed = Lock(false)
        try await WorkerScene.with { _ in
            guard isFixed.withLock({ $0 }) else { throw Trouble(failureClass: .permanent) }
            return .completed()
        } _: { scene in
            try await scene.send("a")
            try await scene.settled(dead: 1)
            #expect(scene.store.job("j")?.failed == 1)
            isFixed.withLock { $0 = true }
            let dead = try await scene.broker.deadLetters(from: 0, limit: 1)
            let entry = DeadLetterEntry(dead[0], queue: scene.broker.queue)
            #expect(entry.restored == WorkerScene.message("a"))
            _ = try await scene.broker.requeue([(entry.payload, entry.restored)])
            try await scene.settled()
            #expect(scene.runs.all == ["a 1", "a 1"])
            #expect(scene.store.job("j")?.failed == 0)
            #expect(scene.store.job("j")?.processed == 1)
        }
    }

    @Test func `what follows from a run goes to the outbox`() async throws {
        let followUp = FollowUp(queue: "graph_queue", payload: Array("{}".utf8))
        try await WorkerScene.with { _ in
            .completed(followUps: [followUp])
        } _: { scene in
            try await scene.send("a")
            try await scene.settled()
            #expect(scene.store.takeOutbox() == [followUp])
        }
    }

    @Test func `the messages of a cancelled job are dropped, and its runs are stopped`() async throws {
        let gate = Gate()
        try await WorkerScene.with { job in
            if job.message.jobID == "j" { try await gate.pass() }
            return .completed()
        } _: { scene in
            try await scene.send("a")
            try await eventually("it runs") { scene.runs.all == ["a 1"] }
            scene.store.cancel("j")
            try await scene.send("b")
            try await scene.send("c", job: "other")
            try await scene.settled()
            #expect(scene.runs.all.sorted() == ["a 1", "c 1"])
            #expect(scene.store.job("j")?.cancelled == 2)
            #expect(scene.store.job("other")?.processed == 1)
        }
    }
}

extension WorkerScene {
    /// Makes a store know that a message's work is dead, as if its worker had ended just then.
    static func die(_ name: String, in store: InMemoryJobStore, queue: QueueName) async throws -> DeadLetter {
        let envelope = try Envelope(Self.message(name))
        let identity = WorkIdentity(envelope, queue: queue)
        let delivery = DeliveryID(worker: .random(), sequence: 1)
        let claim = WorkClaim(identity: identity, delivery: delivery, queue: queue, envelope: envelope)
        guard case .run(let fence, _) = try await store.begin([claim], by: delivery.worker)[0] else { throw WaitedInVain() }
        let failure = Failure(Trouble(failureClass: .permanent))
        let letter = DeadLetter(
            id: "01J00000000000000000000000", reason: .permanent, errorMessage: failure.message, fingerprint: failure.fingerprint,
            failureTime: 1, originalQueue: queue, jobID: "j", filename: name, failureCount: 1)
        let result = WorkResult(identity: identity, fence: fence, outcome: .dead(failure, letter), jobID: "j", duration: .zero)
        _ = try await store.record([result], by: delivery.worker)
        return letter
    }
}
