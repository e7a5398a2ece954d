import Corpus
import Flotilla
import Foundation
import Testing
@testable import VideoStages

@Suite struct ScreenTextTests {
    static let texts = [
        "Quarterly results of the harbour\nContainer traffic rose by 12 percent\nFees for berths stay as they are",
        "How a queue survives a crash\nLeases expire and work is given back\nNothing is lost, nothing is done twice",
        "Contact and questions\nwrite to office@example.org\nRoom 204, second floor",
    ]

    @Test func `text of slides is read with less than one wrong character in a hundred`() async throws {
        try await VideoHarness.withMaker { maker in
            let styles: [(ground: String, ink: String, size: Int, font: String)] = [
                ("white", "black", 26, "DejaVuSans"), ("0x101830", "0xe0e0e0", 26, "DejaVuSans-Bold"),
                ("0xf4ecd8", "0x5a4632", 20, "DejaVuSerif"),
                ("black", "yellow", 16, "DejaVuSansMono"), ("0x2060a0", "white", 14, "DejaVuSans"),
                ("white", "0x707070", 13, "DejaVuSerif"),
            ]
            let slides = styles.enumerated().map { index, style in
                VideoMaker.Slide(
                    text: Self.texts[index % 3], seconds: 1.5, ground: style.ground, ink: style.ink, size: style.size, font: style.font)
            }
            let path = try await maker.slides(slides, to: "gold.mp4", options: ["-crf", "23"])
            let spans = try await VideoHarness.look(path).screen.spans
            #expect(spans.count == slides.count)
            for (index, span) in spans.enumerated() {
                #expect(abs(span.time.start - index * 1500) <= 100 && abs(span.time.end - (index + 1) * 1500) <= 100)
            }
            let rate = characterErrorRate(spans.map(\.text).joined(separator: "\n"), expected: slides.map(\.text).joined(separator: "\n"))
            print("character error rate of the screen: \(rate)")
            #expect(rate < 0.01)
        }
    }

    @Test func `each line of a list that grows begins when it appears`() async throws {
        try await VideoHarness.withMaker { maker in
            let lines = ["Three reasons", "It is simple to explain", "It is cheap to run", "It is easy to leave"]
            let slides = (1...4).map { VideoMaker.Slide(text: lines.prefix($0).joined(separator: "\n"), seconds: 2) }
            let path = try await maker.slides(slides + [.init(text: "Thank you", seconds: 2)], to: "list.mp4")
            let spans = try await VideoHarness.look(path).screen.spans
            #expect(spans.map(\.text) == lines + ["Thank you"])
            for (span, expected) in zip(spans, [(0, 8), (2, 8), (4, 8), (6, 8), (8, 10)]) {
                #expect(abs(span.time.start - expected.0 * 1000) <= 100 && abs(span.time.end - expected.1 * 1000) <= 100, "\(span)")
            }
        }
    }

    @Test func `a slide that comes back has two spans and is read once`() async throws {
        try await VideoHarness.withMaker { maker in
            let path = try await maker.slides(
                ["Opening words", "The middle part", "Opening words"].map { .init(text: $0, seconds: 2) }, to: "back.mp4")
            let result = try await VideoHarness.look(path)
            #expect(try result.frames.frames.count == 2)
            #expect(try result.screen.spans.map(\.text) == ["Opening words", "The middle part", "Opening words"])
            #expect(try result.screen.spans.map { ($0.time.start + 500) / 1000 } == [0, 2, 4])
        }
    }

    @Test(arguments: [
        "mandelbrot=s=640x360:r=5", "life=s=320x180:mold=10:r=5:ratio=0.3:seed=7",
        "color=gray:s=640x360:r=5,noise=alls=80:allf=t:all_seed=5", "smptebars=s=640x360:r=5", "cellauto=s=320x180:r=5:seed=3",
    ])
    func `textures hold no text`(source: String) async throws {
        try await VideoHarness.withMaker { maker in
            let path = try await maker.source(source, seconds: 2, to: "texture.mp4")
            let spans = try await VideoHarness.look(path).screen.spans
            #expect(spans.isEmpty, "\(spans)")
        }
    }

    @Test func `a subtitle burnt into a moving picture is read`() async throws {
        try await VideoHarness.withMaker { maker in
            let path = try await maker.source(
                "mandelbrot=s=1280x720:r=10,drawtext=fontfile=\(VideoMaker.fonts)DejaVuSans-Bold.ttf:text=Welcome to the harbour tour:"
                    + "fontcolor=white:borderw=3:fontsize=40:x=300:y=620", seconds: 2, to: "subtitle.mp4")
            let spans = try await VideoHarness.look(path).screen.spans
            #expect(spans.map(\.text) == ["Welcome to the harbour tour"])
        }
    }

    @Test func `after a crash only the pictures without a result are read again`() async throws {
        try await VideoHarness.withMaker { maker in
            let path = try await maker.slides(
                ["First page", "Second page", "Third page"].map { .init(text: $0, seconds: 1.5) }, to: "crash.mp4")
            let kept = Kept()
            let first = try await VideoHarness.run(
                path, to: "ocr_frames", checkpoints: kept.checkpoints(), skipping: ["extract_audio", "transcribe"])
            let pieces = await kept.pieces
            #expect(pieces.keys.sorted().map { $0.split(separator: "-")[1] } == ["0", "1500", "3000"])
            #expect(pieces.keys.allSatisfy { $0.hasSuffix("-eng") })
            await kept.forget(try #require(pieces.keys.max()))
            // In a work directory of its own, without the pictures of the first run.
            let second = try await VideoHarness.run(
                path, to: "ocr_frames", checkpoints: kept.checkpoints(), skipping: ["extract_audio", "transcribe"])
            #expect(second.outputs["ocr_frames"]?.metrics["resumed_frames"] == 2)
            #expect(second.outputs["ocr_frames"]?.body == first.outputs["ocr_frames"]?.body)
        }
    }
}

private actor Kept {
    private(set) var pieces: [String: [UInt8]] = [:]
    func keep(_ piece: [UInt8], _ key: String) { self.pieces[key] = piece }
    func forget(_ key: String) { self.pieces[key] = nil }

    nonisolated func checkpoints() -> StageCheckpoints {
        StageCheckpoints(
            read: { await self.pieces },
            write: {
                await self.keep($0, $1)
                return true
            })
    }

    @Test(arguments: ["9223372036854775807", "-9223372036854775808", "1000001"]) func `a word beyond every picture is left out`(
        place: String
    ) {
        let rows = [
            "5\t1\t1\t1\t1\t1\t\(place)\t\(place)\t1\t\(place)\t99\tletters", "5\t1\t1\t1\t1\t2\t36\t92\t60\t\(place)\t96.5\tHello",
            "5\t1\t1\t1\t1\t3\t36\t92\t60\t24\t96.5\tWorld",
        ]
        let lines = TesseractLines(tsv: rows.joined(separator: "\n"), width: 100, height: 100, bar: .page)
        #expect(lines.lines.map(\.text) == ["World"])
    }
}
