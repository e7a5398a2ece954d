import Flotilla
import FlotillaCache
import FlotillaCacheRedis
@testable import FlotillaDaemon
import RedisClient
import StageCaching
import Testing

/// Every setting of the cache reaches what it is about, and nothing else.
@Suite struct CacheSettingEffectTests {
    /// What a setting is tried with, on top of what, and which facts of the platform it changes.
    private struct Trial {
        let value: String
        var on: [String: String] = [:]
        let changes: Set<String>

        init(_ value: String, on: [String: String] = [:], _ changes: String...) { self.init(value, on: on, Set(changes)) }

        init(_ value: String, on: [String: String] = [:], _ changes: Set<String>) {
            self.value = value
            self.on = on
            self.changes = changes
        }
    }

    private static let secret = "k1:" + String(repeating: "0123456789abcdef", count: 4)
    private static let apart = "unix:///nonexistent/cache.sock"
    private static let trials: [String: Trial] = [
        // The stages are off with the cache; a Redis that is not asked is not missed.
        "CACHE_ENABLED": Trial("false", "isEnabled", "stages"),
        "CACHE_PROFILE": Trial(
            "development", Set(CacheType.all.map { "life of \($0.name)" } + ["environment", "memoryBytes", "eventPercent"])),
        "CACHE_NAMESPACE": Trial("shop", "namespace"),
        "CACHE_ENVIRONMENT": Trial("blue", "environment"),
        "CACHE_REDIS_URL": Trial(Self.apart, "endpoint", "durable"),
        "CACHE_REDIS_PASSWORD": Trial("hunter2", on: ["CACHE_REDIS_URL": Self.apart], "password"),
        "CACHE_REDIS_CONNECTIONS": Trial("7", "connections"),
        "CACHE_READ_TIMEOUT_MS": Trial("77", "readTimeout"),
        "CACHE_WRITE_TIMEOUT_MS": Trial("88", "writeTimeout"),
        "CACHE_DEFAULT_TTL": Trial("77", "life of api_response"),
        "CACHE_USER_TTL": Trial("77", "life of user", "life of user_rbac"),
        "CACHE_JOB_STATUS_TTL": Trial("77", "life of job_status"),
        "CACHE_DOCUMENT_TTL": Trial("77", "life of doc_summary", "life of doc_transcription", "life of doc_translation"),
        "CACHE_VECTOR_SEARCH_TTL": Trial("77", "life of vector_search"),
        "CACHE_GRAPH_TTL": Trial("77", "life of graph"),
        "CACHE_CONFIG_TTL": Trial("77", "life of config"),
        "CACHE_USER_LIST_TTL": Trial("77", "life of user_list"),
        "CACHE_DOC_HASH_TTL": Trial("77", "life of doc_hash"),
        "CACHE_OCR_TTL": Trial("77", "life of ocr_result"),
        "CACHE_LLM_TTL": Trial("77", "life of llm_extraction"),
        "CACHE_SESSION_TTL": Trial("77", "life of session"),
        "CACHE_DASHBOARD_TTL": Trial("77", "life of dashboard"),
        "CACHE_BILLING_TTL": Trial("77", "life of billing"),
        "CACHE_REFERENCE_TTL": Trial("77", "life of reference"),
        "CACHE_CLEANED_TEXT_TTL": Trial("77", "life of cleaned_text"),
        "CACHE_CHUNKS_TTL": Trial("77", "life of chunks", "life of mentions"),
        "CACHE_CANONICAL_TTL": Trial("77", "life of canonical_entities"),
        "CACHE_STAGE_RESULT_TTL": Trial("77", "life of stage_result"),
        "CACHE_STAGE_STATE_TTL": Trial("77", "life of stage_state"),
        "CACHE_TTL_JITTER_PERCENT": Trial("33", "jitter"),
        "CACHE_DISABLED_TYPES": Trial("graph", "disabledTypes"),
        "CACHE_SHADOW_TYPES": Trial("graph", "shadowTypes"),
        "CACHE_STAGES": Trial("false", "stages"),
        "CACHE_MEMORY_BYTES": Trial("1M", "memoryBytes"),
        "CACHE_LOADERS": Trial("3", "loaders"),
        "CACHE_EARLY_REFRESH_PERCENT": Trial("250", "earlyRefreshBeta"),
        "CACHE_COMPRESSION": Trial("false", "stored 4000"),
        "CACHE_COMPRESSION_THRESHOLD": Trial("5000", "stored 4000"),
        "CACHE_MAX_VALUE_BYTES": Trial("1K", "stored noise"),
        "CACHE_ENCRYPTION_KEYS": Trial(Self.secret, "stored 4000", "stored 100", "stored noise", "session"),
        "CACHE_TENANT_QUOTA_BYTES": Trial("1G", "quota of pipeline"),
        "CACHE_TENANT_QUOTA_APPLICATION_BYTES": Trial("0", "quota of application"),
        "CACHE_MEMORY_ALERT_PERCENT": Trial("50", "alert"),
        "CACHE_STATISTICS": Trial("false", "countsStatistics", "eventPercent", "stages"),
        "CACHE_FLUSH_SECONDS": Trial("77", "flush"),
        "CACHE_EVENT_SAMPLE_PERCENT": Trial("42", "eventPercent"),
        "CACHE_EVENT_RETENTION_DAYS": Trial("3", "retention"),
        "CACHE_CLEANUP_SECONDS": Trial("77", "upkeep"),
        "CACHE_WARMUP": Trial("false", "duties"),
        "CACHE_WARMUP_RATE": Trial("77", "warm-up rate"),
    ]

