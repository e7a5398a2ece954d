internal import TextAnalysis

/// Finds e-mail and web addresses in bytes, before there are words. Linear: what is looked at on both sides of a sign is bounded.
struct AddressScanner {
    struct Address: Hashable {
        var type: EntityType
        var bytes: Range<Int>
    }

    private static let longestLocalPart = 64
    private static let longestDomain = 253
    private static let longestURL = 2048

    /// In the order of the text, not overlapping.
    static func addresses(in bytes: [UInt8]) -> [Address] {
        var found: [Address] = []
        var index = 0
        var end = 0
        while index < bytes.count {
            var address: Address?
            switch bytes[index] {
            case 0x40: address = Self.email(bytes, sign: index, from: end)
            case 0x3A: address = Self.url(bytes, colon: index, from: end)
            case 0x77, 0x57: address = Self.bareURL(bytes, at: index)
            default: break
            }
            if let address {
                found.append(address)
                end = address.bytes.upperBound
                index = end
            } else {
                index += 1
            }
        }
        return found
    }

    private static func email(_ bytes: [UInt8], sign: Int, from floor: Int) -> Address? {
        var start = sign
        while start > floor, sign - start <= Self.longestLocalPart, Self.isLocalPart(bytes[start - 1]) { start -= 1 }
        while start < sign, bytes[start] == 0x2E || bytes[start] == 0x27 { start += 1 }
        guard start < sign, sign - start <= Self.longestLocalPart, bytes[sign - 1] != 0x2E else { return nil }
        guard start == 0 || !Self.isLetterByte(bytes[start - 1]) else { return nil }
        guard let end = Self.domain(bytes, from: sign + 1) else { return nil }
        return Address(type: .email, bytes: start..<end)
    }

    /// The end of a host name with at least one dot and a top level of letters.
    private static func domain(_ bytes: [UInt8], from start: Int) -> Int? {
        var end = start
        var lastDot: Int?
        scan: while end < bytes.count, end - start <= Self.longestDomain {
            let byte = bytes[end]
            if Self.isAlphanumeric(byte) || byte == 0x2D {
                end += 1
            } else if byte >= 0x80 {
                let (value, length) = bytes.withUnsafeBufferPointer { UTF8Text.scalar($0, at: end) }
                guard UTF8Text.isLetter(value), !UTF8Text.isSpacelessScript(value) else { break scan }
                end += length
            } else if byte == 0x2E, end > start, end + 1 < bytes.count, Self.isAlphanumeric(bytes[end + 1]) || bytes[end + 1] >= 0xC3 {
                lastDot = end
                end += 1
            } else {
                break
            }
        }
        while end > start, bytes[end - 1] == 0x2D || bytes[end - 1] == 0x2E { end -= 1 }
        guard let lastDot, end - lastDot >= 3, end - start <= Self.longestDomain else { return nil }
        guard bytes[(lastDot + 1)..<end].allSatisfy({ $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A || $0 >= 0x80 }) else { return nil }
        return end
    }

    private static func url(_ bytes: [UInt8], colon: Int, from floor: Int) -> Address? {
        guard colon + 3 < bytes.count, bytes[colon + 1] == 0x2F, bytes[colon + 2] == 0x2F else { return nil }
        var start = colon
        while start > floor, colon - start < 8, bytes[start - 1] | 0x20 >= 0x61, bytes[start - 1] | 0x20 <= 0x7A { start -= 1 }
        let scheme = String(decoding: bytes[start..<colon], as: UTF8.self).lowercased()
        guard ["http", "https", "ftp", "ftps", "sftp"].contains(scheme) else { return nil }
        let end = Self.urlEnd(bytes, from: colon + 3)
        guard end > colon + 4 else { return nil }
        return Address(type: .url, bytes: start..<end)
    }

    private static func bareURL(_ bytes: [UInt8], at start: Int) -> Address? {
        guard start + 6 < bytes.count, bytes[start + 1] | 0x20 == 0x77, bytes[start + 2] | 0x20 == 0x77, bytes[start + 3] == 0x2E,
            start == 0 || !Self.isAlphanumeric(bytes[start - 1]) && bytes[start - 1] != 0x2E, Self.domain(bytes, from: start) != nil
        else { return nil }
        return Address(type: .url, bytes: start..<Self.urlEnd(bytes, from: start + 4))
    }

    /// Where the address ends, without the punctuation of the sentence around it.
    private static func urlEnd(_ bytes: [UInt8], from start: Int) -> Int {
        var end = start
        var open = 0
        var closed = 0
        while end < bytes.count, end - start < Self.longestURL, Self.isURLByte(bytes[end]) {
            if bytes[end] >= 0x80 {
                // A typographic quotation mark or a no-break space ends an address; a letter does not.
                let (value, length) = bytes.withUnsafeBufferPointer { UTF8Text.scalar($0, at: end) }
                guard UTF8Text.isLetter(value), !UTF8Text.isSpacelessScript(value) else { break }
                end += length
                continue
            }
            if bytes[end] == 0x28 { open += 1 }
            if bytes[end] == 0x29 { closed += 1 }
            end += 1
        }
        while end > start {
            let last = bytes[end - 1]
            if last == 0x29, closed > open {
                closed -= 1
                end -= 1
            } else if [0x2E, 0x2C, 0x3B, 0x3A, 0x21, 0x3F, 0x27, 0x2A, 0x5D, 0x7D].contains(last) {
                end -= 1
            } else {
                break
            }
        }
        return end
    }

    private static func isURLByte(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte != 0x22 && byte != 0x3C && byte != 0x3E && byte != 0x5C && byte != 0x5E && byte != 0x60 && byte != 0x7B
            && byte != 0x7C && byte != 0x7D && byte != 0x7F
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        byte >= 0x30 && byte <= 0x39 || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A
    }

    /// A letter, or a byte of one that is not ASCII and not of the punctuation that text puts around addresses.
    private static func isLetterByte(_ byte: UInt8) -> Bool { Self.isAlphanumeric(byte) || byte >= 0xC3 && byte <= 0xDF }

    private static func isLocalPart(_ byte: UInt8) -> Bool {
        Self.isAlphanumeric(byte) || [0x2E, 0x2D, 0x5F, 0x2B, 0x25, 0x27, 0x23, 0x26, 0x21, 0x7E, 0x3D].contains(byte)
    }

    /// Scheme and host in lower case, the rest as written, without the slash of an empty path; e-mail addresses in lower case.
    static func normal(_ address: Address, in bytes: [UInt8]) -> String {
        let text = String(decoding: bytes[address.bytes], as: UTF8.self)
        guard address.type == .url else { return text.lowercased() }
        let rest = text.firstRange(of: "://").map { text[$0.upperBound...] } ?? text[...]
        let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        var tail = rest[host.endIndex...]
        if tail == "/" { tail = "" }
        return text[..<rest.startIndex].lowercased() + host.lowercased() + tail
    }
}
