import Flotilla
import FlotillaCache
import JSONText
import Threading

struct CacheAdvice: Verb {
    static let spec = CommandSpec(
        path: ["cache", "advise-ttl"], summary: "Says of each type whether its time to live should be shorter or longer, and why",
        options: [.cacheType, .since("7d")],
        examples: ["cache advise-ttl", "cache advise-ttl --type vector_search --since 30d", "cache advise-ttl --json"],
        notes: """
            Judged by the ages of values at their hits, in tenths of the time to live. A proposal is the next step, not the last word: change
            the type's CACHE_…_TTL (flotilla config reference), and ask again after as long as --since.
            """)

    private let type: CacheType?
    private let since: Duration

    init(_ arguments: Arguments) throws(CommandError) {
        self.type = try arguments.cacheType()
        self.since = try arguments.since(default: .seconds(7 * 86_400))
    }

    func run(_ context: CommandContext) async throws -> Output {
        let start = context.time.now - self.since.inNanoseconds / 1_000
        let counts = try await CacheHistory(pool: context.database()).counts(since: start, by: .type, type: self.type?.name)
        let tallies = Dictionary(counts.tallies.map { ($0.name, $0.tally) }) { first, _ in first }
        let types = self.type.map { [$0] } ?? CacheType.all.filter { tallies[$0.name] != nil }
        let rows = try types.map { type in
            let policy = try context.cachePolicy(of: type)
            return (type: type, policy: policy, advice: TimeToLiveAdvice.advise(policy, tallies[type.name] ?? CacheTally()))
        }
        var output = Output("CacheAdvice", ["since": .string(Timestamp.text(start))])
        output.set(
            "types",
            .array(
                rows.map { row in
                    [
                        "type": .string(row.type.name), "ttl_seconds": .number(row.policy.timeToLive.inSeconds),
                        "verdict": .string(row.advice.verdict.rawValue),
                        "proposed_ttl_seconds": .optional(row.advice.proposal?.inSeconds), "reason": .string(row.advice.reason),
                        "owner": .string(row.policy.owner),
                    ]
                }))
        var table = Table(
            [.left("TYPE"), .right("TTL"), .left("ADVICE"), .right("TRY"), .flexible("WHY")],
            empty: "nobody read the cache, or nobody wrote it down")
        table.rows = rows.map { row in
            [
                row.type.name, HumanTime.span(row.policy.timeToLive), row.advice.verdict.rawValue,
                row.advice.proposal.map { HumanTime.span($0) } ?? "-", row.advice.reason,
            ]
        }
        output.table(table)
        return output
    }
}
