public import Flotilla
public import FlotillaRedis
internal import Glibc
public import JSONText
public import RedisClient
internal import Threading

/// Measures how fast one worker drains a queue of jobs that do nothing, through the real broker and, if given, the real job store.
public struct DrainBenchmark: Sendable {
    /// What was measured.
    public struct Result: Sendable {
        public var jobs: Int
        public var seconds: Double
        /// How long this client took to send the messages, 500 a command, each command when the one before was answered.
        public var fillSeconds: Double
        public var jobsPerSecond: Double { Double(self.jobs) / self.seconds }
        /// CPU time of this process, in microseconds a job.
        public var clientMicroseconds: Double
        /// CPU time of the Redis server, in microseconds a job.
        public var redisMicroseconds: Double

        public var json: JSONValue {
            [
                "jobs": .integer(Int64(self.jobs)), "seconds": .number(self.seconds), "jobs_per_second": .number(self.jobsPerSecond),
                "enqueued_per_second": .number(Double(self.jobs) / self.fillSeconds), "client_us_per_job": .number(self.clientMicroseconds),
                "redis_us_per_job": .number(self.redisMicroseconds),
            ]
        }
    }

    private let client: RedisClient
    private let broker: RedisBroker
    private let store: (any JobStore)?

    public init(client: RedisClient, broker: RedisBroker, store: (any JobStore)?) {
        self.client = client
        self.broker = broker
        self.store = store
    }

    /// Fills the queue, drains it, and measures the draining.
    ///
    /// - Parameters:
    ///   - jobs: how many messages of about 300 bytes.
    ///   - run: names the run: the messages' `job_id`.
    public func run(jobs: Int, concurrency: Int, run: String) async throws -> Result {
        let filling = MonotonicTime.now
        try await self.fill(jobs: jobs, run: run)
        let fillSeconds = (MonotonicTime.now - filling).inSeconds
        let done = Lock(0)
        let finished = Wakeups()
        let options = WorkerOptions(
            concurrency: concurrency,
            info: WorkerInfo(
                host: "bench", processID: getpid(), role: "bench", version: "", startedAt: WallClock.microseconds, concurrency: concurrency)
        )
        let worker = Worker(
            broker: self.broker, store: self.store, handler: CountingHandler(done: done, total: jobs, finished: finished), options: options,
            logger: .disabled)
        let redisBefore = try await self.redisCPU()
        let clientBefore = Self.clientCPU()
        let start = MonotonicTime.now
        await withDiscardingTaskGroup { group in
            group.addTask { await worker.run() }
            await finished.wait()
            worker.drain(within: .seconds(30))
        }
        let seconds = (MonotonicTime.now - start).inSeconds
        let clientAfter = Self.clientCPU()
        let redisAfter = try await self.redisCPU()
        return Result(
            jobs: jobs, seconds: seconds, fillSeconds: fillSeconds, clientMicroseconds: (clientAfter - clientBefore) * 1e6 / Double(jobs),
            redisMicroseconds: (redisAfter - redisBefore) * 1e6 / Double(jobs))
    }

    private func fill(jobs: Int, run: String) async throws {
        let padding = String(repeating: "x", count: 140)
        for start in stride(from: 0, to: jobs, by: 500) {
            let payloads = (start..<min(start + 500, jobs)).map { number in
                Array(
                    "{\"job_id\":\"\(run)\",\"gcs_path\":\"bench/\(number).bin\",\"filename\":\"\(number).bin\",\"tenant_id\":\"bench\",\"note\":\"\(padding)\"}"
                        .utf8)
            }
            try await self.broker.enqueue(payloads)
        }
    }

    private func redisCPU() async throws -> Double {
        let reply = try await self.client.send(["INFO", "cpu"])
        let text = reply.bytes.map { String(decoding: $0, as: UTF8.self) } ?? ""
        return text.split(whereSeparator: \.isNewline).reduce(0) { sum, line in
            guard line.hasPrefix("used_cpu_user:") || line.hasPrefix("used_cpu_sys:"), let value = line.split(separator: ":").last else {
                return sum
            }
            return sum + (Double(value) ?? 0)
        }
    }

    private static func clientCPU() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}

/// Does nothing, and says when it has done it often enough.
private struct CountingHandler: JobHandler {
    let done: Lock<Int>
    let total: Int
    let finished: Wakeups

    func handle(_ job: JobContext) async throws -> JobOutcome {
        let isLast = self.done.withLock { done in
            done += 1
            return done == self.total
        }
        if isLast { self.finished.raise() }
        return .completed()
    }
}

/// Something that happens once, and that one task waits for.
private final class Wakeups: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (self.stream, self.continuation) = AsyncStream.makeStream() }

    func raise() { self.continuation.finish() }

    func wait() async { for await _ in self.stream {} }
}
