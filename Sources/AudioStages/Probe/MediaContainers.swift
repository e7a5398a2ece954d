/// The kinds of recordings that are opened. ffmpeg knows hundreds of formats, some of which are lists of addresses to read from; it is told
/// to open these and no other, whatever a file looks like.
package enum MediaContainers {
    /// For the option `-format_whitelist` of ffprobe and ffmpeg.
    package static let whitelist = Self.known.map(\.name).joined(separator: ",")

    /// The MIME type of a container as ffprobe names it: `mov,mp4,m4a,3gp,3g2,mj2`.
    ///
    /// - Parameters:
    ///   - brand: of the MP4 family, its major brand.
    ///   - hasVideo: whether there are moving pictures.
    static func mimeType(_ container: String, brand: String?, hasVideo: Bool) -> String {
        let names = container.split(separator: ",").map(String.init)
        guard let entry = Self.known.first(where: { names.contains($0.name) }) else { return "application/octet-stream" }
        let kind = hasVideo ? "video" : "audio"
        switch entry.name {
        case "mov" where brand?.hasPrefix("qt") == true: return "video/quicktime"
        case "mov" where brand?.hasPrefix("3g") == true: return "\(kind)/3gpp"
        default: return "\(kind)/\(hasVideo ? entry.video ?? entry.subtype : entry.subtype)"
        }
    }

    /// One name for a container that has several: `mp4` of `mov,mp4,m4a,3gp,3g2,mj2`.
    static func shortName(_ container: String, brand: String?) -> String {
        let names = container.split(separator: ",").map(String.init)
        if names.contains("mov") { return brand?.hasPrefix("qt") == true ? "mov" : "mp4" }
        return names.first ?? container
    }

    /// ffmpeg's names of demuxers, and the MIME subtypes with and without pictures.
    private static let known: [(name: String, subtype: String, video: String?)] = [
        ("wav", "wav", nil), ("w64", "wav", nil), ("aiff", "aiff", nil), ("au", "basic", nil), ("caf", "x-caf", nil),
        ("mp3", "mpeg", nil), ("flac", "flac", nil), ("ogg", "ogg", nil), ("mov", "mp4", nil), ("aac", "aac", nil), ("loas", "aac", nil),
        ("amr", "amr", nil), ("asf", "x-ms-wma", "x-ms-wmv"), ("matroska", "webm", "x-matroska"), ("ac3", "ac3", nil),
        ("eac3", "eac3", nil), ("dts", "vnd.dts", nil), ("ape", "x-ape", nil), ("wv", "x-wavpack", nil), ("tta", "x-tta", nil),
        ("tak", "x-tak", nil), ("mpc", "x-musepack", nil), ("mpc8", "x-musepack", nil), ("voc", "x-voc", nil), ("oma", "x-oma", nil),
        ("rm", "vnd.rn-realaudio", "vnd.rn-realvideo"), ("avi", "x-msvideo", nil), ("flv", "x-flv", nil), ("mpegts", "mp2t", nil),
        ("mpeg", "mpeg", nil), ("mxf", "mxf", nil), ("nut", "x-nut", nil), ("dv", "dv", nil), ("dsf", "x-dsf", nil),
        ("h264", "h264", nil), ("hevc", "h265", nil), ("m4v", "mp4", nil), ("mpegvideo", "mpeg", nil), ("ivf", "x-ivf", nil),
    ]
}
