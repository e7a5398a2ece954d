import Flotilla
import Glibc

/// How log lines look.
public enum LogFormatChoice: String, Sendable, CaseIterable {
    case json, text, auto
}

/// Levels as they are configured.
public enum LogLevelChoice: String, Sendable, CaseIterable {
    case trace, debug, info, notice, warn, error
}

/// What turns speech into text.
public enum SpeechEngineChoice: String, Sendable, CaseIterable {
    case pocketsphinx, whisper, server
}

/// What translates.
public enum TranslatorChoice: String, Sendable, CaseIterable {
    case apertium, chat
}

/// What finds the entities of a text.
/// What stands between the programs and PostgreSQL.
public enum DatabasePoolerChoice: String, Sendable, CaseIterable {
    case none, session, transaction
}

public enum EntityEngineChoice: String, Sendable, CaseIterable {
    case builtin, chat
}

/// Every setting there is. Adding a line here makes it readable, checked, documented and shown.
public struct SettingCatalog: Sendable {
    // MARK: Redis

    static let redisSchemes = ["redis", "rediss", "redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster", "unix"]

    public let redisURL = Setting<String?>.url(
        "REDIS_URL", .redis, schemes: Self.redisSchemes, secret: true,
        help:
            "Where Redis is, in one line: `redis://user:password@host:6379/0`, `rediss://` for TLS, `unix:///path`, "
            + "`redis+sentinel://user:password@sentinel1:26379,sentinel2/mymaster/0?sentinel_password=secret`, "
            + "`redis+cluster://user:password@node1:6379,node2`. Takes the place of host, port "
            + "and database below; user and password below fill in what it leaves out.")
    public let redisURLDocument = Self.shard("DOCUMENT", "documents")
    public let redisURLAudio = Self.shard("AUDIO", "audio files")
    public let redisURLVideo = Self.shard("VIDEO", "videos")
    public let redisURLGraph = Self.shard("GRAPH", "the knowledge graph")
    private static func shard(_ kind: String, _ what: String) -> Setting<String?> {
        .url(
            "REDIS_URL_\(kind)", .redis, schemes: Self.redisSchemes, secret: true,
            help: "A Redis of its own for the queue of \(what), written like `REDIS_URL`. Without it, that one. All programs must agree.")
    }
    public let redisHost = Setting<String>.text(
        "REDIS_HOST", .redis, kind: "host name or address", default: "localhost", help: "The Redis server."
    ) { !$0.contains { $0 == " " || $0 == "/" } }
    public let redisPort = Setting<Int>.integer("REDIS_PORT", .redis, 1...65535, default: 6379, help: "Its port.")
    public let redisDB = Setting<Int>.integer("REDIS_DB", .redis, 0...65535, default: 0, help: "The number of the database.")
    public let redisUsername = Setting<String?>.optionalText("REDIS_USERNAME", .redis, help: "The ACL user; without one, the default user.")
    public let redisPassword = Setting<String?>.optionalText("REDIS_PASSWORD", .redis, secret: true, help: "The password.")
    public let redisTLS = Setting<Bool>.flag(
        "REDIS_TLS", .redis, default: false, help: "Whether to speak TLS to host and port. A `rediss://` URL or a CA file does so too.")
    public let redisTLSCAFile = Setting<String?>.optionalPath(
        "REDIS_TLS_CA_FILE", .redis, help: "The certificate authority that signed the server's certificate; the system's own without it.")
    public let redisTLSCertFile = Setting<String?>.optionalPath(
        "REDIS_TLS_CERT_FILE", .redis, help: "Our certificate, if the server asks for one.")
    public let redisTLSKeyFile = Setting<String?>.optionalPath("REDIS_TLS_KEY_FILE", .redis, help: "The key of our certificate.")
    public let redisWaitReplicas = Setting<Int>.integer(
        "REDIS_WAIT_REPLICAS", .redis, 0...16, default: 0,
        help: "How many replicas must have a message before a program of the fleet counts it as sent (Redis's `WAIT`). 0 trusts the "
            + "primary alone.")
    public let redisWaitTimeout = Setting<Duration>.duration(
        "REDIS_WAIT_TIMEOUT", .redis, .milliseconds(1)...(.seconds(60)), default: .seconds(1),
        help: "How long they may take. After it the message counts as not surely sent: it is sent again, and is there twice at worst.")
    public let allowEvictingRedis = Setting<Bool>.flag(
        "ALLOW_EVICTING_REDIS", .redis, default: false,
        help: "Start even if Redis may evict keys under memory pressure (`maxmemory-policy` other than `noeviction`), which loses messages."
    )

