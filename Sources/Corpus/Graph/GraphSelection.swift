/// Which part of the graph is meant.
public struct GraphSelection: Sendable, Hashable {
    public var tenantID: String?
    public var jobID: String?
    /// Only what the document with this UUID names.
    public var document: String?
    /// `person`, `organization`, …
    public var type: String?

    public init(tenantID: String? = nil, jobID: String? = nil, document: String? = nil, type: String? = nil) {
        self.tenantID = tenantID
        self.jobID = jobID
        self.document = document
        self.type = type
    }
}
