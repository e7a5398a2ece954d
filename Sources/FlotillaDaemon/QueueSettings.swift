import Flotilla
public import FlotillaRedis

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
        case .document:
            QueueSettings(
                kind: kind, queue: self[\.queueDocument], retry: self[\.retryDocument], dead: self[\.dlqDocument],
                maximumRetries: self[\.maxRetryAttemptsDocument] ?? all)
        case .audio:
            QueueSettings(
                kind: kind, queue: self[\.queueAudio], retry: self[\.retryAudio], dead: self[\.dlqAudio],
                maximumRetries: self[\.maxRetryAttemptsAudio] ?? all)
        case .video:
            QueueSettings(
                kind: kind, queue: self[\.queueVideo], retry: self[\.retryVideo], dead: self[\.dlqVideo],
                maximumRetries: self[\.maxRetryAttemptsVideo] ?? all)
        case .graph:
            QueueSettings(
                kind: kind, queue: self[\.queueGraph], retry: self[\.retryGraph], dead: self[\.dlqGraph],
                maximumRetries: self[\.maxRetryAttemptsGraph] ?? all)
        }
    }

    /// The queues of all kinds, in a fixed order.
    public var queues: [QueueSettings] { QueueKind.allCases.map { self.queue($0) } }
}
