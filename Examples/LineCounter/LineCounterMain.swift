import Flotilla
import FlotillaRedis
import Glibc
import Reactor
import RedisClient

/// A pipeline of its own over the public library: counts the lines of text files named by messages on `line_queue`.
///
///     redis-cli LPUSH line_queue '{"id":"1","gcs_path":"/etc/hosts","filename":"hosts"}'
///     REDIS_URL=redis://localhost:6379 line-counter
///
/// No database, no documents: leases, retries with backoff, the dead-letter queue and crash recovery come with the worker and its broker.
@main
struct LineCounterMain {
    static func main() {
        // Blocked before any thread starts, so that only sigwait takes it.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)

        let url = getenv("REDIS_URL").map { String(cString: $0) } ?? "redis://localhost:6379"
        let worker: Worker
        let broker: RedisBroker
        do {
            (worker, broker) = try Self.makeWorker(url)
        } catch {
            print("REDIS_URL: \(error.message)")
            exit(2)
        }
        let reclaimer = LeaseReclaimer(broker: broker, store: nil)
        let promoter = RetryPromoter(broker: broker)
        // The program's own tasks: they end with the process. Not on the main thread, which waits for signals.
        Task { @concurrent in await reclaimer.run() }
        Task { @concurrent in await promoter.run() }
        Task { @concurrent in
            await worker.run()
            exit(0)
        }
        var signal: Int32 = 0
        sigwait(&signals, &signal)
        worker.drain(within: .seconds(10))
        sigwait(&signals, &signal)
        exit(1)
    }

    private static func makeWorker(_ url: String) throws(RedisError) -> (Worker, RedisBroker) {
        let loop = EventLoop(name: "io")
        let configuration = try RedisConfiguration(url: url)
        let broker = RedisBroker(
            names: QueueNames(queue: "line_queue", retry: "line_retry", deadLetter: "line_dlq"),
            client: RedisClient(configuration: configuration, eventLoop: loop),
            blocking: RedisBlockingConnection(configuration: configuration, eventLoop: loop), eventLoop: loop)
        let info = WorkerInfo(host: "localhost", processID: getpid(), role: "line-counter", version: "1", startedAt: 0, concurrency: 4)
        let worker = Worker(
            broker: broker, store: nil, handler: LineCounter(), options: WorkerOptions(concurrency: 4, info: info), logger: .disabled)
        return (worker, broker)
    }
}

/// The whole of the work.
struct LineCounter: JobHandler {
    func handle(_ job: JobContext) async throws -> JobOutcome {
        guard let path = job.message.path, let file = fopen(path, "re") else {
            throw NoSuchFile(path: job.message.path ?? "(no gcs_path)")
        }
        defer { fclose(file) }
        var lines = 0
        while case let byte = fgetc(file), byte != EOF { if byte == 10 { lines += 1 } }
        print("\(path): \(lines) lines, attempt \(job.attempt)")
        return .completed()
    }
}

/// A missing file will not come by itself: the message goes to the dead-letter queue at once.
struct NoSuchFile: FailureClassified {
    let path: String
    var failureClass: FailureClass { .permanent }
    var failureCode: String { "no_such_file" }
    var failureMessage: String { "cannot open \(self.path)" }
}
