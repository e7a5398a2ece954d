public import Flotilla
public import PostgresClient
internal import Threading

/// Compares what PostgreSQL knows with what lies in Redis, names what does not add up, and repairs it if asked.
///
/// It may run while the fleet works: what looks unaccounted for is looked at again, and is named only if it stayed the same. Reads are bounded
/// pages; memory is proportional to the number of messages in the broker.
public struct Reconciler: Sendable {
    /// Puts entries back into a dead-letter queue, as ``Settlement/dead(_:payload:letter:)`` would.
    public typealias RestoreDeadLetters = @Sendable (QueueName, [(payload: [UInt8], letter: DeadLetter)]) async throws -> Void

    let pool: PostgresPool
    let store: PostgresJobStore
    let brokers: [any BrokerAdministration]
    let restoreDeadLetters: RestoreDeadLetters?
    let settleTime: Duration
    /// Findings that are named, of each kind.
    static let maximumNamed = 10_000
    /// Looks at a suspect before it is named.
    private static let looks = 3

    /// - Parameters:
    ///   - brokers: one a queue.
    ///   - settleTime: how long to wait before looking again at what seems to be missing.
    ///   - restoreDeadLetters: nil puts the message back to the queue instead: the store tells the worker that claims it that it is dead, and
    ///     the worker moves it. If the broker still has a record of the death, without the message, that looks like a replay, and it runs again.
    public init(
        pool: PostgresPool, countingQueues: Set<QueueName>, brokers: [any BrokerAdministration], settleTime: Duration = .milliseconds(500),
        restoreDeadLetters: RestoreDeadLetters? = nil
    ) {
        self.pool = pool
        self.store = PostgresJobStore(pool: pool, countingQueues: countingQueues)
        self.brokers = brokers
        self.settleTime = settleTime
        self.restoreDeadLetters = restoreDeadLetters
    }

    /// Compares, and repairs if asked.
    ///
    /// A repair makes lost messages anew from the producer's bytes in PostgreSQL, restores missing dead-letter entries, writes missing history and
    /// counts jobs again. All of it may be repeated: a message too many is dropped as a duplicate when it is claimed.
    /// - Throws: ``JobStoreError`` or ``BrokerError`` when a side cannot be read.
    public func run(repair: Bool = false, actor: String = "reconcile") async throws -> ReconcileReport {
        var report = ReconcileReport()
        var unseenFiles: [String: Int] = [:]
        for broker in self.brokers {
            try await self.compare(broker, repair: repair, into: &report, unseenFiles: &unseenFiles)
        }
        do {
            try await self.compareJobs(repair: repair, into: &report)
            try await self.findShortJobs(unseenFiles, into: &report)
            let unchecked = try await self.slowQuery(
                """
                SELECT queue, count(*) FROM work_item
                WHERE status IN ('queued', 'processing', 'retrying') AND queue <> ALL (\(self.brokers.map(\.queue.rawValue)))
                GROUP BY queue
                """)
            for row in unchecked { report.uncheckedWork[QueueName(try row[0, as: String.self])] = try row[1, as: Int.self] }
            report.outbox = try await self.pool.query("SELECT count(*) FROM outbox WHERE sent_at IS NULL").one()[0, as: Int.self]
            if repair {
                let administration = JobAdministration(pool: self.pool, countingQueues: self.store.countingQueues)
                let repaired =
                    report.items.count(where: \.isRepaired) + report.jobs.count(where: \.isRepaired)
                    + report.unrecordedLetters.count(where: \.isRepaired)
                try await administration.audit(actor: actor, action: "reconcile.repair", count: repaired)
            }
        } catch {
            throw JobStoreError(error, operation: "reconcile")
        }
        return report
    }

    /// Runs a statement that reads a whole table: the server's limit is for daily work.
    func slowQuery(_ query: PostgresQuery) async throws(PostgresError) -> PostgresRows {
        try await self.pool.pipeline(["SELECT set_config('statement_timeout', '600s', true)", query], timeout: .seconds(610))[1]
    }

    // MARK: One queue

