@testable import DocumentFormats
import Testing

@Suite struct ImageTests {
    @Test func `turning is undone by turning on`() throws {
        let image = GrayImage(width: 3, height: 2, pixels: [1, 2, 3, 4, 5, 6])
        #expect(image.rotated(by: 90).pixels == [4, 1, 5, 2, 6, 3])
        #expect(image.rotated(by: 90).width == 2)
        #expect(image.rotated(by: 90).rotated(by: 270).pixels == image.pixels)
        #expect(image.rotated(by: 180).pixels == [6, 5, 4, 3, 2, 1])
    }

    @Test func `speckles go and edges stay`() {
        var pixels = [UInt8](repeating: 255, count: 40 * 40)
        for row in 0..<40 { for column in 20..<40 { pixels[row * 40 + column] = 0 } }
        pixels[10 * 40 + 10] = 0
        pixels[30 * 40 + 30] = 255
        let clean = GrayImage(width: 40, height: 40, pixels: pixels).despeckled()
        #expect(clean.pixels[10 * 40 + 10] > 250)
        #expect(clean.pixels[30 * 40 + 30] < 5)
        #expect(clean.pixels[20 * 40 + 12] > 250 && clean.pixels[20 * 40 + 28] < 5)
    }

    @Test func `a picture survives its file`() throws {
        let image = GrayImage(width: 5, height: 3, pixels: (0..<15).map { UInt8($0 * 10) })
        let read = try withFile([]) { path in
            try image.write(to: path)
            return try GrayImage(path: path)
        }
        #expect(read.pixels == image.pixels && read.width == 5)
    }

    @Test(
        arguments: [
            ([0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 2, 1, 3, 0], 258, 3),
            (Array("P6 # c\n12 34\n255\n".utf8), 12, 34),
            ([0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 0, 0, 0xFF, 0xC2, 0, 11, 8, 1, 0, 2, 0], 512, 256),
        ] as [([UInt8], Int, Int)])
    func `sizes are read from headers`(bytes: [UInt8], width: Int, height: Int) throws {
        let image = try withFile(bytes) { try FormatDetector.detect(path: $0).image }
        #expect(image?.width == width && image?.height == height)
    }
}
