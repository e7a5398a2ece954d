public import FlotillaCache
internal import RedisClient
internal import Threading

extension RedisCacheBackend {
    /// Over a connection of its own, which lasts as long as the call. `handler` runs on the loop's thread and must not block.
    ///
    /// A server that goes silent is noticed within two heartbeats; until then ends are missed that nobody knows of.
    public func watch(_ handler: @escaping @Sendable (CacheEnd) -> Void) async {
        let messages = self.messages
        let subscription = RedisSubscription(
            configuration: self.subscription, channels: [self.keySpace.channel], eventLoop: self.eventLoop,
            heartbeat: self.options.heartbeat
        ) { event in
            switch event {
            case .subscribed: handler(.watching)
            case .lost: handler(.lost)
            case .message(_, let payload):
                guard let ends = messages.decode(payload) else {
                    // Another version's, perhaps: something has ended, and nobody here can say what.
                    handler(.lost)
                    return handler(.watching)
                }
                for end in ends { handler(end) }
            }
        }
        handler(.lost)
        subscription.start()
        await untilCancelled()
        await subscription.close()
    }
}
