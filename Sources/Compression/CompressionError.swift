/// Why bytes could not be packed or unpacked. Nothing is kept of the output then.
public struct CompressionError: Error, Sendable, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        private enum Kind { case corrupt, truncated, tooLarge, outOfMemory }
        private let kind: Kind
        /// The input is not what its format says, or a check sum is wrong.
        public static let corrupt = Self(kind: .corrupt)
        /// The input ends before the stream does.
        public static let truncated = Self(kind: .truncated)
        /// The output would pass the cap that the caller gave.
        public static let tooLarge = Self(kind: .tooLarge)
        /// zlib could not allocate its window.
        public static let outOfMemory = Self(kind: .outOfMemory)
    }
    public let code: Code
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}

/// The wrapping around a deflate stream.
public enum CompressionFormat: Sendable {
    /// No header and no check sum: what a ZIP archive holds.
    case raw
    /// RFC 1950.
    case zlib
    /// RFC 1952.
    case gzip

    var windowBits: Int32 {
        switch self {
        case .raw: -15
        case .zlib: 15
        case .gzip: 31
        }
    }
}
