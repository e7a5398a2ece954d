import Flotilla
import FlotillaCache
import FlotillaDaemon
import FlotillaRedis
import FlotillaTesting
import JSONText
import PostgresClient
import RedisClient
import Testing
import Threading

@testable import OperatorCommands

/// Collects what a command writes.
final class FakeTerminal: Terminal {
    let width: Int?
    let height: Int?
    let showsProgress: Bool
    private let state = Lock<(output: [UInt8], error: [UInt8])>(([], []))

    init(width: Int? = nil, height: Int? = nil, showsProgress: Bool = false) {
        self.width = width
        self.height = height
        self.showsProgress = showsProgress
    }

    func writeOutput(_ bytes: [UInt8]) { self.state.withLock { $0.output += bytes } }
    func writeError(_ bytes: [UInt8]) { self.state.withLock { $0.error += bytes } }

    func restoreAtExit(_ bytes: [UInt8]) { self.atExit.withLock { $0 = bytes } }
    /// What the end of the process would write.
    let atExit = Lock<[UInt8]>([])

    var output: String { String(decoding: self.state.withLock { $0.output }, as: UTF8.self) }
    var error: String { String(decoding: self.state.withLock { $0.error }, as: UTF8.self) }
}

/// A fleet whose queues are in this process.
struct FakeFleet: Fleet {
    let queues: [FleetQueue]
    let brokers: [FleetQueue: InMemoryBroker]

    init() {
        self.queues = [QueueKind.document, .audio].map { kind in
            FleetQueue(
                kind: kind,
                names: QueueNames(
                    queue: QueueName("\(kind.rawValue)_queue"), retry: "\(kind.rawValue)_retry", deadLetter: "\(kind.rawValue)_dlq"),
                maximumRetries: 3)
        }
        self.brokers = Dictionary(uniqueKeysWithValues: self.queues.map { ($0, InMemoryBroker(queue: $0.names.queue)) })
    }

    var document: InMemoryBroker { self.brokers[self.queues[0]] ?? InMemoryBroker() }

    func broker(_ queue: FleetQueue) -> any BrokerAdministration { self.brokers[queue] ?? InMemoryBroker() }
    func database() throws -> PostgresPool { throw CommandError(.unavailable, "this test has no database") }
    func redis() throws -> RedisClient { throw CommandError(.unavailable, "this test has no Redis") }
    func redis(of kind: QueueKind) throws -> RedisClient { try self.redis() }
    func redisServers() throws -> [(name: String, client: RedisClient)] { [("redis", try self.redis())] }
    func cacheRedis() throws -> RedisClient { try self.redis() }
    func cacheTiers(_ keySpace: CacheKeySpace) throws -> CacheTiers { throw CommandError(.unavailable, "this test has no cache") }
    var sharesRedis: Bool { true }
    func close() async {}

    /// Lets a worker fail messages for good.
    func bury(_ messages: [(payload: String, letter: DeadLetter)]) async throws {
        let worker = WorkerID.random()
        let info = WorkerInfo(host: "h", processID: 1, role: "r", version: "1", startedAt: 0, concurrency: 1)
        try await self.document.register(worker, lease: .seconds(30), info: info)
        var sequence: UInt64 = 1
        for (payload, letter) in messages {
            try await self.document.enqueue([Array(payload.utf8)])
            let exchange = try await self.document.exchange(
                [], claiming: 1, firstSequence: sequence, isRepeat: false, by: worker, lease: .seconds(30))
            sequence += 1
            let delivery = try #require(exchange.deliveries.first)
            let dead = MessageSplice.adding(letter, to: Array(payload.utf8))
            _ = try await self.document.exchange(
                [.dead(delivery.id, payload: dead, letter: letter)], claiming: 0, firstSequence: sequence, isRepeat: false, by: worker,
                lease: .seconds(30))
        }
        try await self.document.retire(worker)
    }
}

/// 2026-11-21T10:00:00Z.
let noon: Int64 = 1_795_255_200_000_000

func letter(
    _ id: String, reason: DeadLetter.Reason = .permanent, message: String = "the file is corrupt", fingerprint: String = "9f2a41c07b1e",
    minutesAgo: Int64 = 10, job: String = "j1", filename: String = "a.pdf", stage: StageName? = "detect"
) -> DeadLetter {
    DeadLetter(
        id: id, reason: reason, errorMessage: message, fingerprint: fingerprint, failureTime: noon - minutesAgo * 60_000_000,
        originalQueue: "document_queue", jobID: job, filename: filename, failureCount: 1, stage: stage)
}

/// Runs a command on a fleet in this process.
func run(
    _ line: String, fleet: FakeFleet = FakeFleet(), terminal: FakeTerminal = FakeTerminal(), environment: [String: String] = [:]
) async -> (exit: ExitCode, output: String, error: String) {
    let words = line.split(separator: " ").map(String.init)
    return await run(words: words, fleet: fleet, terminal: terminal, environment: environment)
}

func run(
    words: [String], fleet: FakeFleet = FakeFleet(), terminal: FakeTerminal = FakeTerminal(), environment: [String: String] = [:]
) async -> (exit: ExitCode, output: String, error: String) {
    let command = OperatorCommandLine(environment: environment, terminal: terminal, now: { noon }) { _ in fleet }
    let exit = await command.run(words)
    return (exit, terminal.output, terminal.error)
}
