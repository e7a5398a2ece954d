/// What a scene found.
public struct SceneOutcome: Sendable {
    /// A figure that was measured.
    public struct Figure: Sendable, Hashable {
        public var name: String
        public var value: String
    }

    public var name: String
    /// Promises that did not hold, each a sentence. Empty is what everybody hopes for.
    public var broken: [String]
    public var figures: [Figure] = []
    public var faults: [FaultJournal.Entry] = []
    /// Nil when it could not be made.
    public var account: Account?
    public var samples = ConservationSampler.Tally()
    public var duration: Duration
    /// Of the scenes within it.
    public var children: [SceneOutcome] = []

    /// This and all scenes within it.
    public var all: [SceneOutcome] { [self] + self.children.flatMap(\.all) }
}
