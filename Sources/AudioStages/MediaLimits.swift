/// What a recording may be.
public struct MediaLimits: Sendable, Hashable {
    /// Larger files are refused for good.
    public var fileBytes: Int
    /// Longer recordings are refused for good.
    public var duration: Duration
    /// Larger pictures in a video are refused for good.
    public var pixels: Int
    /// Pictures of one video that are looked at, at most.
    public var frames: Int

    public init(
        fileBytes: Int = 4 << 30, duration: Duration = .seconds(6 * 3600), pixels: Int = 40_000_000, frames: Int = 200
    ) {
        self.fileBytes = fileBytes
        self.duration = duration
        self.pixels = pixels
        self.frames = frames
    }
}
