internal import FlotillaCache
internal import JSONText
internal import PostgresClient
internal import Threading

/// What one transaction of a relay applies and marks.
struct InvalidationBatch {
    /// Each thing once, in the order in which events asked for it. A hard end covers a soft one.
    private(set) var endings: [CacheEnding] = []
    var progress = InvalidationProgress()

    private var ids: [Int64] = []
    private var places: [EndingPlace: Int] = [:]
    private var postponed: [(place: EndingPlace, event: String, delay: Duration)] = []

    /// - Parameter dueEnds: rows of `InvalidationRelay.dueEnds`.
    init(dueEnds: PostgresRows) throws(PostgresError) {
        for row in dueEnds {
            let owner = try Self.owner(tenant: row["tenant_id", as: String?.self], everyone: row["everyone", as: Bool.self])
            self.ids.append(try row["id", as: Int64.self])
            self.progress.dueEnds += 1
            if let type = try row["ends_type", as: String?.self] {
                self.end(EndingPlace(owner: owner, what: .type(type)), softly: false)
            } else if let tag = try row["ends_tag", as: String?.self], let colon = tag.firstIndex(of: ":") {
                // The kind holds no colon, the id may.
                let what = EndingPlace.What.tag(kind: String(tag[..<colon]), id: String(tag[tag.index(after: colon)...]))
                self.end(EndingPlace(owner: owner, what: what), softly: false)
            }
        }
    }

    /// Adds what an event ends.
    ///
    /// - Parameter row: of `InvalidationRelay.events`.
    mutating func add(_ row: PostgresRow, by rules: InvalidationRules) throws(PostgresError) {
        let name = try row[1, as: String.self]
        let owner = try Self.owner(tenant: row[2, as: String?.self], everyone: row[3, as: Bool.self])
        // Deeper than any event of ours: it has no fields that a template could name, and must not hold up all others.
        let text = try row[4, as: String.self]
        let fields = (try? JSONValue(parsing: text)) ?? .null
        let plan = rules.plan(name, of: owner, fields: fields)
        self.ids.append(try row[0, as: Int64.self])
        self.progress.events += 1
        self.progress.delay = max(self.progress.delay, .microseconds(try row[5, as: Int64.self]))
        if !plan.isAnswered { self.progress.unanswered[name, default: 0] += 1 }
        for rule in plan.unfilled { self.progress.unfilled[rule, default: 0] += 1 }
        for part in plan.parts { self.end(part.place, softly: part.softly) }
        for end in plan.postponed { self.postponed.append((end.place, name, end.delay)) }
    }

    private mutating func end(_ place: EndingPlace, softly: Bool) {
        if let index = self.places[place] {
            if !softly { self.endings[index].softly = false }
            return
        }
        self.places[place] = self.endings.count
        self.endings.append(place.ending(softly: softly))
    }

    private static func owner(tenant: String?, everyone: Bool) -> CacheEvent.Owner {
        if everyone { return .everyone }
        return tenant.flatMap { $0.isEmpty ? nil : .tenant($0) } ?? .nobody
    }

    /// Marks what was applied, then makes the rows of ends that wait: a due end that was applied now is no longer in the way of a new one.
    ///
    /// Of one that waits already there is no second: it comes later than everything that was recorded until now.
    var marks: [PostgresQuery] {
        var rows: [String: (place: EndingPlace, event: String, delay: Duration)] = [:]
        for end in self.postponed {
            let key = end.place.key
            if let known = rows[key], known.delay <= end.delay { continue }
            rows[key] = end
        }
        let ends = rows.sorted { $0.key < $1.key }
        return [
            "UPDATE cache_invalidation_event SET applied_at = clock_timestamp() WHERE id = ANY (\(self.ids))",
            """
            INSERT INTO cache_invalidation_event (event, tenant_id, everyone, due_at, ends_tag, ends_type, ends_key)
            SELECT event, tenant_id, everyone, clock_timestamp() + delay, tag, type, key
            FROM unnest(
                \(ends.map(\.value.event)), \(ends.map(\.value.place.tenantID)), \(ends.map { $0.value.place.owner == .everyone }),
                \(ends.map(\.value.delay)), \(ends.map(\.value.place.tag)), \(ends.map(\.value.place.type)), \(ends.map(\.key))
            ) AS item (event, tenant_id, everyone, delay, tag, type, key)
            ON CONFLICT (ends_key) WHERE applied_at IS NULL AND ends_key IS NOT NULL
                DO UPDATE SET due_at = excluded.due_at WHERE excluded.due_at < cache_invalidation_event.due_at
            """,
        ]
    }
}

extension EndingPlace {
    fileprivate var tenantID: String? {
        if case .tenant(let id) = self.owner { id } else { nil }
    }

    fileprivate var tag: String? {
        if case .tag(let kind, let id) = self.what { "\(kind):\(id)" } else { nil }
    }

    fileprivate var type: String? {
        if case .type(let name) = self.what { name } else { nil }
    }
}
