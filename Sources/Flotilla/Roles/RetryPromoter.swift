internal import Threading

/// Brings due retries back to their queue. Any number may run at once: each move is one atomic script.
public final class RetryPromoter: Sendable {
    private let broker: any Broker
    private let onPromote: @Sendable (Result<Int, BrokerError>) -> Void

    /// - Parameter onPromote: told how many were moved, when any were, and of every failure.
    public init(broker: any Broker, onPromote: @escaping @Sendable (Result<Int, BrokerError>) -> Void = { _ in }) {
        self.broker = broker
        self.onPromote = onPromote
    }

    /// Works until the task is cancelled. What is due is moved at most a second later, sooner when the next due time is known.
    public func run() async {
        await withTaskExecutorPreference(self.broker.executor) { await self.promote() }
    }

    private func promote() async {
        while !Task.isCancelled {
            var pause = Duration.seconds(1)
            do throws(BrokerError) {
                var moved = 0
                while true {
                    let promotion = try await self.broker.promote(limit: 100)
                    FaultPoint.promoteDone.hit()
                    moved += promotion.moved
                    if promotion.moved < 100 {
                        if let nextDue = promotion.nextDue { pause = min(pause, max(.milliseconds(1), nextDue)) }
                        break
                    }
                }
                if moved > 0 { self.onPromote(.success(moved)) }
            } catch {
                self.onPromote(.failure(error))
            }
            await self.broker.pause(for: pause)
        }
    }
}
