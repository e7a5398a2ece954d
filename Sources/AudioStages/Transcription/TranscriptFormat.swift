public import Corpus

/// A transcript as a file for people and players.
public enum TranscriptFormat: String, Sendable, Hashable, CaseIterable {
    /// Paragraphs, without times.
    case text
    /// SubRip subtitles.
    case srt
    /// WebVTT subtitles.
    case vtt

    /// The whole file. An empty transcript gives an empty file, or one with WebVTT's heading only.
    ///
    /// Subtitles have at most two lines of 42 characters; longer segments become several, which share the segment's time by their
    /// characters. No two overlap, and each lasts a millisecond at least.
    public func file(of transcript: Transcript) -> String {
        switch self {
        case .text:
            let paragraphs = TranscriptCleaner().paragraphs(of: transcript).map(\.text)
            return paragraphs.isEmpty ? "" : paragraphs.joined(separator: "\n\n") + "\n"
        case .srt:
            return Self.cues(of: transcript).enumerated().map { index, cue in
                "\(index + 1)\n\(Self.clock(cue.time.start, ",")) --> \(Self.clock(cue.time.end, ","))\n\(Self.srtText(cue.lines))\n"
            }.joined(separator: "\n")
        case .vtt:
            let cues = Self.cues(of: transcript).map { cue in
                "\n\(Self.clock(cue.time.start, ".")) --> \(Self.clock(cue.time.end, "."))\n\(Self.vttText(cue.lines))\n"
            }
            return "WEBVTT\n" + cues.joined()
        }
    }

    /// What is shown at once.
    private struct Cue {
        var time: TimeRange
        var lines: [String]
    }

    private static let lineLength = 42

    private static func cues(of transcript: Transcript) -> [Cue] {
        var cues: [Cue] = []
        var end = 0
        let segments = transcript.segments.sorted { $0.time.start < $1.time.start }
        for (index, segment) in segments.enumerated() {
            let lines = Self.lines(segment.text)
            guard !lines.isEmpty else { continue }
            let groups = stride(from: 0, to: lines.count, by: 2).map { Array(lines[$0..<min($0 + 2, lines.count)]) }
            let start = max(end, segment.time.start)
            // A segment without a length, or one that the next runs into, still needs its time.
            let limit = index + 1 < segments.count ? max(segments[index + 1].time.start, start + groups.count) : Int.max
            let stop = max(start + groups.count, min(segment.time.end, limit))
            let total = groups.reduce(0) { $0 + Self.length($1) }
            var shown = 0
            var from = start
            for (position, group) in groups.enumerated() {
                shown += Self.length(group)
                let share = start + Int(Double(stop - start) * Double(shown) / Double(max(1, total)))
                // Leaves a millisecond for each that follows.
                let to = position == groups.count - 1 ? stop : max(from + 1, min(share, stop - (groups.count - 1 - position)))
                cues.append(Cue(time: TimeRange(start: from, end: to), lines: group))
                from = to
            }
            end = stop
        }
        return cues
    }

    private static func length(_ lines: [String]) -> Int { lines.reduce(0) { $0 + $1.count } }

    /// Lines split at words; a word that is longer than a line is broken.
    private static func lines(_ text: String) -> [String] {
        var lines: [String] = []
        for word in text.split(whereSeparator: { $0.isWhitespace || $0 == "\0" }) {
            var rest = word
            while !rest.isEmpty {
                let piece = rest.prefix(Self.lineLength)
                rest = rest.dropFirst(Self.lineLength)
                if let last = lines.last, last.count + 1 + piece.count <= Self.lineLength {
                    lines[lines.count - 1] = "\(last) \(piece)"
                } else {
                    lines.append(String(piece))
                }
            }
        }
        return lines
    }

    /// `00:01:02,003`; hours take as many digits as they need.
    private static func clock(_ milliseconds: Int, _ point: String) -> String {
        let fraction = String(1000 + milliseconds % 1000).dropFirst()
        let seconds = milliseconds / 1000
        return "\(ClockText.two(seconds / 3600)):\(ClockText.two(seconds / 60 % 60)):\(ClockText.two(seconds % 60))\(point)\(fraction)"
    }

    /// SubRip has no escapes. An arrow would be taken for a line of times, and `<` and `{` for markup by most players.
    private static func srtText(_ lines: [String]) -> String {
        lines.map { line in
            line.split(separator: "-->", omittingEmptySubsequences: false).joined(separator: "→")
                .map { $0 == "<" ? "‹" : $0 == ">" ? "›" : $0 == "{" ? "(" : $0 == "}" ? ")" : String($0) }.joined()
        }.joined(separator: "\n")
    }

    /// Escaped as WebVTT says; `>` as well, so that no line holds an arrow.
    private static func vttText(_ lines: [String]) -> String {
        lines.map { line in
            line.map { $0 == "&" ? "&amp;" : $0 == "<" ? "&lt;" : $0 == ">" ? "&gt;" : String($0) }.joined()
        }.joined(separator: "\n")
    }
}