    // MARK: PostgreSQL

    public let databaseURL = Setting<String?>.url(
        "DATABASE_URL", .postgres, schemes: ["postgres", "postgresql"], secret: true,
        help: "Where PostgreSQL is: `postgres://user:password@host/database?sslmode=verify-full`. Several hosts, "
            + "`postgres://host1:5432,host2:5432/database`, are a primary and its standbys: the one that takes writes is used, whichever it is "
            + "(`target_session_attrs=read-write` unless the URL says otherwise). Without it, libpq's own variables (`PGHOST`, `PGUSER`, "
            + "`PGPASSWORD`, `PGPASSFILE`, `PGSSLMODE`, …) decide.")
    public let databasePooler = Setting<DatabasePoolerChoice>.choice(
        "DATABASE_POOLER", .postgres, default: .none,
        help: "What stands before PostgreSQL: `transaction` for pgbouncer with `pool_mode = transaction`, `session` with "
            + "`pool_mode = session`. With `transaction` nothing is prepared and settings are made in each transaction; `flotilla doctor` tells "
            + "when it does not fit.")
    public let databaseConnections = Setting<Int>.integer(
        "DATABASE_CONNECTIONS", .postgres, 1...200, default: 8, help: "Connections a process opens at most.")

    // MARK: Queues

    public let queueDocument = Setting<String>.key(
        "REDIS_QUEUE_DOCUMENT", .queues, default: "document_queue", help: "The list that holds ready messages of documents.")
    public let queueAudio = Setting<String>.key(
        "REDIS_QUEUE_AUDIO", .queues, default: "audio_queue", help: "The list that holds ready messages of audio files.")
    public let queueVideo = Setting<String>.key(
        "REDIS_QUEUE_VIDEO", .queues, default: "video_queue", help: "The list that holds ready messages of videos.")
    public let queueGraph = Setting<String>.key(
        "REDIS_QUEUE_GRAPH", .queues, default: "graph_queue", help: "The list that holds ready messages for the knowledge graph.")
    public let retryDocument = Setting<String>.key(
        "REDIS_RETRY_DOCUMENT", .queues, default: "document_retry",
        help: "The sorted set of document messages that wait for another attempt. On a cluster `{document_queue}:retry` by default.")
    public let retryAudio = Setting<String>.key("REDIS_RETRY_AUDIO", .queues, default: "audio_retry", help: "The same for audio.")
    public let retryVideo = Setting<String>.key("REDIS_RETRY_VIDEO", .queues, default: "video_retry", help: "The same for video.")
    public let retryGraph = Setting<String>.key("REDIS_RETRY_GRAPH", .queues, default: "graph_retry", help: "The same for the graph.")
    public let dlqDocument = Setting<String>.key(
        "REDIS_DLQ_DOCUMENT", .queues, default: "document_dlq",
        help: "The list of document messages that nobody will retry by themselves. On a cluster `{document_queue}:dlq` by default.")
    public let dlqAudio = Setting<String>.key("REDIS_DLQ_AUDIO", .queues, default: "audio_dlq", help: "The same for audio.")
    public let dlqVideo = Setting<String>.key("REDIS_DLQ_VIDEO", .queues, default: "video_dlq", help: "The same for video.")
    public let dlqGraph = Setting<String>.key("REDIS_DLQ_GRAPH", .queues, default: "graph_dlq", help: "The same for the graph.")

    // MARK: Retries

