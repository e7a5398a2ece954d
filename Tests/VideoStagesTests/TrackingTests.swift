import Corpus
import Testing
@testable import VideoStages

@Suite struct TrackingTests {
    /// Spans as `start-end text`, with a picture each second.
    static func track(_ pictures: [[String]]) -> [String] {
        var tracker = ScreenTextTracker()
        for (second, lines) in pictures.enumerated() {
            let placed = lines.enumerated().map { ScreenLine(text: $1, confidence: 90, left: 100, top: $0 * 100, height: 50) }
            tracker.look(placed, during: TimeRange(start: second * 1000, end: second * 1000 + 1000))
        }
        return tracker.finish().map { "\($0.time.start / 1000)-\($0.time.end / 1000) \($0.text)" }
    }

    @Test func `a line read with another mistake each time is one line`() {
        #expect(Self.track([["Harbour logistics"], ["Harbour 1ogistics"], ["Harbor logistics"]]) == ["0-3 Harbour logistics"])
    }

    @Test func `lines that people write alike are different lines`() {
        #expect(Self.track([["Chapter 1"], ["Chapter 2"]]) == ["0-1 Chapter 1", "1-2 Chapter 2"])
        #expect(Self.track([["Part one"], ["Part two"]]).count == 2)
        #expect(Self.track([["The first principle of design"], ["The third principle of design"]]).count == 2)
        #expect(Self.track([["Sales 2023 by region"], ["Sales 2024 by region"]]).count == 2)
    }

    @Test func `a clock is one line and keeps its first reading`() {
        #expect(Self.track([["12:01:05", "News"], ["12:01:06", "News"], ["12:01:07", "News"]]) == ["0-3 12:01:05\nNews"])
    }

    @Test func `typed text is one line, as it is in the end`() {
        #expect(
            Self.track([["swift build"], ["swift build --target"], ["swift build --target Video"]]) == ["0-3 swift build --target Video"])
    }

    @Test func `text that runs through the picture is put together`() {
        let ticker = [
            ["Ships wait outside of the harbour"], ["outside of the harbour since Monday"], ["of the harbour since Monday says the pilot"],
        ]
        #expect(Self.track(ticker) == ["0-3 Ships wait outside of the harbour since Monday says the pilot"])
    }

    @Test func `a line that one picture lacks goes on when the rest is as before`() {
        #expect(Self.track([["Title here", "Some line"], ["Title here"], ["Title here", "Some line"]]) == ["0-3 Title here\nSome line"])
        // Another picture between: both times count.
        #expect(Self.track([["Title here"], ["Elsewhere"], ["Title here"]]).count == 3)
    }

    @Test func `lines that scroll up go on`() {
        let lines = ["Directed by Anna Berg", "Written by Paul Sand", "Music by Mira Holm", "Camera by Jon Rask"]
        let spans = Self.track((0..<3).map { Array(lines[$0..<min($0 + 2, 4)]) })
        #expect(spans == ["0-1 Directed by Anna Berg", "0-2 Written by Paul Sand", "1-3 Music by Mira Holm", "2-3 Camera by Jon Rask"])
    }
}

@Suite struct ShotTests {
    /// Starts of shots in seconds; each sample is made by `level`, which gets the tenth of a second and the cell.
    static func starts(_ samples: Int, _ level: (_ sample: Int, _ cell: Int) -> Int) -> [ShotDetector.Shot] {
        var detector = ShotDetector(rate: 10)
        for sample in 0..<samples {
            let cells = (0..<CellGrid.count).map { UInt8(clamping: level(sample, $0)) }
            detector.take(cells[...])
        }
        return detector.finish()
    }

    @Test func `a word that appears is a change, at its tenth of a second`() {
        let shots = Self.starts(100) { sample, cell in sample >= 42 && (cell == 100 || cell == 101) ? 210 : 230 }
        #expect(shots.map(\.start) == [0, 42])
        #expect(shots.map(\.end) == [42, 100])
    }

    @Test func `another digit is a change`() {
        let shots = Self.starts(100) { sample, cell in sample >= 42 && cell == 100 ? 218 : 230 }
        #expect(shots.map(\.start) == [0, 42])
    }

    @Test func `noise of the camera is none`() {
        let shots = Self.starts(200) { sample, cell in 120 + (sample * 31 + cell * 17) % 3 }
        #expect(shots.count == 1)
    }

    @Test func `a speaker who moves in the corner does not hide a new slide`() {
        let shots = Self.starts(100) { sample, cell in
            if cell < 8 { return 60 + (sample * 37 + cell * 11) % 90 }
            return sample >= 55 && (300..<320).contains(cell) ? 90 : 220
        }
        #expect(shots.contains { $0.start == 55 })
    }

    @Test func `a change in the last moment is seen`() {
        let shots = Self.starts(52) { sample, _ in sample >= 49 ? 30 : 200 }
        #expect(shots.map(\.start) == [0, 49])
    }

    @Test func `a flash leaves the same picture as before`() {
        let shots = Self.starts(100) { sample, cell in sample == 50 ? 255 : cell % 7 * 20 }
        let frames = FrameSelection.choose(shots, rate: 10, maximum: 10).frames
        #expect(frames.map(\.shown) == [[TimeRange(start: 0, end: 10_000)]])
    }
}
