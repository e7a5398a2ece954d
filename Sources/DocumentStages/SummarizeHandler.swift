internal import Corpus
public import Flotilla
internal import TextAnalysis

/// Picks the sentences that say most, in the order of the text.
public struct SummarizeHandler: StageHandler {
    public let stage: StageName = "summarize"
    public let engine = "flotilla-text 1"

    init() {}

    public func run(_ context: StageContext) async throws -> StageOutput {
        let document = try CleanedDocument(stage: "clean_text", in: context)
        let cleaned = CleanedText(document)
        let bytes = Array(document.text.utf8)
        let sentences = Self.sentences(of: document).compactMap { range -> DocumentSummary.Sentence? in
            guard range.lowerBound >= 0, range.upperBound <= bytes.count else { return nil }
            let text = String(decoding: bytes[range], as: UTF8.self).split { $0.isWhitespace }.joined(separator: " ")
            return text.isEmpty ? nil : .init(text: text, bytes: range, page: cleaned.page(at: range.lowerBound))
        }
        let summary = DocumentSummary(text: sentences.map(\.text).joined(separator: " "), sentences: sentences)
        return StageOutput(body: summary.bytes, metrics: ["sentences": Double(sentences.count)])
    }

    private static func sentences(of document: CleanedDocument) -> [Range<Int>] {
        Array(SentenceSplitter.sentences(in: document.text).prefix(3))
    }
}