    private func compare(
        _ broker: any BrokerAdministration, repair: Bool, into report: inout ReconcileReport, unseenFiles: inout [String: Int]
    ) async throws {
        var scan = try await BrokerScan(broker)
        var queue = ReconcileReport.Queue(name: broker.queue)
        var suspects: [Suspect] = []
        do {
            suspects = try await self.compareItems(broker.queue, &scan, into: &queue)
        } catch {
            throw JobStoreError(error, operation: "reconcile")
        }
        for sighting in scan.works.values where !sighting.isKnown {
            self.countUnseen(sighting, into: &queue)
            if sighting.live > 0, let job = sighting.job, self.store.countingQueues.contains(broker.queue) {
                unseenFiles[job, default: 0] += 1
            }
        }
        queue.queued += scan.malformedQueued
        queue.leased += scan.malformedLeased
        queue.unseen += scan.malformedQueued + scan.malformedLeased
        let malformedDead = scan.entries.count { $0.envelope == nil }
        queue.dead += malformedDead
        queue.accepted += scan.malformedQueued + scan.malformedLeased + malformedDead
        let confirmed = try await self.confirm(suspects, broker)
        // What moved while we looked is somewhere: it counts as what its row says.
        for suspect in suspects where !confirmed.contains(where: { $0.item.work.workID == suspect.item.work.workID }) {
            queue.place(suspect.item.work.status)
        }
        var items = confirmed.map(\.item)
        if repair, !items.isEmpty { items = try await self.repair(items, broker, scan.entries) }
        report.unnamed += max(0, report.items.count + items.count - Self.maximumNamed)
        report.items += items.prefix(max(0, Self.maximumNamed - report.items.count))
        report.unrecordedLetters += try await self.unrecorded(scan.entries, broker.queue, repair: repair)
        report.queues.append(queue)
    }

    struct Suspect: Sendable {
        let id: PostgresUUID
        var item: ReconcileReport.Item
    }

    /// Walks the queue's items in the order of their ids and puts each in its place.
    private func compareItems(
        _ name: QueueName, _ scan: inout BrokerScan, into queue: inout ReconcileReport.Queue
    ) async throws -> [Suspect] {
        var suspects: [Suspect] = []
        var cursor = PostgresUUID.zero
        while true {
            let rows = try await self.pool.query(
                """
                SELECT item.id, item.status, coalesce(letter.state, '')
                FROM (
                    SELECT id, status, dead_letter_id, queue FROM work_item WHERE id > \(cursor) ORDER BY id LIMIT 5000
                ) AS item
                LEFT JOIN dead_letter AS letter ON letter.id = item.dead_letter_id AND item.status = 'failed'
                WHERE item.queue = \(name.rawValue)
                UNION ALL
                SELECT max_id.id, 'end', '' FROM (
                    SELECT id FROM (SELECT id FROM work_item WHERE id > \(cursor) ORDER BY id LIMIT 5000) AS page ORDER BY id DESC LIMIT 1
                ) AS max_id
                """)
            var missing: [(PostgresUUID, ReconcileReport.Finding)] = []
            var last: PostgresUUID?
            for row in rows {
                let id = try row[0, as: PostgresUUID.self]
                let status = try row[1, as: String.self]
                if status == "end" {
                    last = id
                    continue
                }
                let sighting = scan.works[id] ?? .init()
                scan.markKnown(id)
                queue.accepted += 1
                if let finding = queue.place(status: status, letterState: try row[2, as: String.self], sighting) {
                    missing.append((id, finding))
                }
            }
            suspects += try await self.suspects(missing)
            guard let last else { return suspects }
            cursor = last
        }
    }

    private func suspects(_ missing: [(PostgresUUID, ReconcileReport.Finding)]) async throws -> [Suspect] {
        var suspects: [Suspect] = []
        for start in stride(from: 0, to: missing.count, by: 500) {
            let batch = missing[start..<min(start + 500, missing.count)]
            let records = try await self.records(batch.map(\.0))
            for (id, finding) in batch {
                if let record = records[id] { suspects.append(Suspect(id: id, item: .init(finding: finding, work: record))) }
            }
        }
        return suspects
    }

    private func records(_ ids: [PostgresUUID]) async throws -> [PostgresUUID: WorkRecord] {
        let rows = try await self.pool.query("SELECT \(fragment: WorkRecord.columns) FROM work_item AS item WHERE item.id = ANY (\(ids))")
        return Dictionary(try rows.map { (try $0[0, as: PostgresUUID.self], try WorkRecord($0)) }) { $1 }
    }

