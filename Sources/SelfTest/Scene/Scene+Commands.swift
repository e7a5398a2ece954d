internal import Flotilla
internal import FlotillaRedis
internal import Glibc
public import ServerHarness

extension Scene {
    /// A file whose presence scripted runs look for (`outage`, `refuse`, `zombie`).
    public var outageFile: String { "\(self.directory.path)/outage" }

    public func beginOutage() { writeText("", to: self.outageFile) }
    public func endOutage() { unlink(self.outageFile) }

    /// Starts `flotilla` with a verb on the scene's servers. Its output is in `command.log` of the scene's directory.
    public func command(_ words: [String], programs: String? = nil) throws -> ChildProcess {
        try ChildProcess(
            "\(programs ?? self.setting.programs)/flotilla", words, environment: self.environment, inheritsEnvironment: false,
            log: self.commandLog)
    }

    public var commandLog: String { "\(self.directory.path)/command.log" }

    /// Names of the messages that are ready, next to be claimed first.
    public func readyNames() async throws -> [String] {
        try await self.pages { try await self.broker.readyMessages(from: $0, limit: $1) }.map { (try? Envelope($0))?.filename ?? "?" }
    }
}
