@testable import AudioStages
import Corpus
import Flotilla
import Foundation
import HTTPServer
@testable import StageTools
import Testing
import Threading

/// Files that are damaged, lie, or are something else.
@Suite struct HostileRecordingTests {
    /// A WAV file with the given format, and a size in its header that need not be true.
    private static func wav(
        channels: Int = 1, rate: Int = 16_000, bits: Int = 16, tag: Int = 1, claimed: Int? = nil, data: [UInt8]
    ) -> [UInt8] {
        func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        let frame = channels * bits / 8
        let size = claimed ?? data.count
        return Array("RIFF".utf8) + little(size &+ 36, 4) + Array("WAVEfmt ".utf8) + little(16, 4) + little(tag, 2) + little(channels, 2)
            + little(rate, 4) + little(rate * frame, 4) + little(frame, 2) + little(bits, 2) + Array("data".utf8) + little(size, 4) + data
    }

    /// Deterministic bytes.
    private static func noise(_ count: Int) -> [UInt8] {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
    }

    private func code(_ bytes: [UInt8], name: String = "a.mp3") async throws -> String? {
        try await AudioHarness.withDirectory { directory in
            try AudioHarness.write(bytes, to: "\(directory)/\(name)")
            return try await AudioHarness.failure("\(directory)/\(name)")?.failureCode
        }
    }

    @Test func `nothing, zeros and random bytes are refused for good`() async throws {
        #expect(try await self.code([]) == "empty")
        #expect(try await self.code([UInt8](repeating: 0, count: 100_000)) == "corrupt")
        #expect(try await self.code(Self.noise(300_000)) == "corrupt")
        #expect(try await self.code(Self.wav(data: [])) == "corrupt")
    }

    @Test(arguments: [
        ("%PDF-1.4\n1 0 obj\n<<>>\nendobj\n", "PDF"), (String(repeating: "Hello, this is a text.\n", count: 400), "text"),
        ("\u{1B}[31mred\u{1B}[0m\n1\n00:00:01,000 --> 00:00:02,000\nSubtitle\n", "text"), (";FFMETADATA1\ntitle=x\n", "text"),
        ("#!AMR but no", "text"),
    ])
    func `files of other kinds are refused by name`(content: String, word: String) async throws {
        try await AudioHarness.withDirectory { directory in
            try AudioHarness.write(Array(content.utf8), to: directory + "/a.mp3")
            let failure = try #require(try await AudioHarness.failure(directory + "/a.mp3"))
            #expect(failure.failureCode == "unsupported")
            #expect(failure.description.contains(word))
        }
    }

    @Test func `a picture and a video without sound have no audio track`() async throws {
        try await AudioHarness.withDirectory { directory in
            try await AudioHarness.ffmpeg("-f", "lavfi", "-i", "testsrc=d=1:s=64x48:r=5", "-frames:v", "1", directory + "/a.png")
            try FileManager.default.moveItem(atPath: directory + "/a.png", toPath: directory + "/a.mp3")
            #expect(try await AudioHarness.failure(directory + "/a.mp3")?.description.contains("PNG picture") == true)
            try await AudioHarness.ffmpeg("-f", "lavfi", "-i", "testsrc=d=1:s=64x48:r=5", directory + "/a.mp4")
            let failure = try #require(try await AudioHarness.failure(directory + "/a.mp4"))
            #expect(failure.failureCode == "unsupported")
            #expect(failure.description.contains("no audio track"))
        }
    }

    @Test func `lists of addresses are never followed`() async throws {
        let requests = Lock(0)
        let listener = try HTTPListener(
            port: 0, routes: [HTTPRoute("GET", "/x.ts") { _ in .text("") }], observe: { _, _ in requests.withLock { $0 += 1 } })
        defer { listener.stop(grace: .zero) }
        let address = "http://127.0.0.1:\(listener.port)/x.ts"
        for list in [
            "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n\(address)\n#EXT-X-ENDLIST\n", "ffconcat version 1.0\nfile \(address)\n",
            "ffconcat version 1.0\nfile /etc/passwd\n", "[playlist]\nFile1=\(address)\nNumberOfEntries=1\n",
            "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\"><BaseURL>\(address)</BaseURL></MPD>",
            "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 5000 RTP/AVP 0\n", "RTSPtext rtsp://127.0.0.1/\n",
        ] {
            #expect(try await self.code(Array(list.utf8)) == "unsupported")
        }
        #expect(requests.withLock { $0 } == 0)
    }

