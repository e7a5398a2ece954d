/// Where and how scenes are played: the same for all scenes of a run.
public struct SceneSetting: Sendable {
    /// Names the scene: the scenario's id, with a part behind a dot for scenes within scenes.
    public var name: String
    /// Everything random comes from it.
    public var seed: UInt64
    /// More jobs and faults, and limits that fit them.
    public var isLong: Bool
    /// How many jobs, where somebody said so.
    public var jobs: Int?
    /// How long ``Scenario``s of random faults go on, where somebody said so.
    public var duration: Duration?
    /// Where `flotilla` and `retry-scheduler` are.
    public var programs: String
    /// Where another build's are, for fleets of two; nil when there is none.
    public var previousPrograms: String?
    let servers: SharedServers
    let artefacts: ArtefactDirectory
    /// Called with lines for people as the scene goes on.
    let progress: @Sendable (String) -> Void
}
