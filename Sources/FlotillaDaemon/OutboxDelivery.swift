internal import Flotilla
internal import FlotillaPostgres
internal import FlotillaRedis

/// How messages get from the outbox to their queues, and who hears of it: the same for the process that committed them and for the relay.
struct OutboxDelivery: Sendable {
    let push: OutboxPush
    let report: @Sendable (Result<Int, JobStoreError>) -> Void

    /// - Parameter brokers: of all queues to which anything can follow.
    init(_ brokers: [RedisBroker], _ context: DaemonContext) {
        let logger = context.logger.labelled("outbox")
        let relayed = context.metrics.registry.counter(
            "flotilla_outbox_relayed_total", help: "Messages pushed from the outbox by this process.", labels: [])()
        let byQueue = Dictionary(uniqueKeysWithValues: brokers.map { ($0.queue, $0) })
        let metrics = context.metrics
        self.push = { queue, payloads in
            guard let broker = byQueue[queue] else { throw UnknownOutboxQueue(queue: queue) }
            try await broker.enqueue(payloads)
            metrics.enqueued(queue.rawValue).increment(by: payloads.count)
        }
        self.report = { result in
            switch result {
            case .success(let count): relayed.increment(by: count)
            case .failure(let error): logger.warning("cannot push from the outbox", ["error": error.description])
            }
        }
    }
}

/// The outbox names a queue that this program does not know.
struct UnknownOutboxQueue: Error, CustomStringConvertible {
    let queue: QueueName
    var description: String { "the outbox holds messages for \(self.queue), which is no queue of this fleet" }
}
