@testable import AudioStages
import Corpus
import Flotilla
import Foundation
import JSONText
@testable import StageTools
import Testing
import Threading

/// Stretches are recognised once each, in any order, and come out in theirs.
@Suite struct TranscribeTests {
    /// Counts its calls; says what `answer` gives for a stretch's start, or throws it.
    private final class CountingRecognizer: SpeechRecognizer {
        let engine: String
        let calls = Lock<[Int]>([])
        private let answer: @Sendable (_ start: Int, _ call: Int) -> Result<Recognition, StageFailure>

        init(
            engine: String = "counting 1",
            _ answer: @escaping @Sendable (Int, Int) -> Result<Recognition, StageFailure> = { start, _ in
                .success(
                    Recognition(
                        segments: [.init(time: TimeRange(start: 100, end: 900), text: "at \(start)", confidence: 0.5)], language: "de"))
            }
        ) {
            self.engine = engine
            self.answer = answer
        }

        func recognize(_ audio: SpeechAudio) async throws -> Recognition {
            let call = self.calls.withLock { calls in
                calls.append(audio.time.start)
                return calls.count
            }
            return try self.answer(audio.time.start, call).get()
        }
    }

    /// Pieces that outlive a run.
    private final class Pieces: Sendable {
        let kept = Lock<[String: [UInt8]]>([:])
        var checkpoints: StageCheckpoints {
            StageCheckpoints(
                read: { self.kept.withLock { $0 } },
                write: { piece, key in
                    self.kept.withLock { $0[key] = piece }
                    return true
                })
        }
    }

    /// Three and a half minutes of tones of four seconds: some stretches of a minute.
    private func withTones<Value>(_ body: (String) async throws -> Value) async throws -> Value {
        try await AudioHarness.withDirectory { directory in
            try await AudioHarness.ffmpeg(
                "-f", "lavfi", "-i", "aevalsrc='0.3*sin(2*PI*300*t)*lt(mod(t,6),4)':d=210:s=16000", directory + "/tones.flac")
            return try await body(directory + "/tones.flac")
        }
    }

