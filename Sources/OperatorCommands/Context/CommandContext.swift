import Flotilla
import FlotillaDaemon
import FlotillaPostgres
import Glibc
import PostgresClient
import Threading

/// What a running verb can reach. Settings are read and connections made only when a verb asks for them.
final class CommandContext: Sendable {
    let environment: [String: String]
    let printer: Printer
    let terminal: any Terminal
    let time: HumanTime
    private let makeFleet: @Sendable (Settings) throws -> any Fleet
    private let state = Lock<(settings: Settings?, fleet: (any Fleet)?)>((nil, nil))

    init(
        environment: [String: String], terminal: any Terminal, printer: Printer, now: Int64,
        makeFleet: @escaping @Sendable (Settings) throws -> any Fleet
    ) {
        self.environment = environment
        self.terminal = terminal
        self.printer = printer
        self.time = HumanTime(now: now, isRelative: terminal.width != nil)
        self.makeFleet = makeFleet
    }

    /// - Throws: `SettingMistakes` with all that is wrong.
    func settings() throws -> Settings {
        try self.state.withLock { state in
            if let settings = state.settings { return settings }
            let settings = try Settings(environment: self.environment)
            for warning in settings.warnings { self.printer.message("flotilla: \(warning)") }
            state.settings = settings
            return settings
        }
    }

    func fleet() throws -> any Fleet {
        let settings = try self.settings()
        return try self.state.withLock { state in
            if let fleet = state.fleet { return fleet }
            let fleet = try self.makeFleet(settings)
            state.fleet = fleet
            return fleet
        }
    }

    func database() throws -> PostgresPool { try self.fleet().database() }

    func close() async { await self.state.withLock { $0.fleet }?.close() }

    /// Who is doing this, for the audit log: `alice@host`, with the real user behind sudo.
    var actor: String {
        var user = self.environment["SUDO_USER"] ?? ""
        if user.isEmpty { user = getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "uid-\(getuid())" }
        var host = [CChar](repeating: 0, count: 256)
        gethostname(&host, host.count - 1)
        return "\(user)@\(String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))"
    }
}
