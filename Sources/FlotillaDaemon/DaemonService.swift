public import Flotilla

/// One part of a daemon that runs for as long as the daemon does: a worker, a scheduler's role, a connection pool.
public protocol DaemonService: Sendable {
    /// For logs.
    var name: String { get }
    /// Works until it is drained or its task is cancelled. Returning or throwing before that ends the daemon with exit code 1.
    func run() async throws
    /// Take no new work. May be called more than once, from any thread; must return at once.
    func quiet()
    /// Finish what is held, then return from `run`. Must return at once. False means "I know no draining": the task of `run` is cancelled instead.
    func drain() -> Bool
    /// Give back what is held, now: the time to drain is over, or the operator is in a hurry. Whoever knows no draining is
    /// cancelled in its turn.
    func abort()
}

extension DaemonService {
    public func quiet() {}
    public func drain() -> Bool { false }
    public func abort() {}
}

/// A service made of closures.
public struct ClosureService: DaemonService {
    public let name: String
    private let body: @Sendable () async throws -> Void
    private let onQuiet: @Sendable () -> Void
    private let onDrain: (@Sendable () -> Void)?
    private let onAbort: @Sendable () -> Void

    /// - Parameter drain: nil cancels the task of `run` instead.
    public init(
        _ name: String, quiet: @escaping @Sendable () -> Void = {}, drain: (@Sendable () -> Void)? = nil,
        abort: @escaping @Sendable () -> Void = {}, run: @escaping @Sendable () async throws -> Void
    ) {
        self.name = name
        self.body = run
        self.onQuiet = quiet
        self.onDrain = drain
        self.onAbort = abort
    }

    public func run() async throws { try await self.body() }
    public func quiet() { self.onQuiet() }
    public func abort() { self.onAbort() }

    public func drain() -> Bool {
        self.onDrain?()
        return self.onDrain != nil
    }
}

/// A daemon put together: what it runs, and how it answers for its state. The closures are called from any thread and must return at once.
public struct Daemon: Sendable {
    /// In the order of starting; they are drained one after the other from the last to the first, so that pools outlive their users.
    public var services: [any DaemonService]
    /// What must work before the daemon counts as ready.
    public var checks: @Sendable () -> [HealthCheck]
    /// Time since the work loop last turned; nil while it is not expected to. systemd's watchdog and `/livez` go by it.
    public var sinceProgress: @Sendable () -> Duration?
    /// One line for `systemctl status`: `3/8 busy, last job 2 s ago`.
    public var status: @Sendable () -> String
    /// State for the log on SIGUSR2.
    public var dump: @Sendable () -> [LogFields]
    /// Takes over what may change while running. Called on SIGHUP with settings that were read again without a mistake.
    public var reload: @Sendable (Settings) -> Void

    public init(
        services: [any DaemonService], checks: @escaping @Sendable () -> [HealthCheck] = { [] },
        sinceProgress: @escaping @Sendable () -> Duration? = { nil }, status: @escaping @Sendable () -> String = { "running" },
        dump: @escaping @Sendable () -> [LogFields] = { [] }, reload: @escaping @Sendable (Settings) -> Void = { _ in }
    ) {
        self.services = services
        self.checks = checks
        self.sinceProgress = sinceProgress
        self.status = status
        self.dump = dump
        self.reload = reload
    }
}

/// Whether one thing that a daemon depends on works.
public struct HealthCheck: Sendable, Hashable {
    public var name: String
    public var isHealthy: Bool
    /// For people, without secrets.
    public var detail: String
    /// Whether a daemon without it is not ready. Without what is not critical it is only slower.
    public var isCritical: Bool

    public init(_ name: String, isHealthy: Bool, detail: String = "", isCritical: Bool = true) {
        self.name = name
        self.isHealthy = isHealthy
        self.detail = detail
        self.isCritical = isCritical
    }
}
