@testable import AudioStages
import Corpus
import Foundation
import Testing

/// One sentence in every format that people send.
@Suite struct FormatTests {
    @Test(arguments: [
        ("wav", ["-c:a", "pcm_s16le"], "audio/wav"), ("mp3", ["-b:a", "48k"], "audio/mpeg"), ("flac", [], "audio/flac"),
        ("ogg", ["-c:a", "libvorbis"], "audio/ogg"), ("opus", ["-b:a", "24k"], "audio/ogg"), ("m4a", [], "audio/mp4"),
        ("wma", [], "audio/x-ms-wma"), ("aac", [], "audio/aac"), ("webm", ["-c:a", "libopus"], "audio/webm"),
        ("aiff", [], "audio/aiff"), ("au", [], "audio/basic"), ("mka", ["-c:a", "ac3"], "audio/webm"),
        ("3gp", ["-c:a", "aac"], "audio/3gpp"),
        ("caf", ["-c:a", "pcm_s16le"], "audio/x-caf"), ("wv", [], "audio/x-wavpack"), ("ts", [], "audio/mp2t"),
    ])
    func `is recognised, whatever it is packed in`(format: String, options: [String], type: String) async throws {
        try await AudioHarness.withDirectory { directory in
            try AudioHarness.speak("The children played in the garden until the sun went down.", to: directory + "/speech.wav")
            let path = "\(directory)/speech-in.\(format)"
            try AudioHarness.encode(directory + "/speech.wav", options, to: path)
            let result = try await AudioHarness.transcribe(path)
            #expect(result.media.mimeType == type)
            #expect(result.media.audio?.channels == 1)
            #expect(abs((result.media.durationMs ?? 3_000) - result.transcript.durationMs) < 400)
            #expect(result.media.audio?.loudness != nil)
            let rate = WordErrorRate(of: result.text, reference: "The children played in the garden until the sun went down")
            #expect(rate.rate <= 0.4, "\(result.text)")
        }
    }

    @Test func `AMR is opened`() async throws {
        try await AudioHarness.withDirectory { directory in
            // A hundred frames of 20 ms that hold no data, since no encoder is installed.
            try AudioHarness.write(Array("#!AMR\n".utf8) + [UInt8](repeating: 0x7C, count: 100), to: directory + "/a.amr")
            let result = try await AudioHarness.transcribe(directory + "/a.amr")
            #expect(result.media.mimeType == "audio/amr")
            #expect(result.transcript.segments.isEmpty)
            #expect(abs(result.transcript.durationMs - 2_000) < 100)
        }
    }
}