    public let maxRetryAttempts = Setting<Int>.integer(
        "MAX_RETRY_ATTEMPTS", .retries, 0...1000, default: 3,
        help: "Retries after the first run, so that 3 means at most 4 runs. 0 sends every failure to the dead-letter queue at once.")
    public let maxRetryAttemptsDocument = Setting<Int?>.optionalInteger(
        "MAX_RETRY_ATTEMPTS_DOCUMENT", .retries, 0...1000, help: "The same for documents alone.")
    public let maxRetryAttemptsAudio = Setting<Int?>.optionalInteger(
        "MAX_RETRY_ATTEMPTS_AUDIO", .retries, 0...1000, help: "The same for audio alone.")
    public let maxRetryAttemptsVideo = Setting<Int?>.optionalInteger(
        "MAX_RETRY_ATTEMPTS_VIDEO", .retries, 0...1000, help: "The same for video alone.")
    public let maxRetryAttemptsGraph = Setting<Int?>.optionalInteger(
        "MAX_RETRY_ATTEMPTS_GRAPH", .retries, 0...1000, help: "The same for the graph alone.")
    public let retryBackoffBase = Setting<Duration>.duration(
        "RETRY_BACKOFF_BASE_SECONDS", .retries, .zero ... .seconds(86_400), default: .seconds(60),
        help: "The wait before the first retry. It doubles with each further one; half of it is random.")
    public let retryBackoffMax = Setting<Duration>.duration(
        "RETRY_BACKOFF_MAX_SECONDS", .retries, .zero ... .seconds(30 * 86_400), default: .seconds(3600),
        help: "The wait never exceeds this.")
    public let dlqRetention = Setting<Duration>.duration(
        "DLQ_RETENTION_DAYS", .retries, .zero ... .seconds(3650 * 86_400), bare: .days, default: .seconds(7 * 86_400),
        help: "Dead letters older than this are removed from Redis; their history stays in PostgreSQL. 0 keeps them for ever.")
    public let maxCrashDeliveries = Setting<Int>.integer(
        "MAX_CRASH_DELIVERIES", .retries, 1...100, default: 3,
        help: "A message whose worker process died this many times while holding it is quarantined in the dead-letter queue.")

    // MARK: Worker

    public let concurrency = Setting<Int>.integer(
        "CONCURRENCY", .worker, 1...1024, default: availableCores(), shownDefault: "the number of cores", help: "Handlers that run at once."
    )
    public let lease = Setting<Duration>.duration(
        "LEASE_SECONDS", .worker, .seconds(2) ... .seconds(3600), default: .seconds(30),
        help: "How long a worker that went silent keeps what it holds. The longest wait before somebody else takes over.")
    public let heartbeat = Setting<Duration>.duration(
        "HEARTBEAT_SECONDS", .worker, .milliseconds(100) ... .seconds(600), default: .seconds(10),
        help: "How often a worker renews its lease; at most a third of `LEASE_SECONDS`.")
    public let reclaimInterval = Setting<Duration>.duration(
        "RECLAIM_INTERVAL_SECONDS", .worker, .milliseconds(100) ... .seconds(600), default: .seconds(5),
        help: "How often each process looks for workers that went silent, give or take half of it at random.")
    public let drain = Setting<Duration>.duration(
        "DRAIN_SECONDS", .worker, .zero ... .seconds(86_400), default: .seconds(60),
        help: "After SIGTERM, how long running handlers may take to finish; what is left is given back without counting an attempt.")
    public let stageDeadline = Setting<Duration>.duration(
        "STAGE_DEADLINE_SECONDS", .worker, .seconds(1) ... .seconds(7 * 86_400), default: .seconds(3600),
        help: "One run of a message, all its stages together, that takes longer is stopped with its child processes; that counts as a "
            + "failed attempt. For audio and video the default is `MAX_MEDIA_SECONDS` if that is longer.")

    // MARK: Documents

