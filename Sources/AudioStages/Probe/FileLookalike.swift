internal import StageTools

/// Names a file that is no recording by its first bytes, for the person who sent it.
enum FileLookalike {
    /// `a PNG picture`; nil when the beginning says nothing.
    static func name(of path: String) -> String? {
        guard let head = FileCheck.read(path, maximum: 4096), !head.isEmpty else { return nil }
        for known in Self.signatures where head.dropFirst(known.offset).starts(with: known.bytes) { return known.name }
        return Self.isText(head) ? "a text file" : nil
    }

    /// Valid UTF-8, apart from a character that is cut at the end, without control characters that no text has.
    private static func isText(_ head: [UInt8]) -> Bool {
        guard head.allSatisfy({ $0 >= 0x20 || (0x09...0x0D).contains($0) || $0 == 0x1B }) else { return false }
        let text = String(decoding: head, as: UTF8.self)
        return text.unicodeScalars.dropLast(3).allSatisfy { $0.value != 0xFFFD }
    }

    private static let signatures: [(name: String, offset: Int, bytes: [UInt8])] = [
        ("a PDF document", 0, Array("%PDF-".utf8)), ("a PNG picture", 0, [0x89, 0x50, 0x4E, 0x47]),
        ("a JPEG picture", 0, [0xFF, 0xD8, 0xFF]), ("a GIF picture", 0, Array("GIF8".utf8)),
        ("a WebP picture", 8, Array("WEBP".utf8)), ("a TIFF picture", 0, Array("II*\0".utf8)), ("a TIFF picture", 0, Array("MM\0*".utf8)),
        ("a BMP picture", 0, Array("BM".utf8)), ("a ZIP archive or office document", 0, [0x50, 0x4B, 0x03, 0x04]),
        ("a gzip archive", 0, [0x1F, 0x8B]), ("an XZ archive", 0, [0xFD, 0x37, 0x7A, 0x58, 0x5A]),
        ("a 7z archive", 0, [0x37, 0x7A, 0xBC, 0xAF]),
        ("a RAR archive", 0, Array("Rar!".utf8)), ("an old Office document", 0, [0xD0, 0xCF, 0x11, 0xE0]),
        ("a program", 0, [0x7F, 0x45, 0x4C, 0x46]), ("a Windows program", 0, Array("MZ".utf8)),
        ("a MIDI score, which holds no sound", 0, Array("MThd".utf8)),
    ]
}
