internal import FlotillaCache
internal import RedisClient
internal import Threading

extension RedisCacheBackend {
    func send(_ command: RedisCommand, within timeout: Duration) async throws(CacheError) -> RedisValue {
        do {
            return try await self.client.send(command, timeout: timeout)
        } catch {
            throw CacheError(error)
        }
    }

    /// Sends commands together. An error reply to any of them is thrown.
    func pipeline(_ commands: [RedisCommand], within timeout: Duration) async throws(CacheError) -> [RedisValue] {
        if commands.count == 1 { return [try await self.send(commands[0], within: timeout)] }
        let replies: [RedisValue]
        do {
            replies = try await self.client.pipeline(commands, timeout: timeout)
        } catch {
            throw CacheError(error)
        }
        for reply in replies {
            if case .error(let error) = reply { throw CacheError(error.kind, error.message) }
        }
        return replies
    }

    /// - Parameter timeout: nil for that of writes.
    func run(_ script: RedisScript, keys: [String], _ arguments: [RedisArgument], within timeout: Duration? = nil)
        async throws(CacheError) -> RedisValue
    {
        do {
            return try await self.client.run(script, keys: keys, arguments: arguments, timeout: timeout ?? self.options.writeTimeout)
        } catch {
            throw CacheError(error)
        }
    }

    /// A reply that Redis cannot have given to this question.
    static var unexpected: CacheError { CacheError(.unavailable, "redis: the reply has an unexpected form") }

    /// Between a millisecond, as Redis wants it, and the longest time to live.
    static func milliseconds(_ duration: Duration) -> Int64 { max(1, min(duration, Self.longestTimeToLive).inMilliseconds) }
}

extension CacheError {
    init(_ error: RedisError) {
        if let kind = error.code.serverKind {
            self.init(kind, error.description)
        } else {
            let code: Code = error.code == .timedOut ? .timedOut : error.code == .authentication ? .refused : .unavailable
            self.init(code, error.description)
        }
    }

    /// An error reply. Those of a server that will soon be well are an outage; all others refuse the command.
    init(_ kind: RedisServerError.Kind, _ description: String) {
        let outages: Set<RedisServerError.Kind> = [.loading, .masterDown, .busy, .clusterDown, .unblocked]
        self.init(outages.contains(kind) ? .unavailable : .refused, description)
    }
}
