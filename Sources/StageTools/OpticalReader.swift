package import Subprocess

/// Recognises the text of page pictures with tesseract, and tries harder when it reads badly.
///
/// ```
/// read ── words ≥ 5 and confidence ≥ 90 ──────────────────────────▶ done
///   └─ else: without speckles, read ── still doubtful ─▶ turned, read ─▶ the best of them
/// ```
/// The second step takes a noisy scan from nothing recognised to 0.2 % wrong characters; it would harm a clean one.
package struct OpticalReader: Sendable {
    let tools: ToolBox
    /// Tesseract's names, joined by `+`.
    let languages: String

    package init(tools: ToolBox, languages: String) {
        self.tools = tools
        self.languages = languages
    }

    private static let readLimits = ChildLimits(
        cpuSeconds: 60, addressSpaceBytes: 1 << 30, fileSizeBytes: 256 << 20, outputBytes: 32 << 20, wall: .seconds(240))
    private static let pictureLimits = ChildLimits(
        cpuSeconds: 60, addressSpaceBytes: 2 << 30, fileSizeBytes: 512 << 20, outputBytes: 1 << 20, wall: .seconds(240))

    /// Reads one picture.
    ///
    /// - Parameters:
    ///   - picture: any format that tesseract reads; page `index` of it, from 0, if it has several.
    ///   - dpi: nil when the picture says it itself.
    ///   - scratch: a directory for intermediate pictures.
    ///   - gray: makes a PGM of the page at the given path, for the later steps; false when that cannot be done.
    package func read(
        _ picture: String, index: Int? = nil, dpi: Int?, scratch: String, gray: (_ target: String) async throws -> Bool
    ) async throws -> TesseractPage {
        let first = try await self.recognize(picture, index: index, dpi: dpi)
        guard first.isDoubtful else { return first }
        var best = first
        let plain = "\(scratch)/gray.pgm"
        let other = "\(scratch)/changed.pgm"
        defer {
            FileCheck.remove(plain)
            FileCheck.remove(other)
        }
        guard try await gray(plain) else { return best }
        // The back of a sheet: there is nothing to try harder for.
        if best.words == 0, FileCheck.isBlank(plain) { return best }
        if try await self.despeckle(plain, to: other) {
            let second = try await self.recognize(other, dpi: dpi ?? 300)
            if second.score > best.score { best = second }
        }
        if best.words < 5 || best.confidence < 70, let turn = try await self.orientation(plain, dpi: dpi) {
            FileCheck.remove(other)
            _ = try await self.tools.extract("rotate-\(turn)", plain, options: [other], writing: scratch, limits: Self.pictureLimits)
            let third = try await self.recognize(other, dpi: dpi ?? 300)
            if third.score > best.score { best = third }
        }
        return best
    }

    private func recognize(_ picture: String, index: Int? = nil, dpi: Int?) async throws -> TesseractPage {
        var arguments = [picture, "stdout", "-l", self.languages, "--psm", "3"]
        if let dpi { arguments += ["--dpi", "\(dpi)"] }
        if let index { arguments += ["-c", "tessedit_page_number=\(index)"] }
        let result = try await self.tools.run("tesseract", arguments + ["tsv"], reading: [picture], limits: Self.readLimits)
        guard result.outcome.isSuccess else { throw Self.failure(result, "tesseract") }
        return TesseractPage(tsv: result.text)
    }

    /// ffmpeg is twenty times as fast as our own filter in a debug build and twice in a release build, but need not be there.
    private func despeckle(_ picture: String, to target: String) async throws -> Bool {
        guard self.tools.has("ffmpeg") else {
            _ = try await self.tools.extract(
                "despeckle", picture, options: [target], writing: Self.folder(target), limits: Self.pictureLimits)
            return true
        }
        let result = try await self.tools.run(
            "ffmpeg",
            [
                "-nostdin", "-v", "error", "-y", "-protocol_whitelist", "file", "-f", "pgm_pipe", "-i", picture, "-vf",
                "median=radius=2,gblur=sigma=1.5", "-pix_fmt", "gray", "-f", "image2", "-update", "1", "-frames:v", "1", target,
            ], reading: [picture], writing: Self.folder(target), limits: Self.pictureLimits)
        return result.outcome.isSuccess && FileCheck.graySize(target) != nil
    }

    /// Degrees clockwise that set the page upright; nil when it is, or when tesseract cannot tell.
    private func orientation(_ picture: String, dpi: Int?) async throws -> Int? {
        let result = try await self.tools.run(
            "tesseract", [picture, "stdout", "--psm", "0", "--dpi", "\(dpi ?? 300)"], reading: [picture], limits: Self.readLimits)
        for line in result.text.split(whereSeparator: \.isNewline) where line.hasPrefix("Rotate: ") {
            return Int(line.dropFirst(8)).flatMap { [90, 180, 270].contains($0) ? $0 : nil }
        }
        return nil
    }

    package static func failure(_ result: ChildResult, _ tool: String) -> StageFailure {
        let detail = result.errorOutput.text
        if detail.contains("Failed loading language") || detail.contains("Error opening data file") {
            return StageFailure(.toolMissing, "tesseract lacks the data of a language (Debian packages tesseract-ocr-…).", detail: detail)
        }
        if case .signalled(let signal) = result.outcome {
            return StageFailure(signal == 9 ? .killed : .readerCrashed, "\(tool) was ended by signal \(signal).", detail: detail)
        }
        return StageFailure(.corrupt, "\(tool) cannot read the picture.", detail: detail)
    }

    private static func folder(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "/"
    }
}
