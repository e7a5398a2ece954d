import Glibc
internal import StageTools

/// A gray picture in memory.
struct GrayPicture: Sendable {
    let width: Int
    let height: Int
    /// Gray levels, row by row, `width * height` of them.
    let pixels: [UInt8]

    init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0 && pixels.count == width * height, "pixels must fill the picture")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// Reads a binary PGM with 256 levels; nil for anything else, and for one that is cut off.
    init?(contentsOf path: String) {
        guard let size = FileCheck.graySize(path), let bytes = FileCheck.read(path, maximum: 256 << 20) else { return nil }
        // The pixels are what ends the file.
        let count = size.width * size.height
        self.init(width: size.width, height: size.height, pixels: Array(bytes.suffix(count)))
    }

    /// The bright parts in black on white: the ink of subtitles, whose ground is anything. Nil when there are none, or when they are most of
    /// the picture and so its ground.
    var brightInk: GrayPicture? {
        let ink = self.pixels.map { $0 >= Self.brightLevel ? UInt8(0) : 255 }
        let count = ink.count { $0 == 0 }
        return count * 2_000 > ink.count && count * 4 < ink.count ? GrayPicture(width: self.width, height: self.height, pixels: ink) : nil
    }

    private static let brightLevel: UInt8 = 225

    /// Writes a binary PGM; false when the disk does not take it.
    func write(to path: String) -> Bool {
        guard let file = fopen(path, "wbe") else { return false }
        let header = Array("P5\n\(self.width) \(self.height)\n255\n".utf8)
        let written = fwrite(header, 1, header.count, file) + fwrite(self.pixels, 1, self.pixels.count, file)
        return fclose(file) == 0 && written == header.count + self.pixels.count
    }

    /// Means of `columns` x `rows` parts, row by row. Parts of a picture smaller than that share pixels; of large parts every few pixels in
    /// each direction will do.
    func means(columns: Int, rows: Int) -> [UInt8] {
        var means: [UInt8] = []
        means.reserveCapacity(columns * rows)
        self.pixels.withUnsafeBufferPointer { pixels in
            for row in 0..<rows {
                let top = row * self.height / rows
                let bottom = max(top + 1, (row + 1) * self.height / rows)
                let down = max(1, (bottom - top) / 12)
                for column in 0..<columns {
                    let left = column * self.width / columns
                    let right = max(left + 1, (column + 1) * self.width / columns)
                    let along = max(1, (right - left) / 12)
                    var sum = 0
                    var count = 0
                    var y = top
                    while y < bottom {
                        var x = left
                        while x < right {
                            sum += Int(pixels[y * self.width + x])
                            count += 1
                            x += along
                        }
                        y += down
                    }
                    means.append(UInt8(sum / count))
                }
            }
        }
        return means
    }
}
