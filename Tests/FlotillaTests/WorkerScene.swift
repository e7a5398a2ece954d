import Flotilla
import FlotillaTesting
import Testing
import Threading

/// A worker on a broker and a store in memory, with short times, and everything that it reports.
struct WorkerScene: Sendable {
    let broker: InMemoryBroker
    let store: InMemoryJobStore
    let worker: Worker
    let events: Events
    /// Runs as `<filename> <attempt>`, in the order in which they began.
    let runs: Runs

    typealias Handle = @Sendable (_ job: JobContext) async throws -> JobOutcome

    static func options(concurrency: Int = 2, deadline: Duration = .seconds(30), maximumRetries: Int = 3) -> WorkerOptions {
        WorkerOptions(
            concurrency: concurrency, lease: .seconds(20), heartbeat: .milliseconds(20), deadline: deadline,
            cancellationGrace: .milliseconds(100),
            retryPolicy: RetryPolicy(
                maximumRetries: maximumRetries, backoff: Backoff(base: .milliseconds(2), cap: .milliseconds(4))),
            postponement: .milliseconds(4),
            info: WorkerInfo(host: "test", processID: 1, role: "test", version: "", startedAt: 0, concurrency: concurrency))
    }

    /// Starts a worker, does `body`, and drains the worker.
    static func with(
        _ options: WorkerOptions = Self.options(), withoutStore: Bool = false, broker: InMemoryBroker = InMemoryBroker(),
        store: InMemoryJobStore = InMemoryJobStore(), handle: @escaping Handle,
        _ body: (WorkerScene) async throws -> Void
    ) async throws {
        let events = Events()
        let runs = Runs()
        let worker = Worker(
            broker: broker, store: withoutStore ? nil : store, handler: RecordingHandler(runs: runs, body: handle), options: options,
            logger: .disabled, observer: events)
        let scene = WorkerScene(broker: broker, store: store, worker: worker, events: events, runs: runs)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await worker.run() }
            group.addTask {
                while !Task.isCancelled {
                    _ = try? await broker.promote(limit: 100)  // Ordered failures are none of its business.
                    try? await Task.sleep(for: .milliseconds(1))
                }
            }
            do {
                try await body(scene)
            } catch {
                worker.drain(within: .zero)
                group.cancelAll()
                throw error
            }
            worker.drain(within: .seconds(10))
            _ = try await group.next()
            group.cancelAll()
        }
    }

    static func message(_ name: String, job: String? = "j", extra: String = "") -> [UInt8] {
        let job = job.map { "\"job_id\":\"\($0)\"," } ?? ""
        return Array("{\(job)\"filename\":\"\(name)\"\(extra)}".utf8)
    }

    func send(_ names: String..., job: String? = "j") async throws {
        try await self.broker.enqueue(names.map { Self.message($0, job: job) })
    }

    /// Waits until nothing is ready, leased or scheduled.
    func settled(dead: Int = 0, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        do {
            try await eventually("nothing is left to do", sourceLocation: sourceLocation) {
                let counts = try await self.broker.counts()
                return counts.ready + counts.leased + counts.scheduled == 0 && counts.dead == dead
            }
        } catch {
            let counts = try await self.broker.counts()
            Issue.record(
                "\(counts) \(self.worker.status) \(self.events.all.suffix(20).map { String(describing: $0).prefix(160) })",
                sourceLocation: sourceLocation)
            throw error
        }
    }

    var deadLetters: [DeadLetter] {
        get async throws {
            try await self.broker.deadLetters(from: 0, limit: 100).map { DeadLetterEntry($0, queue: self.broker.queue).letter }
        }
    }
}

/// Polls until `condition` holds.
func eventually(
    _ what: String, within limit: Duration = .seconds(10), sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let end = MonotonicTime.now + limit
    while try await !condition() {
        guard MonotonicTime.now < end else {
            Issue.record("waited in vain: \(what)", sourceLocation: sourceLocation)
            throw WaitedInVain()
        }
        try await Task.sleep(for: .milliseconds(1))
    }
}

struct WaitedInVain: Error {}

/// A failure of a chosen class.
struct Trouble: FailureClassified {
    let failureClass: FailureClass
    var failureCode: String { "trouble" }
    var failureMessage: String { "it went wrong" }
}

final class Runs: Sendable {
    private let names = Lock<[String]>([])
    var all: [String] { self.names.withLock { $0 } }
    func add(_ name: String) { self.names.withLock { $0.append(name) } }
    func count(of name: String) -> Int { self.all.count { $0.hasPrefix(name + " ") } }
}

private struct RecordingHandler: JobHandler {
    let runs: Runs
    let body: WorkerScene.Handle

    func handle(_ job: JobContext) async throws -> JobOutcome {
        self.runs.add("\(job.message.filename ?? "?") \(job.attempt)")
        return try await self.body(job)
    }
}

final class Events: WorkerObserver {
    private let list = Lock<[WorkerEvent]>([])
    var all: [WorkerEvent] { self.list.withLock { $0 } }
    func observe(_ event: WorkerEvent) { self.list.withLock { $0.append(event) } }
    func count(where condition: (WorkerEvent) -> Bool) -> Int { self.all.count(where: condition) }
}

/// Lets tests hold runs at a place until they say so. Heeds cancellation.
final class Gate: Sendable {
    private let isOpen = Lock(false)
    func open() { self.isOpen.withLock { $0 = true } }

    func pass() async throws {
        while !self.isOpen.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(1)) }
    }

    /// Blocks the thread, deaf to cancellation.
    func block() {
        while !self.isOpen.withLock({ $0 }) { pauseThisThread() }
    }
}
