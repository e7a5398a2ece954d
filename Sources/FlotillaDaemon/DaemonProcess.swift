import Flotilla
import Glibc
import HTTPServer
import Threading

/// The life of a daemon, led by the main thread: signals, systemd, deadlines. The services run elsewhere.
final class DaemonProcess: Sendable {
    /// Where the asynchronous side stands.
    private struct Progress {
        var group: ServiceGroup?
        var code: Int32?
        var stopRequested = false
        /// The thread that answers signals; nil once it no longer does.
        var leader: pthread_t?
    }

    private let context: DaemonContext
    private let build: @Sendable (DaemonContext) async throws -> Daemon
    private let notify: SystemdNotify
    private let health: Lock<HealthState>
    private let progress = Lock(Progress())

    /// After the time to drain, services get this long to give back what they hold.
    private static let abortGrace = Duration.seconds(5)
    /// systemd hears "ready" after this even if a dependency does not answer: the daemon waits for it, and a restart would not help.
    private static let readyPatience = Duration.seconds(30)

    init(context: DaemonContext, notify: SystemdNotify = SystemdNotify(), build: @escaping @Sendable (DaemonContext) async throws -> Daemon)
    {
        self.context = context
        self.notify = notify
        self.build = build
        self.health = Lock(HealthState())
    }

    /// Runs to the end on the calling thread; returns the exit code.
    func run() -> Int32 {
        let configuration = self.context.configuration
        let logger = self.context.logger
        logger.notice(
            "starting",
            ["version": BuildInfo.version, "commit": BuildInfo.commit, "pid": getpid(), "concurrency": configuration.concurrency])
        for warning in configuration.settings.warnings { logger.warning("suspicious environment", ["detail": warning]) }

        let endpoint = HealthEndpoint(role: configuration.role, state: self.health, metrics: self.context.metrics.registry)
        let listener: HTTPListener
        do {
            listener = try self.listen(endpoint.routes)
        } catch {
            logger.error("the health endpoint cannot start", ["error": "\(error)", "hint": "see HTTP_ADDRESS and HTTP_PORT"])
            return 1
        }
        logger.info("health endpoint listens", ["address": configuration.httpAddress, "port": Int(listener.port)])

        // The bridge from the synchronous main thread: this task's only parent is the process.
        self.progress.withLock { $0.leader = pthread_self() }
        let task = Task { await self.buildAndRun() }
        let code = self.lead(task)
        self.progress.withLock { $0.leader = nil }
        listener.stop(grace: .milliseconds(200))
        logger.notice("stopped", ["exit_code": code])
        return code
    }

    /// A second instance of a role on one machine finds the role's default port taken: then any other will do. A port that somebody
    /// asked for is kept to. A socket that systemd handed over comes before both.
    private func listen(_ routes: [HTTPRoute]) throws(HTTPServerError) -> HTTPListener {
        let configuration = self.context.configuration
        if let socket = SystemdSockets.inherited() {
            return try HTTPListener(address: configuration.httpAddress, port: configuration.httpPort, listening: socket, routes: routes)
        }
        do {
            return try HTTPListener(address: configuration.httpAddress, port: configuration.httpPort, routes: routes)
        } catch {
            guard error.errno == EADDRINUSE, !configuration.settings.isSet(\.httpPort) else { throw error }
            self.context.logger.warning("the default port is taken; taking any", ["port": Int(configuration.httpPort)])
            return try HTTPListener(address: configuration.httpAddress, port: 0, routes: routes)
        }
    }

    /// The asynchronous side, from connecting to the end of the last service.
    private func buildAndRun() async {
        let code = await self.outcome()
        self.progress.withLock { $0.code = code }
        self.wakeLeader()
    }

    private func outcome() async -> Int32 {
        let logger = self.context.logger
        let daemon: Daemon
        do {
            daemon = try await self.build(self.context)
        } catch let mistakes as SettingMistakes {
            for mistake in mistakes.all { logger.error("the configuration is wrong", ["detail": mistake]) }
            return 2
        } catch {
            if self.progress.withLock({ $0.stopRequested }) {
                logger.notice("stopped before it had started")
                return 0
            }
            logger.error("cannot start", ["error_type": String(describing: type(of: error)), "error": String(describing: error)])
            return 1
        }
        let group = ServiceGroup(daemon.services, logger: logger)
        let stopRequested = self.progress.withLock { progress in
            progress.group = group
            return progress.stopRequested
        }
        self.health.withLock { state in
            state.daemon = daemon
            if state.phase == .starting { state.phase = .running }
        }
        if stopRequested { group.drain() }
        self.wakeLeader()
        return await group.run() ? 0 : 1
    }

    /// Under the lock, so that the thread is still there.
    private func wakeLeader() { self.progress.withLock { if let leader = $0.leader { ProcessSignals.wake(leader) } } }

    // MARK: - The main thread

