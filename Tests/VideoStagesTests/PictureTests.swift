import Foundation
import Testing
@testable import VideoStages

@Suite struct PictureTests {
    /// A gray picture of 1280x720 through a filter.
    static func picture(_ source: String, _ filter: String, maker: VideoMaker) async throws -> GrayPicture {
        let path = maker.path("picture.pgm")
        try await VideoMaker.ffmpeg([
            "-f", "lavfi", "-i", source, "-vf", filter, "-frames:v", "1", "-pix_fmt", "gray", "-update", "1", path,
        ])
        return try #require(GrayPicture(contentsOf: path))
    }

    @Test func `pictures with text of any size and shade are passed on, blank and soft ones are not`() async throws {
        try await VideoHarness.withMaker { maker in
            let text = "drawtext=fontfile=\(VideoMaker.fonts)DejaVuSans-Bold.ttf:x=20:y=20:text=Text"
            let readable = [
                ("color=white:s=426x240", "\(text):fontsize=9:fontcolor=0xd8d8d8,scale=1280:720"),
                ("color=black:s=1280x720", "\(text):fontsize=12:fontcolor=0x303030"), ("color=white:s=1280x720", "\(text):fontsize=400"),
                ("gradients=s=1280x720:c0=navy:c1=teal", "\(text):fontsize=24:fontcolor=white"),
            ]
            for (source, filter) in readable {
                let measure = PictureMeasure(try await Self.picture(source, filter, maker: maker))
                #expect(measure.mayHoldText, "\(source) \(filter): \(measure)")
            }
            for (source, filter) in [
                ("color=white:s=1280x720", "null"), ("gradients=s=1280x720:c0=black:c1=white", "null"),
                ("mandelbrot=s=1280x720", "gblur=sigma=20"), ("color=gray:s=1280x720,noise=alls=2", "null"),
            ] {
                let measure = PictureMeasure(try await Self.picture(source, filter, maker: maker))
                #expect(!measure.mayHoldText, "\(source) \(filter): \(measure)")
            }
        }
    }

    @Test func `hashes bear scaling and compression, and tell other pictures`() async throws {
        try await VideoHarness.withMaker { maker in
            let source = "testsrc2=s=1280x720"
            let hash = PerceptualHash.of(CellGrid(try await Self.picture(source, "null", maker: maker)))
            let small = PerceptualHash.of(CellGrid(try await Self.picture(source, "scale=320:180,eq=brightness=0.05", maker: maker)))
            let other = PerceptualHash.of(CellGrid(try await Self.picture(source, "hflip", maker: maker)))
            #expect(PerceptualHash.distance(hash, small) < PerceptualHash.nearDuplicate)
            #expect(PerceptualHash.distance(hash, other) > 15)
        }
    }

    @Test func `a PGM that is cut off is none`() throws {
        let picture = GrayPicture(width: 40, height: 30, pixels: [UInt8](repeating: 9, count: 1200))
        let path = NSTemporaryDirectory() + "/picture-\(UUID().uuidString).pgm"
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(picture.write(to: path))
        #expect(GrayPicture(contentsOf: path)?.pixels == picture.pixels)
        try Data(contentsOf: URL(fileURLWithPath: path)).prefix(900).write(to: URL(fileURLWithPath: path))
        #expect(GrayPicture(contentsOf: path) == nil)
    }
}
