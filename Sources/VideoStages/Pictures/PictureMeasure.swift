/// What can be said of a gray picture without recognising anything in it.
struct PictureMeasure: Sendable, Hashable {
    /// Mean gray level, 0 to 255.
    var brightness = 0.0
    /// Standard deviation of the gray levels.
    var contrast = 0.0
    /// Share of pixels that differ sharply from their right-hand neighbour, 0 to 1.
    var edges = 0.0
    /// Fields of 16x8 pixels with strokes as letters have them, dark and light in turn, and with another such field close by in their row.
    var textBands = 0

    /// Levels from one pixel to the next on the edge of a stroke, at least: pale gray on white that was enlarged three times.
    private static let stroke = 10
    private static let bandWidth = 16
    private static let bandHeight = 8

    init(_ picture: GrayPicture) {
        let width = picture.width
        let height = picture.height
        let across = (width + Self.bandWidth - 1) / Self.bandWidth
        var sum = 0
        var squares = 0
        var edges = 0
        var bands = 0
        var crossings = [Int](repeating: 0, count: across)
        picture.pixels.withUnsafeBufferPointer { pixels in
            var y = 0
            while y < height {
                let row = y * width
                var x = 0
                while x < width - 1 {
                    let level = Int(pixels[row + x])
                    sum += level
                    squares += level * level
                    let next = Int(pixels[row + x + 1])
                    if abs(next - level) > Self.stroke {
                        edges += 1
                        crossings[x / Self.bandWidth] += 1
                    }
                    x += 1
                }
                y += 1
                if (y + 1) % Self.bandHeight == 0 || y + 1 >= height {
                    bands += Self.runs(crossings)
                    for index in 0..<across { crossings[index] = 0 }
                }
                // Strokes are higher than a row: every second one will do.
                y += 1
            }
        }
        let count = Double(max(1, (width - 1) * ((height + 1) / 2)))
        self.brightness = Double(sum) / count
        self.contrast = max(0, Double(squares) / count - self.brightness * self.brightness).squareRoot()
        self.edges = Double(edges) / count
        self.textBands = bands
    }

    /// Whether tesseract may find a word. Errs on the side of yes: a picture too many costs a third of a second, one too few loses its text.
    var mayHoldText: Bool { self.textBands >= 2 }

    /// Of two pictures the more telling has more: neither black nor blank, rich in contrast and sharp.
    var appeal: Double {
        let isDim = self.brightness < 16 || self.brightness > 250
        return (min(self.contrast, 64) / 64 + min(self.edges, 0.1) / 0.1) * (isDim ? 0.25 : 1)
    }

    /// Fields with several crossings and another such field before them, not further away than the strokes of letters that fill the picture:
    /// one field alone is the edge of a thing.
    private static func runs(_ crossings: [Int]) -> Int {
        var runs = 0
        var last: Int?
        for (index, count) in crossings.enumerated() where count >= 3 {
            if let last, index - last <= 6 { runs += 1 }
            last = index
        }
        return runs
    }
}
