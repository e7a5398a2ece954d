internal import Flotilla
internal import FlotillaRedis

/// Whether the Redis servers of all queues are fit, asked side by side: one that is away must not hold up the queues of the others.
struct RedisServerChecks: Sendable {
    private let tasks: [RedisShard: Task<Void, any Error>]
    private let answers: AsyncStream<Result<Void, any Error>>
    private let settings: Settings

    /// Begins to ask; each server that is away is asked again until it answers.
    init(_ connections: Connections, _ brokers: [(kind: QueueKind, broker: RedisBroker)]) {
        let (answers, report) = AsyncStream.makeStream(of: Result<Void, any Error>.self)
        self.answers = answers
        self.settings = connections.configuration.settings
        var tasks: [RedisShard: Task<Void, any Error>] = [:]
        for (kind, broker) in brokers where tasks[self.settings.redisShard(kind)] == nil {
            tasks[self.settings.redisShard(kind)] = Task {
                do {
                    try await connections.checkRedis(broker)
                    report.yield(.success(()))
                } catch {
                    report.yield(.failure(error))
                    throw error
                }
            }
        }
        self.tasks = tasks
    }

    /// Returns when the first server is fit.
    ///
    /// - Throws: ``UnsuitableRedisServer``; `CancellationError`, and nothing is asked any more.
    func first() async throws {
        for await answer in self.answers { return try answer.get() }
        for task in self.tasks.values { task.cancel() }
        throw CancellationError()
    }

    /// Returns when the server of a kind's queue is fit.
    ///
    /// - Throws: ``UnsuitableRedisServer``; `CancellationError`, and that server is not asked any more.
    func server(of kind: QueueKind) async throws {
        guard let task = self.tasks[self.settings.redisShard(kind)] else { return }
        try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }
}
