internal import PostgresClient

/// A work item of a batch and its place in the caller's array. Small, since batches are sorted: transactions lock items in the order of ids.
struct BatchKey: Sendable {
    let id: PostgresUUID
    let index: Int

    static func sort(_ keys: inout [BatchKey]) {
        // Of equal ids the caller's first one comes first.
        keys.sort { left, right in
            if left.id.high != right.id.high { return left.id.high < right.id.high }
            return left.id.low == right.id.low ? left.index < right.index : left.id.low < right.id.low
        }
    }

    /// Takes out of sorted keys those whose id an earlier key has. Returns them with the first one's index.
    static func takeDuplicates(from keys: inout [BatchKey]) -> [(key: BatchKey, first: Int)] {
        guard zip(keys, keys.dropFirst()).contains(where: { $0.id == $1.id }) else { return [] }
        var unique: [BatchKey] = []
        var duplicates: [(key: BatchKey, first: Int)] = []
        for key in keys {
            if let last = unique.last, last.id == key.id { duplicates.append((key, last.index)) } else { unique.append(key) }
        }
        keys = unique
        return duplicates
    }
}
