import Flotilla
import Glibc
import HTTPClient
import JSONText
import PostgresClient
import RedisClient
import ServerHarness
import Testing
import Threading

/// A fleet whose cache has a Redis of its own, and whose tools are written down as they are started.
struct CacheFleet: Sendable {
    let fleet: Fleet
    let cache: PrivateRedis
    let tools: ToolLog

    /// - Parameter isPatient: whether the cache may take its time: for tests of what is remembered, on machines that are busy. Otherwise the
    ///   budgets are those of production.
    static func with(
        isPatient: Bool = true, memory: String = "64mb", _ environment: [String: String] = [:], _ body: (CacheFleet) async throws -> Void
    ) async throws {
        let cache = try PrivateRedis(.init(configuration: ["maxmemory \(memory)", "maxmemory-policy volatile-lfu"]))
        var settings = ["CACHE_REDIS_URL": cache.url, "CONCURRENCY": "2", "CACHE_FLUSH_SECONDS": "1"]
        if isPatient { settings.merge(["CACHE_READ_TIMEOUT_MS": "5000", "CACHE_WRITE_TIMEOUT_MS": "5000"]) { $1 } }
        try await Fleet.with(settings.merging(environment) { $1 }) { fleet in
            try fleet.makeFiles()
            try await body(CacheFleet(fleet: fleet, cache: cache, tools: try ToolLog(in: fleet.scratch.path)))
        }
    }

    /// Starts a processor, and waits until it takes work: by then it has asked its tools for their versions.
    func start(_ program: String, _ environment: [String: String] = [:]) async throws -> Fleet.Daemon {
        let daemon = try self.fleet.start(program, ["PATH": self.tools.path].merging(environment) { $1 })
        try await eventually("\(program) is ready", within: .seconds(30)) { await self.health(daemon)?.status == 200 }
        return daemon
    }

    /// What `/readyz` answers; nil when nothing does.
    func health(_ daemon: Fleet.Daemon) async -> (status: Int, state: String)? {
        let line = readText(daemon.log).split(separator: "\n").first { $0.contains("health endpoint listens") }
        guard let line, let port = (try? JSONValue(parsing: Array(line.utf8)))?["port"]?.integer,
            let answer = try? await Self.caller.send(.get("http://127.0.0.1:\(port)/readyz?verbose"))
        else { return nil }
        return (answer.status, (try? JSONValue(parsing: answer.body))?["state"]?.string ?? "")
    }

    private static let caller = HTTPCaller(concurrency: 1)

    /// Makes a job of some files. Each is a copy of `source` under another name, which begins with the job's. The row of the job says how many
    /// there are and no more: whose they are is in the messages.
    func submit(job: String, tenant: String? = nil, _ files: [(queue: String, source: String)]) async throws {
        try await self.fleet.pool.query("INSERT INTO processing_job (id, total_files) VALUES (\(job), \(files.count))")
        for file in files {
            try self.fleet.command(["cp", "\(self.fleet.storage)/\(file.source)", "\(self.fleet.storage)/\(job)-\(file.source)"])
        }
        let owner = tenant.map { ", \"tenant_id\": \"\($0)\"" } ?? ""
        for (queue, source) in files {
            try await self.fleet.push(queue, String(self.fleet.fileMessage("\(job)-\(source)", job: job).dropLast()) + owner + "}")
        }
    }

    /// Waits until so much work of a job is complete: a document, and its graph where there are graphs.
    func complete(job: String, _ works: Int, within limit: Duration = .seconds(60), sourceLocation: SourceLocation = #_sourceLocation)
        async throws
    {
        try await eventually("job \(job) is complete", within: limit, every: .milliseconds(20), sourceLocation: sourceLocation) {
            try await self.fleet.count("SELECT count(*) FROM work_item WHERE job_id = \(job) AND status = 'completed'") >= works
        }
        #expect(
            try await self.fleet.count("SELECT count(*) FROM work_item WHERE job_id = \(job)") == works, sourceLocation: sourceLocation)
    }

    /// Time in the stages of a job; from the first start to the last end of its files; and of its files and their graphs, between which a message
    /// waits for the relay's next look at the outbox.
    func times(job: String) async throws -> (stages: Duration, files: Duration, all: Duration) {
        let row = try await self.fleet.pool.query(
            """
            SELECT coalesce(sum(run.duration_ms), 0)::bigint,
                (extract(epoch FROM max(run.finished_at) FILTER (WHERE work.queue <> 'graph_queue') - min(run.started_at)) * 1000)::bigint,
                (extract(epoch FROM max(run.finished_at) - min(run.started_at)) * 1000)::bigint
            FROM stage_run AS run JOIN work_item AS work ON work.id = run.work_id WHERE work.job_id = \(job)
            """
        ).one()
        return (.milliseconds(try row[0, as: Int.self]), .milliseconds(try row[1, as: Int.self]), .milliseconds(try row[2, as: Int.self]))
    }

