internal import Corpus
internal import EntityAnalysis

extension InMemoryGraph {
    /// Entities of a selection, most named first.
    func records(_ selection: GraphSelection) -> [EntityRecord] {
        self.entities.keys.compactMap { self.record($0) }.filter { self.matches($0, selection) }
            .sorted { ($1.entity.mentions, $0.entity.id) < ($0.entity.mentions, $1.entity.id) }
    }

    func record(_ id: Int64) -> EntityRecord? {
        guard let entity = self.entities[id] else { return nil }
        var names: [String: Int] = [:]
        var mentions = 0
        var documents: Set<String> = []
        for document in self.documents {
            for name in document.contents.names where self.entity(name.type, name.name, in: document.paper) == id {
                names[name.name, default: 0] += name.count
                mentions += name.count
                documents.insert(document.paper.uuid)
            }
        }
        names[entity.name] = nil
        let aliases = names.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
        return EntityRecord(
            entity: .init(
                id: id, type: entity.type, name: entity.name, aliases: aliases, mentions: mentions, documents: documents.count),
            tenantID: entity.scope.tenant, jobID: entity.scope.job)
    }

    func records(_ selection: GraphSelection, named name: String) -> [EntityRecord] {
        let all = self.records(selection)
        let folded = FoldedName.key(name)
        func names(_ record: EntityRecord) -> [String] { [record.entity.name] + record.entity.aliases }
        let tests: [(EntityRecord) -> Bool] = [
            { $0.entity.name.lowercased() == name.lowercased() },
            { names($0).contains { $0.lowercased() == name.lowercased() } },
            { record in !folded.isEmpty && names(record).contains { FoldedName.key($0) == folded } },
        ]
        for test in tests {
            let found = all.filter(test)
            if !found.isEmpty { return found }
        }
        let words = NameLikeness.words(folded)
        let likeness = all.map { record in
            (record, names(record).map { NameLikeness.of(words, NameLikeness.words(FoldedName.key($0))) }.max() ?? 0)
        }
        return likeness.filter { $0.1 >= NameLikeness.threshold }
            .sorted { ($0.1, $0.0.entity.mentions) > ($1.1, $1.0.entity.mentions) }.map(\.0)
    }

    func mentions(of entity: Int64) -> [MentionRecord] {
        guard let entity = self.living(entity) else { return [] }
        return self.documents.flatMap { document in
            document.contents.mentions.filter { self.entity($0.type, $0.normal, in: document.paper) == entity }.map { mention in
                MentionRecord(
                    text: mention.text, place: Self.place(document, mention.bytes, chunk: mention.chunk, page: mention.page),
                    confidence: mention.confidence)
            }
        }
    }

    /// Statements that support a relationship, surest first.
    func evidence(for relation: KnowledgeGraph.Relation) -> [EvidenceRecord] {
        guard let source = self.living(relation.source), let target = self.living(relation.target) else { return [] }
        let found = self.statements().filter { statement in
            statement.predicate == relation.predicate && statement.source == source && statement.target == target
                || statement.isSymmetric && statement.predicate == relation.predicate && statement.source == target
                    && statement.target == source
        }
        return found.map { EvidenceRecord(rule: $0.rule, confidence: $0.confidence, place: $0.place) }.sorted {
            $0.confidence > $1.confidence
        }
    }

    func candidates(_ selection: GraphSelection) -> [CandidateRecord] {
        self.pairs.values.joined().compactMap { pair in
            guard let left = self.record(pair.left), let right = self.record(pair.right), self.matches(left, selection) else { return nil }
            return CandidateRecord(left: left.entity, right: right.entity, score: pair.score)
        }.sorted { ($1.score, $0.left.id) < ($0.score, $1.left.id) }
    }

    /// A place where a paper says something, as names now resolve. Symmetric ones have the lower id first.
    struct Statement {
        let source: Int64
        let predicate: String
        let target: Int64
        let isSymmetric: Bool
        let document: String
        let rule: String
        let confidence: Double
        let place: GraphPlace
    }

    /// What papers say of two different entities.
    func statements() -> [Statement] {
        self.documents.flatMap { document in
            document.contents.relations.compactMap { relation in
                let ends = [relation.source, relation.target].map { document.contents.mentions[$0] }
                guard let source = self.entity(ends[0].type, ends[0].normal, in: document.paper),
                    let target = self.entity(ends[1].type, ends[1].normal, in: document.paper), source != target
                else { return nil }
                let turned = relation.isSymmetric && source > target
                return Statement(
                    source: turned ? target : source, predicate: relation.predicate, target: turned ? source : target,
                    isSymmetric: relation.isSymmetric, document: document.paper.uuid, rule: relation.rule, confidence: relation.confidence,
                    place: Self.place(document, relation.bytes, chunk: relation.chunk, page: relation.page))
            }
        }
    }

    private static func place(_ document: Document, _ bytes: Range<Int>, chunk: Int?, page: Int?) -> GraphPlace {
        let text = Array(document.contents.text.utf8)
        let line = text[..<bytes.lowerBound].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let end = text[bytes.lowerBound...].firstIndex(of: 0x0A) ?? text.count
        return GraphPlace(
            documentUUID: document.paper.uuid, filename: nil, title: nil, chunkIndex: chunk, page: page, time: nil, bytes: bytes,
            snippet: String(decoding: text[line..<end], as: UTF8.self))
    }

    private func matches(_ record: EntityRecord, _ selection: GraphSelection) -> Bool {
        (selection.tenantID == nil || record.tenantID == selection.tenantID) && (selection.jobID == nil || record.jobID == selection.jobID)
            && (selection.type == nil || record.entity.type == selection.type)
            && (selection.document.map { self.names(record.entity.id, in: $0) } ?? true)
    }

    private func names(_ entity: Int64, in document: String) -> Bool {
        self.documents.contains { one in
            one.paper.uuid == document && one.contents.names.contains { self.entity($0.type, $0.name, in: one.paper) == entity }
        }
    }
}
