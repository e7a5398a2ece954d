import AudioStages
import Corpus

/// Times in recordings, as people read them.
enum Moment {
    /// `3:07` or `1:02:45`.
    static func text(_ milliseconds: Int) -> String { ClockText.of(milliseconds) }

    /// `3:07-3:15`.
    static func text(_ range: TimeRange) -> String { "\(self.text(range.start))-\(self.text(range.end))" }
}
