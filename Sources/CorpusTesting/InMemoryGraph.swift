internal import Corpus
internal import EntityAnalysis

/// What an ``InMemoryGraphStore`` holds: papers, decisions, and which entity each name belongs to.
struct InMemoryGraph {
    typealias Resolve = @Sendable ([NameForm], ResolutionDecisions) -> Resolution

    struct Scope: Hashable {
        var tenant: String?
        var job: String?
        /// Nil where there is a job.
        var document: String?

        init(_ paper: GraphPaper) {
            self.tenant = paper.tenant
            self.job = paper.job
            self.document = paper.job == nil ? paper.uuid : nil
        }
    }

    struct Entity {
        var scope: Scope
        var type: String
        var name: String
    }

    /// A name within a scope.
    struct Form: Hashable {
        var scope: Scope
        var key: NameKey
    }

    struct Document {
        var paper: GraphPaper
        var contents: GraphPaper.Contents
    }

    /// In the order in which they came.
    private(set) var documents: [Document] = []
    private(set) var entities: [Int64: Entity] = [:]
    /// Where the names of former entities went.
    private(set) var merged: [Int64: Int64] = [:]
    private(set) var homes: [Form: Int64] = [:]
    private(set) var pairs: [Scope: [(left: Int64, right: Int64, score: Double)]] = [:]
    var ledgers: [Scope: DecisionLedger] = [:]
    private var lastID: Int64 = 0

    mutating func add(_ paper: GraphPaper, _ resolve: Resolve) {
        let document = Document(paper: paper, contents: paper.contents)
        guard let place = self.documents.firstIndex(where: { $0.paper.uuid == paper.uuid }) else {
            self.documents.append(document)
            return self.resolveNames(of: Scope(paper), resolve)
        }
        let old = self.documents[place].paper
        guard old.version <= paper.version else { return }
        self.documents[place] = document
        if Scope(old) != Scope(paper) { self.resolveNames(of: Scope(old), resolve) }
        self.resolveNames(of: Scope(paper), resolve)
    }

    mutating func remove(_ uuid: String, _ resolve: Resolve) {
        guard let place = self.documents.firstIndex(where: { $0.paper.uuid == uuid }) else { return }
        let removed = self.documents.remove(at: place)
        self.resolveNames(of: Scope(removed.paper), resolve)
    }

    /// Which form a document's name counts as: one of its own where a person said so.
    func form(_ type: String, _ name: String, in paper: GraphPaper) -> Form {
        let scope = Scope(paper)
        let own = NameKey(type: type, name: name, qualifier: paper.uuid)
        return Form(scope: scope, key: self.ledgers[scope]?.names.contains(own) == true ? own : NameKey(type: type, name: name))
    }

    /// The entity of a document's name.
    func entity(_ type: String, _ name: String, in paper: GraphPaper) -> Int64? { self.homes[self.form(type, name, in: paper)] }

    /// The entity itself, or what it was merged into.
    func living(_ id: Int64) -> Int64? { self.entities[id] == nil ? self.merged[id] : id }

    /// All names of the scope as its documents use them, by key.
    func forms(of scope: Scope) -> [(key: NameKey, form: NameForm)] {
        var forms: [NameKey: NameForm] = [:]
        for document in self.documents where Scope(document.paper) == scope {
            for name in document.contents.names {
                guard let type = EntityType(rawValue: name.type) else { continue }
                let key = self.form(name.type, name.name, in: document.paper).key
                var form = forms[key] ?? NameForm(type: type, name: name.name, count: 0, qualifier: key.qualifier)
                form.count += name.count
                form.documents.insert(document.paper.uuid)
                form.context.formUnion(name.context)
                forms[key] = form
            }
        }
        return forms.map { ($0.key, $0.value) }.sorted { $0.key < $1.key }
    }

    /// Computes which names of the scope are one, with as little change of ids as possible.
    mutating func resolveNames(of scope: Scope, _ resolve: Resolve) {
        let forms = self.forms(of: scope)
        let ledger = self.ledgers[scope] ?? DecisionLedger()
        let resolution = resolve(forms.map(\.form), ledger.pairs(among: forms.map(\.key)))
        let stored = forms.indices.map { index in
            ResolutionPlan.Form(
                id: Int64(index), entity: self.homes[Form(scope: scope, key: forms[index].key)], mentions: forms[index].form.count)
        }
        let plan = ResolutionPlan(forms: stored, clusters: resolution.clusters.map(\.forms))
        let ids = plan.entities.map { $0 ?? self.newID() }
        self.homes = self.homes.filter { $0.key.scope != scope }
        let former = self.entities.filter { $0.value.scope == scope }.keys
        for id in former { self.entities[id] = nil }
        for (cluster, id) in zip(resolution.clusters, ids) {
            self.entities[id] = Entity(scope: scope, type: cluster.type.rawValue, name: cluster.name)
            for form in cluster.forms { self.homes[Form(scope: scope, key: forms[form].key)] = id }
        }
        for (old, cluster) in plan.merged {
            for (id, target) in self.merged where target == old { self.merged[id] = ids[cluster] }
            self.merged[old] = ids[cluster]
        }
        self.merged = self.merged.filter { self.entities[$0.value] != nil }
        self.pairs[scope] = resolution.candidates.map {
            (min(ids[$0.left], ids[$0.right]), max(ids[$0.left], ids[$0.right]), $0.score)
        }
    }

    private mutating func newID() -> Int64 {
        self.lastID += 1
        return self.lastID
    }
}
