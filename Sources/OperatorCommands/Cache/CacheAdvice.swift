import Flotilla
import FlotillaCache
import FlotillaCachePostgres
import JSONText
import PostgresClient
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
        let advice = try await context.cacheHistory().store.ttlAdvice(
            since: PostgresTimestamp(microseconds: start), until: PostgresTimestamp(microseconds: context.time.now))
        return Self.output(advice.filter { self.type == nil || $0.type == self.type?.name }, start: start)
    }

    static func output(_ advice: [TTLAdvice], start: Int64) -> Output {
        let owners = Dictionary(CacheType.all.map { ($0.name, $0.policy.owner) }) { first, _ in first }
        var output = Output("CacheAdvice", ["since": .string(Timestamp.text(start))])
        output.set(
            "types",
            .array(
                advice.map { advice in
                    [
                        "type": .string(advice.type), "ttl_seconds": .number(advice.current.inSeconds),
                        "verdict": .string(advice.verdict.word), "proposed_ttl_seconds": .optional(advice.verdict.proposal?.inSeconds),
                        "reason": .string(advice.reason.rawValue), "explanation": .string(advice.explanation),
                        "hit_ratio": .optional(advice.hitRatio), "hits_per_write": .optional(advice.hitsPerWrite),
                        "hit_ratio_change": .number(advice.hitRatioChange), "loads_saved": .number(advice.loadsSaved),
                        "owner": .optional(owners[advice.type]),
                    ]
                }))
        var table = Table(
            [.left("TYPE"), .right("TTL"), .left("ADVICE"), .right("TRY"), .flexible("WHY")],
            empty: "nobody used the cache, or nobody wrote it down")
        table.rows = advice.map { advice in
            [
                advice.type, HumanTime.span(advice.current), advice.verdict.word, advice.verdict.proposal.map { HumanTime.span($0) } ?? "-",
                advice.explanation,
            ]
        }
        output.table(table)
        return output
    }
}

extension TTLAdvice.Verdict {
    fileprivate var word: String {
        switch self {
        case .keep: "keep"
        case .shorter: "shorter"
        case .longer: "longer"
        }
    }

    fileprivate var proposal: Duration? {
        switch self {
        case .keep: nil
        case .shorter(let time), .longer(let time): time
        }
    }
}
