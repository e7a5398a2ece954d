import Flotilla
import FlotillaRedis
import Glibc
import PostgresClient
import ServerHarness
import Testing
import Threading

extension FleetTests {
    /// Servers that go away or freeze under load.
    @Suite struct Outages {
        private static let lease = Duration.seconds(3)

        /// Keeps the fleet busy until told to stop; sends again what may not have arrived. Returns the names of all messages.
        private static func load(_ fleet: Fleet, until isOver: Lock<Bool>) async -> [String] {
            var names: [String] = []
            while !isOver.withLock({ $0 }) {
                let batch = (names.count..<names.count + 20).map { "m\($0)" }
                names += batch
                let messages = batch.enumerated().map { index, name in
                    Fleet.message(name, run: ["ok", "sleep", "stages", "ok"][index % 4], extra: ", \"ms\": 20")
                }
                while true {
                    // A batch that arrives twice is dropped once.
                    do {
                        try await fleet.broker.enqueue(messages)
                        break
                    } catch {
                        try? await Task.sleep(for: .milliseconds(50))
                    }
                }
                try? await Task.sleep(for: .milliseconds(60))
            }
            return names
        }

        /// How long it takes until another run begins.
        private static func resumption(_ fleet: Fleet) async throws -> Duration {
            let start = MonotonicTime.now
            let now = WallClock.microseconds
            try await eventually("runs begin again", within: .seconds(20)) { fleet.runs.contains { !$0.isEnd && $0.time > now } }
            return MonotonicTime.now - start
        }

        private static func check(
            _ what: String, ownPostgres: Bool, stop: @Sendable (Fleet) throws -> Void, start: @Sendable (Fleet) throws -> Void,
            freeze: @Sendable (Fleet) -> Void, thaw: @Sendable (Fleet) -> Void
        ) async throws {
            try await Fleet.with(ownPostgres: ownPostgres, appendOnly: true) { fleet in
                _ = [try fleet.worker(), try fleet.worker(), try fleet.scheduler()]
                try await fleet.ready(workers: 2)
                let isOver = Lock(false)
                async let sent = Self.load(fleet, until: isOver)
                try await eventually("it is under load") { fleet.runs.count > 200 }

                try stop(fleet)
                try await Task.sleep(for: .seconds(1))
                try start(fleet)
                let afterRestart = try await Self.resumption(fleet)
                try await Task.sleep(for: .milliseconds(500))
                freeze(fleet)
                try await Task.sleep(for: Self.lease * 2)
                thaw(fleet)
                let afterFreeze = try await Self.resumption(fleet)
                try await Task.sleep(for: .milliseconds(500))

                isOver.withLock { $0 = true }
                let names = await sent
                try await fleet.settled()
                print("\(what): \(names.count) messages; runs began \(afterRestart) after the restart, \(afterFreeze) after the freeze")
                #expect(afterRestart < .seconds(5))
                #expect(afterFreeze < .seconds(5))
                let account = try await Account(fleet)
                account.check(names)
                #expect(account.items.values.allSatisfy { $0.failures == 0 }, "attempts were burned")
                #expect(fleet.runs.allSatisfy { $0.attempt == 1 })
                try await fleet.check(processed: names.count)
            }
        }

        @Test(.timeLimit(.minutes(3))) func `Redis restarted and frozen under load`() async throws {
            try await Self.check(
                "Redis", ownPostgres: false, stop: { $0.redis.kill9() }, start: { try $0.redis.start() }, freeze: { $0.redis.freeze() },
                thaw: { $0.redis.thaw() })
        }

        @Test(.timeLimit(.minutes(3))) func `PostgreSQL restarted and frozen under load`() async throws {
            try await Self.check(
                "PostgreSQL", ownPostgres: true, stop: { $0.postgres.kill9() }, start: { try $0.postgres.start() },
                freeze: { $0.postgres.freeze() }, thaw: { $0.postgres.thaw() })
        }

        @Test(.timeLimit(.minutes(2))) func `an outage of storage burns no attempt and sends nothing to the dead`() async throws {
            try await Fleet.with { fleet in
                let file = "\(fleet.scratch.path)/outage"
                close(open(file, O_CREAT | O_WRONLY, 0o600))
                _ = [try fleet.worker(), try fleet.scheduler()]
                let names = (0..<40).map { "m\($0)" }
                try await fleet.send(names, run: "outage")
                try await Task.sleep(for: .seconds(5))
                #expect(try await fleet.broker.counts().dead == 0)
                let during = fleet.runs.count
                unlink(file)
                try await fleet.settled(within: .seconds(30))
                print("outage of storage: \(during) runs in 5 s for 40 messages")
                #expect(during < 400, "the worker holds off")
                let account = try await Account(fleet)
                account.check(names)
                #expect(fleet.runs.allSatisfy { $0.attempt == 1 })
                #expect(account.items.values.allSatisfy { $0.failures == 0 })
            }
        }
    }
}
