public import FlotillaCache

/// For whom a cache is set up.
public enum CacheProfile: String, Sendable, CaseIterable {
    /// Values end ten times sooner, little memory is used, every event is logged.
    case development
    /// Like production, with one event in ten logged.
    case staging
    case production
}

/// Every setting of the cache.
public struct CacheSettingCatalog: SettingGroup {
    public let isEnabled = Setting<Bool>.flag(
        "CACHE_ENABLED", .cache, default: true,
        help: "The kill switch: with `false` nothing is read or written, and all work is done anew."
    ).switchable
    public let profile = Setting<CacheProfile>.choice(
        "CACHE_PROFILE", .cache, default: .production,
        help: "Defaults of the settings below: `development` lets values end ten times sooner, uses 8 MiB a process and logs every event; "
            + "`staging` logs one event in ten; `production` one in a hundred.")
    public let namespace = Setting<String>.text(
        "CACHE_NAMESPACE", .cache, kind: "lower-case letters, digits and `-`, at most 40", default: "flotilla",
        help: "The first part of every key, for Redis servers that several applications share.", check: CacheSettingCatalog.isName)
    public let environment = Setting<String?>.optionalText(
        "CACHE_ENVIRONMENT", .cache, kind: "lower-case letters, digits and `-`, at most 40",
        help: "The second part of every key; the profile's name without it.", check: CacheSettingCatalog.isName)
    public let redisURL = Setting<String?>.url(
        "CACHE_REDIS_URL", .cache, schemes: SettingCatalog.redisSchemes, secret: true,
        help:
            "The Redis of the cache, best one of its own with a `maxmemory` and `maxmemory-policy volatile-lfu`. Without it, the queues' Redis. "
            + "Not on a cluster."
    )
    public let redisPassword = Setting<String?>.optionalText(
        "CACHE_REDIS_PASSWORD", .cache, secret: true, help: "Its password, if the URL has none.")
    public let redisConnections = Setting<Int>.integer(
        "CACHE_REDIS_CONNECTIONS", .cache, 1...64, default: 2, help: "Connections a process opens to it, besides one that listens to ends.")
    public let readTimeout = Setting<Duration>.duration(
        "CACHE_READ_TIMEOUT_MS", .cache, .milliseconds(1) ... .seconds(10), bare: .milliseconds, default: .milliseconds(50),
        help: "How long a read may take before it counts as failed and the work is done anew.")
    public let writeTimeout = Setting<Duration>.duration(
        "CACHE_WRITE_TIMEOUT_MS", .cache, .milliseconds(1) ... .seconds(10), bare: .milliseconds, default: .milliseconds(100),
        help: "The same for a write.")

    public let defaultTTL = Setting<Duration>.duration(
        "CACHE_DEFAULT_TTL", .cache, .seconds(1) ... .seconds(365 * 86_400), default: .seconds(300),
        help: "How long values live whose type has no setting of its own: `api_response`, and types that applications add.")
    /// How long values live, one setting for one or more types.
    public let timesToLive: [CacheTimeSetting] = [
        .init("CACHE_USER_TTL", [.user, .userRBAC], "users and what they may do"),
        .init("CACHE_JOB_STATUS_TTL", [.jobStatus], "the state of jobs"),
        .init(
            "CACHE_DOCUMENT_TTL", [.documentSummary, .documentTranscription, .documentTranslation],
            "summaries, transcriptions and translations as they are shown"),
        .init("CACHE_VECTOR_SEARCH_TTL", [.vectorSearch], "results of searches"),
        .init("CACHE_GRAPH_TTL", [.graph], "graphs as they are shown"),
        .init("CACHE_CONFIG_TTL", [.configuration], "configuration of applications"),
        .init("CACHE_USER_LIST_TTL", [.userList], "lists of users"),
        .init("CACHE_DOC_HASH_TTL", [.documentHash], "what is known of a file by its content"),
        .init("CACHE_OCR_TTL", [.ocrResult], "text recognised in pages, pictures and speech"),
        .init("CACHE_LLM_TTL", [.llmExtraction], "answers of language models"),
        .init("CACHE_SESSION_TTL", [.session], "sessions"),
        .init("CACHE_DASHBOARD_TTL", [.dashboard], "dashboards"),
        .init("CACHE_BILLING_TTL", [.billing], "billing"),
        .init("CACHE_REFERENCE_TTL", [.reference], "reference data"),
        .init("CACHE_CLEANED_TEXT_TTL", [.cleanedText], "cleaned texts"),
        .init("CACHE_CHUNKS_TTL", [.chunks, .mentions], "chunks and the names found in them"),
        .init("CACHE_CANONICAL_TTL", [.canonicalEntities], "resolved names"),
        .init("CACHE_STAGE_RESULT_TTL", [.stageResult], "what other stages make: summaries, vectors, translations"),
        .init("CACHE_STAGE_STATE_TTL", [.stageState], "the state of documents, for those who watch"),
    ]
    public let jitter = Setting<Int>.integer(
        "CACHE_TTL_JITTER_PERCENT", .cache, 0...50, default: 10,
        help: "By how much times to live vary either way, so that what was stored together does not end together.")

    public let disabledTypes = Setting<Set<String>>.cacheTypes(
        "CACHE_DISABLED_TYPES", help: "Types that are neither read nor written, such as `ocr_result,graph`."
    ).switchable
    public let shadowTypes = Setting<Set<String>>.cacheTypes(
        "CACHE_SHADOW_TYPES",
        help:
            "Types whose hits are computed all the same and compared; the metric `flotilla_cache_faults_total{kind=\"mismatch\"}` counts "
            + "differences."
    ).switchable
    public let stages = Setting<Bool>.flag(
        "CACHE_STAGES", .cache, default: true,
        help: "Whether the processors' stages remember their results."
    ).switchable

