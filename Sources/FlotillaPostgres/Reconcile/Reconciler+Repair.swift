internal import Flotilla
internal import PostgresClient
internal import Threading

extension Reconciler {
    /// Makes lost messages anew. Returns the items, those that were repaired marked.
    func repair(
        _ items: [ReconcileReport.Item], _ broker: any BrokerAdministration, _ entries: [DeadLetterEntry]
    ) async throws -> [ReconcileReport.Item] {
        var items = items
        for start in stride(from: 0, to: items.count, by: 100) {
            let range = start..<min(start + 100, items.count)
            let payloads: [String: [UInt8]]
            do {
                payloads = try await self.payloads(items[range].map(\.work.workID))
            } catch {
                throw JobStoreError(error, operation: "reconcile")
            }
            var queued: [[UInt8]] = []
            for index in range {
                guard let payload = payloads[items[index].work.workID] else { continue }
                switch items[index].finding {
                case .messageMissing:
                    let wait = items[index].work.dueAt.map { $0 &- WallClock.microseconds } ?? 0
                    if items[index].work.status == "retrying", wait > 0 {
                        try await broker.enqueue(payload, after: .microseconds(wait))
                    } else {
                        queued.append(payload)
                    }
                case .deadLetterMissing: try await self.restore(items[index].work, payload, broker, &queued)
                case .requeueUnfinished:
                    try await self.finishRequeue(items[index].work, broker, entries, payload, &queued)
                }
                items[index].isRepaired = true
            }
            // Pushed oldest first; a crash before this leaves them missing, and the next repair finds them again.
            try await broker.enqueue(queued)
        }
        return items
    }

    private func payloads(_ ids: [String]) async throws -> [String: [UInt8]] {
        let rows = try await self.pool.query("SELECT id, payload FROM work_item WHERE id = ANY (\(ids.compactMap { PostgresUUID($0) }))")
        return Dictionary(try rows.map { (try $0[0, as: String.self], try $0[1, as: [UInt8].self]) }) { $1 }
    }

    private func restore(
        _ work: WorkRecord, _ payload: [UInt8], _ broker: any BrokerAdministration, _ queued: inout [[UInt8]]
    ) async throws {
        guard let restoreDeadLetters = self.restoreDeadLetters else {
            // The worker that claims it hears from the store that it is dead, and moves it.
            queued.append(payload)
            return
        }
        let administration = JobAdministration(pool: self.pool, countingQueues: self.store.countingQueues)
        let known = work.deadLetterID == nil ? nil : try await administration.deadLetter(work.deadLetterID ?? "")?.letter
        let letter =
            known
            ?? DeadLetter(
                id: work.deadLetterID ?? ULID.next(), reason: .permanent, errorMessage: work.errorMessage ?? "unknown error",
                fingerprint: work.fingerprint ?? "000000000000", failureTime: work.finishedAt ?? work.updatedAt, originalQueue: work.queue,
                jobID: work.jobID, filename: work.filename, failureCount: work.failures)
        try await restoreDeadLetters(broker.queue, [(MessageSplice.adding(letter, to: payload), letter)])
    }

    /// Moves the message that was to be put back; if it has gone in the meantime, a new one does.
    private func finishRequeue(
        _ work: WorkRecord, _ broker: any BrokerAdministration, _ entries: [DeadLetterEntry], _ payload: [UInt8], _ queued: inout [[UInt8]]
    ) async throws {
        let entry = entries.first { entry in
            entry.envelope.map { WorkIdentity($0, queue: broker.queue).workID == work.workID } ?? false
        }
        guard let entry else {
            queued.append(payload)
            return
        }
        if try await broker.requeue([(payload: entry.payload, restored: entry.restored)]) != [true] { queued.append(payload) }
    }
}
