import Foundation
import Testing

@testable import TextAnalysis

/// Search on the hand-made relevance set must stay better than PostgreSQL's ts_rank(…, 1) on it; Benchmarks/relevance measures more.
@Suite struct RelevanceTests {
    /// nDCG@10 of PostgreSQL 15's full-text ranking on the same set (OR of the query's words), from Benchmarks/relevance.
    static let fullTextRanking = 0.492

    private func rows(_ name: String) throws -> [[String]] {
        let url = try #require(Bundle.module.url(forResource: name, withExtension: "tsv", subdirectory: "Fixtures/relevance"))
        return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
    }

    @Test func `search and vectors alone beat full-text ranking on the hand-made set`() throws {
        let documents = try self.rows("docs")
        var gains: [String: [String: Double]] = [:]
        for row in try self.rows("qrels") { gains[row[0], default: [:]][row[1]] = Double(row[2]) }
        let model = try #require(LatentSemanticModel.fit(documents.map { $0[1] }))
        let vectors = documents.map { model.vector(for: $0[1]) }
        let terms = documents.map { TermTokenizer.terms($0[1]) }
        let bm25 = BM25(documentCount: model.documentCount, averageLength: model.averageLength)
        var fused = 0.0
        var alone = 0.0
        let queries = try self.rows("queries")
        for query in queries {
            let vector = model.vector(for: query[1])
            let words = TermTokenizer.terms(query[1])
            let candidates = documents.indices.map { index in
                FusionCandidate(
                    cosine: VectorMath.dot(vector, vectors[index]),
                    lexical: bm25.score(query: words, text: terms[index], documentFrequency: model.documentFrequency(of:)))
            }
            let wanted = gains[query[0]] ?? [:]
            fused += Self.discountedGain(RankFusion.scores(candidates), documents.map { wanted[$0[0]] ?? 0 })
            alone += Self.discountedGain(candidates.map { $0.cosine ?? 0 }, documents.map { wanted[$0[0]] ?? 0 })
        }
        #expect(fused / Double(queries.count) > Self.fullTextRanking)
        #expect(alone / Double(queries.count) > Self.fullTextRanking)
    }

    /// nDCG@10.
    private static func discountedGain(_ scores: [Float], _ gains: [Double]) -> Double {
        func sum(_ gains: [Double]) -> Double {
            gains.prefix(10).enumerated().reduce(0) { $0 + (pow(2, $1.element) - 1) / log2(Double($1.offset) + 2) }
        }
        let order = scores.indices.filter { scores[$0] > 0 }.sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
        return sum(order.map { gains[$0] }) / max(1e-9, sum(gains.sorted(by: >)))
    }
}
