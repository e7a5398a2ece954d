import Glibc

/// Whether a gray page is strewn with speckles, as bad scanners and copies of copies have them: found by looking at a sixteenth of its rows.
///
/// A speckle is dark and has nothing dark around it: letters, even full stops at 300 dots an inch, are larger. One pixel in two thousand is
/// enough to spoil letters here and there, which tesseract does not notice: at 2 % of salt and pepper it is sure of a page with one
/// character in forty wrong. The speckles have to lie everywhere: a picture made of dots lies somewhere.
enum SpeckleMeasure {
    private static let dark: UInt8 = 128
    private static let rowStep = 16
    /// The page is looked at in so many columns and rows of fields.
    private static let fields = 8
    /// Pixels for each speckle.
    private static let rarest = 2_000

    /// False also for what is no binary PGM.
    static func isSpeckled(_ path: String) -> Bool {
        guard let (width, height) = FileCheck.graySize(path), width >= 256, height >= 256, let size = FileCheck.size(path) else {
            return false
        }
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return false }
        defer { close(file) }
        // The pixels are what the file ends with.
        let start = size - width * height
        var speckles = [Int](repeating: 0, count: Self.fields * Self.fields)
        var looked = [Int](repeating: 0, count: Self.fields * Self.fields)
        var band = [UInt8](repeating: 0, count: 5 * width)
        for row in stride(from: 2, to: height - 2, by: Self.rowStep) {
            let count = band.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, start + (row - 2) * width) }
            guard count == band.count else { return false }
            band.withUnsafeBufferPointer { band in
                for field in 0..<Self.fields {
                    let from = max(2, width * field / Self.fields)
                    let to = min(width - 2, width * (field + 1) / Self.fields)
                    let place = row * Self.fields / height * Self.fields + field
                    looked[place] += to - from
                    speckles[place] += Self.speckles(band, width: width, from: from, to: to)
                }
            }
        }
        let strewn = (0..<speckles.count).count { speckles[$0] * Self.rarest > looked[$0] }
        return strewn * 4 >= speckles.count * 3
    }

    /// Dark pixels in the middle of five rows whose neighbours two pixels away are all light.
    private static func speckles(_ band: UnsafeBufferPointer<UInt8>, width: Int, from: Int, to: Int) -> Int {
        var found = 0
        var column = from
        while column < to {
            if band[2 * width + column] < Self.dark, Self.isAlone(band, width: width, column: column) { found += 1 }
            column += 1
        }
        return found
    }

    private static func isAlone(_ band: UnsafeBufferPointer<UInt8>, width: Int, column: Int) -> Bool {
        for offset in -2...2 {
            if band[column + offset] < Self.dark || band[4 * width + column + offset] < Self.dark { return false }
            let row = (2 + offset) * width + column
            if band[row - 2] < Self.dark || band[row + 2] < Self.dark { return false }
        }
        return true
    }
}