    public let storageRoot = Setting<String>.path(
        "STORAGE_ROOT", .documents, default: "/var/lib/flotilla/files",
        help: "Plain paths in messages are relative to this directory, and nothing outside of it is ever read.")
    public let workDirectory = Setting<String>.path(
        "WORK_DIRECTORY", .documents, default: "/var/tmp/flotilla",
        help: "Where handlers get private directories for their intermediate files.")
    public let ocrLanguages = Setting<String>.text(
        "OCR_LANGUAGES", .documents, kind: "tesseract language codes joined by `+`", default: "eng",
        help: "The languages that scans are read in, such as `eng+deu`; their data must be installed."
    ) { text in
        text.split(separator: "+", omittingEmptySubsequences: false).allSatisfy { code in
            (2...32).contains(code.utf8.count)
                && code.utf8.allSatisfy {
                    (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
                }
        }
    }
    public let maxFileBytes = Setting<Int>.bytes(
        "MAX_FILE_BYTES", .documents, 1 << 10...1 << 40, default: 512 << 20, help: "Larger files are refused for good.")
    public let maxPages = Setting<Int>.integer(
        "MAX_PAGES", .documents, 1...1_000_000, default: 5_000, help: "Documents with more pages are refused for good.")
    public let maxPagePixels = Setting<Int>.integer(
        "MAX_PAGE_PIXELS", .documents, 10_000...2_000_000_000, default: 100_000_000,
        help: "Images with more pixels are refused for good; pages are drawn at a resolution that stays below.")

    // MARK: Audio and video

    public let maxMediaBytes = Setting<Int>.bytes(
        "MAX_MEDIA_BYTES", .recordings, 1 << 10...1 << 42, default: 4 << 30, help: "Larger recordings are refused for good.")
    public let maxMediaDuration = Setting<Duration>.duration(
        "MAX_MEDIA_SECONDS", .recordings, .seconds(1) ... .seconds(100 * 3_600), default: .seconds(6 * 3_600),
        help: "Longer recordings are refused for good. An hour of speech takes 115 MB of the work directory while it is transcribed.")
    public let maxVideoFrames = Setting<Int>.integer(
        "MAX_VIDEO_FRAMES", .recordings, 1...5_000, default: 200,
        help: "Pictures of one video that are looked at, at most, spread over its whole length.")
    public let speechEngine = Setting<SpeechEngineChoice>.choice(
        "SPEECH_ENGINE", .recordings, default: .pocketsphinx,
        help: "`pocketsphinx` is in the distribution and works offline, for English; three to four words in ten of read speech are wrong. "
            + "`whisper` runs `whisper-cli` with a model file; `server` asks a server that speaks OpenAI's `/v1/audio/transcriptions`.")
    public let speechLanguage = Setting<String?>.optionalText(
        "SPEECH_LANGUAGE", .recordings, kind: "ISO 639-1 code",
        help: "The language of recordings whose message names none; without it, recognisers that can tell do.")
    public let whisperCommand = Setting<String>.text(
        "WHISPER_COMMAND", .recordings, kind: "path, or name in `PATH`", default: "whisper-cli", help: "The program of whisper.cpp.")
    public let whisperModel = Setting<String?>.optionalPath(
        "WHISPER_MODEL", .recordings, help: "Its model file, such as `ggml-base.en.bin`; needed for `SPEECH_ENGINE=whisper`.")
    public let speechURL = Setting<String?>.url(
        "SPEECH_URL", .recordings, schemes: ["http", "https"],
        help: "The speech server's address up to `/v1`; needed for `SPEECH_ENGINE=server`.")
    public let speechPath = Setting<String>.text(
        "SPEECH_PATH", .recordings, kind: "path that begins with `/`", default: "/audio/transcriptions",
        help: "What is added to that address; the server of whisper.cpp listens at `/inference`."
    ) { $0.hasPrefix("/") }
    public let speechModel = Setting<String>.text(
        "SPEECH_MODEL", .recordings, default: "whisper-1", help: "The model to ask that server for.")
    public let speechAPIKey = Setting<String?>.optionalText("SPEECH_API_KEY", .recordings, secret: true, help: "Its key.")

    // MARK: Embeddings

    public let embeddingsURL = Setting<String?>.url(
        "EMBEDDINGS_URL", .embeddings, schemes: ["http", "https"],
        help: "A server that speaks OpenAI's `/v1/embeddings`. Without it, vectors are computed here and nothing leaves the machine.")
    public let embeddingsModel = Setting<String?>.optionalText("EMBEDDINGS_MODEL", .embeddings, help: "The model to ask that server for.")
    public let embeddingsDimensions = Setting<Int>.integer(
        "EMBEDDINGS_DIMENSIONS", .embeddings, 1...16_384, default: 1_536, help: "How many numbers that model's vectors have.")
    public let embeddingsAPIKey = Setting<String?>.optionalText("EMBEDDINGS_API_KEY", .embeddings, secret: true, help: "Its key.")

    // MARK: Language model

    public let chatURL = Setting<String?>.url(
        "CHAT_URL", .chat, schemes: ["http", "https"],
        help:
            "A server that speaks OpenAI's `/v1/chat/completions`, its address up to `/v1`, for `TRANSLATOR=chat` and `ENTITY_ENGINE=chat`. "
            + "Texts are sent to it.")
    public let chatModel = Setting<String>.text("CHAT_MODEL", .chat, default: "gpt-4o-mini", help: "The model to ask it for.")
    public let chatAPIKey = Setting<String?>.optionalText("CHAT_API_KEY", .chat, secret: true, help: "Its key.")
    public let chatTimeout = Setting<Duration>.duration(
        "CHAT_TIMEOUT_SECONDS", .chat, .seconds(1) ... .seconds(3_600), default: .seconds(180), help: "How long one answer may take.")

    // MARK: Translation

    public let translateTo = Setting<String?>.optionalText(
        "TRANSLATE_TO", .translation, kind: "ISO 639-1 code",
        help: "Texts in other languages are translated into this one, in a last stage; the original stays as it is. Off without it.")
    public let translator = Setting<TranslatorChoice>.choice(
        "TRANSLATOR", .translation, default: .apertium,
        help:
            "`apertium` is in the distribution and works offline, for the pairs that are installed (`apertium-eng-spa`, …); `chat` asks the "
            + "server of `CHAT_URL`.")

    // MARK: Knowledge graph

    public let graphChaining = Setting<Bool>.flag(
        "GRAPH_CHAINING", .graph, default: true,
        help: "Whether a finished document, recording or video is sent to the graph queue. Turn it off where no graph-processor runs.")
    public let entityEngine = Setting<EntityEngineChoice>.choice(
        "ENTITY_ENGINE", .graph, default: .builtin,
        help: "`builtin` finds names by rules and lists, offline; `chat` asks the server of `CHAT_URL`.")
    public let nameModel = Setting<String?>.optionalPath(
        "NAME_MODEL", .graph, help: "A model made by `flotilla train-ner` on your own texts, which finds names in place of the rules.")

    // MARK: Cache

    public let cache = CacheSettingCatalog()

    // MARK: HTTP

    public let httpAddress = Setting<String>.text(
        "HTTP_ADDRESS", .http, kind: "IP address", default: "127.0.0.1",
        help: "Where `/livez`, `/readyz` and `/metrics` listen; `0.0.0.0` is every address of the machine."
    ) { text in
        var address = in6_addr()
        return text == "localhost" || inet_pton(AF_INET, text, &address) == 1 || inet_pton(AF_INET6, text, &address) == 1
    }
    public let httpPort = Setting<Int?>(
        "HTTP_PORT", .http, kind: "port from 0 to 65535", default: nil,
        shownDefault: DaemonRole.allCases.map { "\($0.defaultPort) (\($0.rawValue))" }.joined(separator: ", "),
        help: "Its port. 0 lets the system choose, and the log says which; so does a default port that is taken."
    ) { text in Int(text).flatMap { (0...65535).contains($0) ? .some($0) : nil } }

    // MARK: Logging

    public let logLevel = Setting<LogLevelChoice>.choice(
        "LOG_LEVEL", .logging, default: .info, help: "The least important lines that are written.")
    public let logFormat = Setting<LogFormatChoice>.choice(
        "LOG_FORMAT", .logging, default: .auto, help: "One JSON object a line, text for people, or text on a terminal and JSON elsewhere.")

    // MARK: Testing

    public let fault = Setting<String?>.optionalText(
        "FLOTILLA_FAULT", .testing,
        help: "Stops the process abruptly at a named point, to prove that nothing is lost. Never set it in production.")

    public init() {}

    /// All settings in the order above.
    var all: [any AnySetting] {
        Mirror(reflecting: self).children.flatMap { child -> [any AnySetting] in
            if let group = child.value as? any SettingGroup { return group.members }
            return (child.value as? any AnySetting).map { [$0] } ?? []
        }
    }

    /// What the documentation says of each setting, in order.
    public var declarations: [SettingDeclaration] { self.all.map(\.declaration) }
}
