@testable import AudioStages
import Corpus
import Flotilla
import Foundation
@testable import StageTools
import Testing

/// whisper.cpp's program, played by a script that writes what it writes.
@Suite struct WhisperCommandTests {
    private static let answer = """
        {"systeminfo": "AVX = 1", "model": {"type": "tiny", "multilingual": true, "vocab": 51865}, "params": {"model": "m.bin",
        "language": "auto", "translate": false}, "result": {"language": "en"}, "transcription": [
        {"timestamps": {"from": "00:00:00,000", "to": "00:00:02,000"}, "offsets": {"from": 0, "to": 2000}, "text": " And so my fellow Americans",
         "tokens": [{"text": "[_BEG_]", "timestamps": {"from": "00:00:00,000", "to": "00:00:00,000"}, "offsets": {"from": 0, "to": 0},
         "id": 50364, "p": 0.1, "t_dtw": -1}, {"text": " And", "offsets": {"from": 0, "to": 300}, "id": 400, "p": 0.5, "t_dtw": -1},
         {"text": " so", "offsets": {"from": 300, "to": 600}, "id": 370, "p": 1.0, "t_dtw": -1}]},
        {"timestamps": {"from": "00:00:02,000", "to": "00:00:03,000"}, "offsets": {"from": 2000, "to": 3000}, "text": " [BLANK_AUDIO]"},
        {"offsets": {"from": 3000, "to": 4000}, "text": " I am going to go to the store."},
        {"offsets": {"from": 4000, "to": 5000}, "text": " I am going to go to the store."},
        {"offsets": {"from": 5000, "to": 6000}, "text": " (dramatic music)"},
        {"offsets": {"from": 6000, "to": 7000}, "text": " go go go go go go on"}
        ]}
        """

    /// Runs the recogniser with a script in the program's place.
    private func recognize(script: String, language: String? = nil, model: String? = nil) async throws -> Recognition {
        try await AudioHarness.withDirectory { directory in
            let program = directory + "/whisper-cli"
            try AudioHarness.write(Array("#!/bin/sh\n\(script)\n".utf8), to: program)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
            try AudioHarness.write(Array("model".utf8), to: directory + "/ggml-tiny.bin")
            try AudioHarness.write([UInt8](repeating: 0, count: 44), to: directory + "/stretch.wav")
            let work = directory + "/work"
            try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: false)
            let recognizer = WhisperCommandRecognizer(
                .init(program: program, model: model ?? directory + "/ggml-tiny.bin"), tools: AudioHarness.tools)
            #expect(recognizer.engine.hasPrefix("whisper-cli ggml-tiny.bin ") || model != nil)
            let audio = SpeechAudio(
                path: directory + "/stretch.wav", time: TimeRange(start: 0, end: 8_000), language: language, workDirectory: work)
            let recognition = try await recognizer.recognize(audio)
            #expect(try FileManager.default.contentsOfDirectory(atPath: work).isEmpty)
            return recognition
        }
    }

    /// Finds `-of`, and fails unless the options are the expected ones.
    private static func script(_ answer: String, language: String = "auto") -> String {
        """
        language=; out=; file=
        while [ $# -gt 0 ]; do
          case "$1" in -of) out=$2; shift ;; -l) language=$2; shift ;; -f) file=$2; shift ;; -m|-t) shift ;; -np|-ojf) ;; *) exit 9 ;; esac
          shift
        done
        [ "$language" = "\(language)" ] && [ -r "$file" ] || exit 8
        cat > "$out.json" <<'END'
        \(answer)
        END
        """
    }

    @Test func `the answer becomes segments without stage directions and loops`() async throws {
        let recognition = try await self.recognize(script: Self.script(Self.answer))
        #expect(recognition.language == "en")
        #expect(recognition.segments.map(\.text) == ["And so my fellow Americans", "I am going to go to the store.", "go on"])
        #expect(recognition.segments.map(\.time.start) == [0, 3_000, 6_000])
        #expect(recognition.segments.map(\.confidence) == [0.75, nil, nil])
    }

    @Test func `a hint is passed on`() async throws {
        #expect(try await self.recognize(script: Self.script(Self.answer, language: "de"), language: "de").segments.count == 3)
    }

    @Test func `half a character from a cut token spoils nothing else`() {
        var bytes = Array(Self.answer.utf8)
        let place = bytes.firstRange(of: Array("fellow".utf8))?.lowerBound ?? 0
        bytes[place] = 0xE2
        #expect(WhisperOutput.recognition(bytes)?.segments.count == 3)
    }

    @Test(arguments: [
        ("exit 1", "tool_failed"), ("true", "tool_failed"), (script("[1,2"), "tool_failed"), ("kill -SEGV $$", "reader_crashed"),
    ])
    func `a program that fails is no transcript`(script: String, code: String) async throws {
        let failure = await #expect(throws: StageFailure.self) { _ = try await self.recognize(script: script) }
        #expect(failure?.failureCode == code)
    }

    @Test func `a missing model is the worker's trouble`() async throws {
        let failure = await #expect(throws: StageFailure.self) {
            _ = try await self.recognize(script: "true", model: "/nonexistent/model.bin")
        }
        #expect(failure?.failureClass == .infrastructure)
    }
}
