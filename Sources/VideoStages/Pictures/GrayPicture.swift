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

    /// Means of `columns` x `rows` parts, row by row. Parts of a picture smaller than that share pixels.
    func means(columns: Int, rows: Int) -> [UInt8] {
        var means: [UInt8] = []
        means.reserveCapacity(columns * rows)
        self.pixels.withUnsafeBufferPointer { pixels in
            for row in 0..<rows {
                let top = row * self.height / rows
                let bottom = max(top + 1, (row + 1) * self.height / rows)
                for column in 0..<columns {
                    let left = column * self.width / columns
                    let right = max(left + 1, (column + 1) * self.width / columns)
                    var sum = 0
                    var y = top
                    while y < bottom {
                        var x = left
                        while x < right {
                            sum += Int(pixels[y * self.width + x])
                            x += 1
                        }
                        y += 1
                    }
                    means.append(UInt8(sum / ((bottom - top) * (right - left))))
                }
            }
        }
        return means
    }
}
