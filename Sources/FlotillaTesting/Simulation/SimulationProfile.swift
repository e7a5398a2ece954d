internal import Flotilla

/// What kind of world this is. Drawn per world: where every fault is always on, each hides the others.
struct SimulationProfile {
    var workers: Int
    var concurrency: Int
    /// Chances in 10,000, of each call: nothing sent, lost before it ran, its answer lost, or run long after the caller gave up.
    var refused: Int
    var lost: Int
    var answerLost: Int
    var late: Int
    /// Chance in 10,000 that a process dies between two of its steps.
    var death: Int
    /// Mean time between two disasters that hit a whole process or server, microseconds.
    var disasterInterval: Int64
    var freezes: Bool
    var outages: Bool
    /// Redis comes back older than it was.
    var restores: Bool
    var drains: Bool
    var clockSteps: Bool
    var hasOperator: Bool
    var duplicates: Bool
    var poison: Bool
    /// How many steps before everything is left to settle.
    var steps: Int
    var sweepLimit: Int

    init(using generator: inout SplitMix) {
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }
        func rate(_ percent: Int, _ highest: Int) -> Int { chance(percent) ? Int.random(in: 1...highest, using: &generator) : 0 }
        self.workers = Int.random(in: 1...4, using: &generator)
        self.concurrency = Int.random(in: 1...3, using: &generator)
        self.refused = rate(50, 300)
        self.lost = rate(50, 300)
        self.answerLost = rate(60, 500)
        self.late = rate(40, 300)
        self.death = rate(60, 25)
        self.disasterInterval = Int64.random(in: 1_000_000...12_000_000, using: &generator)
        self.freezes = chance(60)
        self.outages = chance(40)
        self.restores = chance(35)
        self.drains = chance(50)
        self.clockSteps = chance(40)
        self.hasOperator = chance(60)
        self.duplicates = chance(40)
        self.poison = chance(50)
        self.steps = Int.random(in: 500...6_000, using: &generator)
        self.sweepLimit = [1, 2, 5, 100].randomElement(using: &generator) ?? 100
    }

    /// Nothing fails any more.
    mutating func calm() {
        (self.refused, self.lost, self.answerLost, self.late, self.death) = (0, 0, 0, 0, 0)
        (self.freezes, self.outages, self.restores, self.drains, self.clockSteps) = (false, false, false, false, false)
        (self.hasOperator, self.duplicates) = (false, false)
    }
}

/// What a message does to the handler that runs it.
enum SimulatedBehaviour {
    case good
    /// Completes, and other messages follow from it.
    case fertile(followUps: Int)
    /// Fails for a while.
    case flaky(failures: Int)
    case doomed
    case permanent
    /// The infrastructure fails under its first runs.
    case unlucky(runs: Int)
    case snoozing(runs: Int)
    /// Runs for longer than a lease.
    case slow
    /// Kills the process that runs it.
    case poison
    /// No JSON.
    case malformed
}
