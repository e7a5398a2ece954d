import Corpus

/// The entity that somebody named on the command line.
struct PickedEntity {
    let record: EntityRecord
    /// The id that was typed; nil where it was a name.
    let asked: Int64?

    var entity: KnowledgeGraph.Entity { self.record.entity }

    /// Says where a merged entity went; nil when the entity is the one that was asked for.
    var note: String? {
        guard let asked, asked != self.entity.id else { return nil }
        return "entity \(asked) was merged into \(self.entity.id), \(self.entity.name)"
    }
}

extension Output {
    /// Says of each entity whether it is another than the one that was asked for.
    mutating func note(_ entities: PickedEntity...) { self.messages += entities.compactMap(\.note) }
}