    @Test(arguments: [16_000 * 2 * 36_000, 0, 0xFFFF_FFFF, 64_001])
    func `the size in a header decides nothing`(claimed: Int) async throws {
        try await AudioHarness.withDirectory { directory in
            try AudioHarness.write(Self.wav(claimed: claimed, data: Self.noise(64_000)), to: directory + "/a.wav")
            let result = try await AudioHarness.transcribe(directory + "/a.wav", with: MuteRecognizer())
            #expect(result.transcript.durationMs == 2000)
        }
    }

    @Test(arguments: [
        (1, 8_000, 8, 1), (2, 44_100, 16, 1), (6, 48_000, 16, 1), (1, 192_000, 32, 3), (1, 16_000, 24, 1), (8, 96_000, 32, 1),
    ])
    func `odd but honest formats are decoded`(channels: Int, rate: Int, bits: Int, tag: Int) async throws {
        try await AudioHarness.withDirectory { directory in
            let data = [UInt8](repeating: bits == 8 ? 128 : 0, count: channels * rate * bits / 8)
            try AudioHarness.write(Self.wav(channels: channels, rate: rate, bits: bits, tag: tag, data: data), to: directory + "/a.wav")
            let result = try await AudioHarness.transcribe(directory + "/a.wav", with: MuteRecognizer())
            #expect(abs(result.transcript.durationMs - 1000) <= 2)
            #expect(result.media.audio?.channels == channels)
            #expect(result.transcript.segments.isEmpty)
            #expect(result.transcript.warnings == ["No speech was found in the recording."])
            #expect(result.media.audio?.peak == nil)
        }
    }

    @Test func `no channels, no rate and one sample a second end with words, not with a crash`() async throws {
        #expect(try await self.code(Self.wav(channels: 0, data: Self.noise(64_000)), name: "a.wav") != nil)
        #expect(try await self.code(Self.wav(rate: 0, data: Self.noise(64_000)), name: "a.wav") != nil)
        // One sample a second: 32,000 seconds of it are longer than the limit.
        #expect(try await self.code(Self.wav(rate: 1, data: Self.noise(64_000)), name: "a.wav") == "too_large")
    }

    @Test func `a long silence in a small file is too long`() async throws {
        try await AudioHarness.withDirectory { directory in
            try await AudioHarness.ffmpeg("-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono:d=600", "-c:a", "flac", directory + "/a.flac")
            let failure = try #require(try await AudioHarness.failure(directory + "/a.flac", limits: MediaLimits(duration: .seconds(500))))
            #expect(failure.failureCode == "too_large")
            #expect(failure.description.contains("10:00"))
        }
    }

    @Test func `more sound than the header says is bounded by the limit all the same`() async throws {
        try await AudioHarness.withDirectory { directory in
            // ADTS has no header for the whole: ffmpeg guesses the length from the bit rate of the first frames.
            try await AudioHarness.ffmpeg(
                "-f", "lavfi", "-i", "anoisesrc=d=2:a=0.9:r=16000", "-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono:d=60",
                "-filter_complex",
                "[0][1]concat=n=2:v=0:a=1", "-c:a", "aac", directory + "/a.aac")
            let limits = MediaLimits(duration: .seconds(30))
            #expect(try await AudioHarness.failure(directory + "/a.aac", limits: limits)?.failureCode == "too_large")
        }
    }

    @Test(arguments: ["mp3", "flac", "ogg", "mkv", "wav"])
    func `a recording that was cut off is read up to there and called partial`(format: String) async throws {
        try await AudioHarness.withDirectory { directory in
            let path = "\(directory)/a.\(format)"
            try await AudioHarness.ffmpeg("-f", "lavfi", "-i", "aevalsrc='0.3*sin(2*PI*300*t)*lt(mod(t,3),2)':d=20:s=16000", path)
            let bytes = try AudioHarness.read(path)
            try AudioHarness.write(Array(bytes.prefix(bytes.count / 2)), to: path)
            let result = try await AudioHarness.transcribe(path, with: MuteRecognizer())
            #expect((5_000...13_000).contains(result.transcript.durationMs))
            #expect(!result.transcript.segments.isEmpty)
            // Of WAV and Ogg the length is taken from what is there.
            if format == "flac" || format == "mkv" || format == "mp3" {
                #expect(result.output.isPartial)
                #expect(result.transcript.warnings.contains { $0.contains("cut off") })
            }
        }
    }