    public let memoryBytes = Setting<Int?>.optionalBytes(
        "CACHE_MEMORY_BYTES", .cache, 0...1 << 40, shownDefault: "32M, with the profile development 8M",
        help: "What a process may hold of values itself; 0 holds none.")
    public let loaders = Setting<Int>.integer(
        "CACHE_LOADERS", .cache, 1...10_000, default: 25, help: "Loads of missing values that run at once in a process.")
    public let earlyRefresh = Setting<Int>.integer(
        "CACHE_EARLY_REFRESH_PERCENT", .cache, 0...1_000, default: 100,
        help: "How eagerly a value is made anew before it ends: 100 is the optimum of the XFetch formula, 0 never does.")

    public let compression = Setting<Bool>.flag(
        "CACHE_COMPRESSION", .cache, default: true, help: "Whether values are compressed where that saves a tenth or more.")
    public let compressionThreshold = Setting<Int>.bytes(
        "CACHE_COMPRESSION_THRESHOLD", .cache, 1...1 << 30, default: 1 << 10, help: "Smaller values are stored as they are.")
    public let maxValueBytes = Setting<Int>.bytes(
        "CACHE_MAX_VALUE_BYTES", .cache, 1 << 10...256 << 20, default: 1 << 20,
        help: "Values that are larger, compressed, are refused and counted; results of stages are cut into parts instead.")
    public let encryptionKeys = Setting<String?>.optionalText(
        "CACHE_ENCRYPTION_KEYS", .cache, kind: "`id:key` pairs joined by commas, each key 32 bytes in base64 or hexadecimal", secret: true,
        help:
            "Values that hold personal data are encrypted with the first key (AES-256-GCM) and read with any. To change keys, put the new one in "
            + "front and take the old one out when the longest time to live is over. Without keys, types that must be encrypted are not cached."
    ) { (try? CacheCipher(parsing: $0)) != nil }

    public let pipelineQuota = Setting<Int>.bytes(
        "CACHE_TENANT_QUOTA_BYTES", .cache, 0...1 << 50, default: 512 << 20,
        help: "What results of stages of one tenant may take; beyond it the tenant's own oldest go. 0 is no limit.")
    public let applicationQuota = Setting<Int>.bytes(
        "CACHE_TENANT_QUOTA_APPLICATION_BYTES", .cache, 0...1 << 50, default: 64 << 20, help: "The same for all other values.")
    public let memoryAlert = Setting<Int>.integer(
        "CACHE_MEMORY_ALERT_PERCENT", .cache, 10...100, default: 80,
        help:
            "From this share of the cache Redis's `maxmemory` on, the retry-scheduler warns and takes the oldest values of the largest tenants."
    )

    public let statistics = Setting<Bool>.flag(
        "CACHE_STATISTICS", .cache, default: true, help: "Whether hits, misses and times are counted and written to PostgreSQL.")
    public let flush = Setting<Duration>.duration(
        "CACHE_FLUSH_SECONDS", .cache, .seconds(1) ... .seconds(3_600), default: .seconds(10), help: "How often they are written.")
    public let eventSample = Setting<Int?>.optionalInteger(
        "CACHE_EVENT_SAMPLE_PERCENT", .cache, 0...100,
        help: "How many of a hundred cache events are logged to the table `cache_event_log`; by the profile without it: 1, 10, 100.")
    public let eventRetention = Setting<Duration>.duration(
        "CACHE_EVENT_RETENTION_DAYS", .cache, .seconds(86_400) ... .seconds(3_650 * 86_400), bare: .days, default: .seconds(7 * 86_400),
        help: "How long they are kept.")
    public let cleanup = Setting<Duration>.duration(
        "CACHE_CLEANUP_SECONDS", .cache, .seconds(1) ... .seconds(86_400), default: .seconds(60),
        help: "How often the retry-scheduler recounts quotas, looks at memory and clears old statistics away.")
    public let warmup = Setting<Bool>.flag(
        "CACHE_WARMUP", .cache, default: true, help: "Whether the retry-scheduler runs warm-up jobs.")
    public let warmupRate = Setting<Int>.integer(
        "CACHE_WARMUP_RATE", .cache, 1...100_000, default: 50, help: "Values a second that all warm-up jobs together load at most.")

    public init() {}

    var members: [any AnySetting] {
        Mirror(reflecting: self).children.flatMap { child -> [any AnySetting] in
            if let times = child.value as? [CacheTimeSetting] { return times.map(\.setting) }
            return (child.value as? any AnySetting).map { [$0] } ?? []
        }
    }

    private static func isName(_ text: String) -> Bool {
        (1...40).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }
}

/// How long values of some types live.
public struct CacheTimeSetting: Sendable {
    public let setting: Setting<Duration?>
    public let types: [CacheType]

    init(_ name: String, _ types: [CacheType], _ what: String) {
        self.types = types
        self.setting = .optionalDuration(
            name, .cache, .seconds(1) ... .seconds(365 * 86_400),
            shownDefault: types.first.map { SettingText.duration($0.policy.timeToLive) } ?? "",
            help: "How long \(what) live (\(types.map { "`\($0.name)`" }.joined(separator: ", "))).")
    }
}

extension Setting where Value == Set<String> {
    /// Names of cache types, joined by commas.
    static func cacheTypes(_ name: String, help: String) -> Setting {
        let known = Set(CacheType.all.map(\.name))
        return Setting(
            name, .cache, kind: "names of cache types joined by commas (\(CacheType.all.map { "`\($0.name)`" }.joined(separator: ", ")))",
            default: [], shownDefault: "", help: help
        ) { text in
            let names = Set(text.split(separator: ",").map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty })
            return names.isSubset(of: known) ? names : nil
        }
    }
}
