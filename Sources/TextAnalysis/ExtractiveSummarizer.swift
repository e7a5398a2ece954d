/// A sentence chosen for a summary.
public struct SummarySentence: Sendable, Hashable {
    /// Exactly the bytes `bytes` of the cleaned text.
    public var text: String
    /// Half-open range of UTF-8 bytes in the cleaned text.
    public var bytes: Range<Int>
    /// Number of the page on which the sentence begins.
    public var page: Int
    /// Its centrality; comparable only within one summary.
    public var score: Double

    public init(text: String, bytes: Range<Int>, page: Int, score: Double) {
        self.text = text
        self.bytes = bytes
        self.page = page
        self.score = score
    }
}

/// Picks the sentences that say most of what a document says, in their order.
///
/// Centrality with position: a sentence counts by its likeness (tf-idf cosine) to the sentences after it more than to those before it,
/// since texts open with what matters; then sentences that repeat chosen ones are passed over. Headings, tables, list fragments and
/// boilerplate are never chosen. Quadratic in sentences, at most 2,000 of which are compared.
///
/// - SeeAlso: Zheng & Lapata 2019, "Sentence Centrality Revisited for Unsupervised Summarization", arXiv:1906.03508.
public struct ExtractiveSummarizer: Sendable {
    public struct Options: Sendable, Hashable {
        /// Scalars in all; at least one sentence is returned even where it is longer.
        public var lengthLimit: Int
        public var sentenceLimit: Int
        /// Weight of likeness to later sentences; that to earlier ones weighs `1 - forward`, negative: repeating what was said counts against.
        public var forward: Double
        /// 1 picks by centrality alone, 0 by novelty alone.
        public var centralityShare: Double

        public init(lengthLimit: Int = 700, sentenceLimit: Int = 5, forward: Double = 1.2, centralityShare: Double = 0.7) {
            self.lengthLimit = max(1, lengthLimit)
            self.sentenceLimit = max(1, sentenceLimit)
            self.forward = forward
            self.centralityShare = min(1, max(0, centralityShare))
        }

        /// For speech, where the beginning is greeting rather than gist.
        public static let transcript = Options(forward: 0.6)
    }

    private static let comparisonLimit = 2000
    /// Scalars of a text without sentences.
    private static let beginningLimit = 300
    /// Documents of more sentences are summarised section by section first.
    private static let sectionThreshold = 400

    public let options: Options

    public init(options: Options = Options()) {
        self.options = options
    }

    /// The summary's sentences in the order of the text. A text without any sentence (a table, a few words) is summarised by its
    /// beginning; only a blank one gives nothing.
    public func summarize(_ cleaned: CleanedText) -> [SummarySentence] {
        var text = cleaned.text
        let all = text.withUTF8 { SummaryCandidates.find($0) }
        guard !all.isEmpty else { return text.withUTF8 { Self.beginning($0, of: cleaned) } }
        var candidates = all
        if candidates.count > Self.sectionThreshold { candidates = self.bySection(candidates) }
        if candidates.count > Self.comparisonLimit { candidates = SummaryCandidates.heaviest(candidates, count: Self.comparisonLimit) }
        let chosen = SentenceRanking(candidates, forward: self.options.forward)
            .select(limit: self.options.sentenceLimit, length: self.options.lengthLimit, centralityShare: self.options.centralityShare)
        return text.withUTF8 { bytes in
            chosen.map { entry in
                let candidate = candidates[entry.index]
                return SummarySentence(
                    text: String(decoding: UnsafeBufferPointer(rebasing: bytes[candidate.bytes]), as: UTF8.self), bytes: candidate.bytes,
                    page: cleaned.page(at: candidate.bytes.lowerBound) ?? 1, score: entry.score)
            }
        }
    }

    /// The summary as one paragraph.
    public func summary(of cleaned: CleanedText) -> String {
        self.summarize(cleaned).map { $0.text.split(separator: "\n").joined(separator: " ") }.joined(separator: " ")
    }

    /// The first block, cut at a space if it is long.
    private static func beginning(_ bytes: UnsafeBufferPointer<UInt8>, of cleaned: CleanedText) -> [SummarySentence] {
        let blocks = BlockParser.blocks(bytes)
        let isHeading = { (block: TextBlock) in if case .heading = block.kind { true } else { false } }
        guard let block = blocks.first(where: { !isHeading($0) }) ?? blocks.first else { return [] }
        var end = block.bytes.lowerBound
        var space = end
        var scalars = 0
        while end < block.bytes.upperBound, scalars < Self.beginningLimit {
            if bytes[end] == 0x20 || bytes[end] == 0x0A || bytes[end] == 0x09 { space = end }
            end += 1
            while end < block.bytes.upperBound, bytes[end] & 0xC0 == 0x80 { end += 1 }
            scalars += 1
        }
        if end < block.bytes.upperBound, space > block.bytes.lowerBound { end = space }
        let range = block.bytes.lowerBound..<end
        let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
        return [SummarySentence(text: text, bytes: range, page: cleaned.page(at: range.lowerBound) ?? 1, score: 0)]
    }

