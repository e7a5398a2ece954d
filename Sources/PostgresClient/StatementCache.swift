/// Which statements a connection has prepared, least recently used first out. A pure value.
struct StatementCache {
    /// The same text with parameters of other types is another statement.
    struct Key: Hashable {
        let sql: String
        let types: [UInt32]
    }

    private struct Entry {
        let name: String
        var lastUse: UInt64
    }

    let capacity: Int
    private var entries: [Key: Entry] = [:]
    private var clock: UInt64 = 0
    private var nextName: UInt64 = 0
    /// Names that the server still holds and we no longer want.
    private(set) var toDeallocate: [String] = []

    /// Names begin with this, which is no other connection's: behind a pooler that nobody told us of, a name of ours must never find a
    /// statement of somebody else's.
    private let prefix = "f" + String(UInt64.random(in: .min ... .max), radix: 36) + "_"

    init(capacity: Int) {
        self.capacity = capacity
    }

    var count: Int { self.entries.count }

    /// The prepared statement's name, nil when it must be prepared.
    mutating func name(of key: Key) -> String? {
        self.clock += 1
        self.entries[key]?.lastUse = self.clock
        return self.entries[key]?.name
    }

    /// Notes a statement that is about to be prepared, and returns its name. Makes room first.
    mutating func insert(_ key: Key) -> String {
        if self.entries.count >= self.capacity, let oldest = self.entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            // A scan of all entries: rare, since a program has fewer statements than the cache places.
            self.entries[oldest.key] = nil
            self.toDeallocate.append(oldest.value.name)
        }
        self.nextName += 1
        let name = "\(self.prefix)\(self.nextName)"
        self.entries[key] = Entry(name: name, lastUse: self.clock)
        return name
    }

    /// Forgets a statement that was not prepared after all, or whose plan the server refuses.
    mutating func remove(_ key: Key, isOnServer: Bool) {
        guard let entry = self.entries.removeValue(forKey: key) else { return }
        if isOnServer { self.toDeallocate.append(entry.name) }
    }

    /// Forgets all: the server did (`DISCARD ALL`).
    mutating func removeAll() {
        self.entries = [:]
        self.toDeallocate = []
    }

    mutating func takeDeallocations() -> [String] {
        defer { self.toDeallocate = [] }
        return self.toDeallocate
    }
}
