// Ranks each relevance set in several ways and prints nDCG@10, MAP and recall@100. Compiled together with Sources/TextAnalysis by run.sh.
import Foundation

struct RelevanceSet {
    var documents: [(id: String, text: String)] = []
    var queries: [(id: String, text: String)] = []
    var gains: [String: [String: Double]] = [:]

    init(folder: String) throws {
        func rows(_ name: String) throws -> [[String]] {
            try String(contentsOfFile: "\(folder)/\(name).tsv", encoding: .utf8).split(separator: "\n")
                .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
        }
        for row in try rows("docs") where row.count >= 2 { self.documents.append((row[0], row[1])) }
        for row in try rows("queries") where row.count >= 2 { self.queries.append((row[0], row[1])) }
        for row in try rows("qrels") where row.count >= 3 { self.gains[row[0], default: [:]][row[1]] = Double(row[2]) ?? 0 }
    }
}

struct Figures {
    var ndcg = 0.0
    var map = 0.0
    var recall = 0.0
    var count = 0.0

    mutating func add(ranking: [String], gains: [String: Double]) {
        let relevant = gains.filter { $0.value > 0 }
        guard !relevant.isEmpty else { return }
        let ideal = relevant.values.sorted(by: >).prefix(10).enumerated().reduce(0.0) {
            $0 + (pow(2, $1.element) - 1) / log2(Double($1.offset) + 2)
        }
        let found = ranking.prefix(10).enumerated().reduce(0.0) { $0 + (pow(2, gains[$1.element] ?? 0) - 1) / log2(Double($1.offset) + 2) }
        self.ndcg += found / ideal
        var hits = 0.0
        var precision = 0.0
        for (index, id) in ranking.enumerated() where relevant[id] != nil {
            hits += 1
            precision += hits / Double(index + 1)
        }
        self.map += precision / Double(relevant.count)
        self.recall += Double(ranking.prefix(100).filter { relevant[$0] != nil }.count) / Double(relevant.count)
        self.count += 1
    }

    var line: String {
        String(format: "%.3f %.3f %.3f", self.ndcg / max(1, self.count), self.map / max(1, self.count), self.recall / max(1, self.count))
    }
}

/// Highest score first, zero scores left out, ties by document order.
func ranking(_ scores: [Float], _ set: RelevanceSet) -> [String] {
    scores.indices.filter { scores[$0] > 0 }.sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }.map {
        set.documents[$0].id
    }
}

func fullText(_ folder: String) -> [String: [(String, Float)]] {
    guard let text = try? String(contentsOfFile: "\(folder)/fts.tsv", encoding: .utf8) else { return [:] }
    var runs: [String: [(String, Float)]] = [:]
    for line in text.split(separator: "\n") {
        let fields = line.split(separator: "\t")
        if fields.count == 3 { runs[String(fields[0]), default: []].append((String(fields[1]), Float(fields[2]) ?? 0)) }
    }
    return runs
}

let arguments = CommandLine.arguments.dropFirst()
var groups: [(name: String, folders: [String])] = []
for folder in arguments.sorted() {
    let base = (folder as NSString).lastPathComponent
    let name = base.hasPrefix("small-") ? base.split(separator: "-").prefix(3).joined(separator: "-") : base
    if let index = groups.firstIndex(where: { $0.name == name }) {
        groups[index].folders.append(folder)
    } else {
        groups.append((name, [folder]))
    }
}
let full = ProcessInfo.processInfo.environment["ALL"]?.isEmpty == false
for group in groups {
    var table: [String: Figures] = [:]
    var order: [String] = []
    var size = 0
    var seconds = 0.0
    func add(_ method: String, _ ranking: [String], _ gains: [String: Double]) {
        if table[method] == nil { order.append(method) }
        table[method, default: Figures()].add(ranking: ranking, gains: gains)
    }
    for folder in group.folders {
        let set = try RelevanceSet(folder: folder)
        size = set.documents.count
        let texts = set.documents.map(\.text)
        let start = Date()
        guard let model = LatentSemanticModel.fit(texts) else { continue }
        seconds += Date().timeIntervalSince(start)
        let vectors = texts.map(model.vector(for:))
        let latent = texts.map(model.latentVector(for:))
        let terms = texts.map(TermTokenizer.terms)
        let hashing = HashingEmbedder()
        let hashed = texts.map(hashing.vector(for:))
        let bm25 = BM25(documentCount: model.documentCount, averageLength: model.averageLength)
        let runs = fullText(folder)
        for query in set.queries {
            guard let gains = set.gains[query.id] else { continue }
            let vector = model.vector(for: query.text)
            let words = TermTokenizer.terms(query.text)
            let cosine = vectors.map { VectorMath.dot(vector, $0) }
            let lexical = terms.map { bm25.score(query: words, text: $0, documentFrequency: model.documentFrequency(of:)) }
            let hashVector = hashing.vector(for: query.text)
            let run = runs[query.id] ?? []
            add("postgres ts_rank", run.sorted { $0.1 > $1.1 }.map(\.0), gains)
            add("hash-ngram-1024", ranking(hashed.map { VectorMath.dot(hashVector, $0) }, set), gains)
            let query256 = model.latentVector(for: query.text)
            add("lsa part alone", ranking(latent.map { VectorMath.dot(query256, $0) }, set), gains)
            add("vector (lsa + words)", ranking(cosine, set), gains)
            add("bm25", ranking(lexical, set), gains)
            add(
                "search (fused)", ranking(RankFusion.scores(zip(cosine, lexical).map { FusionCandidate(cosine: $0, lexical: $1) }), set),
                gains)
            if full {
                let largest = max(lexical.max() ?? 0, 1e-9)
                for weight in [Float(0.2), 0.3, 0.4, 0.5, 0.6, 0.7] {
                    add(
                        String(format: "fused vector %.1f", weight),
                        ranking(zip(cosine, lexical).map { weight * max(0, $0) + (1 - weight) * $1 / largest }, set), gains)
                }
                var ranks = [Float](repeating: 0, count: size)
                for scores in [cosine, lexical] {
                    for (rank, index) in scores.indices.filter({ scores[$0] > 0 }).sorted(by: { scores[$0] > scores[$1] }).enumerated() {
                        ranks[index] += 1 / Float(60 + rank)
                    }
                }
                add("rrf vector bm25", ranking(ranks, set), gains)
            }
        }
    }
    print(
        "\n## \(group.name): \(size) documents\(group.folders.count > 1 ? ", \(group.folders.count) corpora" : ""), fit \(String(format: "%.2f", seconds / Double(group.folders.count))) s"
    )
    for method in order { print(method.padding(toLength: 22, withPad: " ", startingAt: 0), table[method]?.line ?? "") }
}
