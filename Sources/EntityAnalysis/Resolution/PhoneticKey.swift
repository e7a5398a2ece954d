/// Keys under which words meet that sound alike or are spelt by another convention. For Latin letters in lower case; others pass unchanged.
enum PhoneticKey {
    /// Consonants only, those that are heard alike made equal: `hale` and `hail` give `hl`, `gorbachev` and `gorbatschow` give `grbkf`.
    static func sound(_ word: String) -> String {
        var text = Self.replacing(Self.spelling(word), Self.sounds)
        if text.hasSuffix("dt") { text = text.dropLast(2) + "t" }
        var key = ""
        for (index, letter) in text.utf8.enumerated() {
            let mapped: UInt8? =
                switch letter {
                case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "u"):
                    index == 0 ? UInt8(ascii: "a") : nil
                case UInt8(ascii: "y"), UInt8(ascii: "h"): index == 0 ? letter : nil
                case UInt8(ascii: "c"), UInt8(ascii: "q"): UInt8(ascii: "k")
                case UInt8(ascii: "v"): UInt8(ascii: "f")
                case UInt8(ascii: "z"): UInt8(ascii: "s")
                default: letter
                }
            guard let mapped, key.utf8.last != mapped else { continue }
            key += String(decoding: CollectionOfOne(mapped), as: UTF8.self)
        }
        return letterCount(text) == text.utf8.count ? key : word
    }

    /// The same word whatever a language writes for its sounds: `mueller` and `muller`, `tschaikowsky` and `chaikovskiy`.
    static func spelling(_ word: String) -> String {
        var text = Self.replacing(word, Self.conventions)
        for ending in ["iy", "ij", "yy", "ii", "yj", "ie", "ey", "i"]
        where text.hasSuffix(ending) && text.utf8.count > ending.utf8.count + 2 {
            text = text.dropLast(ending.utf8.count) + "y"
            break
        }
        return text
    }

    private static let conventions: [(from: [UInt8], to: [UInt8])] = Self.pairs([
        ("tsch", "ch"), ("tch", "ch"), ("sch", "sh"), ("que", "que"), ("qui", "qui"), ("ae", "a"), ("oe", "o"), ("ue", "u"), ("ph", "f"),
        ("kh", "ch"),
        ("ck", "k"), ("w", "v"), ("j", "y"),
    ])
    private static let sounds: [(from: [UInt8], to: [UInt8])] = Self.pairs([
        ("shch", "s"), ("sh", "s"), ("ch", "k"), ("gh", ""), ("th", "t"), ("ce", "se"), ("ci", "si"), ("cy", "sy"), ("ts", "s"),
        ("tz", "s"), ("x", "ks"),
        ("kn", "n"), ("wr", "r"), ("h", "h"),
    ])

    private static func pairs(_ texts: [(String, String)]) -> [(from: [UInt8], to: [UInt8])] {
        texts.map { (Array($0.0.utf8), Array($0.1.utf8)) }
    }

    private static func letterCount(_ text: String) -> Int {
        text.utf8.count { $0 >= 0x61 && $0 <= 0x7A }
    }

    /// One pass from left to right; the first rule that fits is taken.
    private static func replacing(_ text: String, _ rules: [(from: [UInt8], to: [UInt8])]) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        scan: while index < bytes.count {
            for rule in rules where bytes[index...].starts(with: rule.from) {
                result += rule.to
                index += rule.from.count
                continue scan
            }
            result.append(bytes[index])
            index += 1
        }
        return String(decoding: result, as: UTF8.self)
    }
}