    @Test func `an MP4 whose index is missing is corrupt, one whose sound is missing at the end is partial`() async throws {
        try await AudioHarness.withDirectory { directory in
            let tone = "aevalsrc='0.3*sin(2*PI*300*t)*lt(mod(t,3),2)':d=20:s=16000"
            try await AudioHarness.ffmpeg("-f", "lavfi", "-i", tone, directory + "/a.m4a")
            var bytes = try AudioHarness.read(directory + "/a.m4a")
            try AudioHarness.write(Array(bytes.prefix(bytes.count / 2)), to: directory + "/a.m4a")
            #expect(try await AudioHarness.failure(directory + "/a.m4a")?.failureCode == "corrupt")
            try await AudioHarness.ffmpeg("-f", "lavfi", "-i", tone, "-movflags", "+faststart", directory + "/b.m4a")
            bytes = try AudioHarness.read(directory + "/b.m4a")
            try AudioHarness.write(Array(bytes.prefix(bytes.count / 2)), to: directory + "/b.m4a")
            #expect(try await AudioHarness.transcribe(directory + "/b.m4a", with: MuteRecognizer()).output.isPartial)
        }
    }

    @Test(arguments: ["-rf", "a\nb.wav", "$(touch x) `id`;.wav", "file:http:..wav", "пример 录音.wav"])
    func `a file's name is nobody's argument`(name: String) async throws {
        try await AudioHarness.withDirectory { directory in
            try AudioHarness.write(Self.wav(data: Self.noise(64_000)), to: "\(directory)/\(name)")
            #expect(try await AudioHarness.transcribe("\(directory)/\(name)", with: MuteRecognizer()).transcript.durationMs == 2000)
        }
    }

    @Test func `a huge cover picture and endless tags are carried and ignored`() async throws {
        try await AudioHarness.withDirectory { directory in
            try await AudioHarness.ffmpeg(
                "-f", "lavfi", "-i", "nullsrc=s=1000x1000,geq=random(1)*255:128:128", "-frames:v", "1", directory + "/c.png")
            try await AudioHarness.ffmpeg(
                "-f", "lavfi", "-i", "sine=d=3", "-i", directory + "/c.png", "-map", "0", "-map", "1", "-c:v", "copy", "-disposition:v",
                "attached_pic", "-metadata", "title=A  very\nlong title \(String(repeating: "x", count: 20_000))", "-metadata",
                "language=deu", directory + "/a.mp3")
            #expect(try AudioHarness.read(directory + "/a.mp3").count > 500_000)
            let result = try await AudioHarness.transcribe(directory + "/a.mp3", with: MuteRecognizer())
            #expect(result.media.video == nil)
            #expect(result.media.mimeType == "audio/mpeg")
            #expect(result.media.title?.hasPrefix("A very long title xxx") == true)
            #expect((result.media.title?.count ?? 0) <= 300)
        }
    }

    @Test func `a file that changed after it was probed is refused`() async throws {
        try await AudioHarness.withDirectory { directory in
            try AudioHarness.write(Self.wav(data: Self.noise(64_000)), to: directory + "/a.wav")
            let probed = try await AudioHarness.withDirectory { try await AudioHarness.probe(directory + "/a.wav", in: $0) }
            try AudioHarness.write(Self.wav(data: Self.noise(32_000)), to: directory + "/a.wav")
            try await AudioHarness.withDirectory { work in
                let handler = TranscribeHandler(
                    tools: AudioHarness.tools, source: AudioHarness.source(of: directory + "/a.wav"), limits: MediaLimits(),
                    recognizer: MuteRecognizer(), plan: .inline)
                await #expect(throws: StageFailure.self) {
                    _ = try await handler.run(try AudioHarness.context(directory + "/a.wav", work, outputs: ["probe": probed]))
                }
            }
        }
    }
}
