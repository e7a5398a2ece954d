import Flotilla
import FlotillaRedis
import Glibc
import ServerHarness
import Testing
import Threading

extension FleetTests {
    /// Daemons killed at random under load.
    @Suite struct KillStorm {
        /// What the message with a number asks for.
        private static func kind(_ number: Int) -> String {
            switch number % 500 {
            case 0..<5: "fail"
            case 5..<10: "permanent"
            case 10: "malformed"
            case 20..<120: "sleep"
            default: "ok"
            }
        }

        @Test(.timeLimit(.minutes(10))) func `kill -9 at random loses nothing, repeats no effect and charges no innocent`() async throws {
            let jobs = environmentNumber("FLEET_JOBS") ?? 3_000
            try await Fleet.with(["CONCURRENCY": "2"]) { fleet in
                var daemons = [try fleet.worker(), try fleet.worker(), try fleet.worker(), try fleet.scheduler()]
                try await fleet.ready(workers: 3)
                var sent = 0
                var kills = 0
                var generator = SystemRandomNumberGenerator()
                let wave = max(1, jobs / 40)
                while sent < jobs {
                    let numbers = sent..<min(sent + wave, jobs)
                    try await fleet.broker.enqueue(numbers.map { Self.message($0) })
                    sent = numbers.upperBound
                    try await Task.sleep(for: .milliseconds(300))
                    let victim = Int.random(in: 0..<daemons.count, using: &generator)
                    daemons[victim].process.kill(SIGKILL)
                    kills += 1
                    daemons[victim] = victim == 3 ? try fleet.scheduler() : try fleet.worker()
                }
                try await fleet.settled(within: .seconds(120))

                let account = try await Account(fleet)
                let names = (0..<jobs).filter { Self.kind($0) != "malformed" }.map { "f\($0)" }
                let malformed = jobs - names.count
                account.check(names, malformed: malformed) { name in
                    ["fail", "permanent"].contains(Self.kind(Int(name.dropFirst()) ?? 0))
                }
                for job in 0..<10 {
                    let numbers = (0..<jobs).filter { $0 / 500 % 10 == job && Self.kind($0) != "malformed" }
                    guard !numbers.isEmpty else { continue }
                    let failed = numbers.count { ["fail", "permanent"].contains(Self.kind($0)) }
                    try await fleet.check(job: "job\(job)", processed: numbers.count - failed, failed: failed)
                }
                let begins = Dictionary(grouping: fleet.runs.filter { !$0.isEnd }, by: \.name)
                for number in (0..<jobs) where Self.kind(number) == "fail" {
                    let attempts = begins["f\(number)", default: []].map(\.attempt)
                    #expect(Set(attempts) == [1, 2, 3, 4], "f\(number): \(attempts)")
                    #expect(account.items["f\(number)"]?.failures == 4)
                }
                let crashed = account.dead.values.joined().filter { $0.reason == .crash }
                #expect(crashed.isEmpty, "quarantined although innocent: \(crashed.map { $0.filename ?? "" })")
                print("kill storm: \(jobs) jobs, \(kills) kills, \(fleet.runs.count { !$0.isEnd } - names.count) runs more than messages")
            }
        }

        private static func message(_ number: Int) -> [UInt8] {
            let kind = self.kind(number)
            if kind == "malformed" { return Array("{\"filename\": \"f\(number)\", ".utf8) }
            return Fleet.message("f\(number)", job: "job\(number / 500 % 10)", run: kind, extra: ", \"ms\": 50")
        }
    }
}

/// A number from the environment.
func environmentNumber(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }
