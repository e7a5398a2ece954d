internal import Corpus
public import Flotilla
internal import StageTools
internal import TextStages

/// Makes one text of a transcript, with the time of each part, and says its language and what kind of text it is.
public struct CleanTranscriptHandler: CacheableStage {
    public let stage: StageName = "clean_text"
    public let engine = "flotilla-text 1"

    package init() {}

    public func cacheInputs(_ context: StageContext) async throws -> StageInputs? {
        StageInputs(outputs: ["probe", "transcribe"], parameters: ["language": context.message.language ?? ""])
    }

    public func run(_ context: StageContext) async throws -> StageOutput {
        let media = try MediaFile(stage: "probe", in: context)
        let transcript = try Transcript(stage: "transcribe", in: context)
        let paragraphs = TranscriptCleaner().paragraphs(of: transcript)
        guard !paragraphs.isEmpty else {
            throw StageFailure(
                .empty, "No speech was recognised in this recording (\(ClockText.of(transcript.durationMs)) long, by \(transcript.engine))."
            )
        }
        var text = ""
        var timeline: [TimedSpan] = []
        for paragraph in paragraphs {
            if !text.isEmpty { text += "\n\n" }
            let start = text.utf8.count
            text += paragraph.text
            for span in paragraph.spans {
                timeline.append(
                    TimedSpan(
                        bytes: (start + span.bytes.lowerBound)..<(start + span.bytes.upperBound), time: span.time, source: span.source))
            }
        }
        let judged = TextJudgement(
            text, mimeType: media.mimeType, pages: 1, hint: context.message.language ?? transcript.language ?? media.audio?.language)
        let result = CleanedDocument(
            text: text, pages: [PageOffset(number: 1, bytes: 0..<text.utf8.count)], timeline: timeline, title: media.title,
            language: judged.language, languageConfidence: judged.languageConfidence, category: judged.category,
            categoryConfidence: judged.categoryConfidence)
        return StageOutput(
            body: result.bytes, metrics: ["bytes": Double(text.utf8.count), "paragraphs": Double(paragraphs.count)],
            isPartial: transcript.isPartial)
    }
}
