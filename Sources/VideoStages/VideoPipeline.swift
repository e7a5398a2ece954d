public import Flotilla

/// The stages that a video goes through, in order.
public enum VideoPipeline {
    /// `probe`, `extract_audio`, `transcribe`, `keyframes`, `ocr_frames`, `clean_text`, `chunk`, `summarize`, `index`.
    public static let stages: [StageName] = [
        "probe", "extract_audio", "transcribe", "keyframes", "ocr_frames", "clean_text", "chunk", "summarize", "index",
    ]
}
