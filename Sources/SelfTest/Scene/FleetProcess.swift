public import ServerHarness

/// One worker or scheduler of a scene.
public struct FleetProcess: Sendable {
    /// What was started: needed to start it again.
    public enum Program: String, Sendable, Hashable {
        case worker, scheduler
    }

    public let program: Program
    /// `worker-3`: unique within its scene, in the order of the starts.
    public let name: String
    public let process: ChildProcess
    /// Where its output goes.
    public let log: String
    let environment: [String: String]
    let programs: String
    let prefix: [String]

    public var pid: Int32 { self.process.pid }
    public var isRunning: Bool { self.process.isRunning }
}
