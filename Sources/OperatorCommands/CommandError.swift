import Flotilla
import FlotillaCache
import FlotillaCachePostgres
import FlotillaDaemon
import FlotillaPostgres
import FlotillaRedis
import PostgresClient
import RedisClient

/// Why a verb did not do what was asked.
struct CommandError: Error, Sendable {
    let exit: ExitCode
    /// For people: what failed and what to do. Secrets redacted; control characters are escaped when it is printed.
    let message: String

    init(_ exit: ExitCode, _ message: String) {
        self.exit = exit
        self.message = Redactor.redact(message)
    }

    static func usage(_ message: String) -> Self { Self(.usage, message) }
    static func notFound(_ message: String) -> Self { Self(.notFound, message) }
    static func conflict(_ message: String) -> Self { Self(.conflict, message) }
    static func failed(_ message: String) -> Self { Self(.failed, message) }

    /// The exit code and the words for an error of any layer.
    init(_ error: any Error) {
        switch error {
        case let error as CommandError: self = error
        case let error as BrokerError: self.init(Self.code(error), "Redis: \(error.message)")
        case let error as RedisError: self.init(Self.code(error), "Redis: \(error.message)")
        case let error as PostgresError: self.init(Self.code(error), "PostgreSQL: \(error.message)" + Self.hint(error))
        case let error as JobStoreError: self.init(error.code == .refused ? .failed : .unavailable, "PostgreSQL: \(error.message)")
        case let error as CacheError: self.init(Self.code(error), "the cache: \(error.description)")
        case let error as CacheStoreError: self.init(Self.code(error), error.description)
        case let error as MigrationError: self.init(.conflict, error.description)
        case let error as SettingMistakes: self.init(.usage, error.description)
        case is CancellationError: self.init(.interrupted, "interrupted")
        default: self.init(.failed, String(describing: error))
        }
    }

    private static func code(_ error: BrokerError) -> ExitCode {
        switch error.code {
        case .unavailable, .outcomeUnknown, .closed: Self.isRefusal(error.message) ? .unauthorised : .unavailable
        default: Self.isRefusal(error.message) ? .unauthorised : .failed
        }
    }

    /// The broker's error carries only the server's words; these begin its refusals of a user.
    private static func isRefusal(_ message: String) -> Bool {
        ["NOAUTH", "WRONGPASS", "NOPERM", "authentication failed"].contains { message.contains($0) }
    }

    private static func code(_ error: CacheError) -> ExitCode {
        switch error.code {
        case .unavailable, .timedOut, .overloaded: Self.isRefusal(error.description) ? .unauthorised : .unavailable
        default: Self.isRefusal(error.description) ? .unauthorised : .failed
        }
    }

    private static func code(_ error: CacheStoreError) -> ExitCode {
        switch error.code {
        case .invalid: .usage
        case .notFound: .notFound
        default: .conflict
        }
    }

    private static func code(_ error: RedisError) -> ExitCode {
        if error.code == .authentication || Self.isRefusal(error.message) { return .unauthorised }
        if error.code == .configuration { return .usage }
        return error.isOutage || error.code == .closed ? .unavailable : .failed
    }

    private static func code(_ error: PostgresError) -> ExitCode {
        if let state = error.sqlState {
            if state.hasPrefix("28") || state == "42501" { return .unauthorised }
            // No such table or column: the schema is older than this program.
            if state == "42P01" || state == "42703" { return .conflict }
        }
        switch error.code {
        case .unavailable, .poolExhausted, .connectionLost, .closed:
            return ["authentication failed", "no pg_hba.conf entry", "no password supplied"].contains { error.message.contains($0) }
                ? .unauthorised : .unavailable
        case .timedOut: return .timedOut
        case .cancelled: return .interrupted
        case .invalidArgument: return .usage
        default: return error.isTransient ? .unavailable : .failed
        }
    }

    private static func hint(_ error: PostgresError) -> String {
        if error.suggestsPooler { return " (is pgbouncer in between? then set DATABASE_POOLER)" }
        return error.sqlState == "42P01" || error.sqlState == "42703" ? " (is the schema up to date? flotilla migrate)" : ""
    }
}
