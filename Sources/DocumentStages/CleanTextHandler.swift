internal import Corpus
public import Flotilla
internal import StageTools
internal import TextAnalysis
internal import TextStages

/// Makes one clean text of the pages, and says its language and what kind of document it is.
public struct CleanTextHandler: CacheableStage {
    public let stage: StageName = "clean_text"
    public let engine = "flotilla-text 1"

    init() {}

    public func cacheInputs(_ context: StageContext) async throws -> StageInputs? {
        StageInputs(outputs: ["detect", "extract_text"], parameters: ["language": context.message.language ?? ""])
    }

    public func run(_ context: StageContext) async throws -> StageOutput {
        let document = try ExtractedDocument(stage: "extract_text", in: context)
        let cleaned = TextCleaner().clean(document.pages.map { PageText(number: $0.number, text: $0.text) })
        try Task.checkCancellation()
        guard TextShape(cleaned.text).letters > 0 else {
            throw StageFailure(.empty, "Nothing but page furniture was found in this document.")
        }
        let file = try DetectedFile(stage: "detect", in: context)
        let judged = TextJudgement(
            cleaned.text, mimeType: file.mimeType, pages: document.pages.count, hint: context.message.language)
        let result = CleanedDocument(
            text: cleaned.text, pages: cleaned.pages.map { PageOffset(number: $0.number, bytes: $0.bytes) }, title: document.title,
            language: judged.language, languageConfidence: judged.languageConfidence, category: judged.category,
            categoryConfidence: judged.categoryConfidence, removedLines: cleaned.removedLineCount)
        return StageOutput(
            body: result.bytes,
            metrics: [
                "bytes": Double(cleaned.text.utf8.count), "removed_lines": Double(cleaned.removedLineCount),
                "repaired_characters": Double(cleaned.repairedCharacterCount),
            ], isPartial: document.isPartial)
    }
}
