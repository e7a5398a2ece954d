/// Latin letters for letters of other alphabets and for letters with marks. What is not in the tables is lower-cased and kept.
enum Transliteration {
    /// A base letter, then every lower-case letter that is written as it when marks are lost.
    private static let marked: [(base: String, letters: String)] = [
        ("a", "àáâãäåāăąǎǟǡǻȁȃȧạảấầẩẫậắằẳẵặḁ"), ("b", "ḃḅḇɓ"), ("c", "çćĉċčḉ"), ("d", "ďđḋḍḏḑḓð"), ("e", "èéêëēĕėęěȅȇȩẹẻẽếềểễệḕḗḙḛḝǝə"),
        ("f", "ḟƒ"), ("g", "ĝğġģǧǵḡ"), ("h", "ĥħḣḥḧḩḫẖ"), ("i", "ìíîïĩīĭįıǐȉȋḭḯỉị"), ("j", "ĵǰ"), ("k", "ķǩḱḳḵĸ"), ("l", "ĺļľŀłḷḹḻḽ"),
        ("m", "ḿṁṃ"), ("n", "ñńņňŉǹṅṇṉṋŋ"), ("o", "òóôõöøōŏőơǒǫǭǿȍȏȫȭȯȱọỏốồổỗộớờởỡợṍṏṑṓ"), ("p", "ṕṗ"), ("r", "ŕŗřȑȓṙṛṝṟ"),
        ("s", "śŝşšșṡṣṥṧṩſ"), ("t", "ţťŧțṫṭṯṱẗ"), ("u", "ùúûüũūŭůűųưǔǖǘǚǜȕȗụủứừửữựṳṵṷṹṻ"), ("v", "ṽṿ"), ("w", "ŵẁẃẅẇẉẘ"), ("x", "ẋẍ"),
        ("y", "ýÿŷẏẙỳỵỷỹ"), ("z", "źżžẑẓẕ"), ("ss", "ß"), ("ae", "æǽ"), ("oe", "œ"), ("th", "þ"), ("ij", "ĳ"), ("ff", "ﬀ"), ("fi", "ﬁ"),
        ("fl", "ﬂ"), ("ffi", "ﬃ"), ("ffl", "ﬄ"), ("st", "ﬅﬆ"),
    ]

    private static let letters: [(from: String, to: String)] = [
        // Cyrillic: Russian, then what Ukrainian, Belarusian and the South Slavic languages add.
        ("а", "a"), ("б", "b"), ("в", "v"), ("г", "g"), ("д", "d"), ("е", "e"), ("ё", "e"), ("ж", "zh"), ("з", "z"), ("и", "i"), ("й", "y"),
        ("к", "k"), ("л", "l"), ("м", "m"), ("н", "n"), ("о", "o"), ("п", "p"), ("р", "r"), ("с", "s"), ("т", "t"), ("у", "u"), ("ф", "f"),
        ("х", "kh"), ("ц", "ts"), ("ч", "ch"), ("ш", "sh"), ("щ", "shch"), ("ъ", ""), ("ы", "y"), ("ь", ""), ("э", "e"), ("ю", "yu"),
        ("я", "ya"), ("і", "i"), ("ї", "yi"), ("є", "ye"), ("ґ", "g"), ("ў", "u"), ("ђ", "dj"), ("ј", "j"), ("љ", "lj"), ("њ", "nj"),
        ("ћ", "c"), ("џ", "dz"), ("ѓ", "gj"), ("ќ", "kj"), ("ѕ", "dz"),
        // Greek.
        ("α", "a"), ("ά", "a"), ("β", "v"), ("γ", "g"), ("δ", "d"), ("ε", "e"), ("έ", "e"), ("ζ", "z"), ("η", "i"), ("ή", "i"), ("θ", "th"),
        ("ι", "i"), ("ί", "i"), ("ϊ", "i"), ("ΐ", "i"), ("κ", "k"), ("λ", "l"), ("μ", "m"), ("ν", "n"), ("ξ", "x"), ("ο", "o"), ("ό", "o"),
        ("π", "p"), ("ρ", "r"), ("σ", "s"), ("ς", "s"), ("τ", "t"), ("υ", "y"), ("ύ", "y"), ("ϋ", "y"), ("ΰ", "y"), ("φ", "f"), ("χ", "ch"),
        ("ψ", "ps"), ("ω", "o"), ("ώ", "o"),
    ]

    /// Greek letters that sound as one, by their first and second scalar.
    private static let greekPairs: [UInt64: String] = {
        let pairs = [
            ("ου", "ou"), ("ού", "ou"), ("αυ", "av"), ("αύ", "av"), ("ευ", "ev"), ("εύ", "ev"), ("μπ", "b"), ("ντ", "nt"), ("γγ", "ng"),
            ("γκ", "g"), ("τζ", "tz"),
        ]
        return .init(
            uniqueKeysWithValues: pairs.map { pair in
                let scalars = pair.0.unicodeScalars.map(\.value)
                return (UInt64(scalars[0]) << 32 | UInt64(scalars[1]), pair.1)
            })
    }()

    private static let table: [UInt32: String] = {
        var table: [UInt32: String] = [:]
        for (base, letters) in Self.marked {
            for scalar in letters.unicodeScalars { table[scalar.value] = base }
        }
        for (from, to) in Self.letters {
            for scalar in from.unicodeScalars { table[scalar.value] = to }
        }
        return table
    }()

    /// Appends `scalar` in lower case, without marks and in Latin letters. Combining marks append nothing.
    /// - Returns: how many scalars were read: 2 where `next` makes one sound with it.
    static func append(_ scalar: Unicode.Scalar, next: Unicode.Scalar?, to text: inout String) -> Int {
        if scalar.isASCII {
            text.unicodeScalars.append(scalar.value >= 0x41 && scalar.value <= 0x5A ? Unicode.Scalar(UInt8(scalar.value | 0x20)) : scalar)
            return 1
        }
        if scalar.value >= 0x300, scalar.value <= 0x36F { return 1 }
        // Full-width Latin letters and digits, as East Asian documents have them.
        if scalar.value >= 0xFF01, scalar.value <= 0xFF5E, let ascii = Unicode.Scalar(scalar.value - 0xFEE0) {
            return Self.append(ascii, next: nil, to: &text)
        }
        let lower = scalar.properties.lowercaseMapping.unicodeScalars
        guard let first = lower.first else { return 1 }
        if first.value >= 0x370, first.value < 0x400, let next,
            let second = next.properties.lowercaseMapping.unicodeScalars.first,
            let pair = Self.greekPairs[UInt64(first.value) << 32 | UInt64(second.value)]
        {
            text += pair
            return 2
        }
        for scalar in lower {
            if let latin = Self.table[scalar.value] {
                text += latin
            } else if scalar.value < 0x300 || scalar.value > 0x36F {
                text.unicodeScalars.append(scalar)
            }
        }
        return 1
    }
}
