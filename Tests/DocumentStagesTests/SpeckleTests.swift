import Foundation
@testable import StageTools
import Testing

@Suite struct SpeckleTests {
    private static let width = 1_000
    private static let height = 1_400

    /// A white page with lines of black bars, and full stops of four pixels behind them.
    private static func page() -> [UInt8] {
        var pixels = [UInt8](repeating: 255, count: width * height)
        func ink(_ rows: Range<Int>, _ columns: Range<Int>) {
            for row in rows { for column in columns { pixels[row * Self.width + column] = 20 } }
        }
        for line in stride(from: 100, to: 1_300, by: 40) {
            for column in stride(from: 80, to: 900, by: 30) { ink(line..<line + 20, column..<column + 14) }
            for column in stride(from: 100, to: 900, by: 90) { ink(line + 16..<line + 20, column..<column + 4) }
        }
        return pixels
    }

    private func isSpeckled(_ pixels: [UInt8], height: Int = height, cut: Int = 0) throws -> Bool {
        let path = NSTemporaryDirectory() + "speckles-\(UUID().uuidString).pgm"
        defer { FileCheck.remove(path) }
        let bytes = Array("P5\n\(Self.width) \(height)\n255\n".utf8) + pixels
        try #require(FileCheck.write(Array(bytes.dropLast(cut)), to: path))
        return SpeckleMeasure.isSpeckled(path)
    }

    /// Black pixels in rows and columns of the given ranges, one in `share`.
    private func strewn(_ pixels: [UInt8], one share: Int, _ rows: Range<Int>, _ columns: Range<Int>) -> [UInt8] {
        var pixels = pixels
        var state: UInt64 = 7
        for row in rows {
            for column in columns {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                if state >> 33 % UInt64(share) == 0 { pixels[row * Self.width + column] = 0 }
            }
        }
        return pixels
    }

    @Test func `a clean page with full stops is not speckled`() throws {
        #expect(try !self.isSpeckled(Self.page()))
        #expect(try !self.isSpeckled([UInt8](repeating: 255, count: Self.width * Self.height)))
        #expect(try !self.isSpeckled([UInt8](repeating: 0, count: Self.width * Self.height)))
    }

    @Test(arguments: [400, 100, 20]) func `one with dust everywhere is`(share: Int) throws {
        #expect(try self.isSpeckled(self.strewn(Self.page(), one: share, 0..<Self.height, 0..<Self.width)))
    }

    @Test func `a little dust, or a picture made of dots, does not make a page speckled`() throws {
        #expect(try !self.isSpeckled(self.strewn(Self.page(), one: 20_000, 0..<Self.height, 0..<Self.width)))
        #expect(try !self.isSpeckled(self.strewn(Self.page(), one: 20, 0..<Self.height / 2, 0..<Self.width)))
    }

    @Test func `what is no picture, too small or cut off is not speckled`() throws {
        let dusty = self.strewn(Self.page(), one: 50, 0..<Self.height, 0..<Self.width)
        #expect(try self.isSpeckled(dusty))
        #expect(try !self.isSpeckled(dusty, cut: 300_000))
        #expect(try !self.isSpeckled(Array(dusty.prefix(100 * Self.width)), height: 100))
        #expect(!SpeckleMeasure.isSpeckled("\(PipelineHarness.samples)/notice-board.png"))
        #expect(!SpeckleMeasure.isSpeckled("/nonexistent"))
    }
}
