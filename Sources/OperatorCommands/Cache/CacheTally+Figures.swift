import FlotillaCache
import JSONText
import Threading

/// What follows from counts.
extension CacheTally {
    var reads: UInt64 { self.hits &+ self.misses }

    /// Of loads that ended, well or not; nil without any.
    var averageLoad: Duration? {
        self.loads == 0 ? nil : .nanoseconds(Int64(clamping: self.loadNanoseconds / self.loads))
    }

    var saved: Duration { .nanoseconds(Int64(clamping: self.savedNanoseconds)) }

    /// Hits for each value that was written: below 1 the cache is filled more often than it is read. Nil without writes.
    var hitsPerWrite: Double? { self.writes == 0 ? nil : Double(self.hits) / Double(self.writes) }

    /// Of reads and writes, those that failed; nil without any.
    var errorRatio: Double? {
        let operations = self.reads &+ self.writes &+ self.errors
        return operations == 0 ? nil : Double(self.errors) / Double(operations)
    }

    func share(_ part: UInt64) -> Double? { self.reads == 0 ? nil : Double(part) / Double(self.reads) }

    /// The counts and what follows from them, for programs.
    var json: [JSONValue.Member] {
        func number(_ count: UInt64) -> JSONValue { .integer(Int64(clamping: count)) }
        return [
            .init("reads", number(self.reads)), .init("hits", number(self.hits)), .init("misses", number(self.misses)),
            .init("hit_ratio", .optional(self.hitRatio)), .init("memory_hits", number(self.memoryHits)),
            .init("shared_hits", number(self.sharedHits)), .init("stale_hits", number(self.staleHits)),
            .init("absence_hits", number(self.absenceHits)), .init("errors", number(self.errors)),
            .init("coalesced", number(self.coalesced)),
            .init("loads", number(self.loads)), .init("failed_loads", number(self.failedLoads)),
            .init("average_load_seconds", .optional(self.averageLoad?.inSeconds)), .init("saved_seconds", .number(self.saved.inSeconds)),
            .init("writes", number(self.writes)), .init("voided", number(self.voided)), .init("refused", number(self.refused)),
            .init("deletes", number(self.deletes)), .init("unreadable", number(self.unreadable)),
            .init("mismatches", number(self.mismatches)), .init("plain_bytes_written", number(self.plainBytesWritten)),
            .init("stored_bytes_written", number(self.storedBytesWritten)), .init("stored_bytes_read", number(self.storedBytesRead)),
            .init("ttl_effectiveness", .optional(self.hitsPerWrite)), .init("age_tenths", .array(self.ageTenths.map(number))),
        ]
    }
}

extension CacheHistory.Counts {
    /// Everything together.
    var total: CacheTally { self.entries.reduce(into: CacheTally()) { $0 += $1.tally } }

    /// Loads that did not happen: engines' for what the pipeline makes, queries for the rest. Only counts by type can be split.
    var avoided: (engineRuns: UInt64, queries: UInt64) {
        let pipeline = Set(CacheType.all.filter { $0.policy.quota == .pipeline && $0 != .stageState }.map(\.name))
        return self.entries.reduce(into: (0, 0)) { sum, entry in
            if pipeline.contains(entry.name) { sum.engineRuns += entry.tally.hits } else { sum.queries += entry.tally.hits }
        }
    }
}

extension CacheHistory.Speed {
    var json: [JSONValue.Member] {
        func micros(_ duration: Duration?) -> JSONValue { .optional(duration.map { Double($0.inNanoseconds) / 1_000 }) }
        return [
            .init("memory_p50_us", micros(self.memoryMedian)), .init("memory_p99_us", micros(self.memory99)),
            .init("shared_p50_us", micros(self.sharedMedian)), .init("shared_p99_us", micros(self.shared99)),
            .init("shared_worst_p99_us", micros(self.sharedWorst)),
        ]
    }
}
