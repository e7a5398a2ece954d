public import JSONText

/// Output of the stage `keyframes`: the pictures that stand for a video.
public struct VideoFrames: CorpusValue {
    /// In the order of time; near-duplicates are left out.
    public var frames: [Frame]
    /// The most telling picture, a JPEG; nil when no picture could be decoded.
    public var poster: [UInt8]?
    /// Small pictures with their times, a JPEG; nil when no picture could be decoded.
    public var contactSheet: [UInt8]?
    /// How much of the pictures could be decoded, in milliseconds.
    public var decodedMs: Int
    /// What was odd, for people.
    public var warnings: [String]
    public var isPartial: Bool

    /// One picture.
    public struct Frame: Sendable, Hashable {
        /// When it is first seen, in milliseconds from the start.
        public var time: Int
        /// Perceptual hash: similar pictures differ in few bits.
        public var hash: UInt64
        /// Why it was taken.
        public var reason: Reason
        /// The moment to look at it, in milliseconds: not before ``time``, when a fade or a wipe is over.
        public var lookAt: Int
        /// When it can be seen, in order and apart: a slide that comes back has several stretches. The first begins at ``time``.
        public var shown: [TimeRange]

        public enum Reason: String, Sendable, Hashable, CaseIterable {
            case start, scene, interval
        }

        /// - Parameters:
        ///   - lookAt: nil for `time`.
        ///   - shown: empty for that moment alone.
        public init(time: Int, hash: UInt64, reason: Reason, lookAt: Int? = nil, shown: [TimeRange] = []) {
            self.time = time
            self.hash = hash
            self.reason = reason
            self.lookAt = lookAt ?? time
            self.shown = shown.isEmpty ? [TimeRange(start: time, end: time)] : shown
        }
    }

    public init(
        frames: [Frame], poster: [UInt8]? = nil, contactSheet: [UInt8]? = nil, decodedMs: Int, warnings: [String] = [],
        isPartial: Bool = false
    ) {
        self.frames = frames
        self.poster = poster
        self.contactSheet = contactSheet
        self.decodedMs = decodedMs
        self.warnings = warnings
        self.isPartial = isPartial
    }

    /// Pictures are in base64, hashes in hexadecimal.
    public var json: JSONValue {
        [
            "frames": .array(
                self.frames.map { frame in
                    [
                        "time_ms": .count(frame.time), "hash": .string(String(frame.hash, radix: 16)),
                        "reason": .string(frame.reason.rawValue), "look_at_ms": .count(frame.lookAt),
                        "shown": .array(frame.shown.map { .object($0.members) }),
                    ]
                }),
            "poster": .optional(self.poster.map { Base64.encode($0) }),
            "contact_sheet": .optional(self.contactSheet.map { Base64.encode($0) }), "decoded_ms": .count(self.decodedMs),
            "warnings": .texts(self.warnings), "is_partial": .bool(self.isPartial),
        ]
    }

    public init(json: JSONValue) throws(CorpusError) {
        self.init(
            frames: try json.list("frames") { value throws(CorpusError) in
                guard let hash = UInt64(try value.text("hash"), radix: 16), let reason = Frame.Reason(rawValue: try value.text("reason"))
                else { throw CorpusError("a frame's \"hash\" or \"reason\" cannot be read") }
                return Frame(
                    time: try value.count("time_ms"), hash: hash, reason: reason, lookAt: try value.count("look_at_ms"),
                    shown: try value.list("shown") { stretch throws(CorpusError) in try TimeRange(json: stretch) })
            },
            poster: try json.base64("poster"), contactSheet: try json.base64("contact_sheet"), decodedMs: try json.count("decoded_ms"),
            warnings: json.texts("warnings"), isPartial: json.flag("is_partial"))
    }
}
