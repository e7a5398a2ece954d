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
    /// All channels are mixed into one. Where two of them are opposite, which a balanced line that is wired wrongly gives, the mix is silent
    /// or a residue; a mix of several channels that is quieter than speech is compared with the first channel alone.
    ///
    /// - Parameter channels: of the track.
    /// - Throws: ``StageFailure``: `corrupt` when nothing can be decoded, `tooLarge` for more than the limit.
    func decode(_ path: String, channels: Int, into directory: String) async throws -> SampleFile {
        let target = Self.target(directory)
        if let done = SampleFile(target) { return done }
        let mix = "\(target).part"
        let first = "\(target).first"
        defer {
            FileCheck.remove(mix)
            FileCheck.remove(first)
        }
        var chosen = try await self.decode(path, ["-ac", "1"], to: mix, in: directory)
        let loudness = channels > 1 ? try LoudnessMeter.measure(chosen).loudness ?? Self.silent : 0
        if loudness < Self.quiet {
            let alone = try await self.decode(path, ["-af", "pan=mono|c0=c0"], to: first, in: directory)
            if (try LoudnessMeter.measure(alone).loudness ?? Self.silent) > loudness + Self.clearly { chosen = alone }
        }
        guard FileCheck.link(chosen.path, target), let done = SampleFile(target) else {
            throw StageFailure(.environment, "The work directory cannot be written.")
        }
        return done
    }

    /// Mixes below this, in LUFS, are looked into; speech at arm's length is at -40 or above.
    private static let quiet = -40.0
    /// LU by which one channel must be louder than the mix, which half the gain does not explain.
    private static let clearly = 12.0
    /// What counts as the loudness of silence.
    private static let silent = -90.0

    private func decode(_ path: String, _ channels: [String], to raw: String, in directory: String) async throws -> SampleFile {
        let limit = Int(self.limits.duration.components.seconds)
        FileCheck.remove(raw)
        // One second more than allowed tells a recording that is too long from one that is not.
        let arguments =
            ["-nostdin", "-v", "error"] + MediaInspector.inputOptions
            + ["-i", path, "-map", "0:a:0", "-vn", "-sn", "-dn", "-t", "\(limit + 1)"] + channels
            + ["-ar", "\(SampleFile.rate)", "-f", "s16le", "-y", raw]
        let result = try await self.tools.run(
            "ffmpeg", arguments, reading: [path], writing: directory,
            limits: ChildLimits(
                cpuSeconds: 300 + limit / 4, addressSpaceBytes: 2 << 30, fileSizeBytes: (limit + 60) * SampleFile.rate * 2,
                outputBytes: 1 << 20, wall: .seconds(1_200 + limit)))
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
        return samples
    }

    static func target(_ directory: String) -> String { "\(directory)/audio.s16" }
}
