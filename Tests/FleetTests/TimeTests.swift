import Flotilla
import FlotillaRedis
import Glibc
import SelfTest
import ServerHarness
import Testing
import Threading

extension FleetTests {
    /// How soon things happen, and what doing nothing costs.
    @Suite struct Times {
        @Test(.timeLimit(.minutes(2))) func `the jobs of a killed worker start again soon after its lease`() async throws {
            let isSlow = getenv("FLEET_SLOW") != nil
            // With FLEET_SLOW as it comes, else in a tenth of the time.
            let defaults = ["LEASE_SECONDS": "30", "HEARTBEAT_SECONDS": "10", "RECLAIM_INTERVAL_SECONDS": "5"]
            try await Fleet.with(isSlow ? defaults : [:]) { fleet in
                let victim = try fleet.worker()
                try await fleet.ready(workers: 1)
                try await fleet.send(["a", "b", "c"], run: "sleep", extra: ", \"ms\": 600000")
                try await eventually("they run") { fleet.runs.count == 3 }
                _ = try fleet.worker()
                try await fleet.ready(workers: 2)
                victim.process.kill(SIGKILL)
                let start = MonotonicTime.now
                // Suspects are tried one at a time, so the first is what counts; all are back in the queue by then.
                try await eventually("they start again", within: .seconds(40)) { fleet.runs.count > 3 }
                let time = MonotonicTime.now - start
                print("killed worker: its jobs start again after \(time)")
                #expect(time < (isSlow ? .seconds(35) : .seconds(4.5)))
            }
        }

        @Test(.timeLimit(.minutes(2))) func `an idle worker wakes in milliseconds and costs next to nothing`() async throws {
            try await Fleet.with { fleet in
                let worker = try fleet.worker()
                let scheduler = try fleet.scheduler()
                try await fleet.ready(workers: 1)
                var pushed: [String: Int64] = [:]
                for number in 0..<100 {
                    pushed["m\(number)"] = WallClock.microseconds
                    try await fleet.send(["m\(number)"])
                    try await Task.sleep(for: .milliseconds(20))
                }
                try await fleet.settled()
                let times = fleet.runs.filter { !$0.isEnd }.map { $0.time - (pushed[$0.name] ?? 0) }.sorted()
                #expect(times.count == 100)
                print("push to handler start: p50 \(times[49]) µs, p99 \(times[98]) µs")
                #expect(times[49] < 50_000)

                let seconds = Double(environmentNumber("FLEET_IDLE_SECONDS") ?? 3)
                let before = [worker, scheduler].map { cpuSeconds($0.pid) }
                try await Task.sleep(for: .seconds(seconds))
                let after = [worker, scheduler].map { cpuSeconds($0.pid) }
                for (index, name) in ["worker", "scheduler"].enumerated() {
                    let share = (after[index] - before[index]) / seconds * 100
                    let memory = residentBytes([worker, scheduler][index].pid) >> 20
                    print("idle \(name): \(share) % CPU, \(memory) MB resident")
                    #expect(share < 5)
                    #expect(memory < 60)
                }
            }
        }
    }
}

/// The processor time that a process has used.
func cpuSeconds(_ pid: Int32) -> Double {
    let text = readText("/proc/\(pid)/stat")
    guard let end = text.lastIndex(of: ")") else { return 0 }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
}
