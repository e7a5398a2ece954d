import CorpusPostgres
import FlotillaCachePostgres
import Flotilla
import FlotillaPostgres
import FlotillaRedis
import Glibc
import PostgresClient
import Reactor
import RedisClient
import SelfTest
import ServerHarness
import Testing
import Threading

/// All tests of real daemons, one after the other: they measure times and share two cores.
@Suite(.serialized) struct FleetTests {}

/// Real daemons on a private Redis and a private PostgreSQL, with short times.
final class Fleet: Sendable {
    let redis: PrivateRedis
    let postgres: PrivatePostgres
    let pool: PostgresPool
    let client: RedisClient
    let broker: RedisBroker
    let scratch: ScratchDirectory
    let environment: [String: String]
    private let redisConfiguration: RedisConfiguration
    private let started = Lock<[Daemon]>([])

    static let queue = "document_queue"
    static let loop = EventLoop(name: "fleet-tests")
    private static let sharedPostgres = Lock<(server: PrivatePostgres, databases: Int)?>(nil)
    /// Where the programs under test are: beside the test bundle, unless FLEET_PROGRAMS says otherwise.
    static let programs: String = {
        if let given = getenv("FLEET_PROGRAMS") { return String(cString: given) }
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = max(0, readlink("/proc/self/exe", &buffer, buffer.count))
        let path = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    }()

    private init(environment: [String: String], ownPostgres: Bool, appendOnly: Bool) throws {
        self.redis = try PrivateRedis(.init(appendOnly: appendOnly, configuration: ["appendfsync always"]))
        let url: String
        if ownPostgres {
            self.postgres = try PrivatePostgres()
            url = self.postgres.url()
        } else {
            (self.postgres, url) = try Self.sharedPostgres.withLock { state in
                var next = try state ?? (PrivatePostgres(.init(fsync: false)), 0)
                next.databases += 1
                state = next
                return (next.server, try next.server.createDatabase("fleet\(next.databases)"))
            }
        }
        self.scratch = try ScratchDirectory(prefix: "flotilla-fleet")
        self.environment = [
            "REDIS_URL": self.redis.url, "DATABASE_URL": url, "HTTP_PORT": "0", "LOG_FORMAT": "json", "LOG_LEVEL": "info",
            "RUN_LOG": "\(self.scratch.path)/runs", "OUTAGE_FILE": "\(self.scratch.path)/outage",
            "LEASE_SECONDS": "3", "HEARTBEAT_SECONDS": "1", "RECLAIM_INTERVAL_SECONDS": "500ms",
            "RETRY_BACKOFF_BASE_SECONDS": "200ms", "RETRY_BACKOFF_MAX_SECONDS": "400ms", "DRAIN_SECONDS": "10", "CONCURRENCY": "4",
            "STORAGE_ROOT": "\(self.scratch.path)/storage", "WORK_DIRECTORY": "\(self.scratch.path)/work",
        ].merging(environment) { $1 }
        self.pool = PostgresPool(configuration: try PostgresConfiguration(url: url), eventLoop: Self.loop)
        let configuration = try RedisConfiguration(url: self.redis.url)
        self.redisConfiguration = configuration
        self.client = RedisClient(configuration: configuration, eventLoop: Self.loop)
        self.broker = RedisBroker(
            names: QueueNames(queue: QueueName(Self.queue), retry: "document_retry", deadLetter: "document_dlq"), client: self.client,
            blocking: RedisBlockingConnection(configuration: configuration, eventLoop: Self.loop), eventLoop: Self.loop)
    }

    /// Runs `body` on a migrated database and an empty Redis; ends all daemons afterwards. Prints the daemons' logs when it fails.
    static func with(
        _ environment: [String: String] = [:], ownPostgres: Bool = false, appendOnly: Bool = false, _ body: (Fleet) async throws -> Void
    ) async throws {
        let fleet = try Fleet(environment: environment, ownPostgres: ownPostgres, appendOnly: appendOnly)
        do {
            _ = try await Migrator(pool: fleet.pool, migrations: JobSchema.migrations + CorpusSchema.migrations + CacheSchema.migrations)
                .migrate()
            try await body(fleet)
        } catch {
            print(fleet.logs)
            await fleet.close()
            throw error
        }
        await fleet.close()
    }

    private func close() async {
        for daemon in self.started.withLock({ $0 }) { daemon.process.kill(SIGKILL) }
        await self.client.close()
        await self.pool.close(grace: .seconds(1))
    }

    // MARK: Daemons

    /// One program of the fleet.
    struct Daemon: Sendable {
        let process: ChildProcess
        let log: String
        var pid: Int32 { self.process.pid }
    }

    func worker(_ environment: [String: String] = [:]) throws -> Daemon { try self.start("fleet-worker", environment) }
    func scheduler(_ environment: [String: String] = [:]) throws -> Daemon { try self.start("retry-scheduler", environment) }

    func start(_ program: String, _ environment: [String: String] = [:]) throws -> Daemon {
        let number = self.started.withLock { $0.count }
        let log = "\(self.scratch.path)/\(number)-\(program).log"
        let process = try ChildProcess(
            "\(Self.programs)/\(program)", [], environment: self.environment.merging(environment) { $1 }, log: log)
        let daemon = Daemon(process: process, log: log)
        self.started.withLock { $0.append(daemon) }
        return daemon
    }

