internal import FlotillaRedis
internal import Flotilla
internal import Threading

/// Messages that keep coming while faults are injected, as from producers that know nothing of them.
enum SteadyLoad {
    /// Sends batches of jobs, by default quick, sleeping and two-stage ones, until `body` returns; then all that was sent is accepted.
    ///
    /// - Throws: what `body` throws.
    static func during(
        _ scene: Scene, batch: Int = 20, every interval: Duration = .milliseconds(60),
        job: @escaping @Sendable (_ number: Int) -> TestJob = Self.job, _ body: () async throws -> Void
    ) async throws {
        let isOver = Lock(false)
        let producer = Task {
            while !isOver.withLock({ $0 }) {
                // No more than the fleet has to do, however slow the machine is. While Redis is away its producers wait.
                if let waiting = try? await scene.counts().ready, waiting < 400 {
                    let first = scene.sentJobs.count
                    try await scene.sendPatiently((first..<first + batch).map { job($0) })
                }
                try await Task.sleep(for: interval)
            }
        }
        try await withTaskCancellationHandler {
            do {
                try await body()
            } catch {
                // It may wait for a server that never comes back.
                producer.cancel()
                throw error
            }
            isOver.withLock { $0 = true }
            try await producer.value
        } onCancel: {
            producer.cancel()
        }
    }

    static func job(_ number: Int) -> TestJob {
        switch number % 4 {
        case 1: TestJob("m\(number)", run: "sleep", milliseconds: 20)
        case 2: TestJob("m\(number)", run: "stages")
        default: TestJob("m\(number)")
        }
    }
}
