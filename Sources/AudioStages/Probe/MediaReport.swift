internal import Corpus
internal import JSONText

/// What ffprobe says of a file.
struct MediaReport {
    var container = ""
    /// ffmpeg's trust in the container, 0 to 100; below 25 it guesses.
    var score = 0
    var durationMs: Int?
    var title: String?
    var brand: String?
    var audio: MediaFile.AudioTrack?
    /// Tracks with sound.
    var audioTracks = 0
    var video: MediaFile.VideoTrack?
    /// Kinds of streams that are there at all, in order: `audio`, `video`, `subtitle`, `data`.
    var kinds: [String] = []

    /// Reads the answer to `-show_format -show_streams -of json`; nil when it has neither.
    init?(json: JSONValue) {
        guard let format = json["format"], let name = format["format_name"]?.string else { return nil }
        self.container = name
        self.score = format["probe_score"]?.integer.flatMap { Int(exactly: $0) } ?? 0
        self.durationMs = Self.milliseconds(format["duration"])
        self.title = Self.line(Self.tag("title", format))
        self.brand = Self.tag("major_brand", format)
        for stream in json["streams"]?.array ?? [] {
            let kind = stream["codec_type"]?.string ?? "unknown"
            self.kinds.append(kind)
            if kind == "audio" { self.add(audio: stream) }
            if kind == "video" { self.add(video: stream) }
        }
    }

    private mutating func add(audio stream: JSONValue) {
        self.audioTracks += 1
        guard self.audio == nil else { return }
        let rate = stream["sample_rate"]?.string.flatMap { Int($0) } ?? 0
        let channels = stream["channels"]?.integer.flatMap { Int(exactly: $0) } ?? 0
        self.audio = MediaFile.AudioTrack(
            codec: stream["codec_name"]?.string ?? "unknown", channels: channels, sampleRate: rate,
            language: LanguageTag.code(Self.tag("language", stream)))
        if self.durationMs == nil { self.durationMs = Self.milliseconds(stream["duration"]) }
        if self.title == nil { self.title = Self.line(Self.tag("title", stream)) }
    }

    private mutating func add(video stream: JSONValue) {
        let isPicture = stream["disposition"]?["attached_pic"]?.integer == 1 || stream["disposition"]?["still_image"]?.integer == 1
        let width = stream["width"]?.integer.flatMap { Int(exactly: $0) } ?? 0
        let height = stream["height"]?.integer.flatMap { Int(exactly: $0) } ?? 0
        guard self.video == nil, !isPicture, width > 0, height > 0 else { return }
        self.video = MediaFile.VideoTrack(
            codec: stream["codec_name"]?.string ?? "unknown", width: width, height: height,
            frameRate: Self.ratio(stream["avg_frame_rate"]?.string), rotation: Self.rotation(stream))
    }

    /// Seconds with a fraction, as text. Nil for nothing, for nonsense and for more than a year.
    private static func milliseconds(_ value: JSONValue?) -> Int? {
        guard let seconds = value?.string.flatMap({ Double($0) }), seconds > 0, seconds < 366 * 86_400 else { return nil }
        return Int((seconds * 1000).rounded())
    }

    /// `30000/1001`; nil for `0/0`.
    private static func ratio(_ text: String?) -> Double? {
        let parts = (text ?? "").split(separator: "/").compactMap { Double($0) }
        guard parts.count == 2, parts[0] > 0, parts[1] > 0 else { return nil }
        return parts[0] / parts[1]
    }

    /// From the display matrix, which turns the other way, or the older tag.
    private static func rotation(_ stream: JSONValue) -> Int {
        let matrix = stream["side_data_list"]?.array?.lazy.compactMap { $0["rotation"]?.number }.first { abs($0) < 100_000 }
        let tag = Self.tag("rotate", stream).flatMap { Double($0) }.flatMap { abs($0) < 100_000 ? $0 : nil }
        let degrees = matrix.map { -Int($0.rounded()) } ?? tag.map { Int($0.rounded()) } ?? 0
        let turned = ((degrees % 360) + 360) % 360
        return turned % 90 == 0 ? turned : 0
    }

    /// Tags' names are in capitals in some containers.
    private static func tag(_ name: String, _ parent: JSONValue) -> String? {
        parent["tags"]?.members?.first { $0.name.lowercased() == name }?.value.string
    }

    /// One line of at most 300 characters; nil when nothing is left.
    private static func line(_ text: String?) -> String? {
        guard let text else { return nil }
        let line = text.split { $0.isWhitespace || $0 == "\0" }.joined(separator: " ").prefix(300)
        return line.isEmpty ? nil : String(line)
    }
}
