@testable import AudioStages
import Corpus
import Foundation
import Testing

/// What pocketsphinx makes of known texts, through the stages. The limits lie above what was measured: 5 to 20 % of the words of the voices,
/// 22 % by telephone, 7 % of a quiet recording, 70 % in noise, 31 % of the novel.
@Suite struct RecognitionQualityTests {
    @Test func `word errors are counted as edits`() {
        #expect(WordErrorRate(of: "the cat sat", reference: "The cat sat.").errors == 0)
        #expect(WordErrorRate(of: "a cat sat down", reference: "The cat sat.").errors == 2)
        #expect(WordErrorRate(of: "", reference: "one two").rate == 1)
    }

    @Test(arguments: [("rms", 0.25), ("slt", 0.35), ("awb", 0.30), ("kal16", 0.30)])
    func `plain prose is recognised`(voice: String, limit: Double) async throws {
        try await self.check("morning", voice: voice, limit: limit)
    }

    @Test(arguments: [
        ("aresample=8000,highpass=f=300,lowpass=f=3400", 0.60, 0.3), ("volume=-40dB", 0.20, 0.3),
        // White noise 15 dB below the voice.
        ("aeval='val(0)+0.05*(random(0)-0.5)':c=same", 0.80, 0.1),
    ])
    func `worse recordings are recognised in part`(filter: String, limit: Double, confidence: Double) async throws {
        try await self.check("preamble", voice: "rms", filter: filter, limit: limit, confidence: confidence)
    }

    @Test(
        .enabled(
            if: FileManager.default.fileExists(atPath: RecognitionQualityTests.librivox),
            "the Debian package pocketsphinx-testdata is not installed"))
    func `a reader of a novel is recognised in part`() async throws {
        let lines = try String(contentsOfFile: Self.librivox + "/transcription", encoding: .utf8).split(separator: "\n")
        let reference = lines.map { $0.split(separator: " ").dropFirst().dropLast(2).joined(separator: " ") }.joined(separator: " ")
        let files = try String(contentsOfFile: Self.librivox + "/fileids", encoding: .utf8).split(separator: "\n")
            .map { Self.librivox + "/" + $0 + ($0.hasSuffix(".wav") ? "" : ".wav") }
        try await AudioHarness.withDirectory { directory in
            let path = directory + "/novel.wav"
            try files.map { "file '\($0)'" }.joined(separator: "\n").write(toFile: directory + "/list", atomically: true, encoding: .utf8)
            try await AudioHarness.ffmpeg("-f", "concat", "-safe", "0", "-i", directory + "/list", path)
            let result = try await AudioHarness.transcribe(path)
            let rate = WordErrorRate(of: result.text, reference: reference)
            print("word errors, novel: \(rate.errors) of \(rate.words)")
            #expect(rate.rate < 0.50)
        }
    }

    static let librivox = "/usr/share/pocketsphinx/test/data/librivox"

    private func check(_ name: String, voice: String, filter: String = "anull", limit: Double, confidence: Double = 0.3) async throws {
        let text = try String(contentsOfFile: "\(AudioHarness.gold)/\(name).txt", encoding: .utf8).replacing("\n", with: " ")
        try await AudioHarness.withDirectory { directory in
            try await AudioHarness.speak(text, voice: voice, to: directory + "/clean.wav")
            try await AudioHarness.ffmpeg("-i", directory + "/clean.wav", "-af", filter, directory + "/speech.wav")
            let result = try await AudioHarness.transcribe(directory + "/speech.wav")
            let rate = WordErrorRate(of: result.text, reference: text)
            print("word errors, \(name) by \(voice), \(filter): \(rate.errors) of \(rate.words)")
            #expect(rate.rate < limit)
            #expect(result.transcript.language == "en")
            #expect((result.transcript.confidence ?? 0) > confidence)
        }
    }
}
