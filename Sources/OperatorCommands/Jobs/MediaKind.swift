import FlotillaDaemon

/// Which processor a file is for: by its first bytes, else by its name.
enum MediaKind {
    private static let audio: Set<String> = ["mp3", "wav", "flac", "ogg", "oga", "opus", "m4a", "aac", "wma", "aif", "aiff", "amr"]
    private static let video: Set<String> = [
        "mp4", "m4v", "mkv", "mov", "avi", "webm", "mpg", "mpeg", "wmv", "flv", "3gp", "ts", "m2ts", "ogv",
    ]

    /// - Parameter head: the file's first 32 bytes, or fewer.
    static func of(name: String, head: [UInt8]) -> QueueKind {
        if let kind = self.kind(of: head) { return kind }
        let fileExtension = name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? ""
        if self.audio.contains(fileExtension) { return .audio }
        // A `.ts` of text is a program; a stream begins with G.
        if self.video.contains(fileExtension), fileExtension != "ts" || head.first == 0x47 { return .video }
        return .document
    }

    private static func kind(of head: [UInt8]) -> QueueKind? {
        func has(_ text: String, at offset: Int = 0) -> Bool { head.dropFirst(offset).starts(with: text.utf8) }
        if has("ID3") || has("fLaC") || has("#!AMR") || has("OggS") { return .audio }
        if has("RIFF") { return has("WAVE", at: 8) ? .audio : has("AVI ", at: 8) ? .video : nil }
        if has("FORM"), has("AIF", at: 8) { return .audio }
        if has("FLV\u{1}") || head.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) || head.starts(with: [0, 0, 1, 0xBA]) { return .video }
        if has("ftyp", at: 4) {
            if has("M4A", at: 8) || has("M4B", at: 8) { return .audio }
            // Pictures use the same container.
            return ["heic", "heix", "mif1", "avif", "msf1"].contains { has($0, at: 8) } ? nil : .video
        }
        return nil
    }
}
