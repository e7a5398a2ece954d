internal import Corpus
internal import EntityAnalysis

extension InMemoryGraph {
    mutating func merge(_ ids: [Int64], _ resolve: Resolve) throws(GraphError) -> Int64 {
        let (scope, entities) = try self.checked(ids)
        guard Set(entities).count > 1 else { throw GraphError(.sameEntity, "they are one entity already") }
        let left = self.keys(of: [entities[0]], in: scope)
        let right = self.keys(of: Set(entities).subtracting([entities[0]]), in: scope)
        self.ledgers[scope, default: .init()].decisions.append(.init(kind: .same, left: left, right: right))
        self.resolveNames(of: scope, resolve)
        return try self.home(left[0], in: scope)
    }

    mutating func keepApart(_ left: Int64, _ right: Int64, _ resolve: Resolve) throws(GraphError) {
        let (scope, entities) = try self.checked([left, right])
        guard entities[0] != entities[1] else { throw GraphError(.sameEntity, "they are one entity: split it instead") }
        let sides = entities.map { self.keys(of: [$0], in: scope) }
        self.ledgers[scope, default: .init()].decisions.append(.init(kind: .different, left: sides[0], right: sides[1]))
        self.resolveNames(of: scope, resolve)
    }

    mutating func split(
        _ id: Int64, names: [String], documents: [String], _ resolve: Resolve
    ) throws(GraphError) -> Int64 {
        let (scope, entities) = try self.checked([id])
        let entity = entities[0]
        let forms = self.keys(of: [entity], in: scope)
        let wanted = Set(names.map { $0.lowercased() })
        if let unknown = wanted.first(where: { name in !forms.contains { $0.name.lowercased() == name } }) {
            throw GraphError(.nothingToSplit, "'\(unknown)' is no name of entity \(entity)")
        }
        let named = forms.filter { wanted.contains($0.name.lowercased()) }
        var left = named
        var right = Set(forms).subtracting(named)
        for document in documents {
            let own = self.uses(of: forms.filter { !wanted.contains($0.name.lowercased()) }, in: document, scope)
            guard !own.isEmpty else { throw GraphError(.nothingToSplit, "document \(document) does not name entity \(entity)") }
            left += own.map { NameKey(type: $0.type, name: $0.name, qualifier: document) }
        }
        // What only these documents use has no other use that would stay.
        right = right.filter { key in
            !left.contains(key) && self.users(of: key, in: scope).contains { !documents.contains($0) || key.qualifier == $0 }
        }
        guard !left.isEmpty, !right.isEmpty else {
            throw GraphError(.nothingToSplit, "entity \(entity) would keep no name: it has no other than these")
        }
        var decisions = self.ledgers[scope] ?? DecisionLedger()
        if left.count > 1 { decisions.decisions.append(.init(kind: .same, left: left, right: [])) }
        decisions.decisions.append(.init(kind: .different, left: left, right: Array(right)))
        self.ledgers[scope] = decisions
        self.resolveNames(of: scope, resolve)
        return try self.home(left[0], in: scope)
    }

    /// The living entities of these ids, in their order, and the scope that all are of.
    private func checked(_ ids: [Int64]) throws(GraphError) -> (scope: Scope, entities: [Int64]) {
        var entities: [Int64] = []
        for id in ids {
            guard let entity = self.living(id) else { throw GraphError(.notFound, "there is no entity \(id)") }
            entities.append(entity)
        }
        let scopes = Set(entities.compactMap { self.entities[$0]?.scope })
        guard let scope = scopes.first else { throw GraphError(.notFound, "no entity was named") }
        guard scopes.count == 1 else { throw GraphError(.otherScope, "the entities belong to different jobs or tenants") }
        return (scope, entities)
    }

    private func keys(of entities: Set<Int64>, in scope: Scope) -> [NameKey] {
        self.homes.filter { $0.key.scope == scope && entities.contains($0.value) }.map(\.key.key).sorted()
    }

    private func home(_ key: NameKey, in scope: Scope) throws(GraphError) -> Int64 {
        guard let home = self.homes[Form(scope: scope, key: key)] else { throw GraphError(.notFound, "the name is gone") }
        return home
    }

    private func users(of key: NameKey, in scope: Scope) -> Set<String> {
        Set(
            self.documents.filter { document in
                Scope(document.paper) == scope
                    && document.contents.names.contains { self.form($0.type, $0.name, in: document.paper).key == key }
            }.map(\.paper.uuid))
    }

    private func uses(of keys: [NameKey], in document: String, _ scope: Scope) -> [NameKey] {
        keys.filter { self.users(of: $0, in: scope).contains(document) }
    }
}
