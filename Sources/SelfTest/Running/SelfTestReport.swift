public import FlotillaPostgres

/// What a run of the self-test found.
public struct SelfTestReport: Sendable {
    public struct Entry: Sendable {
        public enum Verdict: Sendable, Hashable {
            case held, broken
            /// Somebody stopped it: nothing can be said.
            case interrupted
            /// Why it was not played.
            case skipped(String)
        }

        public var id: String
        public var title: String
        public var promise: String
        public var verdict: Verdict
        /// Empty for what was skipped.
        public var scenes: [SceneOutcome] = []

        /// Each with the scene's name in front when it is one within another.
        public var broken: [String] {
            self.verdict == .interrupted ? [] : self.scenes.flatMap { scene in scene.broken.map { "\(scene.name): \($0)" } }
        }
        public var faults: Int { self.scenes.reduce(0) { $0 + $1.faults.count } }
        public var jobs: Int { self.scenes.reduce(0) { $0 + ($1.account?.sent ?? 0) } }
        public var lost: Int { self.scenes.reduce(0) { $0 + ($1.account?.lost.count ?? 0) } }
        public var duplicatesExecuted: Int { self.scenes.reduce(0) { $0 + ($1.account?.duplicatesExecuted ?? 0) } }
        public var duplicatesApplied: Int { self.scenes.reduce(0) { $0 + ($1.account?.duplicatesApplied.count ?? 0) } }
        public var longestStall: Duration { self.scenes.compactMap { $0.account?.longestStall }.max() ?? .zero }
        public var figures: [SceneOutcome.Figure] { self.scenes.flatMap(\.figures) }
        public var duration: Duration { self.scenes.first?.duration ?? .zero }
    }

    public var seed: UInt64
    public var entries: [Entry] = []
    /// Where logs, journals and histories were kept; nil when nothing was.
    public var artefacts: String?
    /// Whether somebody stopped it before the last scenario had ended.
    public var isInterrupted = false

    /// The samples of the equation, over all scenes.
    public var samples: ConservationSampler.Tally {
        self.judged.flatMap(\.scenes).reduce(into: ConservationSampler.Tally()) { sum, scene in
            sum.samples += scene.samples.samples
            sum.unanswered += scene.samples.unanswered
            sum.imbalances += scene.samples.imbalances
        }
    }

    /// Whether everything that was to be played held, and anything was played at all.
    public var isHeld: Bool {
        !self.isInterrupted && self.entries.contains { $0.verdict == .held } && self.entries.allSatisfy { $0.verdict != .broken }
    }

    /// The equation over all scenes.
    public var equation: ReconcileReport.Queue {
        ReconcileReport.Queue(sum: self.judged.flatMap(\.scenes).compactMap { $0.account?.report.total })
    }

    /// What was played to its end.
    private var judged: [Entry] { self.entries.filter { $0.verdict != .interrupted } }
}