    @Test func `a run that follows a crash recognises only what is missing`() async throws {
        try await self.withTones { path in
            let pieces = Pieces()
            let dying = CountingRecognizer { start, call in
                call <= 2
                    ? .success(Recognition(segments: [.init(time: TimeRange(start: 0, end: 500), text: "first run \(start)")]))
                    : .failure(StageFailure(.killed, "killed"))
            }
            await #expect(throws: StageFailure.self) {
                _ = try await AudioHarness.transcribe(path, with: dying, checkpoints: pieces.checkpoints)
            }
            let done = pieces.kept.withLock { $0.count }
            #expect(done == 2)
            let second = CountingRecognizer()
            let result = try await AudioHarness.transcribe(path, with: second, checkpoints: pieces.checkpoints)
            let all = result.transcript.segments.count
            #expect(all >= 4)
            #expect(second.calls.withLock { $0.count } == all - done)
            #expect(result.output.metrics["segments"] == Double(all - done))
            #expect(result.output.metrics["segments_resumed"] == Double(done))
            #expect(result.transcript.segments.filter { $0.text.hasPrefix("first run") }.count == done)
            #expect(result.transcript.segments.map(\.time.start) == result.transcript.segments.map(\.time.start).sorted())
            // With everything kept, nothing is recognised at all, and the result is the same.
            let third = CountingRecognizer()
            let again = try await AudioHarness.transcribe(path, with: third, checkpoints: pieces.checkpoints)
            #expect(third.calls.withLock { $0.isEmpty })
            #expect(again.transcript == result.transcript)
        }
    }

    @Test func `a stretch that can never be recognised costs its words only`() async throws {
        try await self.withTones { path in
            let recognizer = CountingRecognizer { start, _ in
                start < 10_000
                    ? .failure(StageFailure(.readerCrashed, "it crashed"))
                    : .success(Recognition(segments: [.init(time: TimeRange(start: 0, end: 500), text: "word")]))
            }
            let result = try await AudioHarness.transcribe(path, with: recognizer)
            #expect(result.output.isPartial)
            #expect(result.transcript.warnings.contains { $0.contains("it crashed") && $0.contains("0:00") })
            #expect(result.output.metrics["segments_failed"] == 1)
            let dead = CountingRecognizer { _, _ in .failure(StageFailure(.readerCrashed, "it crashed")) }
            await #expect(throws: StageFailure.self) { _ = try await AudioHarness.transcribe(path, with: dead) }
        }
    }

    @Test func `a damaged or foreign checkpoint is not used`() async throws {
        let stretches = [TimeRange(start: 0, end: 1000), TimeRange(start: 2000, end: 3000)]
        let good = Transcript(engine: "e", durationMs: 1000, segments: [])
        let work = StretchWork(
            stretches, kept: ["stretch-0-1000": Array("{".utf8), "stretch-2000-3001": good.bytes, "stretch-2000-3000": good.bytes])
        #expect(work.missing == [0])
    }

    @Test func `times out of order, overlaps and times beyond the stretch are put right`() {
        let recognition = Recognition(
            segments: [
                .init(time: TimeRange(start: 5_000, end: 99_000), text: " last  one\n", confidence: 7),
                .init(time: TimeRange(start: 0, end: 3_000), text: "first", confidence: .nan),
                .init(time: TimeRange(start: 2_000, end: 4_000), text: "second"),
                .init(time: TimeRange(start: 4_000, end: 5_000), text: " ... "),
            ], language: "DE-at")
        let piece = Transcript(recognition, of: TimeRange(start: 10_000, end: 20_000), engine: "e")
        #expect(piece.segments.map(\.text) == ["first", "second", "last one"])
        #expect(
            piece.segments.map(\.time) == [
                TimeRange(start: 10_000, end: 13_000), TimeRange(start: 13_000, end: 14_000), TimeRange(start: 15_000, end: 20_000),
            ])
        #expect(piece.segments.map(\.confidence) == [nil, nil, 1])
        #expect(piece.language == "de")
    }

    @Test func `a hint of another language is passed on, and pocketsphinx says that it knows English only`() async throws {
        try await AudioHarness.withDirectory { directory in
            try await AudioHarness.speak("Good morning.", to: directory + "/a.wav")
            let result = try await AudioHarness.transcribe(directory + "/a.wav", extra: [.init("language", "de")])
            #expect(result.transcript.warnings.contains { $0.contains("\"de\"") })
            #expect(!result.text.isEmpty)
        }
    }

    @Test func `a silent recording has an empty transcript and, as audio, no text to go on with`() async throws {
        try await AudioHarness.withDirectory { directory in
            let path = directory + "/a.wav"
            try await AudioHarness.ffmpeg("-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono:d=20", path)
            let result = try await AudioHarness.transcribe(path)
            #expect(result.transcript.segments.isEmpty)
            #expect(result.output.metrics["segments"] == 0)
            let outputs: [StageName: StageOutput] = ["probe": StageOutput(body: result.media.bytes), "transcribe": result.output]
            let failure = await #expect(throws: StageFailure.self) {
                _ = try await CleanTranscriptHandler().run(try AudioHarness.context(path, directory, outputs: outputs))
            }
            #expect(failure?.failureCode == "empty")
            #expect(failure?.description.contains("0:20") == true)
        }
    }

    @Test func `a video's sound is planned by its own stage, and a video without sound is no failure`() async throws {
        try await AudioHarness.withDirectory { directory in
            let path = directory + "/a.mp4"
            try await AudioHarness.ffmpeg(
                "-f", "lavfi", "-i", "testsrc=d=6:s=64x48:r=5", "-f", "lavfi", "-i", "aevalsrc='0.3*sin(2*PI*300*t)*lt(mod(t,3),2)':d=6",
                path)
            try await AudioHarness.ffmpeg("-i", path, "-an", directory + "/mute.mp4")
            for (file, words) in [(path, 1), (directory + "/mute.mp4", 0)] {
                let output = try await AudioHarness.withDirectory { work in
                    let probed = try await AudioHarness.probe(file, in: work, needs: .video)
                    let source = AudioHarness.source(of: file)
                    let extracted = try await ExtractAudioHandler(
                        tools: AudioHarness.tools, source: source, limits: MediaLimits(), engine: "test"
                    ).run(try AudioHarness.context(file, work, outputs: ["probe": probed]))
                    return try await TranscribeHandler(
                        tools: AudioHarness.tools, source: source, limits: MediaLimits(), recognizer: MuteRecognizer(),
                        plan: .stage("extract_audio")
                    ).run(try AudioHarness.context(file, work, outputs: ["probe": probed, "extract_audio": extracted]))
                }
                let transcript = try Transcript(bytes: output.body)
                #expect(transcript.segments.count == words)
                #expect(transcript.warnings.isEmpty == (words > 0))
            }
        }
    }
}
