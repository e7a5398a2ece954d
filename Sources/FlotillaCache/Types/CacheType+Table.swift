/// The table of all cache types: one row each, with every decision about it.
///
/// Times come from the requirements of the platform and of the pipeline; settings named `CACHE_…_TTL` change them.
extension CacheType {
    // MARK: The platform's

    /// What is known of a file by its content alone.
    public static let documentHash = CacheType(
        "doc_hash", .init(timeToLive: .days(1), quota: .pipeline, owner: "documents"))
    /// Text, speech and pictures turned into text: the work that costs most.
    public static let ocrResult = CacheType(
        "ocr_result", .init(timeToLive: .days(7), quota: .pipeline, owner: "documents"))
    /// Answers of language models.
    public static let llmExtraction = CacheType(
        "llm_extraction", .init(timeToLive: .days(30), quota: .pipeline, owner: "graph"))
    /// Keyed by the hash of the session's id; kept where nothing is evicted.
    public static let session = CacheType(
        "session",
        .init(
            timeToLive: .days(1), absenceTimeToLive: .zero, tiers: .durable, permitsDelay: false, encryption: .required, quota: .exempt,
            owner: "backend"))
    public static let apiResponse = CacheType(
        "api_response", .init(timeToLive: .seconds(300), staleFor: .seconds(60), owner: "backend"))
    public static let dashboard = CacheType(
        "dashboard",
        .init(
            timeToLive: .seconds(600), staleFor: .seconds(300), tiers: .processAndShared(.seconds(30)), invalidation: .hybrid,
            owner: "backend"))
    /// Money is never shown from a stale value.
    public static let billing = CacheType(
        "billing", .init(timeToLive: .hours(1), permitsDelay: false, encryption: .required, owner: "backend"))
    public static let reference = CacheType(
        "reference",
        .init(
            timeToLive: .days(1), staleFor: .hours(1), scope: .global, tiers: .processAndShared(.seconds(300)), invalidation: .hybrid,
            encryption: .never, quota: .exempt, owner: "backend"))

    // MARK: The application's

    public static let user = CacheType(
        "user",
        .init(
            timeToLive: .seconds(900), tiers: .processAndShared(.seconds(1)), permitsDelay: false, encryption: .required, owner: "backend"))
    /// What a user may do. Held in the process for a second, so that a change counts everywhere within one.
    public static let userRBAC = CacheType(
        "user_rbac", .init(timeToLive: .seconds(900), tiers: .processAndShared(.seconds(1)), permitsDelay: false, owner: "backend"))
    public static let jobStatus = CacheType(
        "job_status", .init(timeToLive: .seconds(5), absenceTimeToLive: .seconds(2), encryption: .never, owner: "queues"))
    public static let documentSummary = CacheType(
        "doc_summary", .init(timeToLive: .hours(1), staleFor: .minutes(10), absenceTimeToLive: .seconds(5), owner: "documents"))
    public static let documentTranscription = CacheType(
        "doc_transcription", .init(timeToLive: .hours(1), staleFor: .minutes(10), absenceTimeToLive: .seconds(5), owner: "documents"))
    public static let documentTranslation = CacheType(
        "doc_translation", .init(timeToLive: .hours(1), staleFor: .minutes(10), absenceTimeToLive: .seconds(5), owner: "documents"))
    public static let vectorSearch = CacheType(
        "vector_search", .init(timeToLive: .minutes(30), staleFor: .minutes(1), invalidation: .hybrid, owner: "search"))
    public static let graph = CacheType(
        "graph", .init(timeToLive: .minutes(10), staleFor: .minutes(1), invalidation: .hybrid, owner: "graph"))
    public static let configuration = CacheType(
        "config",
        .init(timeToLive: .hours(1), scope: .global, tiers: .process, encryption: .never, quota: .exempt, owner: "backend"))
    public static let userList = CacheType(
        "user_list", .init(timeToLive: .seconds(300), encryption: .required, owner: "backend"))

    // MARK: The pipeline's

    public static let cleanedText = CacheType(
        "cleaned_text", .init(timeToLive: .days(3), quota: .pipeline, owner: "documents"))
    public static let chunks = CacheType(
        "chunks", .init(timeToLive: .days(2), quota: .pipeline, owner: "documents"))
    public static let mentions = CacheType(
        "mentions", .init(timeToLive: .days(2), quota: .pipeline, owner: "graph"))
    public static let canonicalEntities = CacheType(
        "canonical_entities", .init(timeToLive: .days(3), quota: .pipeline, owner: "graph"))
    /// Summaries, vectors, translations, relations: what else stages make.
    public static let stageResult = CacheType(
        "stage_result", .init(timeToLive: .days(3), quota: .pipeline, owner: "documents"))
    /// A mirror, for those who watch: PostgreSQL decides what is done.
    public static let stageState = CacheType(
        "stage_state", .init(timeToLive: .days(7), absenceTimeToLive: .zero, encryption: .never, quota: .exempt, owner: "queues"))

    /// Every type, in the order of the documentation.
    public static let all: [CacheType] = [
        .documentHash, .ocrResult, .llmExtraction, .session, .apiResponse, .dashboard, .billing, .reference,
        .user, .userRBAC, .jobStatus, .documentSummary, .documentTranscription, .documentTranslation, .vectorSearch, .graph,
        .configuration, .userList,
        .cleanedText, .chunks, .mentions, .canonicalEntities, .stageResult, .stageState,
    ]
}

extension Duration {
    static func minutes(_ count: Int) -> Duration { .seconds(count * 60) }
    static func hours(_ count: Int) -> Duration { .seconds(count * 3_600) }
    static func days(_ count: Int) -> Duration { .seconds(count * 86_400) }
}
