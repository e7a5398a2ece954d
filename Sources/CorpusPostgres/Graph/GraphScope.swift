internal import Flotilla
public import PostgresClient

/// Within what names are compared: one tenant's job, or a document without a job.
public struct GraphScope: Sendable, Hashable {
    /// Computed from the rest: every process gives a scope the same id.
    public let id: PostgresUUID
    public let tenantID: String?
    public let jobID: String?
    /// Nil where there is a job.
    public let document: PostgresUUID?

    /// The scope of a document of this tenant and job.
    public init(tenantID: String?, jobID: String?, document: PostgresUUID) {
        self.tenantID = tenantID
        self.jobID = jobID
        self.document = jobID == nil ? document : nil
        let parts = ["graph scope", tenantID == nil ? "" : "tenant", tenantID ?? "", jobID ?? "", self.document?.description ?? ""]
        self.id = PostgresUUID(ContentUUID(of: parts).description) ?? document
    }
}