    /// Answers signals and the clock until the services have ended, or will not.
    private func lead(_ task: Task<Void, Never>) -> Int32 {
        let started = MonotonicTime.now
        var isReady = false
        var lastStatus = ""
        var stopping: (deadline: MonotonicTime, aborted: Bool)?
        var lastWatchdog = started

        while true {
            if let code = self.progress.withLock({ $0.code }) { return code }
            let signal = ProcessSignals.next(within: self.tick(isReady: isReady))
            if let code = self.progress.withLock({ $0.code }) { return code }

            switch signal {
            case .drain, .interrupt:
                if let current = stopping, !current.aborted {
                    self.context.logger.warning("asked to stop again: giving back what is held")
                    stopping = self.abort(task)
                } else if stopping == nil {
                    stopping = (self.beginStopping(task), false)
                }
            case .quiet: self.quiet()
            case .reload: self.reload()
            case .dump: self.dump()
            case nil: break
            }

            let now = MonotonicTime.now
            if let current = stopping {
                if now >= current.deadline {
                    if current.aborted {
                        self.context.logger.error(
                            "services did not stop in time; their work comes back by its lease", ["services": self.runningServices])
                        return 1
                    }
                    self.context.logger.warning("time to drain is over: giving back what is held", ["services": self.runningServices])
                    stopping = self.abort(task)
                }
                if let interval = self.notify.watchdogInterval, now - lastWatchdog >= interval / 3 {
                    // Stopping has its own deadline; until then the watchdog must not cut it short.
                    self.notify.watchdog()
                    lastWatchdog = now
                }
                continue
            }

            let state = self.health.withLock { $0 }
            if !isReady, let daemon = state.daemon {
                let failing = daemon.checks().filter { !$0.isHealthy }
                if failing.isEmpty || now - started >= Self.readyPatience {
                    isReady = true
                    self.becomeReady(daemon, failing)
                }
            }
            if let interval = self.notify.watchdogInterval, now - lastWatchdog >= interval / 3, HealthEndpoint.isProgressing(state) {
                self.notify.watchdog()
                lastWatchdog = now
            }
            if isReady, self.notify.isActive, let status = state.daemon?.status(), status != lastStatus {
                self.notify.status(status)
                lastStatus = status
            }
        }
    }

    /// How long to sleep: often until ready, then once a second for status and watchdog.
    private func tick(isReady: Bool) -> Duration {
        guard isReady else { return .milliseconds(50) }
        return min(.seconds(1), (self.notify.watchdogInterval ?? .seconds(3)) / 4)
    }

    private func becomeReady(_ daemon: Daemon, _ failing: [HealthCheck]) {
        if failing.isEmpty {
            self.context.logger.notice("ready")
        } else {
            self.context.logger.warning("running, but not everything answers yet", ["failing": failing.map(\.name).joined(separator: ", ")])
        }
        self.notify.ready(status: daemon.status())
    }

    private func beginStopping(_ task: Task<Void, Never>) -> MonotonicTime {
        let limit = self.context.configuration.drain
        self.context.logger.notice("stopping: finishing what runs", ["limit_ms": limit])
        self.health.withLock { $0.phase = .stopping }
        self.notify.stopping(within: limit + Self.abortGrace + .seconds(5))
        let group = self.progress.withLock { progress in
            progress.stopRequested = true
            return progress.group
        }
        // Still connecting: there is nothing to finish.
        if let group { group.drain() } else { task.cancel() }
        return MonotonicTime.now + limit
    }

    private func abort(_ task: Task<Void, Never>) -> (deadline: MonotonicTime, aborted: Bool) {
        // Cancelled are only those who are still connecting: services must be able to give back what they hold.
        if let group = self.progress.withLock({ $0.group }) { group.abort() } else { task.cancel() }
        return (MonotonicTime.now + Self.abortGrace, true)
    }

    private func quiet() {
        self.context.logger.notice("quiet: taking no new work")
        self.health.withLock { state in if state.phase == .running { state.phase = .quiet } }
        self.progress.withLock { $0.group }?.quiet()
    }

    private func reload() {
        self.notify.reloading()
        do {
            let settings = try Settings()
            self.health.withLock { $0.daemon }?.reload(settings)
            self.context.logger.notice("configuration read again")
        } catch {
            for mistake in error.all { self.context.logger.error("the configuration is wrong; keeping the old one", ["detail": mistake]) }
        }
        self.notify.ready(status: self.health.withLock { $0.daemon }?.status() ?? "starting")
    }

    private func dump() {
        let state = self.health.withLock { $0 }
        self.context.logger.notice(
            "state", ["phase": state.phase.rawValue, "services": self.runningServices, "status": state.daemon?.status()])
        for fields in state.daemon?.dump() ?? [] { self.context.logger.notice("state detail", fields) }
    }

    private var runningServices: String { self.progress.withLock { $0.group }?.running.joined(separator: ", ") ?? "" }
}
