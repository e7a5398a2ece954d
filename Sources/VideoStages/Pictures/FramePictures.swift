internal import AudioStages
internal import Corpus
internal import StageTools
internal import Subprocess

/// Makes single pictures of a video again, at any moment, without decoding all that comes before.
///
/// ffmpeg jumps to the last key frame before the moment and decodes from there. Where a container has no index, as transport streams, the jump
/// lands anywhere, so it aims twenty seconds before the moment: key frames are seldom further apart. Where files are damaged it may miss
/// all the same; the picture's hash tells, and then everything is decoded from the beginning.
struct FramePictures: Sendable {
    let tools: ToolBox
    /// Of the video.
    let path: String
    /// Its container, as `probe` names it.
    let container: String
    /// Larger pictures are refused.
    let pixels: Int

    private static let indexed: Set<String> = ["mp4", "mov", "matroska", "webm", "avi", "asf"]
    private static let detour = 20_000

    /// One more picture of the same moment, in colour.
    struct Thumbnail: Sendable {
        var filter: String
        var path: String
    }

    /// Bits that a picture in another size may differ in from its sample.
    private static let hashTolerance = 8

    /// Writes the picture of a frame as a gray PGM in the size for reading.
    ///
    /// - Throws: ``StageFailure`` `corrupt` when it cannot be decoded.
    func gray(_ frame: VideoFrames.Frame, to target: String, scratch: String, thumbnail: Thumbnail? = nil) async throws -> GrayPicture {
        var nearest: (picture: GrayPicture, distance: Int, back: Int)?
        var said = ""
        for back in self.starts(frame.lookAt) {
            said = try await self.decode(frame.lookAt, back: back, to: target, scratch: scratch, thumbnail: thumbnail)
            guard let picture = GrayPicture(contentsOf: target) else { continue }
            let distance = PerceptualHash.distance(PerceptualHash.of(CellGrid(picture)), frame.hash)
            if distance <= Self.hashTolerance { return picture }
            if nearest.map({ distance < $0.distance }) ?? true { nearest = (picture, distance, back) }
        }
        guard let nearest else {
            throw StageFailure(.corrupt, "The picture at \(ClockText.of(frame.lookAt)) cannot be decoded.", detail: said)
        }
        // Not what was sampled, as with damaged pictures that look different each time: the nearest is better than none.
        _ = try await self.decode(frame.lookAt, back: nearest.back, to: target, scratch: scratch, thumbnail: thumbnail)
        return GrayPicture(contentsOf: target) ?? nearest.picture
    }

    /// Writes the picture of a frame through any filter, in the format that the target's name ends with.
    ///
    /// - Returns: whether there is a picture.
    func colour(_ frame: VideoFrames.Frame, filter: String, quality: Int, to target: String, scratch: String) async throws -> Bool {
        for back in self.starts(frame.lookAt) {
            FileCheck.remove(target)
            _ = try await self.tools.run(
                "ffmpeg",
                self.seek(frame.lookAt, back: back) + MediaCommand.pictures + [
                    "-vf", "\(Self.moment(back)),\(filter)", "-frames:v", "1", "-q:v", "\(quality)", "-f", "image2", "-update", "1", target,
                ], reading: [self.path], writing: scratch, limits: MediaCommand.pictureLimits)
            if FileCheck.size(target) ?? 0 > 0 { return true }
        }
        return false
    }

    /// - Returns: what ffmpeg complained of.
    private func decode(_ time: Int, back: Int, to target: String, scratch: String, thumbnail: Thumbnail?) async throws -> String {
        FileCheck.remove(target)
        var graph = "[0:V:0]\(Self.moment(back))"
        var output = ["-map", "[gray]", "-frames:v", "1", "-f", "image2", "-update", "1", target]
        if let thumbnail {
            FileCheck.remove(thumbnail.path)
            graph += ",split[one][two];[two]\(thumbnail.filter)[small];[one]"
            output += ["-map", "[small]", "-frames:v", "1", "-f", "image2", "-update", "1", thumbnail.path]
        } else {
            graph += ","
        }
        graph += "\(MediaCommand.readingSize),format=gray[gray]"
        let result = try await self.tools.run(
            "ffmpeg", self.seek(time, back: back) + ["-filter_complex", graph] + output, reading: [self.path], writing: scratch,
            limits: MediaCommand.pictureLimits)
        return result.errorOutput.text
    }

    /// Milliseconds before the moment to begin at: nearby, then all.
    private func starts(_ time: Int) -> [Int] {
        let near = Self.indexed.contains(self.container) ? 0 : Self.detour
        return near < time ? [near, time] : [time]
    }

    private func seek(_ time: Int, back: Int) -> [String] {
        // Not accurate: that would drop the picture that is on screen at the moment, if it came up before it.
        let options = time > back ? ["-noaccurate_seek", "-ss", Self.seconds(time - back)] : []
        return MediaCommand.input(self.path, pixels: self.pixels, options: options)
    }

    /// The same grid of time as the samples', beginning at the moment; what lies before it is dropped.
    private static func moment(_ back: Int) -> String { "fps=\(SamplePass.rate):start_time=\(Self.seconds(back))" }

    private static func seconds(_ milliseconds: Int) -> String {
        let rest = "\(milliseconds % 1000)"
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - rest.utf8.count) + rest
    }
}
