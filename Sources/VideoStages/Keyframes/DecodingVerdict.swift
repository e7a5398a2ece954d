internal import AudioStages
internal import Corpus

/// Whether all pictures of a video were seen. ffmpeg's exit status says nothing of it: it is 0 for half a file.
struct DecodingVerdict: Sendable, Hashable {
    var warnings: [String] = []
    var isPartial = false

    /// - Parameter limits: decoding stops at the limit of what lasts longer.
    init(media: MediaFile, pass: SamplePass.Result, limits: MediaLimits) {
        guard pass.decodedMs > 0 else {
            self.warnings = ["None of the pictures can be decoded."]
            self.isPartial = true
            return
        }
        let decoded = ClockText.of(pass.decodedMs)
        if let claimed = media.durationMs, pass.decodedMs < claimed * 95 / 100, claimed - pass.decodedMs > 500 {
            if pass.complaintBytes > 0 {
                self.warnings.append("The file is cut off or damaged: \(decoded) of \(ClockText.of(claimed)) could be decoded.")
                self.isPartial = true
            } else {
                // A picture over a piece of music ends when it likes, and nothing is wrong.
                self.warnings.append("The pictures end at \(decoded) of \(ClockText.of(claimed)).")
            }
        } else if pass.complaintBytes > Self.harmless {
            self.warnings.append("The video is damaged: some pictures could not be decoded in full.")
            self.isPartial = true
        }
        if media.durationMs == nil, pass.decodedMs >= Int(limits.duration.components.seconds) * 1000 {
            self.warnings.append("The video was looked at as far as \(decoded).")
            self.isPartial = true
        }
    }

    /// Sound files have a line or two of complaints about details of their structure.
    private static let harmless = 600
}
