import AudioStages
import Corpus
import Flotilla
import Foundation
import StageTools
import Testing
@testable import VideoStages

@Suite struct KeyframesTests {
    /// Width and height in a JPEG's frame header.
    static func jpegSize(_ bytes: [UInt8]) -> (width: Int, height: Int)? {
        var index = 2
        while index + 9 < bytes.count, bytes[index] == 0xFF {
            if (0xC0...0xC2).contains(bytes[index + 1]) {
                return (Int(bytes[index + 7]) << 8 | Int(bytes[index + 8]), Int(bytes[index + 5]) << 8 | Int(bytes[index + 6]))
            }
            index += 2 + Int(bytes[index + 2]) << 8 + Int(bytes[index + 3])
        }
        return nil
    }

    @Test func `slides of one design are told apart, to a tenth of a second`() async throws {
        try await VideoHarness.withMaker { maker in
            let texts = ["Agenda\nWelcome", "Agenda\nResults", "Agenda\nResults\nOutlook", "Agenda\nWelcome"]
            let lengths = [2.0, 3.2, 2.44, 2.0]
            let path = try await maker.slides(zip(texts, lengths).map { .init(text: $0, seconds: $1) }, to: "slides.mp4")
            let frames = try await VideoHarness.look(path, to: "keyframes").frames
            // The last slide is the first one again.
            #expect(frames.frames.map(\.reason) == [.start, .scene, .scene])
            let expected = [[0, 7640], [2000], [5200]]
            for (frame, starts) in zip(frames.frames, expected) {
                #expect(frame.shown.count == starts.count)
                for (stretch, start) in zip(frame.shown, starts) { #expect(abs(stretch.start - start) <= 100, "\(frame)") }
            }
            #expect(abs(frames.decodedMs - 9640) <= 100)
            #expect(!frames.isPartial && frames.warnings.isEmpty)
            for (picture, size) in [(frames.poster, 640), (frames.contactSheet, 976)] {
                let bytes = try #require(picture)
                #expect(bytes.count < 400_000)
                #expect(Self.jpegSize(bytes)?.width == size)
            }
        }
    }

    @Test func `a fade is one change and its picture is the new slide`() async throws {
        try await VideoHarness.withMaker { maker in
            for (name, text) in [("a", "First"), ("b", "Second")] {
                try await maker.slides(
                    [.init(text: text, seconds: 3, ground: name == "a" ? "navy" : "white", ink: name == "a" ? "white" : "black")],
                    to: "\(name).mp4")
            }
            let path = maker.path("fade.mp4")
            try await VideoMaker.ffmpeg([
                "-i", maker.path("a.mp4"), "-i", maker.path("b.mp4"), "-filter_complex", "xfade=transition=fade:duration=1:offset=2", path,
            ])
            let result = try await VideoHarness.look(path)
            let frames = try result.frames.frames
            #expect(frames.count == 2)
            #expect((2000...3100).contains(frames[1].time))
            #expect(frames[1].lookAt >= 2900)
            #expect(try result.screen.spans.map(\.text) == ["First", "Second"])
        }
    }

    @Test func `what rests is looked at every thirty seconds and kept once`() async throws {
        try await VideoHarness.withMaker { maker in
            let path = try await maker.slides([.init(text: "Still", seconds: 600)], to: "still.mp4", size: "320x180", rate: 1)
            let frames = try await VideoHarness.look(path, to: "keyframes").frames
            #expect(frames.frames.count == 1)
            #expect(frames.frames.first?.shown == [TimeRange(start: 0, end: 600_000)])
        }
    }

    @Test func `no more pictures are kept than allowed, spread over the length`() async throws {
        try await VideoHarness.withMaker { maker in
            // Another picture each half second: no more than one a second is taken.
            let path = try await maker.source(
                "color=black:s=320x180:r=10,geq=lum='mod(floor(T*2)*53+X*floor(T*2+1)\\,220)+16':cb=128:cr=128", seconds: 20, to: "many.mp4"
            )
            let all = try await VideoHarness.look(path, to: "keyframes").frames
            #expect((10...21).contains(all.frames.count), "\(all.frames.count)")
            let some = try await VideoHarness.look(path, to: "keyframes", limits: .init(frames: 5)).frames
            #expect(some.frames.count == 5)
            #expect(some.frames.first?.time == 0)
            #expect((some.frames.last?.time ?? 0) > 14_000)
            #expect(some.warnings.contains { $0.contains("5 of them") })
        }
    }

    @Test func `rotation, odd sizes, oblong pixels, ten bits and tiny pictures`() async throws {
        try await VideoHarness.withMaker { maker in
            let slide = VideoMaker.Slide(text: "Turned text", seconds: 1.5, size: 36)
            try await maker.slides([slide], to: "plain.mp4")
            // Stored lying down, with the note to turn it back.
            try await VideoMaker.ffmpeg(["-i", maker.path("plain.mp4"), "-vf", "transpose=1", maker.path("lying.mp4")])
            try await VideoMaker.ffmpeg([
                "-i", maker.path("lying.mp4"), "-c", "copy", "-metadata:s:v", "rotate=90", maker.path("turned.mp4"),
            ])
            try await VideoMaker.ffmpeg([
                "-i", maker.path("plain.mp4"), "-vf", "format=yuv444p,crop=639:357:0:0:exact=1", "-c:v", "ffv1", maker.path("odd.mkv"),
            ])
            try await maker.slides([slide], to: "oblong.mp4", size: "320x360", options: ["-aspect", "16:9"])
            try await maker.slides(
                [slide], to: "deep.mkv", options: ["-pix_fmt", "yuv420p10le", "-c:v", "libx265", "-x265-params", "log-level=none"])
            for (name, width) in [("turned.mp4", 640), ("odd.mkv", 639), ("oblong.mp4", 640), ("deep.mkv", 640)] {
                let result = try await VideoHarness.look(maker.path(name))
                #expect(try Self.jpegSize(#require(result.frames.poster))?.width == width, "\(name)")
                #expect(try result.screen.spans.map(\.text) == ["Turned text"], "\(name)")
            }
            let tiny = try await maker.source("testsrc2=s=16x16:r=10", seconds: 1, to: "tiny.mp4")
            #expect(try await VideoHarness.look(tiny).frames.poster != nil)
        }
    }
}
