/// Shows elsewhere, such as in a cache that many may ask, how far a document's stages are. The store is right where the two differ.
public protocol StageStateMirror: Sendable {
    /// Called after the store has written the state, by one caller at a time for a stage. Does its best and returns soon; a state that is not
    /// shown is no failure.
    func show(_ state: StageState) async
}

/// How far one stage of a document is.
public struct StageState: Sendable, Hashable {
    public enum Status: String, Sendable, Hashable { case running, completed, failed }

    public var tenantID: String?
    public var documentUUID: String
    public var processingVersion: Int
    public var stage: StageName
    public var status: Status
    /// Counted from 1.
    public var attempt: Int
    /// Microseconds since 1970.
    public var startedAt: Int64
    /// Microseconds since 1970; nil while it runs.
    public var finishedAt: Int64?
    /// Of the failure.
    public var errorCode: String?
    /// Whether the output was found in a cache.
    public var isFromCache: Bool

    public init(
        tenantID: String? = nil, documentUUID: String, processingVersion: Int, stage: StageName, status: Status, attempt: Int,
        startedAt: Int64, finishedAt: Int64? = nil, errorCode: String? = nil, isFromCache: Bool = false
    ) {
        self.tenantID = tenantID
        self.documentUUID = documentUUID
        self.processingVersion = processingVersion
        self.stage = stage
        self.status = status
        self.attempt = attempt
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.errorCode = errorCode
        self.isFromCache = isFromCache
    }
}
