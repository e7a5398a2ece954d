@testable import AudioStages
import Corpus
import Foundation
import Testing

/// One sentence in every format that people send.
@Suite struct FormatTests {
    @Test(arguments: [
        ("mp3", ["-b:a", "48k"], "audio/mpeg", 0.5), ("opus", ["-b:a", "24k"], "audio/ogg", 0.5), ("m4a", [], "audio/mp4", 0.5),
        ("wma", [], "audio/x-ms-wma", 0.5), ("webm", ["-c:a", "libopus"], "audio/webm", 0.5),
        // As a telephone carries it: the recogniser was made for the upper half of the band, too, and gets 7 of these 11 words wrong.
        ("wav", ["-ar", "8000", "-c:a", "pcm_mulaw"], "audio/wav", 0.8),
    ])
    func `is recognised, whatever it is packed in`(format: String, options: [String], type: String, limit: Double) async throws {
        let result = try await self.transcribe(format, options, type, with: PocketsphinxRecognizer(tools: AudioHarness.tools))
        let rate = WordErrorRate(of: result.text, reference: Self.text)
        #expect(rate.rate <= limit, "\(result.text)")
    }

    @Test(arguments: [
        ("flac", [], "audio/flac"), ("ogg", ["-c:a", "libvorbis"], "audio/ogg"), ("aac", [], "audio/aac"), ("aiff", [], "audio/aiff"),
        ("au", [], "audio/basic"), ("mka", ["-c:a", "ac3"], "audio/webm"), ("3gp", ["-c:a", "aac"], "audio/3gpp"),
        ("caf", ["-c:a", "pcm_s16le"], "audio/x-caf"), ("wv", [], "audio/x-wavpack"), ("ts", [], "audio/mp2t"),
    ])
    func `is decoded, whatever it is packed in`(format: String, options: [String], type: String) async throws {
        let result = try await self.transcribe(format, options, type, with: MuteRecognizer())
        #expect(result.transcript.segments.count == 1)
    }

    private static let text = "The children played in the garden until the sun went down."

    private func transcribe(
        _ format: String, _ options: [String], _ type: String, with recognizer: any SpeechRecognizer
    ) async throws -> AudioHarness.Result {
        try await AudioHarness.withDirectory { directory in
            try await AudioHarness.speak(Self.text, to: directory + "/speech.wav")
            let path = "\(directory)/packed.\(format)"
            try await AudioHarness.encode(directory + "/speech.wav", options, to: path)
            let result = try await AudioHarness.transcribe(path, with: recognizer)
            #expect(result.media.mimeType == type)
            #expect(result.media.audio?.channels == 1)
            #expect(abs((result.media.durationMs ?? 3_000) - result.transcript.durationMs) < 400)
            #expect(result.media.audio?.loudness != nil)
            return result
        }
    }

    @Test func `AMR is opened`() async throws {
        try await AudioHarness.withDirectory { directory in
            // A hundred frames of 20 ms at 12.2 kbit/s with nothing in them, since no encoder is installed.
            let frame: [UInt8] = [0x3C] + [UInt8](repeating: 0, count: 31)
            try AudioHarness.write(Array("#!AMR\n".utf8) + (0..<100).flatMap { _ in frame }, to: directory + "/a.amr")
            let result = try await AudioHarness.transcribe(directory + "/a.amr", with: MuteRecognizer())
            #expect(result.media.mimeType == "audio/amr")
            #expect(abs(result.transcript.durationMs - 2_000) < 100)
        }
    }
}
