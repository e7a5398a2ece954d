internal import StageTools
internal import Subprocess

/// Decodes the first audio track of a file into samples on disk, once a delivery.
///
/// The samples take 32 kB for each second: 115 MB for an hour, 690 MB for the six hours of the default limit. They go with the work
/// directory.
struct AudioDecoder: Sendable {
    let tools: ToolBox
    let limits: MediaLimits

    /// The samples of the file, decoded now unless an earlier stage of this delivery has left them.
    ///
    /// - Throws: ``StageFailure``: `corrupt` when nothing can be decoded, `tooLarge` for more than the limit.
    func decode(_ path: String, into directory: String) async throws -> SampleFile {
        let target = Self.target(directory)
        if let done = SampleFile(target) { return done }
        let limit = Int(self.limits.duration.components.seconds)
        let raw = "\(target).part"
        FileCheck.remove(raw)
        // One second more than allowed tells a recording that is too long from one that is not.
        let arguments =
            ["-nostdin", "-v", "error"] + MediaInspector.inputOptions
            + ["-i", path, "-map", "0:a:0", "-vn", "-sn", "-dn", "-t", "\(limit + 1)", "-ac", "1", "-ar", "\(SampleFile.rate)"]
            + ["-f", "s16le", "-y", raw]
        let result = try await self.tools.run(
            "ffmpeg", arguments, reading: [path], writing: directory,
            limits: ChildLimits(
                cpuSeconds: 300 + limit / 4, addressSpaceBytes: 2 << 30, fileSizeBytes: (limit + 60) * SampleFile.rate * 2,
                outputBytes: 1 << 20, wall: .seconds(1_200 + limit)))
        defer { FileCheck.remove(raw) }
        if case .signalled(let signal) = result.outcome {
            throw StageFailure(
                signal == 9 ? .killed : .readerCrashed, "ffmpeg was ended by signal \(signal).", detail: result.errorOutput.text)
        }
        // The exit status says little: what could be decoded of a damaged file is there with either.
        guard let samples = SampleFile(raw), samples.count > 0 else {
            throw StageFailure(.corrupt, "Nothing of the audio track can be decoded.", detail: result.errorOutput.text)
        }
        guard samples.durationMs <= limit * 1000 else {
            throw StageFailure(.tooLarge, "The recording lasts longer than the limit of \(ClockText.of(limit * 1000)).")
        }
        guard FileCheck.link(raw, target), let done = SampleFile(target) else {
            throw StageFailure(.environment, "The work directory cannot be written.")
        }
        return done
    }

    static func target(_ directory: String) -> String { "\(directory)/audio.s16" }
}
