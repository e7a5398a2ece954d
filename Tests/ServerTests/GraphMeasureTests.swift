import Corpus
import EntityAnalysis
import Foundation
import PostgresClient
import Testing

@testable import CorpusPostgres

/// Prints figures rather than checking them: `FLOTILLA_MEASURE=1 swift test -c release --filter GraphMeasureTests`.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["FLOTILLA_MEASURE"] != nil)) struct GraphMeasureTests {
    @Test func `a job of 1,000 documents with 20,000 mentions`() async throws {
        try await GraphScene.with(resolve: nil) { graph in
            let clock = ContinuousClock()
            var times: [Duration] = []
            for number in 0..<1_000 {
                let start = clock.now
                try await graph.add(Self.paper(number))
                times.append(clock.now - start)
            }
            let names = try await graph.scene.count("SELECT count(*) FROM name_form")
            let entities = try await graph.store.count()
            let (first, last) = (times.prefix(100).sorted()[50], times.suffix(100).sorted()[50])
            print("1,000 documents: \(times.reduce(.zero, +)); median of the first 100 \(first), of the last 100 \(last)")
            print("slowest \(times.max() ?? .zero)")
            print("\(try await graph.scene.count("SELECT count(*) FROM entity_mention")) mentions, \(names) names, \(entities) entities")
            let start = clock.now
            try await graph.scene.pool.query("UPDATE graph_scope SET pending = 1")
            try await graph.store.refresh()
            print("resolving all of it: \(clock.now - start)")
            try await graph.expectConsistent()
        }
    }

    @Test func `paths among 5,000 entities`() async throws {
        try await GraphScene.with { graph in
            let scope = GraphScope(tenantID: nil, jobID: "job", document: GraphScene.uuid(1))
            try await graph.scene.pool.query("INSERT INTO graph_scope (id, job_id) VALUES (\(scope.id), 'job')")
            try await graph.scene.pool.query(
                "INSERT INTO canonical_entity (scope, type, name, mentions) SELECT \(scope.id), 'person', 'p' || n, n FROM generate_series(1, 5000) AS n"
            )
            try await graph.scene.pool.query(
                """
                INSERT INTO relationship (scope, source_id, predicate, target_id, evidence, documents, weight)
                SELECT \(scope.id), n, CASE WHEN k % 3 = 0 THEN 'member_of' ELSE 'co_occurs' END, 1 + (n * 7919 + k * 104729) % 5000, 1, 1,
                    ((n + k) % 90 + 10) / 100.0
                FROM generate_series(1, 5000) AS n, generate_series(1, 5) AS k WHERE n <> 1 + (n * 7919 + k * 104729) % 5000
                ON CONFLICT DO NOTHING
                """)
            try await graph.scene.pool.query("ANALYZE relationship")
            let clock = ContinuousClock()
            var times: [Duration] = []
            var lengths: [Int] = []
            for number in 0..<50 {
                let start = clock.now
                let path = try await graph.store.path(from: Int64(1 + number * 97), to: Int64(5_000 - number * 89), maximumSteps: 8)
                times.append(clock.now - start)
                lengths.append(path?.relations.count ?? -1)
            }
            print("paths: median \(times.sorted()[25]), slowest \(times.max() ?? .zero), lengths \(lengths.sorted())")
            let start = clock.now
            let near = try await graph.store.neighbours(of: 1, depth: 2)
            print("neighbours to 2 steps: \(clock.now - start), \(near?.distances.count ?? 0) entities")
        }
    }

    /// About 20 mentions of some 5,000 names, most of them seldom.
    static func paper(_ number: Int) -> GraphScene.Paper {
        var state = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 &+ 1
        func next(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        let given = [
            "Ada", "Grace", "Alan", "Mary", "John", "Karl", "Ines", "Omar", "Lena", "Hugo", "Nora", "Igor", "Vera", "Paul", "Rosa", "Emil",
        ]
        let parts = ["ber", "mann", "lov", "stein", "hop", "tur", "shel", "kov", "dorf", "wick", "ley", "ton", "ham", "ric", "sen", "gard"]
        func surname() -> String {
            let index = next(next(4) == 0 ? 30 : 4_000)
            return (parts[index % 16] + parts[index / 16 % 16] + parts[index / 256 % 16]).capitalized
        }
        func person() -> String {
            let last = surname()
            return "person:" + (next(4) == 0 ? last : next(3) == 0 ? "\(given[next(16)].prefix(1)). \(last)" : "\(given[next(16)]) \(last)")
        }
        return GraphScene.Paper(
            number,
            (0..<10).map { index in
                switch index % 4 {
                case 0: (person(), .relatedTo, person())
                case 1: ("organization:\(surname()) Ltd", .employs, person())
                case 2: (person(), .livesIn, "place:" + surname() + "burg")
                default: (person(), .coOccurs, "date:20\(10 + next(14))-0\(1 + next(9))-1\(next(10))")
                }
            })
    }
}
