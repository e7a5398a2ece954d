internal import StageTools
internal import Subprocess

/// What times are written with on a contact sheet.
enum LabelFont {
    /// The path of a font, if ffmpeg can write text into pictures and one of the usual fonts is installed.
    static func find(tools: ToolBox) async -> String? {
        guard let font = Self.usual.first(where: { FileCheck.size($0) != nil }) else { return nil }
        let limits = ChildLimits(
            cpuSeconds: 10, addressSpaceBytes: 2 << 30, fileSizeBytes: 1 << 20, outputBytes: 1 << 20, wall: .seconds(40))
        // Without ffmpeg nothing is written; the stage itself says that it is missing.
        let filters = try? await tools.run("ffmpeg", ["-nostdin", "-v", "error", "-hide_banner", "-filters"], reading: [], limits: limits)
        return filters?.text.contains(" drawtext ") == true ? font : nil
    }

    private static let usual = [
        "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
        "/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf", "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
        "/usr/share/fonts/opentype/noto/NotoSans-Regular.ttf", "/usr/share/fonts/truetype/freefont/FreeSans.ttf",
    ]
}
