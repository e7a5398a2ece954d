/// What one untrusted file may cost.
public struct FormatLimits: Sendable, Equatable {
    /// Bytes of the file itself.
    public var fileBytes = 512 << 20
    /// Bytes that all entries of an archive may unpack to.
    public var inflatedBytes = 512 << 20
    /// Unpacked bytes for each packed byte, looked at once an entry has passed ``ratioFloor``.
    public var ratio = 100
    public var ratioFloor = 1 << 20
    /// Entries in one archive.
    public var entries = 10_000
    /// Bytes of UTF-8 text handed back.
    public var textBytes = 64 << 20
    public var pages = 5_000
    /// Levels of elements, parts or groups inside each other.
    public var depth = 256
    /// Attachments of one message.
    public var attachments = 1_000
    /// Pixels of one picture or page.
    public var pixels = 100_000_000

    public init() {}
}