    /// Looks again until what stays missing has been missing, and its row unchanged, in several looks.
    private func confirm(_ suspects: [Suspect], _ broker: any BrokerAdministration) async throws -> [Suspect] {
        var open = suspects
        for _ in 1..<Self.looks {
            if open.isEmpty { return [] }
            try await Task.sleep(for: self.settleTime)
            let scan = try await BrokerScan(broker, keepEntries: false)
            var still: [Suspect] = []
            do {
                for start in stride(from: 0, to: open.count, by: 500) {
                    let batch = open[start..<min(start + 500, open.count)]
                    let records = try await self.records(batch.map(\.id))
                    still += batch.filter { records[$0.id] == $0.item.work && $0.isMissing(in: scan.works[$0.id] ?? .init()) }
                }
            } catch {
                throw JobStoreError(error, operation: "reconcile")
            }
            open = still
        }
        return open
    }

    private func countUnseen(_ sighting: BrokerScan.Sighting, into queue: inout ReconcileReport.Queue) {
        queue.accepted += 1
        if sighting.live > 0 {
            queue.unseen += 1
            queue.duplicates += Int(sighting.live) - 1
            queue.place(sighting)
        } else {
            queue.dead += 1
        }
    }

    private func unrecorded(
        _ entries: [DeadLetterEntry], _ queue: QueueName, repair: Bool
    ) async throws -> [ReconcileReport.Entry] {
        var found: [ReconcileReport.Entry] = []
        let administration = JobAdministration(pool: self.pool, countingQueues: self.store.countingQueues)
        for start in stride(from: 0, to: entries.count, by: 500) {
            let batch = entries[start..<min(start + 500, entries.count)]
            let unknown = try await administration.unknownDeadLetters(among: batch.map(\.letter.id))
            let missing = batch.filter { unknown.contains($0.letter.id) }
            if repair, !missing.isEmpty {
                try await self.store.recordDead(
                    missing.map { entry in
                        var letter = entry.letter
                        if letter.failureTime == 0 { letter.failureTime = WallClock.microseconds }
                        return DeadMessage(
                            payload: entry.payload, letter: letter, identity: entry.envelope.map { WorkIdentity($0, queue: queue) })
                    })
            }
            found += missing.map { .init(queue: queue, letter: $0.letter, isRepaired: repair) }
        }
        return found
    }
}

extension Reconciler.Suspect {
    /// Whether a look finds it missing too. Its row was read a moment after the comparison, and may have come to its end in between.
    func isMissing(in sighting: BrokerScan.Sighting) -> Bool {
        let isOpen = ["queued", "processing", "retrying"].contains(self.item.work.status)
        return switch self.item.finding {
        case .messageMissing: isOpen && sighting.live == 0 && sighting.dead == 0
        case .deadLetterMissing: self.item.work.status == "failed" && sighting.live == 0 && sighting.dead == 0
        case .requeueUnfinished: isOpen && sighting.live == 0 && sighting.dead > 0
        }
    }
}

extension ReconcileReport.Queue {
    /// Counts one known item where its message lies. Returns what is missing, in which case nothing but `accepted` counts it.
    mutating func place(status: String, letterState: String, _ sighting: BrokerScan.Sighting) -> ReconcileReport.Finding? {
        switch status {
        case "completed":
            self.completed += 1
            self.duplicates += Int(sighting.live)
        case "cancelled":
            self.cancelled += 1
            self.duplicates += Int(sighting.live)
        case "failed":
            // A message that lies elsewhere is on its way: to the dead-letter queue, or back by hand.
            if sighting.dead > 0 || ["discarded", "expired"].contains(letterState) {
                self.dead += 1
            } else if sighting.live > 0 {
                self.place(sighting)
            } else {
                return .deadLetterMissing
            }
        default:
            guard sighting.live > 0 else { return sighting.dead > 0 ? .requeueUnfinished : .messageMissing }
            self.duplicates += Int(sighting.live) - 1
            self.place(sighting)
        }
        return nil
    }

    /// Counts work once, where its message is furthest.
    mutating func place(_ sighting: BrokerScan.Sighting) {
        if sighting.leased > 0 { self.leased += 1 } else if sighting.scheduled > 0 { self.scheduled += 1 } else { self.queued += 1 }
    }

    /// Counts work whose message was on its way while we looked.
    mutating func place(_ status: String) {
        switch status {
        case "completed": self.completed += 1
        case "cancelled": self.cancelled += 1
        case "failed": self.dead += 1
        case "retrying": self.scheduled += 1
        case "processing": self.leased += 1
        default: self.queued += 1
        }
    }
}
