internal import JSONText
internal import StageTools
internal import Subprocess

/// Asks ffprobe what a file is. The formats that it may open are ``MediaContainers``; it has no network and no protocol but files.
struct MediaInspector: Sendable {
    let tools: ToolBox

    /// What ffmpeg's programs are told before `-i`. Everything that opens the submitted file begins with these.
    static let inputOptions = ["-protocol_whitelist", "file", "-format_whitelist", MediaContainers.whitelist]

    private static let limits = ChildLimits(
        cpuSeconds: 60, addressSpaceBytes: 2 << 30, fileSizeBytes: 1 << 20, outputBytes: 16 << 20, wall: .seconds(240))
    private static let scanLimits = ChildLimits(
        cpuSeconds: 300, addressSpaceBytes: 2 << 30, fileSizeBytes: 1 << 20, outputBytes: 16 << 20, wall: .seconds(1_200))

    /// - Throws: ``StageFailure``: `unsupported` for a file of another kind, `corrupt` for one that cannot be made out.
    func report(on path: String) async throws -> MediaReport {
        let arguments = ["-v", "error", "-hide_banner"] + Self.inputOptions + ["-show_format", "-show_streams", "-of", "json", "-i", path]
        let result = try await self.tools.run("ffprobe", arguments, reading: [path], limits: Self.limits)
        if case .signalled(let signal) = result.outcome {
            throw StageFailure(
                signal == 9 ? .killed : .readerCrashed, "ffprobe was ended by signal \(signal).", detail: result.errorOutput.text)
        }
        // The parser throws for damaged output, which says the same as no output.
        let report = result.outcome.isSuccess ? (try? JSONValue(parsing: result.output)).flatMap(MediaReport.init(json:)) : nil
        // A score of a few points is what ffmpeg gives to noise in which it saw something like two frames of MP3.
        guard let report, report.score >= 5 else { throw await self.refusal(path, said: result.errorOutput.text) }
        return report
    }

    /// How long a file is that claims to be too long: read to its end without decoding, so that a header alone condemns nobody. In
    /// milliseconds; nil when it cannot be read.
    func measuredDuration(of path: String) async throws -> Int? {
        let arguments =
            ["-nostdin", "-v", "error"] + Self.inputOptions + [
                "-i", path, "-map", "0:a:0?", "-map", "0:v:0?", "-c", "copy", "-progress", "-",
            ]
            + ["-f", "null", "-"]
        let result = try await self.tools.run("ffmpeg", arguments, reading: [path], limits: Self.scanLimits)
        let lines = result.text.split(whereSeparator: \.isNewline)
        let last = lines.last { $0.hasPrefix("out_time_us=") }.flatMap { Int($0.dropFirst(12)) }
        return last.map { max(0, $0 / 1000) }
    }

    private func refusal(_ path: String, said: String) async -> StageFailure {
        if let name = FileLookalike.name(of: path) {
            return StageFailure(.unsupported, "The file is \(name) and no recording.", detail: said)
        }
        if said.contains("not on whitelist") {
            return StageFailure(.unsupported, "The file is of a kind that is not opened as a recording.", detail: said)
        }
        if let type = await self.mimeType(of: path), !type.hasPrefix("audio/"), !type.hasPrefix("video/") {
            return StageFailure(.unsupported, "The file is no recording (\(type)).", detail: said)
        }
        return StageFailure(.corrupt, "The file cannot be read as a recording: it is damaged, cut off, or something else.", detail: said)
    }

    /// What libmagic thinks; nil when it is not installed or has no idea.
    private func mimeType(of path: String) async -> String? {
        guard self.tools.has("file") else { return nil }
        // The file is refused already; this only finds better words for it.
        let result = try? await self.tools.run("file", ["--brief", "--mime-type", "--", path], reading: [path], limits: Self.limits)
        guard let result, result.outcome.isSuccess else { return nil }
        let type = String(result.text.prefix { !$0.isWhitespace })
        return type.contains("/") && type != "application/octet-stream" ? type : nil
    }
}
