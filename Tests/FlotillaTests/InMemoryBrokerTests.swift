import Flotilla
import FlotillaTesting
import Testing

@Suite struct InMemoryBrokerTests {
    @Test(arguments: BrokerContract.all) func `keeps its promise`(_ promise: BrokerContract.Promise) async throws {
        let clock = TestClock()
        let broker = InMemoryBroker(time: clock)
        let subject = BrokerContract.Subject(
            broker: broker, peer: { broker }, endLease: { broker.endLease(of: $0) },
            passTime: { time in
                // Others get their turn to begin to wait before time passes.
                for _ in 0..<50 { await Task.yield() }
                clock.advance(by: time)
            })
        try await promise.check(subject)
    }

    @Test func `fails as told, before and after it acted`() async throws {
        let broker = InMemoryBroker(time: TestClock())
        broker.failNext(with: .unavailable)
        await #expect(throws: BrokerError.self) { try await broker.enqueue([[1]]) }
        broker.failNext(with: .lostBefore, operation: "enqueue")
        await #expect(throws: BrokerError.self) { try await broker.enqueue([[1]]) }
        #expect(try await broker.counts().ready == 0)
        broker.failNext(with: .lostAfter)
        await #expect(throws: BrokerError.self) { try await broker.enqueue([[1]]) }
        #expect(try await broker.counts().ready == 1)
    }

    @Test func `a test clock wakes sleepers in order and lets cancelled ones go`() async throws {
        let clock = TestClock()
        let sleeper = Task { try await clock.sleep(for: .seconds(10)) }
        let cancelled = Task { try await clock.sleep(for: .seconds(10)) }
        while clock.sleepers < 2 { await Task.yield() }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        #expect(clock.sleepers == 1)
        clock.advance(by: .seconds(10))
        try await sleeper.value
    }
}
