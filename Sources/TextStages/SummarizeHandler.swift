internal import Corpus
public import Flotilla
internal import StageTools
internal import TextAnalysis

/// Picks the sentences that say most, in the order of the text.
public struct SummarizeHandler: CacheableStage {
    public let stage: StageName = "summarize"
    public let engine = "flotilla-text 1"

    package init() {}

    public func cacheInputs(_ context: StageContext) async throws -> StageInputs? { StageInputs(outputs: ["clean_text"]) }

    public func run(_ context: StageContext) async throws -> StageOutput {
        let document = try CleanedDocument(stage: "clean_text", in: context)
        let cleaned = CleanedText(document)
        var sentences = ExtractiveSummarizer().summarize(cleaned).map {
            DocumentSummary.Sentence(text: Self.line($0.text), bytes: $0.bytes, page: $0.page)
        }
        if sentences.isEmpty { sentences = Self.beginning(of: cleaned) }
        let summary = DocumentSummary(text: sentences.map(\.text).joined(separator: " "), sentences: sentences)
        return StageOutput(body: summary.bytes, metrics: ["sentences": Double(sentences.count)])
    }

    /// Tables and notices have no sentences: their first lines say what they are.
    private static func beginning(of cleaned: CleanedText) -> [DocumentSummary.Sentence] {
        let bytes = Array(cleaned.text.utf8)
        var found: [DocumentSummary.Sentence] = []
        var start = 0
        var total = 0
        while start < bytes.count, found.count < 5, total < 300 {
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            let text = Self.line(String(decoding: bytes[start..<min(end, start + 400)], as: UTF8.self))
            if !text.isEmpty {
                found.append(.init(text: text, bytes: start..<min(end, start + 400), page: cleaned.page(at: start)))
                total += text.utf8.count
            }
            start = end + 1
        }
        return found
    }

    private static func line(_ text: String) -> String {
        text.split { $0.isWhitespace }.joined(separator: " ")
    }
}
