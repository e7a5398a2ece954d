internal import Flotilla
internal import FlotillaRedis
internal import Glibc
internal import ServerHarness
internal import Threading

extension Scene {
    // MARK: Starting

    /// Starts a worker. Returns at once; see ``ready(workers:)``.
    ///
    /// - Parameters:
    ///   - environment: wins over the scene's: another `LEASE_SECONDS`, or a proxy's address as `REDIS_URL`.
    ///   - programs: where its program is; nil takes the build under test.
    ///   - prefix: a command that starts it, such as `unshare --time …` or `prlimit …`. It must become the program (exec), not stay its parent.
    @discardableResult
    public func worker(_ environment: [String: String] = [:], programs: String? = nil, prefix: [String] = []) throws -> FleetProcess {
        try self.start(.worker, environment, programs: programs, prefix: prefix)
    }

    /// Starts a scheduler; the parameters are those of ``worker(_:programs:prefix:)``.
    @discardableResult
    public func scheduler(_ environment: [String: String] = [:], programs: String? = nil, prefix: [String] = []) throws -> FleetProcess {
        try self.start(.scheduler, environment, programs: programs, prefix: prefix)
    }

    /// Starts what an ended process was, anew, as systemd does.
    public func restart(_ process: FleetProcess) throws -> FleetProcess {
        try self.start(process.program, process.environment, programs: process.programs, prefix: process.prefix)
    }

    private func start(
        _ program: FleetProcess.Program, _ environment: [String: String], programs: String?, prefix: [String]
    ) throws -> FleetProcess {
        let programs = programs ?? self.setting.programs
        let number = self.state.withLock { state in state.processes.count { $0.program == program } + 1 }
        let name = "\(program.rawValue)-\(number)"
        let log = "\(self.directory.path)/\(name).log"
        let line = prefix + program.command(in: programs, isOwn: programs == self.setting.programs)
        let child = try ChildProcess(
            line[0], Array(line.dropFirst()), environment: self.environment.merging(environment) { $1 }, inheritsEnvironment: false,
            log: log)
        let process = FleetProcess(
            program: program, name: name, process: child, log: log, environment: environment, programs: programs, prefix: prefix)
        self.state.withLock { $0.processes.append(process) }
        return process
    }

    /// What every daemon of the scene is started with, and nothing of what this process has but where programs are: the servers that its own
    /// environment may name are none of the test's business.
    public var environment: [String: String] {
        let kept: [String] = ["PATH", "HOME", "TMPDIR", "LANG", "LD_LIBRARY_PATH"]
        let own = kept.compactMap { name in getenv(name).map { (name, String(cString: $0)) } }
        let standard = [
            "REDIS_URL": self.redisURL, "DATABASE_URL": self.databaseURL, "HTTP_PORT": "0", "LOG_FORMAT": "json", "LOG_LEVEL": "info",
            "RUN_LOG": self.runLogPath, "OUTAGE_FILE": "\(self.directory.path)/outage",
            "LEASE_SECONDS": "3", "HEARTBEAT_SECONDS": "1", "RECLAIM_INTERVAL_SECONDS": "500ms",
            "RETRY_BACKOFF_BASE_SECONDS": "200ms", "RETRY_BACKOFF_MAX_SECONDS": "400ms", "DRAIN_SECONDS": "10", "CONCURRENCY": "4",
            "STORAGE_ROOT": "\(self.directory.path)/storage", "WORK_DIRECTORY": "\(self.directory.path)/work",
        ]
        let confirmed = self.options.redisReplicas > 0 ? ["REDIS_WAIT_REPLICAS": "\(self.options.redisReplicas)"] : [:]
        return Dictionary(own) { $1 }.merging(standard) { $1 }.merging(confirmed) { $1 }.merging(self.options.environment) { $1 }
    }

    // MARK: Faults

    /// Kills a process without warning.
    public func kill(_ process: FleetProcess) { self.signal(process, SIGKILL, "SIGKILL") }
    /// Stops a process in its tracks.
    public func freeze(_ process: FleetProcess) { self.signal(process, SIGSTOP, "SIGSTOP") }
    /// Lets a frozen process go on. No fault of its own: not in the journal.
    public func thaw(_ process: FleetProcess) { process.process.kill(SIGCONT) }
    /// Asks a process to stop.
    public func terminate(_ process: FleetProcess) { self.signal(process, SIGTERM, "SIGTERM") }

    private func signal(_ process: FleetProcess, _ number: Int32, _ kind: String) {
        self.journal.note(kind, process.name)
        process.process.kill(number)
    }

    // MARK: Looking

    /// All that were started, those that have ended too.
    public var processes: [FleetProcess] { self.state.withLock { $0.processes } }

    var runLogPath: String { "\(self.directory.path)/runs" }
    /// What the workers' handlers have noted so far.
    public var runs: RunLog { RunLog(path: self.runLogPath) }

    /// Waits until as many workers are registered.
    public func ready(workers: Int) async throws {
        try await self.eventually("\(workers) workers are there", within: .seconds(60)) {
            var count = 0
            for broker in self.brokers.values { count += try await broker.workers().count }
            return count >= workers
        }
    }
}

extension FleetProcess.Program {
    /// `flotilla` is the worker of its own build. Other builds may be older than that, and have it as a program of its own.
    func command(in directory: String, isOwn: Bool) -> [String] {
        switch self {
        case .worker: isOwn ? ["\(directory)/flotilla", "selftest-worker"] : ["\(directory)/fleet-worker"]
        case .scheduler: ["\(directory)/retry-scheduler"]
        }
    }
}
