internal import Flotilla
internal import FlotillaPostgres
internal import Threading

/// Asks the reconciler again and again, while faults are injected, whether the equation holds.
public final class ConservationSampler: Sendable {
    /// What the samples said.
    public struct Tally: Sendable, Hashable {
        /// Samples that saw both sides.
        public var samples = 0
        /// Samples that a server did not answer: nothing can be said at such a moment.
        public var unanswered = 0
        /// What did not add up, a sentence a sample.
        public var imbalances: [String] = []
    }

    private let scene: Scene
    private let state = Lock(Tally())

    init(_ scene: Scene) { self.scene = scene }

    var tally: Tally { self.state.withLock { $0 } }

    /// Samples until the task is cancelled: once a second, or less often where a sample takes long.
    func run() async {
        while !Task.isCancelled {
            let start = MonotonicTime.now
            do {
                let report = try await self.scene.reconcile()
                self.state.withLock { tally in
                    tally.samples += 1
                    if !report.isBalanced { tally.imbalances.append(report.sentence) }
                }
            } catch {
                if Task.isCancelled { return }
                self.state.withLock { $0.unanswered += 1 }
            }
            // Ends early when the task is cancelled, and the loop with it.
            try? await Task.sleep(for: max(.seconds(1), (MonotonicTime.now - start) * 4))
        }
    }
}
