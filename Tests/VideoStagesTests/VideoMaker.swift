import Foundation
import Subprocess

/// Makes small videos with ffmpeg: slides with text, speech by flite.
struct VideoMaker {
    struct Slide {
        var text: String
        var seconds = 3.0
        var ground = "white"
        var ink = "black"
        var size = 28
        var font = "DejaVuSans"
    }
    struct Failed: Error, CustomStringConvertible { var description: String }

    /// Of everything that is made.
    let directory: String
    static let fonts = "/usr/share/fonts/truetype/dejavu/"

    func path(_ name: String) -> String { "\(self.directory)/\(name)" }

    static func ffmpeg(_ arguments: [String]) async throws {
        let limits = ChildLimits(addressSpaceBytes: 8 << 30, wall: .seconds(100))
        let result = await VideoHarness.runner.run(ChildCommand("ffmpeg", ["-nostdin", "-v", "error", "-y"] + arguments, limits: limits))
        guard result.outcome.isSuccess else {
            throw Failed(description: "ffmpeg \(arguments.joined(separator: " ")): \(result.errorOutput.text)")
        }
    }

    /// Slides one after the other. Options of the encoder go before the name of the file, whose ending decides the container.
    @discardableResult
    func slides(
        _ slides: [Slide], to name: String, size: String = "640x360", rate: Int = 25, speech: String? = nil, options: [String] = []
    ) async throws -> String {
        var inputs: [String] = []
        var graph = ""
        for (index, slide) in slides.enumerated() {
            inputs += ["-f", "lavfi", "-t", "\(slide.seconds)", "-i", "color=c=\(slide.ground):s=\(size):r=\(rate)"]
            let file = self.path("\(name)-\(index).txt")
            try Data(slide.text.utf8).write(to: URL(fileURLWithPath: file))
            graph += "[\(index)]drawtext=fontfile=\(Self.fonts)\(slide.font).ttf:textfile=\(file):fontcolor=\(slide.ink):"
            graph += "fontsize=\(slide.size):x=30:y=30:line_spacing=10[v\(index)];"
        }
        graph += slides.indices.map { "[v\($0)]" }.joined() + "concat=n=\(slides.count):v=1:a=0[v]"
        var output = ["-filter_complex", graph, "-map", "[v]"]
        if let speech {
            let file = self.path("\(name)-speech.txt")
            try Data(speech.utf8).write(to: URL(fileURLWithPath: file))
            inputs += ["-f", "lavfi", "-i", "flite=textfile=\(file):voice=slt"]
            output += ["-map", "\(slides.count):a"]
        }
        let target = self.path(name)
        try await Self.ffmpeg(inputs + output + ["-pix_fmt", "yuv420p"] + options + [target])
        return target
    }

    /// Any picture that ffmpeg can make.
    @discardableResult
    func source(_ source: String, seconds: Double, to name: String, options: [String] = []) async throws -> String {
        let target = self.path(name)
        try await Self.ffmpeg(["-f", "lavfi", "-t", "\(seconds)", "-i", source, "-pix_fmt", "yuv420p"] + options + [target])
        return target
    }

    /// The first part of a file.
    @discardableResult
    func cut(_ source: String, share: Double, to name: String) throws -> String {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: self.path(source)))
        try bytes.prefix(Int(Double(bytes.count) * share)).write(to: URL(fileURLWithPath: self.path(name)))
        return self.path(name)
    }
}
