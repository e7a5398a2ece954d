import Corpus
import CorpusTesting
import EntityAnalysis
import Flotilla
import FlotillaPostgres
import PostgresClient
import Testing

@testable import CorpusPostgres

/// A graph in a database of a test's own, and documents to put into it.
struct GraphScene {
    let scene: StoreScene
    let store: PostgresGraphStore

    static func with(
        connections: Int = 8, options: PostgresGraphStore.Options = .init(), resolve: PostgresGraphStore.Resolve? = GraphScene.bySurname,
        _ body: (GraphScene) async throws -> Void
    ) async throws {
        try await StoreScene.with(connections: connections) { scene in
            try await Migrator(pool: scene.pool, migrations: JobSchema.migrations + CorpusSchema.migrations).migrate()
            try await body(GraphScene(scene: scene, store: PostgresGraphStore(pool: scene.pool, options: options, resolve: resolve)))
        }
    }

    static func uuid(_ number: Int) -> PostgresUUID { PostgresUUID(high: 9, low: UInt64(number)) }

    /// A document that says each statement in a sentence of its own. Names are `type:name`.
    struct Paper {
        var uuid: PostgresUUID
        var job: String? = "job"
        var tenant: String?
        var version = 1
        /// Source, predicate and target; without predicate and target only a name.
        var statements: [(String, RelationPredicate?, String?)]

        init(_ number: Int, job: String? = "job", version: Int = 1, _ statements: [(String, RelationPredicate?, String?)]) {
            self.uuid = GraphScene.uuid(number)
            self.job = job
            self.version = version
            self.statements = statements
        }
    }

    func add(_ paper: GraphPaper) async throws {
        guard let uuid = PostgresUUID(paper.uuid) else { preconditionFailure("'\(paper.uuid)' is no UUID") }
        try await self.add(paper.contents, of: uuid, job: paper.job, tenant: paper.tenant, version: paper.version, stages: 1...3)
    }

    func add(_ paper: Paper, stages: ClosedRange<Int> = 1...3) async throws {
        let contents = GraphPaper(
            uuid: paper.uuid.description, job: paper.job, paper.statements.map { .init($0.0, $0.1?.rawValue, $0.2) }
        ).contents
        try await self.add(
            contents, of: paper.uuid, job: paper.job, tenant: paper.tenant, version: paper.version, stages: stages)
    }

    private func add(
        _ contents: GraphPaper.Contents, of uuid: PostgresUUID, job: String?, tenant: String?, version: Int, stages: ClosedRange<Int>
    ) async throws {
        try await self.scene.pool.withTransaction { transaction in
            let corpus = CorpusStore(pool: self.scene.pool)
            var facts = DocumentFacts()
            facts.jobID = job
            facts.tenantID = tenant
            facts.filename = "paper-\(uuid.low).txt"
            guard stages.contains(1) else { return }
            let chunk = DocumentChunk(index: 0, text: contents.text, bytes: 0..<contents.text.utf8.count, firstPage: 1, lastPage: 1)
            try await corpus.write(facts, of: uuid, version: version, in: transaction)
            try await corpus.replaceChunks([chunk], of: uuid, version: version, in: transaction)
            try await self.store.write(DocumentMentions(mentions: contents.mentions), of: uuid, version: version, in: transaction)
        }
        if stages.contains(2) {
            try await self.scene.pool.withTransaction { transaction in
                try await self.store.write(
                    DocumentNames(names: contents.names), of: uuid, version: version,
                    scope: GraphScope(tenantID: tenant, jobID: job, document: uuid), in: transaction)
            }
        }
        if stages.contains(3) {
            try await self.scene.pool.withTransaction { transaction in
                try await self.store.write(
                    DocumentRelations(relations: contents.relations), of: uuid, version: version, in: transaction)
            }
        }
    }

    /// Which names are one, as `type:name[qualifier]`.
    func partition() async throws -> Set<Set<String>> {
        let rows = try await self.scene.pool.query("SELECT coalesce(entity_id, -id), type || ':' || name, qualifier FROM name_form")
        var groups: [Int64: Set<String>] = [:]
        for row in rows {
            let qualifier = try row[2, as: String.self].isEmpty ? "" : "*"
            groups[try row[0, as: Int64.self], default: []].insert(try row[1, as: String.self] + qualifier)
        }
        return Set(groups.values)
    }

    /// The entity that has this name.
    func entity(_ name: String) async throws -> Int64 {
        try #require(try await self.store.entities(named: name).first).entity.id
    }

