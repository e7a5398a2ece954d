public import Flotilla
internal import RedisClient

// The producer's side.
extension RedisBroker {
    public func enqueue(_ payloads: [[UInt8]]) async throws(BrokerError) {
        // Bounded commands; each goes only when the one before it is done, so that the order holds.
        var start = 0
        while start < payloads.count {
            var command = RedisCommand("LPUSH", capacity: 64 * 1024)
            command.append(self.keys.queue)
            var bytes = 0
            let first = start
            while start < payloads.count, start - first < 1_000, bytes < 4 << 20 {
                command.append(payloads[start])
                bytes += payloads[start].count
                start += 1
            }
            try await self.write(command)
        }
    }

    public func enqueue(_ payload: [UInt8], after delay: Duration) async throws(BrokerError) {
        var command = RedisCommand(Script.delay, keys: [self.names.retry, self.keys.queue], capacity: payload.count + 64)
        command.append(DelayedMessage.bytes(of: payload, after: delay, on: self.queue))
        command.append(Self.delayMilliseconds(delay))
        try await self.write(command)
    }

    /// Sends a command that adds messages, and waits for as many replicas as the options ask for.
    private func write(_ command: RedisCommand) async throws(BrokerError) {
        guard self.options.replicas > 0 else {
            _ = try await self.send(command, "enqueue")
            return
        }
        let timeout = Self.milliseconds(self.options.replicationTimeout)
        let wait: RedisCommand = ["WAIT", .number(Int64(self.options.replicas)), .number(timeout)]
        // On one connection, since WAIT speaks of what its own connection wrote.
        let replies = try await self.pipeline([command, wait], "enqueue")
        let confirmed = replies[1].int ?? 0
        guard confirmed >= self.options.replicas else {
            throw BrokerError(
                .outcomeUnknown, operation: "enqueue",
                message: "the primary has the messages, but only \(confirmed) of \(self.options.replicas) replicas confirmed them in time")
        }
    }
}
