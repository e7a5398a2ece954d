import Flotilla
import FlotillaRedis
import Glibc
import PostgresClient
import SelfTest
import ServerHarness
import Testing
import Threading

extension FleetTests {
    /// What signals do.
    @Suite struct Stopping {
        @Test(.timeLimit(.minutes(2))) func `SIGTERM finishes what runs and gives back what waits`() async throws {
            try await Fleet.with(["CONCURRENCY": "2"]) { fleet in
                let worker = try fleet.worker()
                try await fleet.ready(workers: 1)
                // Quick ones first, so that it claims ahead.
                try await fleet.send((0..<50).map { "quick\($0)" })
                try await fleet.settled()
                try await fleet.send(["a", "b"], run: "sleep", extra: ", \"ms\": 1000")
                try await fleet.send((0..<20).map { "waiting\($0)" })
                try await eventually("they run") { fleet.runs.contains { $0.name == "b" } }
                let start = MonotonicTime.now
                worker.process.kill(SIGTERM)
                #expect(worker.process.wait(milliseconds: 8_000) == .exited(0))
                print("SIGTERM: stopped after \(MonotonicTime.now - start)")
                #expect(Set(fleet.runs.filter(\.isEnd).map(\.name)).isSuperset(of: ["a", "b"]))
                let counts = try await fleet.broker.counts()
                #expect(counts.ready == 20 && counts.leased == 0 && counts.scheduled == 0)
                #expect(try await fleet.broker.workers().isEmpty)
                _ = try fleet.worker()
                try await fleet.settled()
                #expect(fleet.runs.allSatisfy { $0.attempt == 1 })
                try await fleet.check(processed: 72)
            }
        }

        @Test(.timeLimit(.minutes(2)), arguments: ["sleep", "stuck"])
        func `when the grace is over, or at a second SIGTERM, runs are given back with no attempt counted`(run: String) async throws {
            for isSecond in [false, true] {
                try await Fleet.with(["DRAIN_SECONDS": isSecond ? "60" : "2", "CONCURRENCY": "2"]) { fleet in
                    let worker = try fleet.worker()
                    try await fleet.send(["long"], run: run, extra: ", \"ms\": 20000")
                    try await eventually("it runs") { fleet.runs.count == 1 }
                    let start = MonotonicTime.now
                    worker.process.kill(SIGTERM)
                    if isSecond {
                        try await Task.sleep(for: .milliseconds(200))
                        worker.process.kill(SIGTERM)
                    }
                    let ending = worker.process.wait(milliseconds: 12_000)
                    print("\(run), \(isSecond ? "second SIGTERM" : "grace of 2 s"): \(ending as Any) after \(MonotonicTime.now - start)")
                    #expect(ending == .exited(0))
                    let ready = try await fleet.broker.readyMessages(from: 0, limit: 2)
                    #expect(ready == [Fleet.message("long", run: run, extra: ", \"ms\": 20000")])
                    #expect(try await fleet.count("SELECT count(*) FROM work_item WHERE status = 'queued' AND failures = 0") == 1)
                }
            }
        }

        @Test(.timeLimit(.minutes(2))) func `TSTP takes no new work, HUP changes nothing, and what runs goes on`() async throws {
            try await Fleet.with { fleet in
                let worker = try fleet.worker()
                try await fleet.send(["long"], run: "sleep", extra: ", \"ms\": 1500")
                try await eventually("it runs") { fleet.runs.count == 1 }
                worker.process.kill(SIGHUP)
                worker.process.kill(SIGTSTP)
                try await eventually("it is quiet") { readText(worker.log).contains("taking no new work") }
                try await fleet.send(["next"])
                try await eventually("the long one ends") { fleet.runs.contains { $0.isEnd && $0.name == "long" } }
                try await eventually("nothing is held") {
                    let counts = try await fleet.broker.counts()
                    return counts.ready == 1 && counts.leased == 0
                }
                #expect(worker.process.isRunning)
                #expect(readText(worker.log).contains("configuration read again"))
                #expect(!fleet.runs.contains { $0.name == "next" })
                worker.process.kill(SIGTERM)
                #expect(worker.process.wait(milliseconds: 8_000) == .exited(0))
            }
        }

        @Test(.timeLimit(.minutes(2))) func `the scheduler stops at once`() async throws {
            try await Fleet.with { fleet in
                let scheduler = try fleet.scheduler()
                try await eventually("it runs") { readText(scheduler.log).contains("\"ready\"") }
                let start = MonotonicTime.now
                scheduler.process.kill(SIGTERM)
                #expect(scheduler.process.wait(milliseconds: 8_000) == .exited(0))
                #expect(MonotonicTime.now - start < .seconds(3))
            }
        }
    }
}
