internal import AudioStages
internal import Subprocess

/// What every run of ffmpeg on a submitted video has in common.
enum MediaCommand {
    /// What comes before `-i`.
    ///
    /// - Parameter pixels: decoders refuse larger pictures, also when the size changes in the middle.
    static func input(_ path: String, pixels: Int, options: [String] = []) -> [String] {
        [
            "-nostdin", "-v", "error", "-y", "-protocol_whitelist", "file", "-format_whitelist", MediaContainers.whitelist,
            "-max_pixels", "\(pixels)",
        ] + options + ["-i", path]
    }

    /// Moving pictures only: cover art is no video, and nothing else is decoded.
    static let pictures = ["-map", "0:V:0", "-an", "-sn", "-dn"]

    /// For a pass over the whole video: computing time and clock in proportion to what it lasts. 4K in H.265 decodes at about half its
    /// speed on one core.
    static func passLimits(seconds: Int, output: Int) -> ChildLimits {
        ChildLimits(
            cpuSeconds: 60 + 4 * seconds, addressSpaceBytes: 4 << 30, fileSizeBytes: output, outputBytes: 1 << 20,
            wall: .seconds(120 + 6 * seconds))
    }

    /// For one picture out of it.
    static let pictureLimits = ChildLimits(
        cpuSeconds: 120, addressSpaceBytes: 4 << 30, fileSizeBytes: 64 << 20, outputBytes: 1 << 20, wall: .seconds(300))

    /// The size that text is read at: small pictures are enlarged up to three times, those over 1920 made smaller. Pixels become square.
    static let readingSize = Self.scale(to: Self.factor)

    /// At most 1280 pixels on the longer side, pixels square.
    static let posterSize = Self.scale(to: "min(1,1280/\(Self.longer))")

    private static let longer = "max(iw*sar,ih)"
    private static let factor =
        "if(gt(\(Self.longer),1920),1920/\(Self.longer),if(lt(\(Self.longer),1280),min(1280/\(Self.longer),3),1))"

    /// In one step, so that a file that claims pixels of absurd shape is never blown up on the way.
    private static func scale(to factor: String) -> String {
        "scale=w='max(16,trunc(iw*sar*\(factor)))':h='max(16,trunc(ih*\(factor)))':flags=bicubic,setsar=1"
    }
}
