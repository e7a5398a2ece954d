/// Plain text of any character set; form feeds end pages.
enum TextReader {
    static func read(_ bytes: [UInt8], charset: String? = nil, guess: String? = nil, limits: FormatLimits) throws(FormatError)
        -> FormatDocument
    {
        let decoded = try Charset.decode(bytes, declared: charset, guess: guess)
        var pages = PageBuilder(limits)
        if let warning = decoded.warning { pages.warn(warning) }
        for page in unixLines(decoded.text).utf8.split(separator: 0x0C, omittingEmptySubsequences: false) {
            pages.paragraph(Substring(page))
            pages.breakPage()
        }
        return pages.finish()
    }
}

/// `text` with CR LF and CR as LF, and without control characters.
func unixLines(_ text: String) -> String {
    var output: [UInt8] = []
    output.reserveCapacity(text.utf8.count)
    var isAfterReturn = false
    for byte in text.utf8 {
        if byte == 0x0D {
            output.append(0x0A)
        } else if byte == 0x0A {
            if !isAfterReturn { output.append(byte) }
        } else if byte >= 0x20 && byte != 0x7F || byte == 0x09 || byte == 0x0C {
            output.append(byte)
        }
        isAfterReturn = byte == 0x0D
    }
    return String(decoding: output, as: UTF8.self)
}
