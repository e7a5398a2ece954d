import AudioStages
import Corpus
import Flotilla
import Foundation
import StageTools
import Testing
@testable import VideoStages

@Suite struct HostileVideoTests {
    static func failure(_ bytes: [UInt8], named name: String = "file.mp4") async throws -> StageFailure.Code? {
        try await VideoHarness.withMaker { maker in
            try Data(bytes).write(to: URL(fileURLWithPath: maker.path(name)))
            return try await VideoHarness.run(maker.path(name)).failure?.error.code
        }
    }

    @Test func `files that are no videos are refused for good`() async throws {
        #expect(try await Self.failure([]) == .empty)
        var generator = SystemRandomNumberGenerator()
        let random = (0..<20_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let code = try await Self.failure(random)
        #expect(code == .corrupt || code == .unsupported)
        #expect(try await Self.failure(Array("#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n".utf8)) == .unsupported)
        #expect(try await Self.failure(Array("ffconcat version 1.0\nfile /etc/passwd\n".utf8)) == .unsupported)
        #expect(try await Self.failure(Array("Dear all, this is a letter.\n".utf8)) == .unsupported)
    }

    @Test func `a picture, a song and a song with a cover are no videos`() async throws {
        try await VideoHarness.withMaker { maker in
            try await VideoMaker.ffmpeg(["-f", "lavfi", "-i", "testsrc=s=64x64", "-frames:v", "1", maker.path("picture.png")])
            try FileManager.default.moveItem(atPath: maker.path("picture.png"), toPath: maker.path("picture.mp4"))
            #expect(try await VideoHarness.run(maker.path("picture.mp4")).failure?.error.code == .unsupported)
            try await VideoMaker.ffmpeg(["-f", "lavfi", "-i", "sine=d=1", maker.path("song.mp3")])
            try await VideoMaker.ffmpeg([
                "-i", maker.path("song.mp3"), "-i", maker.path("picture.mp4"), "-map", "0", "-map", "1", "-c", "copy", "-disposition:v",
                "attached_pic",
                maker.path("cover.mp3"),
            ])
            for name in ["song.mp3", "cover.mp3"] {
                let failure = try #require(try await VideoHarness.run(maker.path(name)).failure?.error)
                #expect(failure.code == .unsupported)
                #expect(failure.description.contains("submit it as audio"))
            }
        }
    }

    @Test func `an index that is missing`() async throws {
        try await VideoHarness.withMaker { maker in
            try await maker.source("testsrc2=s=320x240:r=25", seconds: 2, to: "whole.mp4")
            #expect(try await VideoHarness.run(try maker.cut("whole.mp4", share: 0.7, to: "cut.mp4")).failure?.error.code == .corrupt)
        }
    }

    @Test func `pictures that are too large are refused before anything decodes them`() async throws {
        try await VideoHarness.withMaker { maker in
            let path = try await maker.source("testsrc2=s=320x240:r=25", seconds: 1, to: "large.mkv", options: ["-c:v", "ffv1"])
            let failure = try await VideoHarness.run(path, limits: .init(pixels: 50_000)).failure
            #expect(failure?.stage == "probe" && failure?.error.code == .tooLarge)
            // A header that says 50,000x50,000, and pictures that are none.
            try await maker.source("testsrc2=s=16x16:r=5", seconds: 1, to: "claim.avi", options: ["-c:v", "rawvideo"])
            var bytes = try Data(contentsOf: URL(fileURLWithPath: maker.path("claim.avi")))
            let header = try #require(bytes.range(of: Data("strf".utf8))).upperBound + 4
            for (offset, byte) in [0x50, 0xC3, 0, 0, 0x50, 0xC3, 0, 0].enumerated() { bytes[header + 4 + offset] = UInt8(byte) }
            try bytes.write(to: URL(fileURLWithPath: maker.path("claim.avi")))
            // ffmpeg itself takes such a track for none.
            let claimed = try await VideoHarness.run(maker.path("claim.avi")).failure
            #expect(claimed?.stage == "probe" && [.tooLarge, .unsupported, .corrupt].contains(claimed?.error.code))
        }
    }

    @Test func `damaged pictures are said to be damaged, and the rest is read`() async throws {
        try await VideoHarness.withMaker { maker in
            let path = try await maker.slides(
                ["First page", "Second page", "Third page"].map { .init(text: $0, seconds: 2) }, to: "flipped.ts",
                options: ["-c:v", "mpeg4", "-q:v", "2", "-g", "10"])
            var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            // One bit in each 300 bytes of the middle third.
            for index in stride(from: bytes.count / 3, to: bytes.count * 2 / 3, by: 300) { bytes[index] ^= 0x10 }
            try bytes.write(to: URL(fileURLWithPath: path))
            let result = try await VideoHarness.look(path)
            let spans = try result.screen.spans.map(\.text)
            #expect(spans.first == "First page" && spans.last == "Third page", "\(spans)")
            #expect(try result.frames.warnings.isEmpty == false)
        }
    }

    @Test func `a header that claims ten hours, and tracks that are neither sound nor picture`() async throws {
        try await VideoHarness.withMaker { maker in
            let subtitles = "1\n00:00:00,500 --> 00:00:01,500\nSubtitle in a track\n"
            try Data(subtitles.utf8).write(to: URL(fileURLWithPath: maker.path("s.srt")))
            try await maker.slides([.init(text: "With subtitles", seconds: 2)], to: "plain.mp4")
            let path = maker.path("ten.mkv")
            try await VideoMaker.ffmpeg([
                "-i", maker.path("plain.mp4"), "-i", maker.path("s.srt"), "-map", "0", "-map", "1", "-c:v", "copy", path,
            ])
            #expect(try await VideoHarness.look(path).screen.spans.map(\.text) == ["With subtitles"])
            // The element Duration of a Matroska file: 2,000.0 ms as a double.
            var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            let place = try #require(bytes.range(of: Data([0x44, 0x89, 0x88]))).upperBound
            for (offset, byte) in withUnsafeBytes(of: Double(36_000_000).bitPattern.bigEndian, Array.init).enumerated() {
                bytes[place + offset] = byte
            }
            try bytes.write(to: URL(fileURLWithPath: path))
            let result = try await VideoHarness.look(path)
            #expect(try result.screen.spans.map(\.text) == ["With subtitles"])
            #expect(try result.value("probe", as: MediaFile.self).warnings.contains { $0.contains("10:00:00") })
        }
    }
}
