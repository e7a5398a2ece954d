import Flotilla
public import FlotillaRedis
import RedisClient

/// The kinds of work that have queues of their own.
public enum QueueKind: String, Sendable, CaseIterable {
    case document, audio, video, graph
}

/// Names and rules of one kind's queues.
public struct QueueSettings: Sendable, Hashable {
    public let kind: QueueKind
    /// The list of ready messages.
    public let queue: String
    /// The sorted set of messages that wait for another attempt.
    public let retry: String
    /// The list of dead letters.
    public let dead: String
    /// Retries after the first run.
    public let maximumRetries: Int

    /// The names as the broker wants them.
    public var names: QueueNames { QueueNames(queue: QueueName(self.queue), retry: self.retry, deadLetter: self.dead) }
}

extension Settings {
    /// The queues of one kind.
    public func queue(_ kind: QueueKind) -> QueueSettings {
        let all = self[\.maxRetryAttempts]
        return switch kind {
        case .document: self.queue(kind, \.queueDocument, \.retryDocument, \.dlqDocument, self[\.maxRetryAttemptsDocument] ?? all)
        case .audio: self.queue(kind, \.queueAudio, \.retryAudio, \.dlqAudio, self[\.maxRetryAttemptsAudio] ?? all)
        case .video: self.queue(kind, \.queueVideo, \.retryVideo, \.dlqVideo, self[\.maxRetryAttemptsVideo] ?? all)
        case .graph: self.queue(kind, \.queueGraph, \.retryGraph, \.dlqGraph, self[\.maxRetryAttemptsGraph] ?? all)
        }
    }

    private typealias Name = KeyPath<SettingCatalog, Setting<String>>

    private func queue(_ kind: QueueKind, _ queue: Name, _ retry: Name, _ dead: Name, _ maximumRetries: Int) -> QueueSettings {
        // On a cluster the default names would lie on other nodes than the queue.
        let fit = self.isOnCluster(kind) ? RedisKeys.clusterNames(QueueName(self[queue])) : nil
        func name(_ setting: Name, onCluster: String?) -> String { self.isSet(setting) ? self[setting] : onCluster ?? self[setting] }
        return QueueSettings(
            kind: kind, queue: self[queue], retry: name(retry, onCluster: fit?.retry), dead: name(dead, onCluster: fit?.deadLetter),
            maximumRetries: maximumRetries)
    }

    /// The queues of all kinds, in a fixed order.
    public var queues: [QueueSettings] { QueueKind.allCases.map { self.queue($0) } }

    /// What is set that cannot be on a cluster.
    func clusterMistakes() -> [String] {
        var mistakes = self.queues.filter { self.isOnCluster($0.kind) }.flatMap { queue in
            let slot = ClusterSlot.of(queue.queue)
            let kind = queue.kind.rawValue.uppercased()
            let fit = RedisKeys.clusterNames(QueueName(queue.queue))
            guard ClusterSlot.of(fit.retry) == slot else {
                return ["REDIS_QUEUE_\(kind)=\(queue.queue): on a cluster braces in a queue's name must hold a part of it"]
            }
            return [("REDIS_RETRY_\(kind)", queue.retry, fit.retry), ("REDIS_DLQ_\(kind)", queue.dead, fit.deadLetter)]
                .filter { ClusterSlot.of($0.1) != slot }
                .map {
                    "\($0.0)=\($0.1) lies in another slot of the cluster than the queue '\(queue.queue)': leave it out, or set \($0.0)=\($0.2)"
                }
        }
        if self.redisIsCluster, self[\.cache.isEnabled], self[\.cache.redisURL] == nil {
            mistakes.append(
                "REDIS_URL is a cluster, and the cache cannot be on one: set CACHE_REDIS_URL to a Redis of its own, or CACHE_ENABLED=false")
        }
        return mistakes
    }
}