    /// The stages of a job that were computed, with how often.
    func computed(job: String) async throws -> [String: Int] {
        var stages: [String: Int] = [:]
        for row in try await self.fleet.pool.query(
            """
            SELECT run.stage, count(*) FROM stage_run AS run JOIN work_item AS work ON work.id = run.work_id
            WHERE work.job_id = \(job) AND NOT run.from_cache AND run.carried_from IS NULL GROUP BY run.stage
            """)
        {
            stages[try row[0, as: String.self]] = try row[1, as: Int.self]
        }
        return stages
    }

    /// Runs a command of the operator.
    func operate(_ words: String...) throws -> (ending: ChildProcess.Ending, text: String) {
        let log = "\(self.fleet.scratch.path)/operator.log"
        unlink(log)
        let process = try ChildProcess("\(Fleet.programs)/flotilla", words, environment: self.fleet.environment, log: log)
        return (process.wait(), readText(log))
    }

    /// A figure from the cache server's INFO.
    func figure(_ name: String) async throws -> Int {
        let text = try await self.ask(["INFO"]).string ?? ""
        let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("\(name):") }
        return line.flatMap { Int($0.dropFirst(name.count + 1)) } ?? 0
    }

    /// Asks the cache's server.
    func ask(_ command: RedisCommand) async throws -> RedisValue {
        let client = RedisClient(configuration: try RedisConfiguration(url: self.cache.url), eventLoop: Fleet.loop)
        let result: Result<RedisValue, any Error>
        do { result = .success(try await client.send(command, timeout: .seconds(20))) } catch { result = .failure(error) }
        await client.close()
        return try result.get()
    }
}

/// Which programs daemons start: a script in the place of the sandbox writes each down and becomes the real one.
struct ToolLog: Sendable {
    private let directory: String
    private let calls: String
    private let failure: String

    init(in scratch: String) throws {
        self.directory = "\(scratch)/tools"
        self.calls = "\(scratch)/tool-calls"
        self.failure = "\(scratch)/tool-failure"
        mkdir(self.directory, 0o700)
        // Where namespaces are forbidden, the daemons' sandbox is the limits alone.
        let probe = try ChildProcess("bwrap", ["--unshare-all", "--ro-bind", "/", "/", "true"])
        let wrapped = probe.wait() == .exited(0) ? "bwrap" : "prlimit"
        try writeText(
            "\(self.directory)/\(wrapped)",
            """
            #!/bin/sh
            line="$*"
            program="${line##*--core=0 -- }"
            printf '%s\\n' "$program" >>'\(self.calls)'
            if [ -e '\(self.failure)' ] && read -r words <'\(self.failure)'; then
                case "$program" in *"$words"*)
                    how=$(sed -n 2p '\(self.failure)')
                    rm '\(self.failure)'
                    [ "$how" = killed ] && kill -KILL $$
                    echo 'bwrap: there is no room for another namespace' >&2
                    exit 1
                esac
            fi
            exec /usr/bin/\(wrapped) "$@"

            """, mode: 0o700)
    }

    /// The daemons' PATH.
    var path: String { "\(self.directory):\(getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin")" }

    /// The command lines so far, in order.
    var lines: [String] { readText(self.calls).split(separator: "\n").map(String.init) }

    enum Failure: String {
        /// The sandbox cannot be set up: nobody's fault, and tried again.
        case unavailable
        /// As by the kernel, for memory.
        case killed
    }

    /// The next program whose command line holds these words fails; the one after it does not.
    func fail(_ how: Failure, _ words: String) throws { try writeText(self.failure, "\(words)\n\(how.rawValue)\n", mode: 0o600) }
    /// Whether that happened.
    var hasFailed: Bool { access(self.failure, F_OK) != 0 }
}

/// Page faults of a process's children that have ended, by the kernel's count: unchanged only when there were no children.
func childFaults(_ pid: Int32) -> Int {
    let fields = readText("/proc/\(pid)/stat").split(separator: ")").last?.split(separator: " ") ?? []
    return fields.count > 8 ? Int(fields[8]) ?? -1 : -1
}

/// Writes a file.
func writeText(_ path: String, _ text: String, mode: mode_t) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard file >= 0 else { throw HarnessError("cannot write \(path)") }
    defer { close(file) }
    let bytes = Array(text.utf8)
    guard write(file, bytes, bytes.count) == bytes.count else { throw HarnessError("cannot write \(path)") }
}
