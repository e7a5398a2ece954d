import AudioStages
import Corpus
import Flotilla
import Foundation
import StageTools
import Testing
@testable import VideoStages

@Suite struct FormatTests {
    static let speech = "The weather was cold and the old man went home. He sat down by the fire."

    @Test(arguments: [
        ("talk.mp4", []), ("talk.mkv", []), ("talk.mov", ["-c:v", "mjpeg", "-q:v", "3"]), ("talk.avi", ["-c:v", "mpeg4", "-q:v", "3"]),
        ("talk.ts", []), ("talk.webm", ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1M"]),
    ])
    func `speech and slides of every container end on one timeline`(name: String, options: [String]) async throws {
        try await VideoHarness.withMaker { maker in
            let path = try await maker.slides(
                [.init(text: "Weather report", seconds: 3), .init(text: "Cold in the north", seconds: 3)], to: name, speech: Self.speech,
                options: options)
            let result = try await VideoHarness.run(path)
            #expect(result.failure == nil)
            let cleaned = try result.cleaned
            let text = Array(cleaned.text.utf8)
            let screen = cleaned.timeline.filter { $0.source == .screen }
            #expect(screen.map { String(decoding: text[$0.bytes], as: UTF8.self) } == ["Weather report", "Cold in the north"])
            #expect(abs((screen.last?.time.start ?? 0) - 3000) <= 200)
            #expect(cleaned.text.hasPrefix("[On screen] Weather report\n\n"))
            let said = cleaned.timeline.filter { $0.source == .speech }.map { String(decoding: text[$0.bytes], as: UTF8.self) }
            let words = said.joined(separator: " ").split { $0.isWhitespace }
            #expect(words.contains("weather") && words.contains("old"), "\(said)")
            #expect(cleaned.language == "en")
            #expect(try result.frames.warnings.isEmpty && !result.frames.isPartial)
            for stage in VideoPipeline.stages { #expect(result.outputs[stage] != nil) }
        }
    }

    @Test func `a video without sound gives what is on the screen`() async throws {
        try await VideoHarness.withMaker { maker in
            let path = try await maker.slides([.init(text: "No sound here at all", seconds: 2)], to: "silent.mp4")
            let result = try await VideoHarness.run(path)
            #expect(try result.cleaned.text == "[On screen] No sound here at all")
            #expect(try result.value("extract_audio", as: AudioPlan.self).warnings == ["The video has no sound."])
        }
    }

    @Test func `a video in which nothing is said or written fails as empty, and keeps its poster`() async throws {
        try await VideoHarness.withMaker { maker in
            let path = try await maker.source("mandelbrot=s=320x180:r=10", seconds: 2, to: "nothing.mp4")
            let result = try await VideoHarness.run(path)
            let failure = try #require(result.failure)
            #expect(failure.stage == "clean_text")
            #expect(failure.error.code == .empty)
            #expect(failure.error.description.contains("The video has no sound, and no text was found"))
            #expect(try result.frames.poster != nil)
        }
    }

    @Test(arguments: [
        ("half.mp4", ["-movflags", "+faststart", "-g", "25"]), ("half.mkv", ["-g", "25"]), ("half.ts", ["-c:v", "libx264", "-g", "25"]),
    ])
    func `of a file that is cut in the middle the first half is had`(name: String, options: [String]) async throws {
        try await VideoHarness.withMaker { maker in
            let whole = "whole." + name.split(separator: ".")[1]
            // Noise, so that the bytes are spread over the length.
            try await maker.source(
                "color=white:s=320x240:r=25,noise=alls=20:allf=t,drawtext=fontfile=\(VideoMaker.fonts)DejaVuSans.ttf:fontsize=30:x=20:y=40:"
                    + "text=Page one:enable='lt(t,2)',drawtext=fontfile=\(VideoMaker.fonts)DejaVuSans.ttf:fontsize=30:x=20:y=120:"
                    + "text=Page two:enable='gte(t,6)'", seconds: 8, to: whole, options: options)
            let path = try maker.cut(whole, share: 0.5, to: name)
            let result = try await VideoHarness.look(path)
            let frames = try result.frames
            #expect((2500...5500).contains(frames.decodedMs), "\(frames.decodedMs)")
            #expect(try result.screen.spans.map(\.text) == ["Page one"])
            if !name.hasSuffix(".ts") {
                // A transport stream does not know how long it was meant to be.
                #expect(frames.isPartial)
                #expect(frames.warnings.contains { $0.contains("cut off or damaged") }, "\(frames.warnings)")
            }
        }
    }
}
