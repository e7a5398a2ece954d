public import JSONText

/// Output of the stage `probe`: what a recording is, by its content.
public struct MediaFile: CorpusValue {
    public var mimeType: String
    /// The container's short name, as ffmpeg says it: `wav`, `mp3`, `matroska`.
    public var container: String
    /// Lower-case hexadecimal digest of the file.
    public var sha256: String
    public var bytes: Int
    /// What the file says of its length in milliseconds; nil when it says nothing that can be believed.
    public var durationMs: Int?
    public var title: String?
    /// Nil without a track that can be heard.
    public var audio: AudioTrack?
    /// Nil without moving pictures; a cover picture is none.
    public var video: VideoTrack?
    /// What was odd about the file, for people.
    public var warnings: [String]

    /// The track that is listened to.
    public struct AudioTrack: Sendable, Hashable {
        public var codec: String
        public var channels: Int
        /// In hertz.
        public var sampleRate: Int
        /// As the file tags it, ISO 639; nil when it does not.
        public var language: String?
        /// Integrated loudness in LUFS (EBU R 128); nil for silence or when nothing was measured.
        public var loudness: Double?
        /// The highest sample in dBFS, 0 or less; nil for silence or when nothing was measured.
        public var peak: Double?

        public init(
            codec: String, channels: Int, sampleRate: Int, language: String? = nil, loudness: Double? = nil, peak: Double? = nil
        ) {
            self.codec = codec
            self.channels = channels
            self.sampleRate = sampleRate
            self.language = language
            self.loudness = loudness
            self.peak = peak
        }
    }

    /// The moving pictures.
    public struct VideoTrack: Sendable, Hashable {
        public var codec: String
        /// Pixels as stored, before any rotation.
        public var width: Int
        public var height: Int
        /// Pictures a second; nil when the file does not say.
        public var frameRate: Double?
        /// Degrees clockwise by which it is to be turned for showing: 0, 90, 180 or 270.
        public var rotation: Int

        public init(codec: String, width: Int, height: Int, frameRate: Double? = nil, rotation: Int = 0) {
            self.codec = codec
            self.width = width
            self.height = height
            self.frameRate = frameRate
            self.rotation = rotation
        }
    }

    public init(
        mimeType: String, container: String, sha256: String, bytes: Int, durationMs: Int? = nil, title: String? = nil,
        audio: AudioTrack? = nil, video: VideoTrack? = nil, warnings: [String] = []
    ) {
        self.mimeType = mimeType
        self.container = container
        self.sha256 = sha256
        self.bytes = bytes
        self.durationMs = durationMs
        self.title = title
        self.audio = audio
        self.video = video
        self.warnings = warnings
    }

    public var json: JSONValue {
        [
            "mime_type": .string(self.mimeType), "container": .string(self.container), "sha256": .string(self.sha256),
            "bytes": .count(self.bytes), "duration_ms": self.durationMs.map { .count($0) } ?? .null, "title": .optional(self.title),
            "audio": self.audio.map { track in
                [
                    "codec": .string(track.codec), "channels": .count(track.channels), "sample_rate": .count(track.sampleRate),
                    "language": .optional(track.language), "loudness_lufs": .optional(track.loudness), "peak_dbfs": .optional(track.peak),
                ]
            } ?? .null,
            "video": self.video.map { track in
                [
                    "codec": .string(track.codec), "width": .count(track.width), "height": .count(track.height),
                    "frame_rate": .optional(track.frameRate), "rotation": .count(track.rotation),
                ]
            } ?? .null,
            "warnings": .texts(self.warnings),
        ]
    }

    public init(json: JSONValue) throws(CorpusError) {
        self.init(
            mimeType: try json.text("mime_type"), container: try json.text("container"), sha256: try json.text("sha256"),
            bytes: try json.count("bytes"), durationMs: json.optionalCount("duration_ms"), title: json["title"]?.string,
            audio: try json.optional("audio") { track throws(CorpusError) in
                AudioTrack(
                    codec: try track.text("codec"), channels: try track.count("channels"), sampleRate: try track.count("sample_rate"),
                    language: track["language"]?.string, loudness: track["loudness_lufs"]?.number, peak: track["peak_dbfs"]?.number)
            },
            video: try json.optional("video") { track throws(CorpusError) in
                VideoTrack(
                    codec: try track.text("codec"), width: try track.count("width"), height: try track.count("height"),
                    frameRate: track["frame_rate"]?.number, rotation: try track.count("rotation"))
            },
            warnings: json.texts("warnings"))
    }
}
