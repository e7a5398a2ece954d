internal import StageTools
internal import Subprocess

/// Recognises the text of one picture of a video.
///
/// Unlike a scan, it is clean and upright, and mostly there is nothing to read in it. So the picture is read as a page. When that gives
/// nothing, what is bright is looked at alone: subtitles over a moving picture are found so. It has to be surer then.
struct ScreenReader: Sendable {
    let tools: ToolBox
    /// Tesseract's names, joined by `+`.
    let languages: String

    /// A texture keeps tesseract busy for a minute; text of a full screen takes two seconds.
    private static let limits = ChildLimits(
        cpuSeconds: 20, addressSpaceBytes: 1 << 30, fileSizeBytes: 1 << 20, outputBytes: 32 << 20, wall: .seconds(120))

    /// - Parameter picture: a PGM at `path`.
    func lines(in picture: GrayPicture, at path: String) async throws -> [ScreenLine] {
        guard PictureMeasure(picture).mayHoldText else { return [] }
        let page = try await self.read(picture, path, mode: 3, bar: .page)
        if !page.isEmpty { return page }
        guard let ink = picture.brightInk else { return [] }
        let target = "\(path).ink.pgm"
        defer { FileCheck.remove(target) }
        guard ink.write(to: target) else { throw StageFailure(.diskFull, "The work directory cannot be written.") }
        return try await self.read(ink, target, mode: 11, bar: .sparse)
    }

    private func read(_ picture: GrayPicture, _ path: String, mode: Int, bar: TesseractLines.Bar) async throws -> [ScreenLine] {
        do {
            let result = try await self.tools.run(
                "tesseract", [path, "stdout", "-l", self.languages, "--psm", "\(mode)", "--dpi", "96", "tsv"], reading: [path],
                limits: Self.limits)
            guard result.outcome.isSuccess else { throw OpticalReader.failure(result, "tesseract") }
            return TesseractLines(tsv: result.text, width: picture.width, height: picture.height, bar: bar).lines
        } catch let failure as StageFailure where failure.code == .tooLarge {
            // Text never takes so long.
            return []
        }
    }
}
