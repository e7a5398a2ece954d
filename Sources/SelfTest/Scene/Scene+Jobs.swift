internal import Flotilla
internal import FlotillaDaemon
internal import FlotillaRedis
internal import Threading

/// A job that Redis has accepted.
struct SentJob: Sendable {
    let job: TestJob
    /// Microseconds since 1970, once it was accepted.
    let time: Int64
}

extension Scene {
    /// How many jobs: what the command line says, else one of the two.
    public func jobs(short: Int, long: Int) -> Int { self.setting.jobs ?? (self.setting.isLong ? long : short) }

    /// Pushes messages as producers do, and notes them as accepted: from now on each must be accounted for.
    ///
    /// - Throws: when Redis does not say that it has them; not all are noted then, though some may have arrived. Sending the same again is right.
    public func send(_ jobs: [TestJob]) async throws {
        for (kind, jobs) in Dictionary(grouping: jobs, by: \.kind).sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let broker = try self.broker(of: kind)
            for start in stride(from: 0, to: jobs.count, by: 500) {
                let part = jobs[start..<min(start + 500, jobs.count)]
                try await broker.enqueue(part.map(\.payload))
                let time = WallClock.microseconds
                self.state.withLock { state in
                    for job in part { state.jobs[job.name] = SentJob(job: job, time: time) }
                }
            }
        }
    }

    /// - Throws: ``SelfTestError`` when the scene has no such queue.
    func broker(of kind: QueueKind) throws -> RedisBroker {
        guard let broker = self.brokers[kind] else { throw SelfTestError("the scene has no queue of \(kind)") }
        return broker
    }

    /// How many messages all queues have.
    func counts() async throws -> (ready: Int, leased: Int, scheduled: Int) {
        var sum = (ready: 0, leased: 0, scheduled: 0)
        for broker in self.brokers.values {
            let counts = try await broker.counts()
            sum = (sum.ready + counts.ready, sum.leased + counts.leased, sum.scheduled + counts.scheduled)
        }
        return sum
    }

    /// Schedules a message as a retry is scheduled: it becomes ready when the delay has passed on Redis's clock.
    public func send(_ job: TestJob, after delay: Duration) async throws {
        try await self.broker.enqueue(job.payload, after: delay)
        let sent = SentJob(job: job, time: WallClock.microseconds + delay.inNanoseconds / 1_000)
        self.state.withLock { $0.jobs[job.name] = sent }
    }

    /// Pushes messages until Redis says that it has them, however long it is away. Copies are dropped when they are claimed.
    public func sendPatiently(_ jobs: [TestJob]) async throws {
        while true {
            do {
                return try await self.send(jobs)
            } catch {
                try Task.checkCancellation()
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// Pushes bytes that are no message.
    public func sendMalformed(_ payloads: [[UInt8]]) async throws {
        try await self.broker.enqueue(payloads)
        self.state.withLock { $0.malformed += payloads }
    }

    /// Says that malformed messages may be gone: retention has removed them.
    public func forgetMalformed() { self.state.withLock { $0.malformed.removeAll() } }

    /// Says that a job must end in another way from now on: after somebody has put it back, say.
    public func revise(_ names: some Sequence<String>, end: TestJob.End) {
        self.state.withLock { state in
            for name in names {
                guard let sent = state.jobs[name] else { continue }
                var job = sent.job
                job.end = end
                state.jobs[name] = SentJob(job: job, time: sent.time)
            }
        }
    }

    var sentJobs: [String: SentJob] { self.state.withLock { $0.jobs } }
    var malformed: [[UInt8]] { self.state.withLock { $0.malformed } }
}
