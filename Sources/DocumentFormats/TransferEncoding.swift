/// The encodings that carry bytes through mail.
enum TransferEncoding {
    /// Everything that is not of the alphabet is skipped, as RFC 2045 asks.
    static func base64(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        var buffer: UInt32 = 0
        var count = 0
        for byte in bytes {
            let value: UInt32
            switch byte {
            case 0x41...0x5A: value = UInt32(byte) - 0x41
            case 0x61...0x7A: value = UInt32(byte) - 0x61 + 26
            case 0x30...0x39: value = UInt32(byte) - 0x30 + 52
            case 0x2B, 0x2D: value = 62
            case 0x2F, 0x5F: value = 63
            default: continue
            }
            buffer = buffer << 6 | value
            count += 1
            if count == 4 {
                output.append(UInt8(truncatingIfNeeded: buffer >> 16))
                output.append(UInt8(truncatingIfNeeded: buffer >> 8))
                output.append(UInt8(truncatingIfNeeded: buffer))
                buffer = 0
                count = 0
            }
        }
        if count == 3 {
            output.append(UInt8(truncatingIfNeeded: buffer >> 10))
            output.append(UInt8(truncatingIfNeeded: buffer >> 2))
        } else if count == 2 {
            output.append(UInt8(truncatingIfNeeded: buffer >> 4))
        }
        return output
    }

    static func quotedPrintable(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            guard byte == 0x3D else {
                output.append(byte)
                index += 1
                continue
            }
            // A soft line break, with white space that some relay may have added.
            var look = index + 1
            while look < bytes.endIndex, bytes[look] == 0x20 || bytes[look] == 0x09 { look += 1 }
            if look < bytes.endIndex, bytes[look] == 0x0D { look += 1 }
            if look >= bytes.endIndex || bytes[look] == 0x0A {
                index = min(look + 1, bytes.endIndex)
            } else if index + 2 < bytes.endIndex, let high = Self.digit(bytes[index + 1]), let low = Self.digit(bytes[index + 2]) {
                output.append(high << 4 | low)
                index += 3
            } else {
                output.append(byte)
                index += 1
            }
        }
        return output
    }

    static func percent(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0x25, index + 2 < bytes.count, let high = Self.digit(bytes[index + 1]),
                let low = Self.digit(bytes[index + 2])
            {
                output.append(high << 4 | low)
                index += 3
            } else {
                output.append(bytes[index])
                index += 1
            }
        }
        return output
    }

    static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}

/// The encoded words of RFC 2047: `=?utf-8?Q?Gr=C3=BC=C3=9Fe?=`.
enum EncodedWords {
    static func decoded(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        // Bytes of neighbours in one character set are decoded together: senders cut characters in two.
        var gathered: [UInt8] = []
        var gatheredSet = ""
        func flush(_ output: inout [UInt8]) {
            guard !gathered.isEmpty else { return }
            output.append(contentsOf: (Charset.convert(gathered, from: gatheredSet) ?? String(decoding: gathered, as: UTF8.self)).utf8)
            gathered = []
        }
        var index = 0
        while index < bytes.count {
            if let word = Self.word(bytes, at: index) {
                if word.charset != gatheredSet { flush(&output) }
                gatheredSet = word.charset
                gathered.append(contentsOf: word.content)
                index = word.end
                // White space between two encoded words is not part of the text.
                var look = index
                while look < bytes.count, bytes[look] <= 0x20 { look += 1 }
                if look > index, Self.word(bytes, at: look) != nil { index = look }
            } else {
                flush(&output)
                output.append(bytes[index])
                index += 1
            }
        }
        flush(&output)
        return String(decoding: output, as: UTF8.self)
    }

    private static func word(_ bytes: [UInt8], at start: Int) -> (charset: String, content: [UInt8], end: Int)? {
        guard start + 8 <= bytes.count, bytes[start] == 0x3D, bytes[start + 1] == 0x3F,
            let first = bytes.firstRange(of: [0x3F], from: start + 2, before: start + 60), first + 2 < bytes.count,
            bytes[first + 2] == 0x3F,
            let end = bytes.firstRange(of: [0x3F, 0x3D], from: first + 3, before: first + 2_000)
        else { return nil }
        let charset = String(decoding: bytes[start + 2..<first], as: UTF8.self).prefix { $0 != "*" }
        let raw = bytes[first + 3..<end]
        switch bytes[first + 1] | 0x20 {
        case 0x62: return (charset.uppercased(), TransferEncoding.base64(raw), end + 2)
        case 0x71:
            let spaced = raw.map { $0 == 0x5F ? UInt8(0x20) : $0 }
            return (charset.uppercased(), TransferEncoding.quotedPrintable(spaced[...]), end + 2)
        default: return nil
        }
    }
}
