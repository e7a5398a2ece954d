import Flotilla
import FlotillaPostgres
import FlotillaRedis
import Glibc
import PostgresClient
import RedisClient
import ServerHarness
import Testing
import Threading

extension FleetTests {
    /// A process killed between every two calls of a message's way.
    @Suite struct FaultPoints {
        /// Which program passes a point, and what makes it.
        private enum Victim { case worker, scheduler, sweeper, anybody }

        private static func victim(_ point: FaultPoint) -> Victim {
            switch point {
            case .promoteDone: .scheduler
            // What follows is pushed by the worker that committed it, or by the relay if that looks in the same millisecond or the worker died.
            case .quarantineRecorded, .outboxPushing, .outboxPushed: .anybody
            case .deadLetterArchived: .sweeper
            default: .worker
            }
        }

        /// Some the first time, some when things are under way.
        private static let plans: [(point: FaultPoint, times: Int)] = FaultPoint.allCases.flatMap { point -> [(FaultPoint, Int)] in
            switch point {
            case .exchangeSending, .exchangeDone: [(point, 1), (point, 4)]
            case .reclaimDone, .promoteDone: [(point, 4)]
            case .handlerReturned, .recordDone: [(point, 3)]
            default: [(point, 1)]
            }
        }

        @Test(.timeLimit(.minutes(10))) func `the equation holds wherever the process dies`() async throws {
            let passed = Lock<[String]>([])
            let next = Lock(0)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        while true {
                            let index = next.withLock { next in
                                defer { next += 1 }
                                return next
                            }
                            guard index < Self.plans.count else { return }
                            let (point, times) = Self.plans[index]
                            let name = "\(point.rawValue):\(times)"
                            try await Self.kill(at: name, Self.victim(point))
                            passed.withLock { $0.append(name) }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let names = passed.withLock { $0 }
            print("killed at: \(names.sorted().joined(separator: " "))")
            let uncovered = FaultPoint.allCases.filter { point in !names.contains { $0.hasPrefix(point.rawValue + ":") } }
            #expect(uncovered.isEmpty)
        }

        private static func kill(at plan: String, _ victim: Victim) async throws {
            let point = plan.prefix { $0 != ":" }
            var environment = ["LEASE_SECONDS": "2", "HEARTBEAT_SECONDS": "500ms", "CONCURRENCY": "2"]
            if victim == .sweeper { environment["DLQ_RETENTION_DAYS"] = "1s" }
            try await Fleet.with(environment) { fleet in
                let fault = ["FLOTILLA_FAULT": plan]
                var names = try await Self.send(fleet, poison: point == "quarantine_recorded")
                var worker = try fleet.worker(victim == .worker || victim == .anybody ? fault : [:])
                if victim == .sweeper {
                    try await eventually("there are old dead letters") { try await fleet.broker.counts().dead >= 2 }
                    try await Task.sleep(for: .seconds(1.1))
                }
                var scheduler = try fleet.scheduler(victim == .worker ? [:] : fault)
                if point == "message_landed" {
                    try await fleet.ready(workers: 1)
                    try await fleet.send(["late"])
                    names.append("late")
                }
                // Whoever ends is started again, as systemd does; with the fault until somebody has met it.
                var isMet = false
                try await eventually("\(plan): all work is done", within: .seconds(60), every: .milliseconds(50)) {
                    isMet = isMet || fleet.logs.contains("FLOTILLA_FAULT: killed at \(point)\n")
                    let again = isMet || victim != .anybody ? [:] : fault
                    if !worker.process.isRunning { worker = try fleet.worker(again) }
                    if !scheduler.process.isRunning { scheduler = try fleet.scheduler(again) }
                    guard isMet else { return false }
                    let counts = try await fleet.broker.counts()
                    guard counts.ready + counts.leased + counts.scheduled == 0 else { return false }
                    return try await fleet.count("SELECT count(*) FROM work_item WHERE finished_at IS NULL") == 0
                }
                try await Self.check(fleet, names, plan, swept: victim == .sweeper)
            }
        }

        private static func send(_ fleet: Fleet, poison: Bool) async throws -> [String] {
            let ok = (0..<20).map { "ok\($0)" }
            try await fleet.send(ok)
            try await fleet.send(["fail0", "fail1"], run: "fail")
            try await fleet.send(["permanent"], run: "permanent")
            try await fleet.send(["stages0", "stages1", "stages2"], run: "stages")
            try await fleet.send(["follow0", "follow1"], extra: ", \"follow\": \"graph_queue\"")
            try await fleet.broker.enqueue([Array("{ malformed".utf8)])
            if poison { try await fleet.send(["die"], run: "die") }
            return ok + ["fail0", "fail1", "permanent", "stages0", "stages1", "stages2", "follow0", "follow1"] + (poison ? ["die"] : [])
        }

        private static func check(_ fleet: Fleet, _ names: [String], _ point: String, swept: Bool) async throws {
            func isDead(_ name: String) -> Bool { ["fail0", "fail1", "permanent", "die"].contains(name) }
            // Follow-ups are pushed once and, with each crash between the push and its mark, once more; never lost. Worker and relay may
            // both have met the fault.
            try await eventually("\(point): the outbox is empty") {
                try await fleet.count("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == 0
            }
            let followUps = try await fleet.client.send(["LLEN", "graph_queue"]).int ?? 0
            #expect((2...6).contains(followUps), "\(point)")
            let dead = names.filter(isDead)
            try await fleet.check(processed: names.count - dead.count, failed: dead.count)
            #expect(try await fleet.count("SELECT count(*) FROM stage_run WHERE status = 'completed'") == 6, "\(point)")
            try await eventually("\(point): the history of the dead is complete", within: .seconds(25)) {
                try await fleet.count("SELECT count(*) FROM dead_letter") == dead.count + 1
            }
            if swept {
                try await eventually("\(point): old letters are gone", within: .seconds(25)) { try await fleet.broker.counts().dead == 0 }
                #expect(try await fleet.count("SELECT count(*) FROM dead_letter WHERE state = 'expired'") == dead.count + 1)
                return
            }
            let account = try await Account(fleet)
            account.check(names, malformed: 1, isDead: isDead)
            for name in ["fail0", "fail1"] {
                #expect(account.items[name]?.failures == 4, "\(point)")
                #expect(Set(fleet.runs.filter { $0.name == name }.map(\.attempt)) == [1, 2, 3, 4], "\(point)")
            }
            if let letters = account.dead["die"] { #expect(letters.map(\.reason) == [.crash], "\(point)") }
        }
    }
}
