public import Corpus
public import EntityAnalysis
public import PostgresClient

/// The knowledge graph in PostgreSQL: the store that people look at and correct, and the writers of the stages. Writers take the caller's transaction, so that they commit with the stage that they belong to.
///
/// Every write is idempotent, and all writers of a scope wait for one another: a document's statements, a resolution and a person's
/// decision are never mixed. What is derived is always computed from what documents say, so that nothing is counted twice or lost.
/// Errors are `PostgresError`; nothing is written when a writer throws, since its transaction is then aborted.
public struct PostgresGraphStore: GraphStore {
    /// Says which name forms mean the same thing. A pure function whose result does not depend on the order of the forms.
    public typealias Resolve = @Sendable (_ forms: [NameForm], _ decisions: ResolutionDecisions) -> Resolution

    /// When names are resolved.
    public struct Options: Sendable {
        /// A scope of up to so many names of documents is resolved whenever a document changes it.
        public var resolvesAtOnceUpTo = 4_000
        /// A larger one as soon as one in so many has changed, and by ``PostgresGraphStore/refresh(limit:)``: a job of a hundred thousand documents
        /// must not be resolved a hundred thousand times.
        public var share = 50
        /// Of how many documents of a form the resolution sees the contexts; always the same ones.
        public var documentsPerForm = 64

        public init() {}
    }

    let pool: PostgresPool
    let resolve: Resolve
    let options: Options

    /// - Parameter resolve: nil takes `EntityResolver` with its default options.
    public init(pool: PostgresPool, options: Options = Options(), resolve: Resolve? = nil) {
        self.pool = pool
        self.options = options
        self.resolve = resolve ?? { EntityResolver().resolve($0, decisions: $1) }
    }

    /// Takes the scope's lock until the transaction ends.
    func lock(_ scope: PostgresUUID, in transaction: PostgresConnection) async throws(PostgresError) {
        try await transaction.query("SELECT graph_lock(\(scope))")
    }
}