    @Test func `every setting changes what it is about and nothing else`() async throws {
        let names = Set(SettingCatalog().cache.members.map(\.declaration.name))
        #expect(names == Set(Self.trials.keys), "a setting without a trial, or a trial without a setting")
        let plain = try await Self.facts([:])
        for (name, trial) in Self.trials.sorted(by: { $0.key < $1.key }) {
            let before = trial.on.isEmpty ? plain : try await Self.facts(trial.on)
            let after = try await Self.facts(trial.on.merging([name: trial.value]) { $1 })
            let changed = Set(Set(before.keys).union(after.keys).filter { before[$0] != after[$0] })
            #expect(changed == trial.changes, "\(name)=\(trial.value)")
        }
    }

    /// What a program's cache is made of under these settings.
    private static func facts(_ environment: [String: String]) async throws -> [String: String] {
        let base = ["REDIS_URL": "unix:///nonexistent/queues.sock", "DATABASE_URL": "postgres://x@/x?host=/nonexistent"]
        let configuration = try DaemonConfiguration.read(role: .retryScheduler, environment: base.merging(environment) { $1 })
        let connections = try Connections(configuration, logger: .disabled)
        let platform = try CachePlatform(connections, logger: .disabled)
        let settings = configuration.settings
        var facts = try Self.facts(of: platform.cache.currentOptions)
        facts.merge(Self.facts(of: settings.cacheCodec, platform.cache.currentOptions)) { $1 }

        let redis = platform.client.configuration
        facts["endpoint"] = "\(redis.endpoint)"
        facts["password"] = redis.password ?? "none"
        facts["connections"] = "\(redis.connections)"
        facts["durable"] = "\(platform.isApart)"
        let budgets = try #require(Self.value("options", of: platform.backend) as? RedisCacheBackend.Options)
        facts["readTimeout"] = "\(budgets.readTimeout)"
        facts["writeTimeout"] = "\(budgets.writeTimeout)"

        facts["flush"] = "\(try Self.part("interval", of: platform.flusher))"
        let upkeep = platform.upkeep(connections, Metrics())
        facts["upkeep"] = "\(try Self.part("interval", of: upkeep))"
        facts["alert"] = "\(try Self.part("alertShare", of: upkeep))"
        facts["retention"] = "\(try Self.part("retention", of: try Self.part("store", of: upkeep)))"
        facts["warm-up rate"] = "\(try Self.part("rate", of: platform.warmup(settings) { true }))"
        facts["duties"] = "\(platform.duties(connections, metrics: Metrics()).map(\.name))"

        // Nothing answers here: a stage that asks is an error, and one that does not is none.
        _ = await platform.stages.output(for: StageCacheKey(tenant: nil, stage: "detect", processingVersion: 1, digest: "d"))
        facts["stages"] = "\(platform.cache.recorder.totals().values.contains { $0.errors > 0 })"
        await platform.client.close()
        await connections.close()
        return facts
    }

    private static func facts(of options: CacheOptions) throws -> [String: String] {
        var facts: [String: String] = [:]
        for child in Mirror(reflecting: options).children {
            guard let name = child.label, !["policies", "quotas", "keySpace"].contains(name) else { continue }
            facts[name] = "\(child.value)"
        }
        facts["namespace"] = options.keySpace.namespace
        facts["environment"] = options.keySpace.environment
        for type in CacheType.all { facts["life of \(type.name)"] = "\(options.policy(of: type).timeToLive)" }
        for quota in CachePolicy.QuotaClass.allCases { facts["quota of \(quota)"] = options.quotas[quota].map { "\($0)" } ?? "none" }
        return facts
    }

    /// How values become bytes.
    private static func facts(of codec: EntryCodec, _ options: CacheOptions) -> [String: String] {
        func stored(_ bytes: [UInt8], _ type: CacheType) -> String {
            let entry = CacheEntry(
                content: .value(bytes), createdMilliseconds: 0, freshUntilMilliseconds: 1, endsMilliseconds: 1, load: .zero, schema: 1,
                version: 0)
            do throws(CacheError) {
                return "\(try codec.encode(entry, key: "k", policy: options.policy(of: type)).count) bytes"
            } catch {
                return "\(error.code)"
            }
        }
        var generator = SystemRandomNumberGenerator()
        let noise = (0..<2_000).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        return [
            "stored 100": stored([UInt8](repeating: 7, count: 100), .documentSummary),
            "stored 4000": stored([UInt8](repeating: 7, count: 4_000), .documentSummary),
            "stored noise": stored(noise, .documentSummary), "session": stored([1], .session),
        ]
    }

    private static func value(_ name: String, of subject: Any) -> Any? { Mirror(reflecting: subject).descendant(name) }
    private static func part(_ name: String, of subject: Any) throws -> Any { try #require(Self.value(name, of: subject)) }
}
