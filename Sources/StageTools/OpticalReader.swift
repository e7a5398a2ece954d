package import Subprocess

/// Recognises the text of page pictures with tesseract, and tries harder when it reads badly.
///
/// ```
/// gray and strewn with speckles? ─ yes ─▶ without them, read ─ sure ─▶ done
///   │ no                                         └─ doubtful ─┐
///   └─▶ read ─ sure ─▶ done                                   ▼
///         └─ doubtful ─▶ what was not tried yet: as it is, without speckles, turned upright ─▶ the best of them
/// ```
/// Sure is a page of five words and a confidence of 90. Each further reading costs as much as the first, and to ask for the orientation costs
/// more: it is asked only of pages that are poor, below 70, and before the filter where there are no speckles for it to take away.
/// To read a noisy scan without its speckles first saves a reading, and gives the better text: tesseract is sure of wrong letters too.
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
        let plain = "\(scratch)/gray.pgm"
        let clean = "\(scratch)/clean.pgm"
        let turned = "\(scratch)/turned.pgm"
        defer { for made in [plain, clean, turned] { FileCheck.remove(made) } }
        var best = TesseractPage()
        var isCleaned = false
        if SpeckleMeasure.isSpeckled(picture), try await self.despeckle(picture, to: clean) {
            best = try await self.recognize(clean, dpi: dpi ?? 300)
            isCleaned = true
            guard best.isDoubtful else { return best }
        }
        let asIs = try await self.recognize(picture, index: index, dpi: dpi)
        best = isCleaned ? best.or(asIs) : asIs
        guard best.isDoubtful, try await gray(plain) else { return best }
        // The back of a sheet: there is nothing to try harder for.
        if best.words == 0, FileCheck.isBlank(isCleaned ? clean : plain) { return best }

        let isSpeckled = isCleaned || SpeckleMeasure.isSpeckled(plain)
        var isAsked = false
        if best.isPoor, !isSpeckled {
            isAsked = true
            if let turn = try await self.orientation(plain, dpi: dpi) {
                best = best.or(try await self.read(plain, turnedBy: turn, to: turned, dpi: dpi))
                guard best.isDoubtful else { return best }
            }
        }
        if !isCleaned, try await self.despeckle(plain, to: clean) {
            isCleaned = true
            best = best.or(try await self.recognize(clean, dpi: dpi ?? 300))
        }
        let upright = isSpeckled && isCleaned ? clean : plain
        if best.isPoor, !isAsked, let turn = try await self.orientation(upright, dpi: dpi) {
            best = best.or(try await self.read(upright, turnedBy: turn, to: turned, dpi: dpi))
        }
        return best
    }

    private func read(_ picture: String, turnedBy degrees: Int, to target: String, dpi: Int?) async throws -> TesseractPage {
        _ = try await self.tools.extract(
            "rotate-\(degrees)", picture, options: [target], writing: Self.folder(target), limits: Self.pictureLimits)
        return try await self.recognize(target, dpi: dpi ?? 300)
    }

    private func recognize(_ picture: String, index: Int? = nil, dpi: Int?) async throws -> TesseractPage {
        var arguments = [picture, "stdout", "-l", self.languages, "--psm", "3"]
        if let dpi { arguments += ["--dpi", "\(dpi)"] }
        if let index { arguments += ["-c", "tessedit_page_number=\(index)"] }
        let result = try await self.tools.run("tesseract", arguments + ["tsv"], reading: [picture], limits: Self.readLimits)
        guard result.outcome.isSuccess else { throw Self.failure(result, "tesseract") }
        return TesseractPage(tsv: result.text)
    }

    /// The same filter as ``GrayImage/despeckled()``. ffmpeg is faster, but need not be there, nor know all of its filters.
    private func despeckle(_ picture: String, to target: String) async throws -> Bool {
        if self.tools.has("ffmpeg") {
            let result = try await self.tools.run(
                "ffmpeg",
                [
                    "-nostdin", "-v", "error", "-y", "-protocol_whitelist", "file", "-f", "pgm_pipe", "-i", picture, "-vf",
                    "removegrain=4,removegrain=4,gblur=sigma=1.5", "-pix_fmt", "gray", "-f", "image2", "-update", "1", "-frames:v", "1",
                    target,
                ], reading: [picture], writing: Self.folder(target), limits: Self.pictureLimits)
            if result.outcome.isSuccess, FileCheck.graySize(target) != nil { return true }
            FileCheck.remove(target)
        }
        _ = try await self.tools.extract("despeckle", picture, options: [target], writing: Self.folder(target), limits: Self.pictureLimits)
        return true
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
