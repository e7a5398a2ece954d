/// One kind of fault, and what must hold under it.
///
/// A new one is a file in `Scenarios/` and a line in ``ScenarioCatalogue``.
public protocol Scenario: Sendable {
    /// `T01`; what `--only` takes.
    var id: String { get }
    /// A few words for the table.
    var title: String { get }
    /// The figure to meet, in words.
    var promise: String { get }
    var length: ScenarioLength { get }
    /// What the machine must have. Where one is not met the scenario is skipped, and the table says why.
    var requirements: [Requirement] { get }
    /// The servers and settings that its scene begins with.
    var options: SceneOptions { get }

    /// Injects the faults, waits until the fleet has settled, and says with ``Scene/expect(_:_:)`` which promises of its own did not hold.
    ///
    /// What holds for all scenarios is checked afterwards from the ``Account``: nothing lost, no effect applied twice, no innocent quarantined,
    /// each job ended as it must, the equation balanced.
    /// - Throws: whatever kept it from its end; the scenario has failed then.
    func run(_ scene: Scene) async throws
}

extension Scenario {
    public var requirements: [Requirement] { [] }
    public var options: SceneOptions { SceneOptions() }
}

/// When a scenario runs.
public enum ScenarioLength: String, Sendable, Hashable {
    /// Seconds: always, with fewer jobs and faults in `make test` and `--short`.
    case short
    /// Minutes: only without `--short`.
    case long
}
