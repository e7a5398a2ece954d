internal import AudioStages
internal import Corpus
import Glibc
internal import StageTools
internal import Subprocess

/// Decodes a whole video once, to ten very small gray pictures a second, and finds its shots in them.
///
/// The samples lie on a fixed grid of time from the start of the file, whatever the video's own rate is: a slide that is stored once and
/// stays for a minute gives 600 samples. They go to a file and not to memory: six hours make 500 MB.
struct SamplePass: Sendable {
    /// Samples a second.
    static let rate = 10
    let tools: ToolBox
    let limits: MediaLimits

    struct Result: Sendable {
        var shots: [ShotDetector.Shot]
        /// What was decoded.
        var decodedMs: Int
        /// What ffmpeg complained of.
        var complaints: String
        var complaintBytes: Int
    }

    /// - Parameter progress: gets seconds.
    /// - Throws: ``StageFailure`` when ffmpeg could not be run or was stopped; a video that cannot be decoded gives a result without shots.
    func run(_ path: String, media: MediaFile, scratch: String, progress: @escaping @Sendable (Int, Int) -> Void) async throws -> Result {
        let limit = Int(self.limits.duration.components.seconds)
        // A header may say too little. What says nothing is decoded as far as the limit goes.
        let seconds = min(limit, media.durationMs.map { $0 / 1000 + 30 } ?? limit)
        let target = "\(scratch)/samples.gray"
        defer { FileCheck.remove(target) }
        let filter = "fps=\(Self.rate):start_time=0,scale=\(CellGrid.width):\(CellGrid.height):flags=area,format=gray"
        let arguments =
            MediaCommand.input(path, pixels: self.limits.pixels) + MediaCommand.pictures
            + ["-t", "\(seconds)", "-vf", filter, "-f", "rawvideo", target]
        let bytes = (seconds + 1) * Self.rate * CellGrid.count
        let total = media.durationMs.map { $0 / 1000 } ?? 0
        let result = try await Self.reporting(progress, of: total, file: target) {
            try await self.tools.run(
                "ffmpeg", arguments, reading: [path], writing: scratch,
                limits: MediaCommand.passLimits(seconds: seconds, output: bytes + (1 << 20)))
        }
        if case .signalled(let signal) = result.outcome {
            throw StageFailure(
                signal == SIGKILL ? .killed : .readerCrashed, "ffmpeg was ended by signal \(signal).", detail: result.errorOutput.text)
        }
        let (shots, samples) = try Self.shots(in: target)
        return Result(
            shots: shots, decodedMs: samples * 1000 / Self.rate, complaints: result.errorOutput.text,
            complaintBytes: result.errorOutput.total)
    }

    private static func shots(in path: String) throws -> (shots: [ShotDetector.Shot], samples: Int) {
        guard let file = fopen(path, "rbe") else { return ([], 0) }
        defer { fclose(file) }
        var detector = ShotDetector(rate: Self.rate)
        var buffer = [UInt8](repeating: 0, count: CellGrid.count * 600)
        var samples = 0
        while true {
            try Task.checkCancellation()
            let whole = fread(&buffer, CellGrid.count, 600, file)
            for sample in 0..<whole { detector.take(buffer[sample * CellGrid.count..<(sample + 1) * CellGrid.count]) }
            samples += whole
            if whole < 600 { break }
        }
        return (detector.finish(), samples)
    }

    /// Reports how far the file has grown while `body` runs.
    private static func reporting<Value: Sendable>(
        _ progress: @escaping @Sendable (Int, Int) -> Void, of total: Int, file: String,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                // Ends with a cancellation when the body is through.
                while (try? await Task.sleep(for: .seconds(2))) != nil {
                    let seconds = (FileCheck.size(file) ?? 0) / (CellGrid.count * Self.rate)
                    progress(seconds, max(total, seconds))
                }
                return nil
            }
            while let value = try await group.next() {
                guard let value else { continue }
                group.cancelAll()
                return value
            }
            throw CancellationError()
        }
    }
}
