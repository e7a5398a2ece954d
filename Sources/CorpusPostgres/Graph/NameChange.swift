internal import EntityAnalysis

/// What changes when a document's names are replaced. A pure value.
struct NameChange: Sendable {
    /// How a document uses a name.
    struct Use: Sendable, Hashable {
        /// The form that it counts as.
        var form: Int64
        var mentions: Int
        var context: String
    }

    /// What a form gains or loses.
    struct Delta: Sendable, Hashable {
        var form: Int64
        var mentions: Int
        var documents: Int
    }

    private(set) var removed: [NameKey] = []
    private(set) var written: [(key: NameKey, use: Use)] = []
    /// By form, without those that stay as they are.
    private(set) var deltas: [Delta] = []
    /// Names more than before.
    let growth: Int

    var isEmpty: Bool { self.removed.isEmpty && self.written.isEmpty }

    init(from old: [NameKey: Use], to new: [NameKey: Use]) {
        self.growth = new.count - old.count
        var deltas: [Int64: Delta] = [:]
        func count(_ use: Use, _ sign: Int) {
            deltas[use.form, default: Delta(form: use.form, mentions: 0, documents: 0)].mentions += sign * use.mentions
            deltas[use.form, default: Delta(form: use.form, mentions: 0, documents: 0)].documents += sign
        }
        for (key, use) in old {
            count(use, -1)
            if new[key] == nil { self.removed.append(key) }
        }
        for (key, use) in new {
            count(use, 1)
            if old[key] != use { self.written.append((key, use)) }
        }
        self.removed.sort()
        self.written.sort { $0.key < $1.key }
        self.deltas = deltas.values.filter { $0.mentions != 0 || $0.documents != 0 }.sorted { $0.form < $1.form }
    }
}
