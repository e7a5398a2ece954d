public import Flotilla
internal import RedisClient
internal import Threading

extension RedisBroker {
    public func reclaim(limit: Int, crashLimit: Int) async throws(BrokerError) -> Reclamation {
        let limit = min(max(limit, 1), 1_000)
        let expired = try await self.run(
            Script.expired, "reclaim", keys: [self.keys.workers, self.keys.swept], [.number(100)])
        guard let parts = expired.array, parts.count == 3, let dead = parts[0].array, let swept = parts[1].array, let next = parts[2].int
        else { throw Self.unexpected("reclaim") }
        var result = Reclamation(hasMore: dead.count == 100, nextDeadline: next < 0 ? nil : .milliseconds(next))
        var left = limit
        for value in dead + swept {
            guard let bytes = value.bytes else { continue }
            let worker = WorkerID(String(decoding: bytes, as: UTF8.self))
            // The last two rounds of a worker may only put messages aside and close the books, so they are not stopped by the limit.
            while true {
                if left <= 0 {
                    result.hasMore = true
                    return result
                }
                let round: (taken: Int, isFinished: Bool)
                do {
                    round = try await self.reclaimRound(of: worker, limit: left, crashLimit: crashLimit, into: &result)
                } catch {
                    // What was put aside must be told: the caller keeps its history, and no later call returns it again.
                    guard !result.quarantined.isEmpty else { throw error }
                    result.hasMore = true
                    return result
                }
                left -= round.taken
                if round.isFinished { break }
            }
        }
        return result
    }

    private func reclaimRound(
        of worker: WorkerID, limit: Int, crashLimit: Int, into result: inout Reclamation
    ) async throws(BrokerError) -> (taken: Int, isFinished: Bool) {
        let reply = try await self.run(
            Script.reclaim, "reclaim", keys: self.sweepKeys(of: worker),
            [
                .text(worker.rawValue), .number(Int64(limit)), .number(Int64(max(0, crashLimit))),
                .number(Self.milliseconds(Self.landingGrace)),
            ])
        guard let parts = reply.array, parts.count == 4, let moved = parts[0].int, let candidates = parts[1].array,
            candidates.count.isMultiple(of: 3), let more = parts[2].int, let forgotten = parts[3].int
        else { throw Self.unexpected("reclaim") }
        result.returned += Int(clamping: moved)
        for start in stride(from: 0, to: candidates.count, by: 3) {
            guard let sequence = candidates[start].string, let crashes = candidates[start + 1].int,
                let payload = candidates[start + 2].bytes
            else { throw Self.unexpected("reclaim") }
            let dead = CrashLetter.make(for: payload, crashes: Int(clamping: crashes), queue: self.queue)
            if try await self.quarantine(worker, sequence, dead) { result.quarantined.append(dead) }
        }
        if forgotten == 1 { result.sweptWorkers.append(worker) }
        return (Int(clamping: moved) + candidates.count / 3, more == 0 && candidates.isEmpty)
    }

    private func quarantine(
        _ worker: WorkerID, _ sequence: String, _ dead: (payload: [UInt8], letter: DeadLetter)
    ) async throws(BrokerError) -> Bool {
        let letter = dead.letter
        let reply = try await self.run(
            Script.quarantine, "quarantine",
            keys: [
                self.keys.inflight(worker), self.keys.workers, self.keys.crashes, self.names.deadLetter,
                self.keys.metadata(job: letter.jobID, filename: letter.filename, letter: letter.id),
            ],
            [
                .text(worker.rawValue), .text(sequence), .bytes(dead.payload), .number(self.retentionSeconds),
                .number(Int64(MetadataFields.pairCount)),
            ] + MetadataFields.arguments(of: letter, queue: self.queue))
        return reply.int == 1
    }

    public func promote(limit: Int) async throws(BrokerError) -> Promotion {
        // A fleet at rest asks once a second, and a count needs no script.
        if self.isWithoutRetries.withLock({ $0 }), try await self.send(["ZCARD", .text(self.names.retry)], "promote").int == 0 {
            return Promotion(moved: 0, nextDue: nil)
        }
        let reply = try await self.run(
            Script.promote, "promote", keys: [self.names.retry, self.keys.queue], [.number(Int64(min(max(limit, 1), 1_000)))])
        guard let parts = reply.array, parts.count == 2, let moved = parts[0].int, let next = parts[1].int else {
            throw Self.unexpected("promote")
        }
        self.isWithoutRetries.withLock { $0 = next < 0 }
        return Promotion(moved: Int(clamping: moved), nextDue: next < 0 ? nil : .milliseconds(next))
    }
}