    /// The most central sentences of each section: its share of the comparison limit, at least two.
    private func bySection(_ candidates: [SummaryCandidate]) -> [SummaryCandidate] {
        var sections: [[SummaryCandidate]] = []
        for candidate in candidates {
            if sections.last?.last?.section == candidate.section, (sections.last?.count ?? 0) < Self.sectionThreshold {
                sections[sections.count - 1].append(candidate)
            } else {
                sections.append([candidate])
            }
        }
        return sections.flatMap { section -> [SummaryCandidate] in
            let quota = max(2, Self.sectionThreshold * section.count / candidates.count)
            guard section.count > quota else { return section }
            return SentenceRanking(section, forward: self.options.forward)
                .select(limit: quota, length: Int.max, centralityShare: self.options.centralityShare).map { section[$0.index] }
        }
    }
}

/// A sentence that may be chosen, with its terms.
struct SummaryCandidate {
    let bytes: Range<Int>
    let scalars: Int
    let section: Int
    let terms: [UInt64]
}

enum SummaryCandidates {
    private static let boilerplate: [String] = [
        "all rights reserved", "copyright", "click here", "unsubscribe", "cookie", "privacy policy", "terms of use", "confidential",
        "if you are not the intended recipient", "table of contents", "page intentionally left blank", "alle rechte vorbehalten",
        "tous droits reserves",
    ]

    /// Sentences of paragraphs that can stand alone: of 25 to 600 scalars, four words or more, ending as sentences do.
    static func find(_ bytes: UnsafeBufferPointer<UInt8>) -> [SummaryCandidate] {
        var result: [SummaryCandidate] = []
        var fallback: [SummaryCandidate] = []
        var section = 0
        for block in BlockParser.blocks(bytes) {
            if case .heading = block.kind { section += 1 }
            guard block.kind == .paragraph else { continue }
            for range in SentenceSplitter.sentences(bytes, in: block.bytes) {
                let scalars = UTF8Text.scalarCount(bytes, in: range)
                guard scalars >= 12, scalars <= 600 else { continue }
                let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
                let terms = TermTokenizer.terms(text)
                guard terms.count >= 3 else { continue }
                let words = FoldedWords(text)
                if Self.boilerplate.contains(where: { words.count(of: $0) > 0 }) { continue }
                let candidate = SummaryCandidate(bytes: range, scalars: scalars, section: section, terms: terms)
                let shape = LineShape(bytes, line: range)
                let isWide = UTF8Text.isSpacelessScript(shape.lastScalar)
                if shape.endsSentence, shape.lastScalar != 0x3A, shape.lastScalar != 0x3B, scalars >= (isWide ? 12 : 25), !shape.startsLower
                {
                    result.append(candidate)
                } else {
                    fallback.append(candidate)
                }
            }
        }
        // Notes and OCR without a single full stop still deserve a summary.
        return result.isEmpty ? fallback : result
    }

    /// The sentences with the largest sums of term weights, in their order.
    static func heaviest(_ candidates: [SummaryCandidate], count: Int) -> [SummaryCandidate] {
        let weights = TermWeights(candidates.map(\.terms))
        let scored = candidates.indices.map { (index: $0, score: weights.sum(candidates[$0].terms)) }
        let kept = scored.sorted { $0.score != $1.score ? $0.score > $1.score : $0.index < $1.index }.prefix(count).map(\.index).sorted()
        return kept.map { candidates[$0] }
    }
}

/// Inverse document frequencies with each sentence as a document.
struct TermWeights {
    private var counts: [UInt64: Int] = [:]
    private let total: Double

    init(_ sentences: [[UInt64]]) {
        self.total = Double(sentences.count)
        for terms in sentences { for term in Set(terms) { self.counts[term, default: 0] += 1 } }
    }

    func weight(_ term: UInt64) -> Float {
        Float(Logarithm.log(1 + self.total / Double(max(1, self.counts[term] ?? 1))))
    }

    func sum(_ terms: [UInt64]) -> Float { terms.reduce(0) { $0 + self.weight($1) } }
}
