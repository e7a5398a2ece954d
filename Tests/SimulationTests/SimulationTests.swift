import FlotillaTesting
import Glibc
import Testing

@Suite struct SimulationTests {
    private static func setting(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
    private static let seed = Self.setting("SIMULATION_SEED").flatMap { UInt64($0) }
    private static let steps = Self.setting("SIMULATION_STEPS").flatMap { Int($0) }

    @Test func `no message is lost, doubled, early or stuck, whatever fails`() throws {
        let report = try Simulation.run(seed: Self.seed ?? 1, steps: Self.steps ?? 100_000)
        print(report)
        guard Self.seed == nil, Self.steps == nil else { return }
        // It was not nothing: every kind of trouble came up many times.
        #expect(report.accepted == report.completed + report.cancelled + report.dead + report.lostUnsynced)
        #expect(report.accepted > 1_000 && report.completed > 500 && report.dead > 50 && report.cancelled > 5)
        #expect(report.processDeaths > 100 && report.freezes > 10 && report.leasesLost > 5 && report.outages > 10)
        #expect(report.restores > 5 && report.callFaults > 500 && report.quarantined > 5 && report.refusedWrites > 10)
    }

    @Test func `the same seed gives the same history, and another seed another`() throws {
        for seed in UInt64(1)...3 {
            #expect(Simulation.history(seed: seed) == Simulation.history(seed: seed))
            #expect(try Simulation.run(seed: seed, steps: 1) == Simulation.run(seed: seed, steps: 1))
        }
        #expect(Simulation.history(seed: 1) != Simulation.history(seed: 2))
    }

    /// Worlds of runs at full length in which a promise, or a check that was too strict, once broke.
    @Test(arguments: [120_069, 150_083, 160_032, 170_142, 190_167, 210_097, 280_056, 330_078, 340_133] as [UInt64])
    func `what was found once is not found again`(seed: UInt64) throws {
        _ = try Simulation.run(seed: seed, steps: 1)
    }

    /// The checks can fail: each of these bugs is found.
    @Test(arguments: SimulatedDefect.allCases) func `a defect is found`(_ defect: SimulatedDefect) throws {
        let violation = #expect(throws: SimulationViolation.self) {
            try Simulation.run(seed: 1, steps: 300_000, defect: defect)
        }
        guard let violation else { return }
        print("\(defect): seed \(violation.seed), step \(violation.step): \(violation.what)")
        #expect(!violation.trace.isEmpty && violation.description.contains("SIMULATION_SEED=\(violation.seed)"))
    }
}