    /// Waits until as many workers are registered.
    func ready(workers: Int) async throws {
        try await eventually("\(workers) workers are there", within: .seconds(20)) { try await self.broker.workers().count >= workers }
    }

    /// The ends of the daemons' logs.
    var logs: String {
        self.started.withLock { $0 }.suffix(6).map { "--- \($0.log)\n" + readText($0.log).suffix(3_000) }.joined(separator: "\n")
    }

    // MARK: Files

    /// Where the daemons look for files: a copy of the samples.
    var storage: String { "\(self.scratch.path)/storage" }

    /// Copies the sample documents and recordings into ``storage``.
    func makeFiles() throws {
        let examples = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/") + "/Examples"
        try self.command(["mkdir", "-p", self.storage])
        try self.command(["cp", "-r", "\(examples)/documents/.", "\(examples)/recordings/.", self.storage])
    }

    /// Runs a program to its end and expects that it succeeds.
    func command(_ line: [String], environment: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation) throws {
        let log = "\(self.scratch.path)/commands.log"
        let process = try ChildProcess(line[0], Array(line.dropFirst()), environment: environment, log: log)
        #expect(process.wait() == .exited(0), "\(line): \(readText(log).suffix(1_000))", sourceLocation: sourceLocation)
    }

    /// Cuts a piece out of one of the recordings.
    func cut(_ name: String, from start: Double, seconds: Double, to target: String) throws {
        try self.command([
            "ffmpeg", "-nostdin", "-v", "error", "-ss", "\(start)", "-t", "\(seconds)", "-i", "\(self.storage)/\(name)",
            "\(self.storage)/\(target)",
        ])
    }

    func fileMessage(_ name: String, job: String) -> String {
        "{\"job_id\": \"\(job)\", \"gcs_path\": \"\(name)\", \"filename\": \"\(name)\"}"
    }

    /// The broker of a kind's queues, `audio_queue` and so on; for everything but waiting.
    func broker(of queue: String) -> RedisBroker {
        let kind = queue.replacing("_queue", with: "")
        return RedisBroker(
            names: QueueNames(queue: QueueName(queue), retry: "\(kind)_retry", deadLetter: "\(kind)_dlq"), client: self.client,
            blocking: RedisBlockingConnection(configuration: self.redisConfiguration, eventLoop: Self.loop), eventLoop: Self.loop)
    }

    /// Sends messages to a queue.
    func push(_ queue: String, _ messages: String...) async throws {
        for message in messages { try await self.broker(of: queue).enqueue([Array(message.utf8)]) }
    }

    // MARK: Messages

    static func message(_ name: String, job: String = "j", run: String = "ok", extra: String = "") -> [UInt8] {
        Array("{\"job_id\": \"\(job)\", \"gcs_path\": \"in/\(name)\", \"filename\": \"\(name)\", \"run\": \"\(run)\"\(extra)}".utf8)
    }

    func send(_ names: [String], run: String = "ok", extra: String = "") async throws {
        try await self.broker.enqueue(names.map { Self.message($0, run: run, extra: extra) })
    }

    /// The lines of the run log.
    var runs: [RunLog.Line] { RunLog(path: "\(self.scratch.path)/runs").lines }

    /// Waits until nothing is ready, leased or scheduled, and PostgreSQL knows of no work that is not over.
    func settled(within limit: Duration = .seconds(60), sourceLocation: SourceLocation = #_sourceLocation) async throws {
        do {
            try await eventually("all work is done", within: limit, every: .milliseconds(50), sourceLocation: sourceLocation) {
                // While a server is away nothing can be said.
                guard let counts = try? await self.broker.counts() else { return false }
                guard counts.ready + counts.leased + counts.scheduled == 0 else { return false }
                guard let open = try? await self.count("SELECT count(*) FROM work_item WHERE finished_at IS NULL") else { return false }
                return open == 0
            }
        } catch {
            let query: PostgresQuery =
                "SELECT string_agg(s, ' ') FROM (SELECT status || ':' || count(*) AS s FROM work_item GROUP BY status) AS states"
            let states = try? await self.pool.query(query).one()[0, as: String?.self]
            let counts = try await self.broker.counts()
            Issue.record("\(counts) \(states ?? nil ?? "")", sourceLocation: sourceLocation)
            throw error
        }
    }

    func count(_ query: PostgresQuery) async throws -> Int { try await self.pool.query(query).one()[0, as: Int.self] }
}

/// A number from the environment.
func environmentNumber(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }

struct WaitedInVain: Error {}

/// Polls until `condition` holds.
func eventually(
    _ what: String, within limit: Duration = .seconds(20), every interval: Duration = .milliseconds(10),
    sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
    let end = MonotonicTime.now + limit
    while try await !condition() {
        guard MonotonicTime.now < end else {
            Issue.record("waited in vain: \(what)", sourceLocation: sourceLocation)
            throw WaitedInVain()
        }
        try await Task.sleep(for: interval)
    }
}

/// The text of a file; empty when there is none.
func readText(_ path: String) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(file, &buffer, buffer.count)
        if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
        bytes += buffer[..<count]
    }
}
