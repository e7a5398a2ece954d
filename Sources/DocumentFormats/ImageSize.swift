/// The pixels that a picture's header announces, read before anything decodes it.
public struct ImageSize: Sendable, Equatable {
    public var width: Int
    public var height: Int
    /// Pictures in one file; TIFF may have many. The size is that of the largest.
    public var pages: Int

    public init(width: Int, height: Int, pages: Int = 1) {
        self.width = width
        self.height = height
        self.pages = pages
    }

    /// - Throws: ``FormatError`` `corrupt` when the header ends too early or says nothing sensible.
    static func read(_ file: FileReader, kind: DocumentKind) throws(FormatError) -> ImageSize {
        let head = try file.read(at: 0, count: 64 << 10)
        let size: ImageSize? =
            switch kind {
            case .png: head.has("IHDR", at: 12) ? Self.size(head.big32(16), head.big32(20)) : nil
            case .gif: Self.size(head.little16(6), head.little16(8))
            case .bmp:
                head.little32(14) == 12
                    ? Self.size(head.little16(18), head.little16(20)) : Self.size(head.little32(18), Self.magnitude(head.little32(22)))
            case .webp: Self.webp(head)
            case .pnm: Self.pnm(head)
            case .jpeg: try Self.jpeg(file)
            case .tiff: try Self.tiff(file)
            default: nil
            }
        guard let size, size.width > 0, size.height > 0 else { throw FormatError(.corrupt, "The picture's header is damaged.") }
        return size
    }

    private static func size(_ width: Int?, _ height: Int?) -> ImageSize? {
        guard let width, let height else { return nil }
        return ImageSize(width: width, height: height)
    }

    /// The height of a bitmap stored top down is negative.
    private static func magnitude(_ value: Int?) -> Int? {
        value.map { $0 > 0x7FFF_FFFF ? 0x1_0000_0000 - $0 : $0 }
    }

    private static func webp(_ head: [UInt8]) -> ImageSize? {
        if head.has("VP8X", at: 12), head.count >= 30 {
            let width = Int(head[24]) | Int(head[25]) << 8 | Int(head[26]) << 16
            let height = Int(head[27]) | Int(head[28]) << 8 | Int(head[29]) << 16
            return ImageSize(width: width + 1, height: height + 1)
        }
        if head.has("VP8L", at: 12), let bits = head.little32(21) {
            return ImageSize(width: (bits & 0x3FFF) + 1, height: (bits >> 14 & 0x3FFF) + 1)
        }
        if head.has("VP8 ", at: 12), let width = head.little16(26), let height = head.little16(28) {
            return ImageSize(width: width & 0x3FFF, height: height & 0x3FFF)
        }
        return nil
    }

    private static func pnm(_ head: [UInt8]) -> ImageSize? {
        var numbers: [Int] = []
        var index = 2
        while index < head.count, numbers.count < 2 {
            if head[index] == 0x23 {
                while index < head.count, head[index] != 0x0A { index += 1 }
            } else if head[index] >= 0x30, head[index] <= 0x39 {
                var number = 0
                while index < head.count, head[index] >= 0x30, head[index] <= 0x39, number < 1 << 40 {
                    number = number * 10 + Int(head[index] - 0x30)
                    index += 1
                }
                numbers.append(number)
            } else {
                index += 1
            }
        }
        return numbers.count == 2 ? ImageSize(width: numbers[0], height: numbers[1]) : nil
    }

    private static func jpeg(_ file: FileReader) throws(FormatError) -> ImageSize? {
        var offset = 2
        for _ in 0..<10_000 {
            let marker = try file.read(at: offset, count: 9)
            guard marker.count >= 4, marker[0] == 0xFF else { return nil }
            if marker[1] == 0xFF {
                offset += 1
                continue
            }
            // Every start of frame but the tables that share its range.
            if (0xC0...0xCF).contains(marker[1]), ![0xC4, 0xC8, 0xCC].contains(marker[1]) {
                return Self.size(marker.big16(7), marker.big16(5))
            }
            guard let length = marker.big16(2), length >= 2 else { return nil }
            offset += 2 + length
        }
        return nil
    }

    private static func tiff(_ file: FileReader) throws(FormatError) -> ImageSize? {
        let head = try file.read(at: 0, count: 8)
        let isBig = head.has("MM")
        guard var offset = isBig ? head.big32(4) : head.little32(4) else { return nil }
        var largest = ImageSize(width: 0, height: 0, pages: 0)
        var seen: Set<Int> = []
        while offset != 0, seen.insert(offset).inserted, seen.count <= 10_000 {
            let countBytes = try file.read(at: offset, count: 2)
            guard let count = isBig ? countBytes.big16(0) : countBytes.little16(0) else { break }
            let directory = try file.read(at: offset + 2, count: count * 12 + 4)
            var width = 0
            var height = 0
            for entry in 0..<count {
                let at = entry * 12
                guard let tag = isBig ? directory.big16(at) : directory.little16(at), tag == 256 || tag == 257,
                    let type = isBig ? directory.big16(at + 2) : directory.little16(at + 2)
                else { continue }
                let value =
                    type == 3
                    ? (isBig ? directory.big16(at + 8) : directory.little16(at + 8))
                    : (isBig ? directory.big32(at + 8) : directory.little32(at + 8))
                if tag == 256 { width = value ?? 0 } else { height = value ?? 0 }
            }
            if Double(width) * Double(height) > Double(largest.width) * Double(largest.height) {
                largest.width = width
                largest.height = height
            }
            largest.pages += 1
            offset = (isBig ? directory.big32(count * 12) : directory.little32(count * 12)) ?? 0
        }
        return largest.pages > 0 ? largest : nil
    }
}
