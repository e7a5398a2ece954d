internal import AudioStages
internal import Corpus
package import Flotilla
internal import StageTools
internal import TextStages

/// Makes one text of what is said and shown in a video, with the time of each part, and says its language and what kind of text it is.
package struct CleanVideoTextHandler: CacheableStage {
    package let stage: StageName = "clean_text"
    package let engine = "flotilla-text 1"

    init() {}

    package func cacheInputs(_ context: StageContext) async throws -> StageInputs? {
        StageInputs(
            outputs: ["probe", "extract_audio", "transcribe", "keyframes", "ocr_frames"],
            parameters: ["language": context.message.language ?? ""])
    }

    /// - Throws: ``StageFailure`` `empty` for a video with neither speech nor text, `corrupt` when that is because it cannot be decoded.
    ///   Poster and contact sheet are stored by then, as outputs of earlier stages.
    package func run(_ context: StageContext) async throws -> StageOutput {
        let media = try MediaFile(stage: "probe", in: context)
        let plan = try AudioPlan(stage: "extract_audio", in: context)
        let transcript = try Transcript(stage: "transcribe", in: context)
        let frames = try VideoFrames(stage: "keyframes", in: context)
        let screen = try ScreenText(stage: "ocr_frames", in: context)
        let timeline = VideoTimeline(speech: TranscriptCleaner().paragraphs(of: transcript), screen: screen.spans)
        guard TextShape(timeline.plainText).letters > 0 else {
            throw Self.nothing(media, frames: frames, isSoundPartial: plan.isPartial || transcript.isPartial)
        }
        let judged = TextJudgement(
            timeline.plainText, mimeType: media.mimeType, pages: 1,
            hint: context.message.language ?? transcript.language ?? media.audio?.language)
        let result = CleanedDocument(
            text: timeline.text, pages: [PageOffset(number: 1, bytes: 0..<timeline.text.utf8.count)], timeline: timeline.spans,
            title: media.title, language: judged.language, languageConfidence: judged.languageConfidence, category: judged.category,
            categoryConfidence: judged.categoryConfidence)
        let spoken = timeline.spans.count { $0.source == .speech }
        let metrics: [String: Double] = [
            "bytes": Double(timeline.text.utf8.count), "speech_spans": Double(spoken),
            "screen_spans": Double(timeline.spans.count - spoken),
        ]
        let isPartial = plan.isPartial || transcript.isPartial || frames.isPartial || screen.isPartial
        return StageOutput(body: result.bytes, metrics: metrics, isPartial: isPartial)
    }

    private static func nothing(_ media: MediaFile, frames: VideoFrames, isSoundPartial: Bool) -> StageFailure {
        if frames.frames.isEmpty && (media.audio == nil || isSoundPartial) {
            return StageFailure(.corrupt, "The video is damaged: neither its pictures nor its sound can be decoded.")
        }
        let sound = media.audio == nil ? "The video has no sound" : "No speech was recognised in the video"
        let count = frames.frames.count
        let pictures =
            count == 0
            ? "its pictures cannot be decoded" : "no text was found in its \(count) different \(count == 1 ? "picture" : "pictures")"
        let kept = frames.poster == nil ? "" : " Its poster and contact sheet are kept."
        return StageFailure(.empty, "\(sound), and \(pictures).\(kept)")
    }
}
