internal import Reactor

/// One question to one server, over a connection of its own that ends with the answer.
///
/// Unchecked because its members are touched by the loop's thread only.
final class ServerQuery: @unchecked Sendable {
    private var dispatcher: CommandDispatcher?
    private var completion: (@Sendable (Reply) -> Void)?

    /// Asks, and calls `completion` on the loop's thread, exactly once and not before this returns. Only on the loop.
    ///
    /// - Parameter configuration: how to reach and greet the server, and how long to wait in all (`commandTimeout`).
    static func ask(
        _ command: RedisCommand, _ configuration: RedisConfiguration, loop: EventLoop, _ completion: @escaping @Sendable (Reply) -> Void
    ) {
        let query = ServerQuery()
        query.completion = completion
        // The dispatcher's closures keep the query until it is over.
        let dispatcher = CommandDispatcher(
            configuration, loop: loop,
            onEvent: { event in
                switch event {
                case .connected: break
                // One attempt is enough: the next server may know.
                case .disconnected(let error, _), .connectFailed(let error, _): query.finish(.failure(error))
                }
            })
        query.dispatcher = dispatcher
        dispatcher.submit(CollectionOfOne(Request(command, timeout: nil, .callback { query.finish($0) })))
    }

    private func finish(_ reply: Reply) {
        guard let completion = self.completion else { return }
        self.completion = nil
        let dispatcher = self.dispatcher
        self.dispatcher = nil
        // The closure keeps the dispatcher until its socket is closed.
        dispatcher?.close { _ = dispatcher }
        completion(reply)
    }
}
