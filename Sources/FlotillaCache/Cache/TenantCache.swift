/// A cache as one tenant sees it: what a request handler is given, so that it cannot name another's values.
public struct TenantCache: Sendable {
    public let cache: Cache
    public let tenant: CacheTenant

    public init(_ cache: Cache, tenant: CacheTenant) {
        self.cache = cache
        self.tenant = tenant
    }

    public func key(_ type: CacheType, _ parts: String..., tags: [CacheTag] = []) -> CacheKey {
        CacheKey(type, tenant: type.policy.scope == .global ? .everyone : self.tenant, parts, tags: tags)
    }

    // MARK: The application's values, by name

    /// What is known of a document by the SHA-256 of its bytes.
    public func documentHash(_ sha256: String) -> CacheKey { self.key(.documentHash, sha256) }

    /// Text recognised in a document, by what recognised it and how.
    public func ocrResult(_ sha256: String, engine: String, parameters: [String]) -> CacheKey {
        CacheKey(.ocrResult, tenant: self.tenant, [sha256, CacheHash.hexadecimal(CacheHash.digest(of: [engine] + parameters))])
    }

    /// A language model's answer, by the model and all that it was asked.
    public func llmExtraction(model: String, prompt: [String]) -> CacheKey {
        CacheKey(.llmExtraction, tenant: self.tenant, [CacheHash.hexadecimal(CacheHash.digest(of: [model] + prompt))])
    }

    /// A session, by the hash of its id: the id itself is a secret and stands in no key.
    public func session(_ id: String, user: String) -> CacheKey {
        CacheKey(.session, tenant: self.tenant, [CacheHash.key("session", id)], tags: [.user(user)])
    }

    /// Who a user is.
    public func user(_ id: String) -> CacheKey { CacheKey(.user, tenant: self.tenant, [id], tags: [.user(id), .access]) }
    /// What a user may do.
    public func userRBAC(_ id: String) -> CacheKey { CacheKey(.userRBAC, tenant: self.tenant, [id], tags: [.user(id), .access]) }
    /// A list of users, such as `managers`, or `analysts` of a manager.
    public func userList(_ parts: String...) -> CacheKey {
        CacheKey(.userList, tenant: self.tenant, parts, tags: [CacheTag("users", "all"), .access])
    }
    public func jobStatus(_ job: String) -> CacheKey { CacheKey(.jobStatus, tenant: self.tenant, [job], tags: [.job(job)]) }
    public func documentSummary(_ document: String) -> CacheKey { self.document(.documentSummary, document) }
    public func documentTranscription(_ document: String) -> CacheKey { self.document(.documentTranscription, document) }
    public func documentTranslation(_ document: String, language: String) -> CacheKey {
        CacheKey(.documentTranslation, tenant: self.tenant, [document, language], tags: [.document(document)])
    }

    private func document(_ type: CacheType, _ document: String) -> CacheKey {
        CacheKey(type, tenant: self.tenant, [document], tags: [.document(document)])
    }

    /// The result of a search. Its words are hashed: they may be personal.
    ///
    /// - Parameters:
    ///   - reader: for whom the results were filtered: a user, a role. Somebody who may see other documents gets other results.
    ///   - documents: in any order; empty means all.
    public func vectorSearch(
        query: String, reader: String, job: String?, documents: [String], limit: Int, model: String
    ) -> CacheKey {
        let parts = [query, reader, job == nil ? "all jobs" : "one job", job ?? "", String(limit), model] + Set(documents).sorted()
        return CacheKey(
            .vectorSearch, tenant: self.tenant, [CacheHash.hexadecimal(CacheHash.digest(of: parts))],
            tags: [.corpus, .access] + (job.map { [.job($0)] } ?? []))
    }

    /// The graph of a job, or of some of its documents.
    public func graph(_ job: String, documents: [String] = []) -> CacheKey {
        let some = documents.isEmpty ? "all" : CacheHash.hexadecimal(CacheHash.digest(of: Set(documents).sorted()))
        return CacheKey(.graph, tenant: self.tenant, [job, some], tags: [.graph(job), .job(job)])
    }

    public func dashboard(user: String, _ parts: String...) -> CacheKey {
        CacheKey(.dashboard, tenant: self.tenant, [user] + parts, tags: [.user(user), .access])
    }
    public func billing(_ parts: String...) -> CacheKey {
        CacheKey(.billing, tenant: self.tenant, parts, tags: [CacheTag("billing", "all")])
    }

    /// The answer to a request, by everything that it depends on.
    ///
    /// - Parameters:
    ///   - reader: who asks: never nil, so that no answer made for one is given to another. `everyone` for what all may see.
    ///   - varying: the request headers that change the answer, with their values.
    public func apiResponse(
        route: String, reader: String, query: [(name: String, value: String)], varying: [(name: String, value: String)] = [],
        tags: [CacheTag] = []
    ) -> CacheKey {
        var parts = [route, reader, "query"]
        for (name, value) in query.sorted(by: { ($0.name, $0.value) < ($1.name, $1.value) }) { parts += [name, value] }
        parts.append("varying")
        for (name, value) in varying.sorted(by: { ($0.name, $0.value) < ($1.name, $1.value) }) { parts += [name.lowercased(), value] }
        return CacheKey(
            .apiResponse, tenant: self.tenant, [CacheHash.hexadecimal(CacheHash.digest(of: parts))], tags: [.access] + tags)
    }

    // MARK: Ends, by name

    /// After a change of a user's profile, rights or existence. Throws rather than leave old rights in force unnoticed.
    public func invalidateUserCache(_ id: String) async throws(CacheError) {
        try await self.cache.end([.user(id), CacheTag("users", "all")], of: self.tenant)
    }
    public func invalidateJobCache(_ job: String) async throws(CacheError) { try await self.cache.end([.job(job)], of: self.tenant) }
    public func invalidateDocumentCache(_ document: String) async throws(CacheError) {
        try await self.cache.end([.document(document)], of: self.tenant)
    }
    public func invalidateGraphCache(_ job: String) async throws(CacheError) { try await self.cache.end([.graph(job)], of: self.tenant) }
    /// After new documents or chunks.
    public func invalidateVectorSearchCache() async throws(CacheError) { try await self.cache.end([.corpus], of: self.tenant) }
}