    /// Relationships by names, with their evidence and documents.
    func edges() async throws -> [String: [Int]] {
        let rows = try await self.scene.pool.query(
            """
            SELECT least(s.name, t.name), r.predicate, greatest(s.name, t.name), r.evidence, r.documents FROM relationship AS r
            JOIN canonical_entity AS s ON s.id = r.source_id JOIN canonical_entity AS t ON t.id = r.target_id
            """)
        var edges: [String: [Int]] = [:]
        for row in rows {
            let name = "\(try row[0, as: String.self]) \(try row[1, as: String.self]) \(try row[2, as: String.self])"
            edges[name] = [try row[3, as: Int.self], try row[4, as: Int.self]]
        }
        return edges
    }

    /// Everything that is kept as a sum must be the sum of what it is kept of.
    func expectConsistent(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let checks: [(String, PostgresQuery)] = [
            (
                "counts of forms",
                """
                SELECT count(*) FROM name_form AS f LEFT JOIN (
                    SELECT form_id, sum(mentions) AS mentions, count(*) AS documents FROM document_form GROUP BY form_id
                ) AS d ON d.form_id = f.id
                WHERE f.mentions <> coalesce(d.mentions, 0) OR f.documents <> coalesce(d.documents, 0) OR f.documents = 0
                """
            ),
            (
                "counts of entities",
                """
                SELECT count(*) FROM canonical_entity AS c WHERE c.merged_into IS NULL AND c.mentions IS DISTINCT FROM
                    (SELECT sum(f.mentions) FROM name_form AS f WHERE f.entity_id = c.id)
                """
            ),
            (
                "names of documents",
                "SELECT abs(sum(s.names - (SELECT count(*) FROM document_form AS d JOIN name_form AS f ON f.id = d.form_id WHERE f.scope = s.id))) FROM graph_scope AS s"
            ),
            (
                "merged ones lead to living ones",
                "SELECT count(*) FROM canonical_entity AS c JOIN canonical_entity AS o ON o.id = c.merged_into WHERE o.merged_into IS NOT NULL"
            ),
            (
                "merged ones have no forms",
                "SELECT count(*) FROM canonical_entity AS c JOIN name_form AS f ON f.entity_id = c.id WHERE c.merged_into IS NOT NULL"
            ),
            ("one scope", "SELECT count(*) FROM canonical_entity AS c JOIN name_form AS f ON f.entity_id = c.id WHERE f.scope <> c.scope"),
            (
                "relationships",
                """
                WITH fresh AS (
                    SELECT scope, source_id, predicate, target_id, count(*) AS evidence, count(DISTINCT document_uuid) AS documents
                    FROM relationship_support GROUP BY scope, source_id, predicate, target_id
                ), stored AS (SELECT scope, source_id, predicate, target_id, evidence, documents FROM relationship)
                SELECT count(*) FROM ((TABLE fresh EXCEPT TABLE stored) UNION ALL (TABLE stored EXCEPT TABLE fresh)) AS different
                """
            ),
            (
                "evidence between a document's own names",
                "SELECT count(*) FROM relationship_evidence AS e WHERE NOT EXISTS (SELECT FROM document_form AS d WHERE d.document_uuid = e.document_uuid AND d.form_id = e.source_form) OR NOT EXISTS (SELECT FROM document_form AS d WHERE d.document_uuid = e.document_uuid AND d.form_id = e.target_form)"
            ),
        ]
        for (name, query) in checks {
            let wrong = try await self.scene.pool.query(query).one()[0, as: Int?.self] ?? 0
            #expect(wrong == 0, "\(name)", sourceLocation: sourceLocation)
        }
    }

    /// Names of one type with the same last word are one, within what people decided.
    static let bySurname: PostgresGraphStore.Resolve = { forms, decisions in
        var groups = forms.indices.map { [$0] }
        var home = Array(forms.indices)
        func join(_ left: Int, _ right: Int) {
            guard home[left] != home[right] else { return }
            let members = groups[home[left]] + groups[home[right]]
            for pair in decisions.different where members.contains(pair.left) && members.contains(pair.right) { return }
            let (into, from) = (min(home[left], home[right]), max(home[left], home[right]))
            groups[into] = members
            groups[from] = []
            for member in members { home[member] = into }
        }
        for pair in decisions.same { join(pair.left, pair.right) }
        var seen: [[String]: Int] = [:]
        for (index, form) in forms.enumerated() where form.type.isNamed {
            let key = [form.type.rawValue, form.name.split(separator: " ").last.map(String.init) ?? "", form.qualifier]
            if let first = seen[key] { join(first, index) } else { seen[key] = index }
        }
        return Resolution(
            clusters: groups.filter { !$0.isEmpty }.map { members in
                let best = members.min { (forms[$1].count, forms[$0].name) < (forms[$0].count, forms[$1].name) } ?? members[0]
                return Resolution.Cluster(type: forms[best].type, name: forms[best].name, forms: members.sorted())
            })
    }
}
