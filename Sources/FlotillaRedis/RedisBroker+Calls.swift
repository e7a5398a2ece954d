internal import Flotilla
internal import RedisClient
internal import Threading

extension RedisBroker {
    func run(
        _ script: RedisScript, _ operation: String, keys: [String], _ arguments: [RedisArgument]
    ) async throws(BrokerError) -> RedisValue {
        do {
            return try await self.client.run(script, keys: keys, arguments: arguments, timeout: self.options.timeout)
        } catch {
            throw BrokerError(error, operation: operation)
        }
    }

    func send(_ command: RedisCommand, _ operation: String) async throws(BrokerError) -> RedisValue {
        do {
            return try await self.client.send(command, timeout: self.options.timeout)
        } catch {
            throw BrokerError(error, operation: operation)
        }
    }

    /// Sends commands together; an error reply to any of them is thrown.
    func pipeline(_ commands: [RedisCommand], _ operation: String) async throws(BrokerError) -> [RedisValue] {
        let replies: [RedisValue]
        do {
            replies = try await self.client.pipeline(commands, timeout: self.options.timeout)
        } catch {
            throw BrokerError(error, operation: operation)
        }
        guard replies.count == commands.count else { throw Self.unexpected(operation) }
        for reply in replies {
            if case .error(let error) = reply {
                throw BrokerError(Self.isOutage(error.kind) ? .unavailable : .outcomeUnknown, operation: operation, message: error.message)
            }
        }
        return replies
    }

    /// A reply that the script cannot have given: something else answers to its name.
    static func unexpected(_ operation: String) -> BrokerError {
        BrokerError(.outcomeUnknown, operation: operation, message: "the reply has an unexpected form")
    }

    static func isOutage(_ kind: RedisServerError.Kind) -> Bool {
        [
            .readOnly, .loading, .masterDown, .noAuth, .wrongPass, .busy, .outOfMemory, .misconfigured, .noReplicas, .clusterDown,
            .unblocked, .tryAgain, .moved, .ask,
        ].contains(kind)
    }

    /// At least one: Redis refuses a lifetime of zero.
    static func milliseconds(_ duration: Duration) -> Int64 { min(max(duration.inMilliseconds, 1), 1 << 50) }
    /// Never negative, and rounded up: no message is due early.
    static func delayMilliseconds(_ duration: Duration) -> Int64 {
        let nanoseconds = max(duration.inNanoseconds, 0)
        return min(nanoseconds / 1_000_000 + (nanoseconds % 1_000_000 == 0 ? 0 : 1), 1 << 50)
    }
}

extension BrokerError {
    /// What a client's error means to somebody who must know whether anything was written.
    init(_ error: RedisError, operation: String) {
        let code: Code
        if error.code == .closed {
            code = error.mayHaveRun ? .outcomeUnknown : .closed
        } else if error.code == .crossSlot {
            code = .refused
        } else if let kind = error.code.serverKind {
            code = error.mayHaveRun ? .outcomeUnknown : RedisBroker.isOutage(kind) ? .unavailable : .refused
        } else {
            code = error.mayHaveRun ? .outcomeUnknown : .unavailable
        }
        self.init(code, operation: operation, message: error.description)
    }
}
