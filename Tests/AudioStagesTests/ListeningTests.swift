@testable import AudioStages
import Corpus
import Foundation
import Testing

/// Where speech is found, and where recordings are cut.
@Suite struct ListeningTests {
    /// Sound made by an ffmpeg filter graph, decoded.
    private func samples(_ graph: String, _ body: (SampleFile) throws -> Void) async throws {
        try await AudioHarness.withDirectory { directory in
            try await AudioHarness.ffmpeg("-f", "lavfi", "-i", graph, "-ac", "1", "-ar", "16000", "-f", "s16le", directory + "/a.s16")
            try body(try #require(SampleFile(directory + "/a.s16")))
        }
    }

    @Test(arguments: [
        "anullsrc=r=16000:cl=mono:d=20", "anoisesrc=d=20:a=0.1:seed=1", "anoisesrc=d=20:a=0.5:c=pink:seed=1", "sine=f=50:d=20",
        "aevalsrc='0.3*sin(2*PI*50*t)+0.1*sin(2*PI*150*t)+0.001*random(0)':d=20",
    ])
    func `silence, noise and hum are no speech`(graph: String) async throws {
        try await self.samples(graph) { samples in
            let detector = try SpeechDetector(samples)
            #expect(StretchPlanner().plan(detector, durationMs: samples.durationMs).isEmpty)
        }
    }

    @Test(arguments: ["anull", "volume=-55dB", "anull[x];aevalsrc='0.2*sin(2*PI*50*t)':d=12:s=16000[h];[x][h]amix=inputs=2:normalize=0"])
    func `words between silences are found within a quarter of a second`(change: String) async throws {
        try await AudioHarness.withDirectory { directory in
            try await AudioHarness.speak("This is a house by the river.", to: directory + "/a.wav")
            let length = try #require(try self.seconds(directory + "/a.wav"))
            let graph = "[0]aresample=16000,adelay=3000,apad=whole_dur=12[y];[y]" + change
            try await AudioHarness.ffmpeg(
                "-i", directory + "/a.wav", "-filter_complex", graph, "-t", "12", "-ac", "1", "-ar", "16000", "-f", "s16le",
                directory + "/a.s16")
            let samples = try #require(SampleFile(directory + "/a.s16"))
            let detector = try SpeechDetector(samples)
            let first = try #require(detector.regions.first)
            let last = try #require(detector.regions.last)
            #expect(abs(first.lowerBound * 10 - 3000) < 450)
            #expect(abs(last.upperBound * 10 - (3000 + Int(length * 1000))) < 450)
            let stretches = StretchPlanner().plan(detector, durationMs: samples.durationMs)
            #expect(stretches.count == 1)
        }
    }

    @Test(arguments: ["wav", "mp3"])
    func `speech in channels that cancel each other out is found`(kind: String) async throws {
        try await AudioHarness.withDirectory { directory in
            try await AudioHarness.speak("This is a house by the river.", to: directory + "/mono.wav")
            let source = directory + "/opposite." + kind
            try await AudioHarness.encode(
                directory + "/mono.wav", ["-af", "aresample=44100,aeval='val(0)|-val(0)':c=stereo"], to: source)
            let samples = try await AudioDecoder(tools: AudioHarness.tools, limits: MediaLimits())
                .decode(source, channels: 2, into: directory)
            let detector = try SpeechDetector(samples)
            #expect(StretchPlanner().plan(detector, durationMs: samples.durationMs).count == 1)
            #expect(try #require(try LoudnessMeter.measure(samples).loudness) > -35)
        }
    }

    private func seconds(_ path: String) throws -> Double? { Double(try AudioHarness.read(path).count - 44) / 32_000 }

    /// Levels of a recording: loud and quiet stretches of the given frames.
    private func levels(_ parts: [(loud: Bool, frames: Int)]) -> SpeechDetector {
        var levels: [UInt8] = []
        for part in parts { for frame in 0..<part.frames { levels.append(part.loud ? UInt8(150 + frame % 20) : 40) } }
        return SpeechDetector(levels: levels)
    }

    @Test func `stretches are cut at the longest pause of their second half and lose nothing`() {
        let detector = self.levels([
            (false, 100), (true, 3000), (false, 60), (true, 1000), (false, 200), (true, 1200), (false, 50), (true, 2000),
        ])
        let plan = StretchPlanner().plan(detector, durationMs: 76_100)
        #expect(plan.count == 2)
        #expect(plan.first?.end == 41_850)
        #expect(plan.last?.start == 43_350)
        for region in detector.regions { #expect(plan.contains { $0.start <= region.lowerBound * 10 && $0.end >= region.upperBound * 10 }) }
    }

    @Test func `speech without a pause is cut where it is least loud`() {
        var levels = [UInt8](repeating: 160, count: 12_000)
        for frame in 5_000..<5_020 { levels[frame] = 110 }
        for frame in stride(from: 100, to: 12_000, by: 9) { levels[frame] = 60 }
        let plan = StretchPlanner().plan(SpeechDetector(levels: levels), durationMs: 120_000)
        #expect(plan.allSatisfy { $0.duration <= 60_000 })
        #expect(zip(plan, plan.dropFirst()).allSatisfy { $0.end == $1.start })
        #expect(abs((plan.first?.end ?? 0) - 50_100) < 200)
        #expect(plan.last?.end == 120_000)
    }

    @Test func `a click, a door and a cough are no stretch`() {
        #expect(StretchPlanner().plan(self.levels([(false, 800), (true, 20), (false, 800)]), durationMs: 16_200).isEmpty)
        #expect(StretchPlanner().plan(SpeechDetector(levels: []), durationMs: 0).isEmpty)
    }

    @Test func `two remarks an hour apart are two short stretches`() {
        let plan = StretchPlanner().plan(
            self.levels([(false, 2000), (true, 300), (false, 360_000), (true, 300), (false, 2000)]), durationMs: 3_646_000)
        #expect(plan.count == 2)
        #expect(plan.allSatisfy { $0.duration < 4_000 })
    }

    @Test func `loudness is that of the standard's reference tone`() async throws {
        // EBU Tech 3341: a stereo tone of -23 dBFS peak at 1 kHz is -23 LUFS; one channel alone is 3 LU less.
        try await self.samples("aevalsrc='0.0707946*sin(2*PI*1000*t)':d=5:s=16000") { samples in
            let meter = try LoudnessMeter.measure(samples)
            #expect(abs((meter.loudness ?? 0) + 26) < 0.15)
            #expect(abs((meter.peak ?? 0) + 23) < 0.1)
        }
    }

    @Test func `silence has neither loudness nor peak`() async throws {
        try await self.samples("anullsrc=r=16000:cl=mono:d=1") { samples in
            let meter = try LoudnessMeter.measure(samples)
            #expect(meter.loudness == nil)
            #expect(meter.peak == nil)
        }
    }
}
