internal import CSystem
import Glibc

/// Text out of bytes of any character set.
enum Charset {
    struct Decoded {
        var text: String
        /// The set it was read as.
        var name: String
        /// What a person should know about the guess.
        var warning: String?
    }

    /// Decodes `bytes`: a byte order mark decides, then `declared` if the bytes agree, then what the bytes look like.
    ///
    /// - Parameter guess: what a statistical detector thinks; used only when nothing else decides.
    /// - Throws: ``FormatError`` `unsupported` when this is no text at all.
    static func decode(_ bytes: [UInt8], declared: String? = nil, guess: String? = nil) throws(FormatError) -> Decoded {
        if bytes.has("\u{FEFF}") { return Decoded(text: Self.utf8(bytes[3...]), name: "UTF-8") }
        if bytes.count >= 4, bytes[0] == 0xFF, bytes[1] == 0xFE, bytes[2] == 0, bytes[3] == 0 {
            return Decoded(text: Self.wide(bytes[4...], width: 4, isBig: false), name: "UTF-32LE")
        }
        if bytes.count >= 4, bytes[0] == 0, bytes[1] == 0, bytes[2] == 0xFE, bytes[3] == 0xFF {
            return Decoded(text: Self.wide(bytes[4...], width: 4, isBig: true), name: "UTF-32BE")
        }
        if bytes.count >= 2, bytes[0] == 0xFF, bytes[1] == 0xFE {
            return Decoded(text: Self.wide(bytes[2...], width: 2, isBig: false), name: "UTF-16LE")
        }
        if bytes.count >= 2, bytes[0] == 0xFE, bytes[1] == 0xFF {
            return Decoded(text: Self.wide(bytes[2...], width: 2, isBig: true), name: "UTF-16BE")
        }
        if let unmarked = Self.unmarkedWide(bytes) { return unmarked }
        if Self.looksBinary(bytes) { throw FormatError(.unsupported, "This is binary data, not text.") }
        if let declared, let name = Self.canonical(declared), name != "UTF-8", name != "US-ASCII", name != "ASCII",
            let text = Self.convert(bytes, from: name)
        {
            // A page that claims Latin-1 and is valid UTF-8 with non-ASCII letters in it is UTF-8.
            if bytes.contains(where: { $0 >= 0x80 }), let valid = String(validating: bytes, as: UTF8.self) {
                if !Self.isMultibyte(name) { return Decoded(text: valid, name: "UTF-8") }
            }
            return Decoded(text: text, name: name)
        }
        if bytes.firstRange(of: [0x1B, 0x24, 0x42]) != nil || bytes.firstRange(of: [0x1B, 0x24, 0x40]) != nil,
            let text = Self.convert(bytes, from: "ISO-2022-JP")
        {
            return Decoded(text: text, name: "ISO-2022-JP")
        }
        if let valid = String(validating: bytes, as: UTF8.self) { return Decoded(text: valid, name: "UTF-8") }
        if Self.isMostlyUTF8(bytes) {
            return Decoded(text: Self.utf8(bytes[...]), name: "UTF-8", warning: "Some bytes are not valid UTF-8 and were replaced.")
        }
        if let guess, let name = Self.canonical(guess), name != "UTF-8", name != "ASCII", let text = Self.convert(bytes, from: name) {
            return Decoded(text: text, name: name, warning: "The character set is not declared; read as \(name).")
        }
        let name = "WINDOWS-1252"
        let text = Self.convert(bytes, from: name) ?? String(decoding: bytes, as: UTF8.self)
        return Decoded(text: text, name: name, warning: "The character set is not declared; read as \(name).")
    }

    /// Whether statistics could help: no mark, not UTF-8, not binary.
    static func isUnknown(_ bytes: [UInt8]) -> Bool {
        if let first = bytes.first, first == 0xFF || first == 0xFE { return false }
        return Self.unmarkedWide(bytes) == nil && !Self.isMostlyUTF8(bytes) && !Self.looksBinary(bytes)
    }

