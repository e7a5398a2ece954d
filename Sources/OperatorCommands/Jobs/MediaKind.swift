import FlotillaDaemon

/// Which processor a file is for: by its first bytes, else by its name. The processors look closer, and refuse what is not theirs.
enum MediaKind {
    /// Of a file's beginning, what is looked at.
    static let headLength = 64

    private static let audio: Set<String> = [
        "mp3", "wav", "flac", "ogg", "oga", "opus", "m4a", "m4b", "aac", "wma", "aif", "aiff", "amr", "awb", "mka", "weba", "mp2", "ac3",
        "caf", "au", "wv",
    ]
    private static let video: Set<String> = [
        "mp4", "m4v", "mkv", "mov", "avi", "webm", "mpg", "mpeg", "wmv", "asf", "flv", "3gp", "ts", "mts", "m2ts", "ogv", "vob",
    ]
    /// What pictures are called that use the container of MP4.
    private static let pictures = ["heic", "heix", "mif1", "avif", "msf1"]

    /// - Parameter head: the file's first ``headLength`` bytes, or fewer.
    static func of(name: String, head: [UInt8]) -> QueueKind {
        let fileExtension = name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? ""
        switch Self.container(head) {
        case .audio: return .audio
        case .video: return .video
        case .either: return Self.audio.contains(fileExtension) ? .audio : .video
        case .neither: return .document
        case .unknown: break
        }
        if self.audio.contains(fileExtension) { return .audio }
        // A `.ts` of text is a program; a stream begins with G.
        let isStream = ["ts", "mts", "m2ts"].contains(fileExtension)
        if self.video.contains(fileExtension), !isStream || head.first == 0x47 || head.dropFirst(4).first == 0x47 { return .video }
        return .document
    }

    private enum Container { case audio, video, either, neither, unknown }

    private static func container(_ head: [UInt8]) -> Container {
        func has(_ text: String, at offset: Int = 0) -> Bool { head.dropFirst(offset).starts(with: text.utf8) }
        if has("ID3") || has("fLaC") || has("#!AMR") || has("caff") || has("wvpk") { return .audio }
        // The first packet of the first stream begins behind the page's header of 28 bytes.
        if has("OggS") { return has("\u{80}theora", at: 28) || head.dropFirst(29).starts(with: "theora".utf8) ? .video : .audio }
        if has("RIFF") { return has("WAVE", at: 8) ? .audio : has("AVI ", at: 8) ? .video : .unknown }
        if has("FORM"), has("AIF", at: 8) { return .audio }
        if has("FLV\u{1}") || head.starts(with: [0, 0, 1, 0xBA]) || head.starts(with: [0, 0, 1, 0xB3]) { return .video }
        // Matroska and WebM, ASF: only the name says whether there are pictures.
        if head.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) || head.starts(with: [0x30, 0x26, 0xB2, 0x75]) { return .either }
        if has("ftyp", at: 4) {
            if has("M4A", at: 8) || has("M4B", at: 8) { return .audio }
            return Self.pictures.contains { has($0, at: 8) } ? .neither : .either
        }
        return .unknown
    }
}
