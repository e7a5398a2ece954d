internal import Flotilla
internal import RedisClient

/// A Redis server that a queue must not be kept in.
public struct UnsuitableRedisServer: Error, Sendable, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        private enum Kind { case tooOld, evictsKeys, isCluster, needsOneSlot }
        private let kind: Kind
        /// Before 6.2: commands are missing.
        public static let tooOld = Self(kind: .tooOld)
        /// It may throw messages away when its memory is full.
        public static let evictsKeys = Self(kind: .evictsKeys)
        /// A node of a cluster that the client takes for a server of its own.
        public static let isCluster = Self(kind: .isCluster)
        /// A cluster on which the queue, its retries and its dead letters lie on different nodes: no transition spans nodes.
        public static let needsOneSlot = Self(kind: .needsOneSlot)
    }

    public let code: Code
    /// What is wrong and what to do about it.
    public let description: String
}

/// What a server says about itself.
public struct RedisServerReport: Sendable, Hashable {
    /// `7.0.15`.
    public var version: String
    /// `noeviction`, `allkeys-lru`…; nil when the server does not tell.
    public var evictionPolicy: String?
    /// Whether commands are written to an append-only file; nil when the server does not tell.
    public var isAppendOnly: Bool?
    /// `standalone`, `sentinel` or `cluster`.
    public var mode: String
}

extension RedisBroker {
    /// Checks that the server is recent enough, never evicts keys, and that on a cluster the queue's keys lie together.
    ///
    /// On a cluster the node is asked that holds the queue.
    ///
    /// - Parameter allowEviction: accept a server that may evict messages. Say so loudly in the log.
    /// - Throws: ``UnsuitableRedisServer``, or a ``BrokerError`` when the server cannot be asked. Nothing is written.
    public func checkServer(allowEviction: Bool = false) async throws -> RedisServerReport {
        let report = try await self.serverReport()
        let numbers = report.version.split(separator: ".").prefix(2).map { Int($0) ?? 0 } + [0, 0]
        guard numbers[0] > 6 || numbers[0] == 6 && numbers[1] >= 2 else {
            throw UnsuitableRedisServer(code: .tooOld, description: "Redis 6.2 or later is needed; the server is \(report.version)")
        }
        if self.client.configuration.isCluster {
            if let stray = RedisKeys.stray(self.names) { throw self.strays(stray) }
        } else if report.mode == "cluster" {
            throw UnsuitableRedisServer(
                code: .isCluster,
                description:
                    "the Redis server is a node of a cluster: name it in a URL that begins with redis+cluster:// (or rediss+cluster://)")
        }
        if let policy = report.evictionPolicy, policy != "noeviction", !allowEviction {
            throw UnsuitableRedisServer(
                code: .evictsKeys,
                description: """
                    the Redis server may evict messages: its maxmemory-policy is \(policy). Set it with \
                    `redis-cli CONFIG SET maxmemory-policy noeviction` and in redis.conf, or use a server of its own for queues
                    """)
        }
        return report
    }

    private func strays(_ key: String) -> UnsuitableRedisServer {
        let fit = RedisKeys.clusterNames(self.queue)
        return UnsuitableRedisServer(
            code: .needsOneSlot,
            description: """
                on a cluster all keys of a queue must lie in one slot, and '\(key)' does not lie with the queue '\(self.queue)': name its \
                retries '\(fit.retry)' and its dead letters '\(fit.deadLetter)', and keep braces out of the queue's own name unless they \
                hold a part of it
                """)
    }

    private func serverReport() async throws(BrokerError) -> RedisServerReport {
        var questions: [RedisCommand] = [["INFO"]]
        // A command with a key leads the other one to the node that holds the queue.
        if self.client.configuration.isCluster { questions.append(["EXISTS", .text(self.keys.queue)]) }
        let replies = try await self.pipeline(questions, "checkServer")
        let text = replies[0].bytes.map { String(decoding: $0, as: UTF8.self) } ?? ""
        var facts: [Substring: Substring] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            facts[line[..<colon]] = line[line.index(after: colon)...]
        }
        guard let version = facts["redis_version"] else {
            throw BrokerError(.refused, operation: "checkServer", message: "the server does not tell its version")
        }
        // INFO carries the policy, and unlike CONFIG it is rarely forbidden.
        return RedisServerReport(
            version: String(version), evictionPolicy: facts["maxmemory_policy"].map { String($0) },
            isAppendOnly: facts["aof_enabled"].map { $0 == "1" }, mode: facts["redis_mode"].map { String($0) } ?? "standalone")
    }
}
