import Flotilla
import FlotillaTesting
import Testing
import Threading

/// What a worker does when things around it fail, and how it stops.
@Suite(.timeLimit(.minutes(1))) struct WorkerTroubleTests {
    @Test func `a run past its deadline is stopped and counts as a failure`() async throws {
        try await WorkerScene.with(WorkerScene.options(deadline: .milliseconds(10))) { job in
            if job.attempt == 1 { try await Task.sleep(for: .seconds(60)) }
            return .completed()
        } _: { scene in
            try await scene.send("a")
            try await scene.settled()
            #expect(scene.runs.all == ["a 1", "a 2"])
        }
    }

    @Test func `handlers that hang for ever lose their slots, and the worker goes on`() async throws {
        let gate = Gate()
        defer { gate.open() }
        // More of them than the cooperative pool has threads.
        let options = WorkerScene.options(concurrency: 4, deadline: .milliseconds(10), maximumRetries: 0)
        try await WorkerScene.with(options) { job in
            if job.message.filename?.hasPrefix("stuck") == true { gate.block() }
            return .completed()
        } _: { scene in
            for index in 0..<8 { try await scene.send("stuck\(index)") }
            try await scene.send("good")
            try await scene.settled(dead: 8)
            #expect(scene.runs.count(of: "good") == 1)
            #expect(try await scene.deadLetters.allSatisfy { $0.reason == .attemptsSpent })
            #expect(scene.events.count { if case .slotAbandoned = $0 { true } else { false } } == 8)
        }
    }

    @Test func `a worker that lost its lease starts anew under another name, and what it still brings is refused`() async throws {
        let gate = Gate()
        try await WorkerScene.with { job in
            if job.message.filename == "long" {
                // Deaf to cancellation, but it ends.
                gate.block()
            }
            return .completed()
        } _: { scene in
            try await scene.send("long")
            try await eventually("it runs") { scene.runs.all == ["long 1"] }
            let name = scene.worker.id
            scene.broker.endLease(of: name)
            _ = try await scene.broker.reclaim(limit: 10, crashLimit: 3)
            try await eventually("it has another name") { scene.worker.id != name }
            gate.open()
            try await scene.send("next")
            try await scene.settled()
            #expect(scene.runs.count(of: "next") == 1)
            #expect(scene.runs.count(of: "long") == 2)
            #expect(scene.store.job("j")?.processed == 2)
            #expect(scene.events.count { if case .leaseLost = $0 { true } else { false } } == 1)
        }
    }

    @Test func `a worker for which the broker holds more than it knows of gives it back and starts anew`() async throws {
        let gate = Gate()
        defer { gate.open() }
        try await WorkerScene.with(WorkerScene.options(concurrency: 1)) { job in
            if job.message.filename == "long" { gate.block() }
            return .completed()
        } _: { scene in
            try await scene.send("long")
            try await eventually("it runs") { scene.runs.all == ["long 1"] }
            let name = scene.worker.id
            // As after a restore: a delivery that the worker does not know, or knows no more.
            try await scene.send("forgotten")
            let ghosts = try await scene.broker.exchange(
                [], claiming: 1, firstSequence: 1_000, isRepeat: false, by: name, lease: .seconds(30))
            #expect(ghosts.deliveries.count == 1)
            gate.open()
            try await scene.settled()
            #expect(scene.worker.id != name)
            #expect(scene.runs.all == ["long 1", "forgotten 1"])
            #expect(scene.store.job("j")?.processed == 2)
        }
    }

    @Test(arguments: [InMemoryBroker.Fault.lostBefore, .lostAfter, .unavailable])
    func `an exchange that fails is repeated until it is known`(fault: InMemoryBroker.Fault) async throws {
        let broker = InMemoryBroker()
        broker.failNext(3, with: fault, operation: "exchange")
        try await WorkerScene.with(broker: broker) { _ in
            .completed()
        } _: { scene in
            try await scene.send("a", "b", "c")
            try await eventually("they ran") { scene.runs.all.count == 3 }
            broker.failNext(2, with: fault, operation: "exchange")
            try await scene.send("d", "e")
            try await scene.settled()
            #expect(scene.runs.all.sorted() == ["a 1", "b 1", "c 1", "d 1", "e 1"])
            #expect(scene.store.job("j")?.processed == 5)
        }
    }

    @Test func `a store that is away for a while costs nothing but time`() async throws {
        let store = InMemoryJobStore()
        let errors: [JobStoreError] = [.unavailable, .outcomeUnknown, .unavailable, .refused].map {
            JobStoreError($0, operation: "test", message: "ordered by the test")
        }
        store.fail(with: errors)
        try await WorkerScene.with(store: store) { _ in
            store.fail(with: errors)
            return .completed()
        } _: { scene in
            let name = scene.worker.id
            try await scene.send("a", "b")
            try await scene.settled()
            #expect(scene.runs.all.sorted() == ["a 1", "b 1"])
            #expect(store.job("j")?.processed == 2)
            #expect(scene.worker.id == name)
        }
    }

    @Test func `draining lets runs finish and gives back what has not begun`() async throws {
        let gate = Gate()
        let broker = InMemoryBroker()
        let store = InMemoryJobStore()
        try await WorkerScene.with(WorkerScene.options(concurrency: 1), broker: broker, store: store) { _ in
            try await gate.pass()
            return .completed()
        } _: { scene in
            try await scene.send("a", "b", "c")
            try await eventually("it runs") { scene.runs.all == ["a 1"] }
            scene.worker.drain(within: .seconds(10))
            try await eventually("the others are back") { try await broker.counts().ready == 2 }
            gate.open()
        }
        #expect(store.job("j")?.processed == 1)
        let counts = try await broker.counts()
        #expect(counts.ready == 2 && counts.leased == 0 && counts.scheduled == 0 && counts.dead == 0)
        #expect(try await broker.workers().isEmpty)
    }

    @Test(arguments: [false, true]) func `when the grace is over runs are given back with no attempt counted`(isDeaf: Bool) async throws {
        let gate = Gate()
        defer { gate.open() }
        let broker = InMemoryBroker()
        let store = InMemoryJobStore()
        try await WorkerScene.with(broker: broker, store: store) { _ in
            if isDeaf { gate.block() } else { try await gate.pass() }
            return .completed()
        } _: { scene in
            try await scene.send("a")
            try await eventually("it runs") { scene.runs.all == ["a 1"] }
            scene.worker.drain(within: .milliseconds(1))
        }
        #expect(try await broker.readyMessages(from: 0, limit: 10) == [WorkerScene.message("a")])
        try await WorkerScene.with(broker: broker, store: store) { _ in
            .completed()
        } _: { scene in
            try await scene.settled()
            #expect(scene.runs.all == ["a 1"])
        }
    }

    @Test func `a run() that is cancelled gives back what it holds`() async throws {
        let gate = Gate()
        let broker = InMemoryBroker()
        let runs = Runs()
        let worker = Worker(
            broker: broker, store: InMemoryJobStore(), handler: GatedHandler(runs: runs, gate: gate), options: WorkerScene.options(),
            logger: .disabled)
        try await broker.enqueue([WorkerScene.message("a")])
        let run = Task { await worker.run() }
        try await eventually("it runs") { runs.all.count == 1 }
        run.cancel()
        await run.value
        #expect(try await broker.counts().ready == 1)
    }

    @Test func `a quiet worker gives back what lands`() async throws {
        try await WorkerScene.with { _ in
            .completed()
        } _: { scene in
            try await scene.send("a")
            try await scene.settled()
            scene.worker.quiet()
            try await scene.send("b")
            try await eventually("it is back in the queue") {
                let counts = try await scene.broker.counts()
                return counts.ready == 1 && counts.leased == 0
            }
            #expect(scene.runs.all == ["a 1"])
            #expect(!scene.worker.status.isClaiming)
        }
    }

    @Test func `suspects are tried one at a time`() async throws {
        let broker = InMemoryBroker()
        let dead = WorkerID.random()
        try await broker.register(dead, lease: .seconds(30), info: WorkerScene.options().info)
        try await broker.enqueue((0..<20).map { WorkerScene.message("s\($0)") })
        _ = try await broker.exchange([], claiming: 20, firstSequence: 1, isRepeat: false, by: dead, lease: .seconds(30))
        broker.endLease(of: dead)
        _ = try await broker.reclaim(limit: 100, crashLimit: 3)
        let together = Lock((now: 0, most: 0))
        let ended = Lock<Set<String>>([])
        try await WorkerScene.with(WorkerScene.options(concurrency: 4), broker: broker) { job in
            together.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            // If this one killed the process now, no other would be charged: the broker knows of the others' ends.
            let held = try await broker.holdings(of: job.worker).compactMap { try Envelope($0.payload).filename }
            #expect(ended.withLock { $0.intersection(held) } == [])
            try await Task.sleep(for: .milliseconds(1))
            ended.withLock { _ = $0.insert(job.message.filename ?? "?") }
            together.withLock { $0.now -= 1 }
            return .completed()
        } _: { scene in
            try await scene.settled()
            #expect(scene.runs.all.count == 20)
            #expect(together.withLock { $0.most } == 1)
        }
    }

    @Test func `what waits behind runs that take long is given back`() async throws {
        let gate = Gate()
        try await WorkerScene.with(WorkerScene.options(concurrency: 2)) { job in
            if job.message.filename?.hasPrefix("long") == true { try await gate.pass() }
            return .completed()
        } _: { scene in
            // Quick ones first, so that the worker claims ahead.
            try await scene.broker.enqueue((0..<500).map { WorkerScene.message("quick\($0)") })
            try await scene.settled()
            try await scene.broker.enqueue([WorkerScene.message("long0"), WorkerScene.message("long1")])
            try await scene.broker.enqueue((0..<200).map { WorkerScene.message("other\($0)") })
            try await eventually("others may take them") {
                let counts = try await scene.broker.counts()
                return counts.leased == 2 && counts.ready == 200
            }
            gate.open()
            try await scene.settled()
            #expect(scene.store.job("j")?.processed == 702)
        }
    }

    @Test func `a paused queue is left alone until it is resumed`() async throws {
        let broker = InMemoryBroker()
        try await broker.pause(reason: "test")
        try await WorkerScene.with(broker: broker) { _ in
            .completed()
        } _: { scene in
            try await scene.send("a")
            try await eventually("it noticed") { scene.worker.status.sinceLastTurn < .seconds(1) }
            #expect(scene.runs.all.isEmpty)
            try await broker.resume()
            try await scene.settled()
            #expect(scene.runs.all == ["a 1"])
        }
    }
}

private struct GatedHandler: JobHandler {
    let runs: Runs
    let gate: Gate

    func handle(_ job: JobContext) async throws -> JobOutcome {
        self.runs.add("run")
        try await self.gate.pass()
        return .completed()
    }
}
