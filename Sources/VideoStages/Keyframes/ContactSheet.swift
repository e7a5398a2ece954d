internal import AudioStages
internal import Corpus
internal import StageTools
internal import Subprocess

/// Small pictures of a video in a grid, each with its time, and the one that shows best what it is about.
struct ContactSheet: Sendable {
    /// Pictures on the sheet, at most.
    static let maximum = 16
    /// Bytes of a JPEG, at most: it is stored with the stage's output.
    private static let maximumBytes = 400_000

    let tools: ToolBox
    let pictures: FramePictures
    /// Whether times can be written into pictures.
    let font: String?

    struct Result: Sendable {
        var poster: [UInt8]?
        var sheet: [UInt8]?
        var warnings: [String] = []
    }

    /// Makes both. The gray pictures stay in `directory` for the recognition of text, named by ``name(of:)``.
    func make(of frames: [VideoFrames.Frame], isUpright: Bool, in directory: String) async throws -> Result {
        let chosen = Self.spread(frames)
        var result = Result()
        var appeal: [Int: Double] = [:]
        for (number, outcome) in try await self.pictures(chosen, isUpright: isUpright, in: directory) {
            switch outcome {
            case .success(let value): appeal[number] = value
            case .failure(let failure): result.warnings.append(failure.description)
            }
        }
        defer { for number in chosen.indices { FileCheck.remove(Self.thumbnail(number, in: directory)) } }
        let shown = appeal.keys.sorted()
        guard let best = shown.max(by: { (appeal[$0] ?? 0, $1) < (appeal[$1] ?? 0, $0) }) else { return result }
        result.sheet = try await self.sheet(shown, in: directory)
        result.poster = try await self.poster(chosen[best], in: directory)
        return result
    }

    /// Where the gray picture of a frame is kept within one delivery.
    static func name(of frame: VideoFrames.Frame) -> String { "frame-\(frame.time).pgm" }

    /// Over the whole length, the first and the last among them.
    private static func spread(_ frames: [VideoFrames.Frame]) -> [VideoFrames.Frame] {
        guard frames.count > Self.maximum else { return frames }
        return (0..<Self.maximum).map { frames[$0 * (frames.count - 1) / (Self.maximum - 1)] }
    }

    private func pictures(
        _ frames: [VideoFrames.Frame], isUpright: Bool, in directory: String
    ) async throws -> [(Int, Swift.Result<Double, StageFailure>)] {
        try await BoundedTasks.map(Array(frames.enumerated()), atOnce: self.tools.slots) { number, frame in
            do {
                let thumbnail = FramePictures.Thumbnail(
                    filter: self.smallFilter(ClockText.of(frame.time), isUpright: isUpright), path: Self.thumbnail(number, in: directory))
                let picture = try await self.pictures.gray(
                    frame, to: "\(directory)/\(Self.name(of: frame))", scratch: directory, thumbnail: thumbnail)
                return (number, .success(PictureMeasure(picture).appeal))
            } catch let failure as StageFailure where failure.concernsFile {
                return (number, .failure(failure))
            }
        }
    }

    private func smallFilter(_ time: String, isUpright: Bool) -> String {
        let (width, height) = isUpright ? (180, 320) : (320, 180)
        let fit = "min(\(width)/(iw*sar),\(height)/ih)"
        let filter =
            "scale=w='clip(trunc(iw*sar*\(fit)),1,\(width))':h='clip(trunc(ih*\(fit)),1,\(height))',setsar=1,"
            + "pad=\(width):\(height):(ow-iw)/2:(oh-ih)/2,format=rgb24"
        guard let font = self.font else { return filter }
        let label = time.split(separator: ":").joined(separator: "\\\\:")
        return filter
            + ",drawtext=fontfile=\(font):text=\(label):fontsize=18:fontcolor=white:box=1:boxcolor=black@0.6:boxborderw=4:x=6:y=h-th-8"
    }

    private func sheet(_ numbers: [Int], in directory: String) async throws -> [UInt8]? {
        // The reader of numbered files stops at a gap.
        let names = numbers.indices.map { "\(directory)/sheet-\(100 + $0).ppm" }
        defer { names.forEach { FileCheck.remove($0) } }
        for (name, number) in zip(names, numbers) where !FileCheck.link(Self.thumbnail(number, in: directory), name) { return nil }
        let columns = numbers.count <= 3 ? numbers.count : numbers.count <= 9 ? 3 : 4
        let rows = (numbers.count + columns - 1) / columns
        let input = ["-f", "image2", "-framerate", "1", "-start_number", "100", "-i", "\(directory)/sheet-%d.ppm"]
        return try await self.jpeg("\(directory)/sheet.jpg", reading: names, in: directory) { quality, target in
            ["-nostdin", "-v", "error", "-y", "-protocol_whitelist", "file"] + input + [
                "-vf", "tile=\(columns)x\(rows):padding=4:margin=4:color=black", "-frames:v", "1", "-q:v", "\(quality)",
                "-f", "image2", "-update", "1", target,
            ]
        }
    }

    private func poster(_ frame: VideoFrames.Frame, in directory: String) async throws -> [UInt8]? {
        let source = "\(directory)/poster.ppm"
        defer { FileCheck.remove(source) }
        guard
            try await self.pictures.colour(
                frame, filter: MediaCommand.posterSize + ",format=rgb24", quality: 1, to: source, scratch: directory)
        else { return nil }
        return try await self.jpeg("\(directory)/poster.jpg", reading: [source], in: directory) { quality, target in
            [
                "-nostdin", "-v", "error", "-y", "-protocol_whitelist", "file", "-f", "image2", "-i", source, "-frames:v", "1", "-q:v",
                "\(quality)", "-f", "image2", "-update", "1", target,
            ]
        }
    }

    /// Coarser until it is small enough; noise takes several steps.
    private func jpeg(
        _ target: String, reading files: [String], in directory: String, _ arguments: (_ quality: Int, _ target: String) -> [String]
    ) async throws -> [UInt8]? {
        defer { FileCheck.remove(target) }
        for quality in [4, 9, 20, 31] {
            FileCheck.remove(target)
            _ = try await self.tools.run(
                "ffmpeg", arguments(quality, target), reading: files, writing: directory, limits: MediaCommand.pictureLimits)
            guard let size = FileCheck.size(target), size > 0 else { return nil }
            if size <= Self.maximumBytes { return FileCheck.read(target, maximum: Self.maximumBytes) }
        }
        return nil
    }

    private static func thumbnail(_ number: Int, in directory: String) -> String { "\(directory)/small-\(number).ppm" }
}
