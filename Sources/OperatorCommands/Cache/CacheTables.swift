import FlotillaCache
import Threading

/// Tables of counts that several verbs and the live page show.
enum CacheTables {
    /// Reads by type or tenant. Fits 80 columns.
    static func reads(_ counts: CacheHistory.Counts, _ speeds: [String: CacheHistory.Speed], first title: String = "TYPE") -> Table {
        var table = Table(
            [
                .flexible(title), .right("READS/S"), .right("HIT"), .right("MEMORY"), .right("SHARED"), .right("STALE"), .right("P50"),
                .right("P99"), .right("LOADS/S"), .right("LOAD"),
            ], empty: "nobody read the cache, or nobody wrote it down")
        table.rows = counts.entries.map { entry in
            let (name, tally) = (entry.name, entry.tally)
            return [
                name, self.rate(tally.reads, counts.span), self.share(tally.hitRatio), self.share(tally.share(tally.memoryHits)),
                self.share(tally.share(tally.sharedHits)), self.share(tally.share(tally.staleHits)),
                MonitorText.brief(speeds[name]?.sharedMedian), MonitorText.brief(speeds[name]?.shared99),
                self.rate(tally.loads, counts.span),
                MonitorText.span(tally.averageLoad),
            ]
        }
        return table
    }

    /// What it saved and what was written, by type or tenant. Fits 80 columns.
    static func writes(_ counts: CacheHistory.Counts, first title: String = "TYPE") -> Table {
        var table = Table(
            [
                .flexible(title), .right("SAVED"), .right("WRITES/S"), .right("VOIDED"), .right("REFUSED"), .right("ERRORS"),
                .right("WRITTEN"), .right("READ"),
            ], empty: "nothing was written")
        table.rows = counts.entries.map { entry in
            let (name, tally) = (entry.name, entry.tally)
            return [
                name, tally.savedNanoseconds == 0 ? "-" : HumanTime.span(tally.saved), self.rate(tally.writes, counts.span),
                "\(tally.voided)", "\(tally.refused)", "\(tally.errors)", HumanTime.bytes(Int(clamping: tally.storedBytesWritten)),
                HumanTime.bytes(Int(clamping: tally.storedBytesRead)),
            ]
        }
        return table
    }

    /// What the cache was good for, in a sentence.
    static func savings(_ counts: CacheHistory.Counts) -> String {
        let total = counts.total
        return
            "in \(HumanTime.span(counts.span)): \(counts.avoided.engineRuns) runs of engines and \(counts.avoided.queries) queries avoided, "
            + "\(HumanTime.span(total.saved)) of waiting saved"
    }

    /// What must not happen at all, in words.
    static func alarms(_ counts: CacheHistory.Counts) -> [String] {
        counts.entries.flatMap { entry in
            let (name, tally) = (entry.name, entry.tally)
            var alarms: [String] = []
            if tally.mismatches > 0 { alarms.append("\(name): \(tally.mismatches) hits were not what the loader made (shadow mode)") }
            if tally.unreadable > 0 { alarms.append("\(name): \(tally.unreadable) values could not be used: damaged, or of another key") }
            return alarms
        }
    }

    private static func rate(_ count: UInt64, _ span: Duration) -> String {
        MonitorText.rate(span > .zero ? Double(count) / span.inSeconds : nil)
    }

    static func share(_ ratio: Double?) -> String {
        guard let ratio else { return "-" }
        let parts = Int((ratio * 10_000).rounded())
        return MonitorText.share(parts, of: 10_000)
    }
}
