public import Corpus

/// Turns speech into text: a program of this machine or a server.
public protocol SpeechRecognizer: Sendable {
    /// Name, version and model: `pocketsphinx 0.8 en-us`. What one engine recognised is never continued by another.
    var engine: String { get }

    /// Recognises one stretch of a recording. May be called for several stretches at once.
    ///
    /// - Returns: what was said, with times from the beginning of `audio`; no segments when nothing can be made out.
    /// - Throws: a `FailureClassified` error. A permanent one concerns this stretch alone: the others are still recognised.
    ///   `CancellationError` when the task is cancelled.
    func recognize(_ audio: SpeechAudio) async throws -> Recognition
}

/// One stretch of a recording, ready to be recognised.
public struct SpeechAudio: Sendable, Hashable {
    /// A WAV file: 16,000 samples a second, one channel, 16 bits, a plain header of 44 bytes.
    public var path: String
    /// Where the stretch lies in the recording.
    public var time: TimeRange
    /// ISO 639-1, as somebody said it; nil when nobody did.
    public var language: String?
    /// A directory for this call's own files, which the caller empties.
    public var workDirectory: String

    public init(path: String, time: TimeRange, language: String? = nil, workDirectory: String) {
        self.path = path
        self.time = time
        self.language = language
        self.workDirectory = workDirectory
    }
}

/// What a recogniser made of one stretch.
public struct Recognition: Sendable, Hashable {
    /// Times in milliseconds from the beginning of the stretch. Order and overlaps are put right by the caller.
    public var segments: [Transcript.Segment]
    /// ISO 639-1, when the recogniser knows it.
    public var language: String?
    /// What people should know of the result.
    public var warnings: [String]

    public init(segments: [Transcript.Segment], language: String? = nil, warnings: [String] = []) {
        self.segments = segments
        self.language = language
        self.warnings = warnings
    }
}