    /// Whether `bytes` are too full of control characters to be text.
    static func looksBinary(_ bytes: [UInt8]) -> Bool {
        let head = bytes.prefix(64 << 10)
        if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) || head.starts(with: [0, 0, 0xFE, 0xFF]) { return false }
        if Self.unmarkedWide(Array(head)) != nil { return false }
        var control = 0
        for byte in head where byte < 0x20 && !(byte >= 0x09 && byte <= 0x0D) && byte != 0x1B { control += 1 }
        return control * 50 > head.count
    }

    /// iconv, with U+FFFD for what the set does not have. Nil when the set is not known here.
    static func convert(_ bytes: [UInt8], from charset: String) -> String? {
        guard let converter = iconv_open("UTF-8", charset), converter != iconv_t(bitPattern: -1) else { return nil }
        defer { iconv_close(converter) }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + bytes.count / 4)
        var input = bytes
        var buffer = [CChar](repeating: 0, count: 32 << 10)
        input.withUnsafeMutableBytes { raw in
            var next = raw.bindMemory(to: CChar.self).baseAddress
            var left = raw.count
            var isFlushing = false
            while true {
                let (result, code, written) = buffer.withUnsafeMutableBufferPointer { space in
                    var target = space.baseAddress
                    var room = space.count
                    errno = 0
                    let result = isFlushing ? iconv(converter, nil, nil, &target, &room) : iconv(converter, &next, &left, &target, &room)
                    let code = errno
                    space.withMemoryRebound(to: UInt8.self) { output.append(contentsOf: $0.prefix(space.count - room)) }
                    return (result, code, space.count - room)
                }
                if isFlushing { return }
                if result == Int.max || result == UInt.max {
                    // E2BIG: the buffer is full, go on. EILSEQ and EINVAL: one byte that means nothing.
                    if code == E2BIG && written > 0 { continue }
                    output.append(contentsOf: [0xEF, 0xBF, 0xBD])
                    guard left > 0 else { return }
                    next = next?.advanced(by: 1)
                    left -= 1
                    if left > 0 { continue }
                }
                isFlushing = true
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// A name that iconv may see, or nil for something that is no name of a character set.
    private static func canonical(_ name: String) -> String? {
        let name = trimmed(name).uppercased()
        let isName = name.utf8.allSatisfy { byte in
            (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A) || byte == 0x2D || byte == 0x5F || byte == 0x2E || byte == 0x3A
        }
        guard isName, !name.isEmpty, name.utf8.count <= 40 else { return nil }
        switch name {
        // As browsers do: pages that say Latin-1 mean windows-1252.
        case "ISO-8859-1", "LATIN1", "ISO8859-1", "ISO_8859-1", "L1": return "WINDOWS-1252"
        case "UTF8": return "UTF-8"
        case "X-SJIS", "SHIFT_JIS": return "CP932"
        case "GB2312", "GBK": return "GB18030"
        case "KS_C_5601-1987", "EUC-KR": return "CP949"
        case "MACINTOSH", "X-MAC-ROMAN": return "MACINTOSH"
        default: return name
        }
    }

    private static func isMultibyte(_ name: String) -> Bool {
        !(name.hasPrefix("ISO-8859") || name.hasPrefix("WINDOWS-") || name.hasPrefix("CP12") || name.hasPrefix("KOI8")
            || name.hasPrefix("MAC"))
    }

    private static func utf8(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    private static func isMostlyUTF8(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes.prefix(256 << 10), as: UTF8.self)
        var replaced = 0
        var foreign = 0
        for scalar in text.unicodeScalars where scalar.value >= 0x80 {
            foreign += 1
            if scalar == "\u{FFFD}" { replaced += 1 }
        }
        return replaced * 10 <= foreign
    }

    private static func wide(_ bytes: ArraySlice<UInt8>, width: Int, isBig: Bool) -> String {
        var text = String.UnicodeScalarView()
        if width == 4 {
            var index = bytes.startIndex
            while index + 4 <= bytes.endIndex {
                var value: UInt32 = 0
                for step in 0..<4 { value |= UInt32(bytes[index + step]) << UInt32(8 * (isBig ? 3 - step : step)) }
                text.append(Unicode.Scalar(value) ?? "\u{FFFD}")
                index += 4
            }
            return String(text)
        }
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        var index = bytes.startIndex
        while index + 2 <= bytes.endIndex {
            let first = UInt16(bytes[index])
            let second = UInt16(bytes[index + 1])
            units.append(isBig ? first << 8 | second : second << 8 | first)
            index += 2
        }
        return String(decoding: units, as: UTF16.self)
    }

    /// UTF-16 or UTF-32 without a mark shows as zeros in every second, or three of four, bytes.
    private static func unmarkedWide(_ bytes: [UInt8]) -> Decoded? {
        let head = bytes.prefix(4096)
        guard head.count >= 4, head.count % 2 == 0 || bytes.count > 4096, head.contains(0) else { return nil }
        var zeros = [0, 0, 0, 0]
        for (index, byte) in head.enumerated() where byte == 0 { zeros[index % 4] += 1 }
        let quarter = max(head.count / 4, 1)
        let share = zeros.map { $0 * 100 / quarter }
        if share[1] > 95 && share[2] > 90 && share[3] > 95 && share[0] < 20 {
            return Decoded(text: Self.wide(bytes[...], width: 4, isBig: false), name: "UTF-32LE")
        }
        if share[0] > 95 && share[1] > 90 && share[2] > 90 && share[3] < 20 {
            return Decoded(text: Self.wide(bytes[...], width: 4, isBig: true), name: "UTF-32BE")
        }
        if share[1] > 60 && share[3] > 60 && share[0] < 5 && share[2] < 5 {
            return Decoded(text: Self.wide(bytes[...], width: 2, isBig: false), name: "UTF-16LE")
        }
        if share[0] > 60 && share[2] > 60 && share[1] < 5 && share[3] < 5 {
            return Decoded(text: Self.wide(bytes[...], width: 2, isBig: true), name: "UTF-16BE")
        }
        return nil
    }
}
