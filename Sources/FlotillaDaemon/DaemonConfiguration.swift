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
}

/// What a daemon works with: the settings in their final types, checked against each other.
public struct DaemonConfiguration: Sendable {
    public let role: DaemonRole
    /// Where everything below came from.
    public let settings: Settings

    public let concurrency: Int
    public let lease: Duration
    public let heartbeat: Duration
    public let reclaimInterval: Duration
    public let drain: Duration
    public let stageDeadline: Duration
    public let backoffBase: Duration
    public let backoffMaximum: Duration
    /// Nil keeps dead letters for ever.
    public let deadLetterRetention: Duration?
    public let maximumCrashes: Int
    public let httpAddress: String
    public let httpPort: UInt16

    private let queues: [QueueKind: QueueSettings]

    /// - Throws: ``SettingMistakes`` where settings contradict each other.
    public init(settings: Settings, role: DaemonRole) throws(SettingMistakes) {
        self.role = role
        self.settings = settings
        self.concurrency = settings[\.concurrency]
        self.lease = settings[\.lease]
        // The default follows a lease that was made shorter.
        self.heartbeat = settings.isSet(\.heartbeat) ? settings[\.heartbeat] : min(settings[\.heartbeat], settings[\.lease] / 3)
        self.reclaimInterval = settings[\.reclaimInterval]
        self.drain = settings[\.drain]
        self.stageDeadline = settings[\.stageDeadline]
        self.backoffBase = settings[\.retryBackoffBase]
        self.backoffMaximum =
            settings.isSet(\.retryBackoffMax) ? settings[\.retryBackoffMax] : max(settings[\.retryBackoffMax], settings[\.retryBackoffBase])
        self.deadLetterRetention = settings[\.dlqRetention] == .zero ? nil : settings[\.dlqRetention]
        self.maximumCrashes = settings[\.maxCrashDeliveries]
        self.httpAddress = settings[\.httpAddress]
        self.httpPort = UInt16(clamping: settings[\.httpPort] ?? role.defaultPort)

        let all = settings[\.maxRetryAttempts]
        let queues = [
            QueueSettings(
                kind: .document, queue: settings[\.queueDocument], retry: settings[\.retryDocument], dead: settings[\.dlqDocument],
                maximumRetries: settings[\.maxRetryAttemptsDocument] ?? all),
            QueueSettings(
                kind: .audio, queue: settings[\.queueAudio], retry: settings[\.retryAudio], dead: settings[\.dlqAudio],
                maximumRetries: settings[\.maxRetryAttemptsAudio] ?? all),
            QueueSettings(
                kind: .video, queue: settings[\.queueVideo], retry: settings[\.retryVideo], dead: settings[\.dlqVideo],
                maximumRetries: settings[\.maxRetryAttemptsVideo] ?? all),
            QueueSettings(
                kind: .graph, queue: settings[\.queueGraph], retry: settings[\.retryGraph], dead: settings[\.dlqGraph],
                maximumRetries: settings[\.maxRetryAttemptsGraph] ?? all),
        ]
        self.queues = Dictionary(uniqueKeysWithValues: queues.map { ($0.kind, $0) })
        let mistakes = self.contradictions(queues)
        if !mistakes.isEmpty { throw SettingMistakes(all: mistakes) }
    }

    /// Reads and checks the environment in one step.
    public static func read(role: DaemonRole, environment: [String: String] = Settings.processEnvironment()) throws(SettingMistakes) -> Self
    {
        try Self(settings: Settings(environment: environment), role: role)
    }

    /// The queues of one kind.
    public func queue(_ kind: QueueKind) -> QueueSettings {
        guard let queue = self.queues[kind] else { preconditionFailure("every kind has its queues") }
        return queue
    }

    /// The queues of all kinds, in a fixed order.
    public var allQueues: [QueueSettings] { QueueKind.allCases.map { self.queue($0) } }

    private func contradictions(_ queues: [QueueSettings]) -> [String] {
        var mistakes: [String] = []
        if self.heartbeat * 3 > self.lease {
            mistakes.append(
                "HEARTBEAT_SECONDS=\(SettingText.duration(self.heartbeat)) is more than a third of LEASE_SECONDS=\(SettingText.duration(self.lease)): "
                    + "one lost heartbeat would lose the lease")
        }
        if self.backoffBase > self.backoffMaximum {
            mistakes.append(
                "RETRY_BACKOFF_BASE_SECONDS=\(SettingText.duration(self.backoffBase)) exceeds "
                    + "RETRY_BACKOFF_MAX_SECONDS=\(SettingText.duration(self.backoffMaximum))")
        }
        if (self.settings[\.redisTLSCertFile] == nil) != (self.settings[\.redisTLSKeyFile] == nil) {
            mistakes.append("REDIS_TLS_CERT_FILE and REDIS_TLS_KEY_FILE belong together: set both or none")
        }
        var owners: [String: String] = [:]
        for queue in queues {
            let kind = queue.kind.rawValue.uppercased()
            for (name, variable) in [
                (queue.queue, "REDIS_QUEUE_\(kind)"), (queue.retry, "REDIS_RETRY_\(kind)"), (queue.dead, "REDIS_DLQ_\(kind)"),
            ] {
                if let owner = owners[name] {
                    mistakes.append("\(owner) and \(variable) are both '\(name)': every list needs a name of its own")
                }
                owners[name] = variable
            }
        }
        return mistakes
    }
}
