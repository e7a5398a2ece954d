public import Flotilla
public import PostgresClient
public import RedisClient

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

    /// The queues of all kinds, in a fixed order.
    public let queues: [QueueSettings]

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
        // A recording is listened to for as long as it lasts, on a slow machine.
        let listens = role == .audioProcessor || role == .videoProcessor
        self.stageDeadline =
            settings.isSet(\.stageDeadline) || !listens
            ? settings[\.stageDeadline] : max(settings[\.stageDeadline], settings[\.maxMediaDuration])
        self.backoffBase = settings[\.retryBackoffBase]
        self.backoffMaximum =
            settings.isSet(\.retryBackoffMax) ? settings[\.retryBackoffMax] : max(settings[\.retryBackoffMax], settings[\.retryBackoffBase])
        self.deadLetterRetention = settings[\.dlqRetention] == .zero ? nil : settings[\.dlqRetention]
        self.maximumCrashes = settings[\.maxCrashDeliveries]
        self.httpAddress = settings[\.httpAddress]
        self.httpPort = UInt16(clamping: settings[\.httpPort] ?? role.defaultPort)

        self.queues = settings.queues
        let mistakes = self.contradictions() + settings.connectionMistakes()
        if !mistakes.isEmpty { throw SettingMistakes(all: mistakes) }
    }

    /// Reads and checks the environment in one step.
    public static func read(role: DaemonRole, environment: [String: String] = Settings.processEnvironment()) throws(SettingMistakes) -> Self
    {
        try Self(settings: Settings(environment: environment), role: role)
    }

    /// The queues of one kind.
    public func queue(_ kind: QueueKind) -> QueueSettings { self.settings.queue(kind) }

    /// When messages of one kind are tried again.
    public func retryPolicy(_ kind: QueueKind) -> RetryPolicy {
        RetryPolicy(maximumRetries: self.queue(kind).maximumRetries, backoff: Backoff(base: self.backoffBase, cap: self.backoffMaximum))
    }

    /// How to reach Redis; `connections` are for commands.
    public func redis(clientName: String, connections: Int = 2) throws(SettingMistakes) -> RedisConfiguration {
        try self.settings.redis(clientName: clientName, connections: connections)
    }

    /// How to reach the Redis that holds the queue of one kind.
    public func redis(of kind: QueueKind, clientName: String, connections: Int = 2) throws(SettingMistakes) -> RedisConfiguration {
        try self.settings.redis(of: kind, clientName: clientName, connections: connections)
    }

    /// How to reach PostgreSQL.
    public func postgres(applicationName: String) throws(SettingMistakes) -> PostgresConfiguration {
        try self.settings.postgres(applicationName: applicationName)
    }

    private func contradictions() -> [String] {
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
        mistakes += self.missingModels()
        mistakes += self.settings.clusterMistakes()
        var owners: [String: String] = [:]
        for queue in self.queues {
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

    /// Engines that were chosen without what they need.
    private func missingModels() -> [String] {
        var mistakes: [String] = []
        if self.settings[\.speechEngine] == .whisper, self.settings[\.whisperModel] == nil {
            mistakes.append("SPEECH_ENGINE=whisper needs WHISPER_MODEL, the path of a model file")
        }
        if self.settings[\.speechEngine] == .server, self.settings[\.speechURL] == nil {
            mistakes.append("SPEECH_ENGINE=server needs SPEECH_URL")
        }
        guard self.settings[\.chatURL] == nil else { return mistakes }
        if self.settings[\.entityEngine] == .chat { mistakes.append("ENTITY_ENGINE=chat needs CHAT_URL") }
        if self.settings[\.translateTo] != nil, self.settings[\.translator] == .chat { mistakes.append("TRANSLATOR=chat needs CHAT_URL") }
        return mistakes
    }
}
