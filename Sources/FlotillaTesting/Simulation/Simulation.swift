internal import Flotilla

/// A deterministic simulation of the queue: producers, workers, reclaimers, promoters, a relay and an operator on a virtual clock, with one seeded
/// generator and every fault that the promises speak of. The same seed gives the same history.
///
/// The transitions of the broker and of the store are those of ``InMemoryBroker`` and ``InMemoryJobStore``, which pass the same contracts as
/// Redis and PostgreSQL; a worker's decisions are those of `Flotilla`'s own `WorkerState`, `RunConclusions`, `RetryPolicy` and `Backoff`. docs/proof.md
/// says what is simulated and what is not.
public enum Simulation {
    /// Runs worlds, with the seeds `seed`, `seed + 1`, …, until they have taken `steps` steps together. A world is never cut short: after its share
    /// of faults all is left to settle, and then must add up.
    ///
    /// Cancelling the task ends it before the next world.
    ///
    /// - Parameters:
    ///   - seed: neighbouring seeds share worlds: take others that are far apart.
    ///   - steps: at least 1; 100,000 take some seconds in a debug build.
    /// - Throws: ``SimulationViolation`` at the first thing that must not be.
    public static func run(seed: UInt64, steps: Int) throws(SimulationViolation) -> Report {
        try self.run(seed: seed, steps: steps, defect: nil)
    }

    package static func run(seed: UInt64, steps: Int, defect: SimulatedDefect?) throws(SimulationViolation) -> Report {
        var report = Report()
        var world = seed
        repeat {
            report.add(try self.world(seed: world, defect: defect))
            world &+= 1
        } while report.steps < steps && !Task.isCancelled
        return report
    }

    private static func world(seed: UInt64, defect: SimulatedDefect?) throws(SimulationViolation) -> Report {
        let world = SimulationWorld(seed: seed, defect: defect, isTracing: false)
        if world.play() == nil { return world.report }
        // Once more from the start, writing everything down, and looking closely after each step if it was found by a look now and then.
        let witness = SimulationWorld(seed: seed, defect: defect, isTracing: true)
        witness.looksClosely = world.wasFoundLate
        let found = witness.play()
        throw SimulationViolation(
            seed: seed, step: witness.report.steps, what: found?.what ?? "the same seed gave another history",
            trace: witness.trace(of: found?.message))
    }

    /// All that happened in the world of one seed, a line each, whether or not it ends in a violation.
    public static func history(seed: UInt64) -> [String] {
        let world = SimulationWorld(seed: seed, defect: nil, isTracing: true)
        let found = world.play()
        return world.trace(of: nil, limit: .max) + (found.map { ["violation: \($0.what)"] } ?? [])
    }

    /// What happened, so that whoever runs it can see that it was not nothing.
    public struct Report: Sendable, Hashable, CustomStringConvertible {
        public var worlds = 0
        public var steps = 0
        /// Virtual time, seconds.
        public var seconds = 0
        /// Messages that the broker accepted.
        public var accepted = 0
        public var completed = 0
        public var cancelled = 0
        /// Dead letters at the end, discarded ones included.
        public var dead = 0
        /// Messages that were gone with what Redis had not yet written to its disk, and that no worker had shown to the store.
        public var lostUnsynced = 0
        public var processDeaths = 0
        public var freezes = 0
        public var leasesLost = 0
        public var outages = 0
        public var restores = 0
        /// Calls that failed, ran without an answer, or ran when nobody waited any more.
        public var callFaults = 0
        public var quarantined = 0
        public var retries = 0
        public var requeues = 0
        /// Results and side effects that came too late and were refused.
        public var refusedWrites = 0
        public var repaired = 0
        /// A digest of the whole history: equal histories have equal digests.
        public var digest: UInt64 = 0

        mutating func add(_ other: Report) {
            for path in Self.sums { self[keyPath: path] += other[keyPath: path] }
            self.digest = (self.digest ^ other.digest) &* 0x100_0000_01B3
        }

        private static var sums: [WritableKeyPath<Report, Int>] {
            [
                \.worlds, \.steps, \.seconds, \.accepted, \.completed, \.cancelled, \.dead, \.lostUnsynced, \.processDeaths, \.freezes,
                \.leasesLost,
                \.outages, \.restores, \.callFaults, \.quarantined, \.retries, \.requeues, \.refusedWrites, \.repaired,
            ]
        }

        /// One paragraph for people.
        public var description: String {
            """
            \(self.steps) steps in \(self.worlds) worlds, \(self.seconds) virtual seconds: \(self.accepted) accepted = \(self.completed) completed \
            + \(self.cancelled) cancelled + \(self.dead) dead + \(self.lostUnsynced) lost by Redis before its disk had them; \
            \(self.processDeaths) processes killed, \(self.freezes) frozen, \(self.leasesLost) leases lost, \(self.outages) outages, \
            \(self.restores) restores, \(self.callFaults) calls failed, \(self.quarantined) quarantined, \(self.retries) retries, \
            \(self.requeues) requeues, \(self.refusedWrites) late writes refused, \(self.repaired) repaired
            """
        }
    }
}

/// Something happened in a simulation that must not.
public struct SimulationViolation: Error, Sendable, CustomStringConvertible {
    /// Of the world: `Simulation.run(seed:steps:)` with it meets the violation again.
    public let seed: UInt64
    /// Of that world, counted from 1.
    public let step: Int
    public let what: String
    /// The last events about the message, oldest first; of everything when it is about no single one.
    public let trace: [String]

    public var description: String {
        """
        \(self.what)
          seed \(self.seed), step \(self.step); to see it again: SIMULATION_SEED=\(self.seed) SIMULATION_STEPS=1 swift test --filter SimulationTests
        \(self.trace.map { "  \($0)" }.joined(separator: "\n"))
        """
    }
}

/// A bug put into the simulated queue on purpose, to show that the checks would find it.
package enum SimulatedDefect: String, CaseIterable, Sendable {
    /// The worker tells the broker before the store.
    case acknowledgesBeforeCommit
    /// Reclaiming forgets the message in the landing slot, or the first that it takes.
    case reclaimDrops
    /// A settlement is carried out whether or not the delivery is held.
    case settlesWithoutHolding
    /// The store takes any worker's result.
    case recordsWithoutFence
    /// A stage's output is written whatever its fence.
    case writesWithoutFence
    /// Promotion is two calls: take out, then push.
    case promoteRemovesFirst
    /// Promotion does not look at the clock.
    case promotesEarly
    /// A requeue pushes, and leaves the message among the dead.
    case requeuesACopy
    /// A trial is counted at every announcement. So it was once in Flotilla: where its answer was lost and the call repeated, an innocent message
    /// could be quarantined after two deaths.
    case trialsAdd
    /// Every delivery that a dead worker held is a crash of its own.
    case accusesNeighbours
    /// Nothing is ever quarantined.
    case neverQuarantines
    /// A result recorded twice moves the counters twice.
    case countsTwice
    /// A failure is not counted.
    case forgetsFailures
    /// A worker believes itself, not the broker, about what it holds. So it was once in Flotilla: Redis came back a second older, and a living
    /// worker held for ever what it had settled in that second.
    case ignoresOlderBroker
    /// The same, and a claim whose answer was lost is not repeated with its numbers.
    case forgetsUnknownClaims
    /// A blocking pop hands the message to the caller, in no key of the broker.
    case popsWithoutLanding
    /// The relay marks messages as sent before it pushes them.
    case relayMarksFirst
}
