/// Writing systems that the language detector tells apart.
enum LanguageScript: Int, CaseIterable {
    case latin, cyrillic, greek, arabic, hebrew, devanagari, bengali, gurmukhi, gujarati, tamil, telugu, kannada, malayalam, sinhala
    case thai, lao, myanmar, georgian, armenian, ethiopic, khmer, hangul, japaneseKana, han

    enum Languages { case one(String), byLetters, byProfile }

    /// How the language follows from the script.
    var languages: Languages {
        switch self {
        case .latin, .cyrillic: .byProfile
        case .arabic, .hebrew, .han, .japaneseKana: .byLetters
        case .greek: .one("el")
        case .devanagari: .one("hi")
        case .bengali: .one("bn")
        case .gurmukhi: .one("pa")
        case .gujarati: .one("gu")
        case .tamil: .one("ta")
        case .telugu: .one("te")
        case .kannada: .one("kn")
        case .malayalam: .one("ml")
        case .sinhala: .one("si")
        case .thai: .one("th")
        case .lao: .one("lo")
        case .myanmar: .one("my")
        case .georgian: .one("ka")
        case .armenian: .one("hy")
        case .ethiopic: .one("am")
        case .khmer: .one("km")
        case .hangul: .one("ko")
        }
    }

    static func of(_ value: UInt32) -> LanguageScript? {
        switch value {
        case 0x41...0x5A, 0x61...0x7A, 0xC0...0x24F, 0x1E00...0x1EFF: value == 0xD7 || value == 0xF7 ? nil : .latin
        case 0x370...0x3FF, 0x1F00...0x1FFF: .greek
        case 0x400...0x52F: .cyrillic
        case 0x531...0x58F: .armenian
        case 0x5D0...0x5F4: .hebrew
        case 0x620...0x64A, 0x66E...0x6D3, 0x750...0x77F, 0xFB50...0xFDFF, 0xFE70...0xFEFC: .arabic
        case 0x900...0x97F: .devanagari
        case 0x980...0x9FF: .bengali
        case 0xA00...0xA7F: .gurmukhi
        case 0xA80...0xAFF: .gujarati
        case 0xB80...0xBFF: .tamil
        case 0xC00...0xC7F: .telugu
        case 0xC80...0xCFF: .kannada
        case 0xD00...0xD7F: .malayalam
        case 0xD80...0xDFF: .sinhala
        case 0xE01...0xE4E: .thai
        case 0xE80...0xEDF: .lao
        case 0x1000...0x109F: .myanmar
        case 0x10A0...0x10FF: .georgian
        case 0x1200...0x137F: .ethiopic
        case 0x1780...0x17D3: .khmer
        case 0x1100...0x11FF, 0xAC00...0xD7A3, 0x3131...0x318E: .hangul
        case 0x3041...0x30FF, 0xFF66...0xFF9D: .japaneseKana
        case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3134F: .han
        default: nil
        }
    }
}

/// How many letters of each script a text has.
struct ScriptCount {
    private(set) var letters = 0
    private var counts = [Int](repeating: 0, count: LanguageScript.allCases.count)
    private var persian = 0
    private var urdu = 0
    private var yiddish = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        var index = 0
        while index < bytes.count {
            let (value, length) = UTF8Text.scalar(bytes, at: index)
            index &+= length
            guard let script = LanguageScript.of(value) else { continue }
            // A Han or Hangul character is worth about three letters of an alphabet.
            let weight = script == .han || script == .hangul ? 3 : script == .japaneseKana ? 2 : 1
            self.counts[script.rawValue] += weight
            self.letters += weight
            switch value {
            case 0x67E, 0x686, 0x698, 0x6AF, 0x6A9, 0x6CC: self.persian += 1
            case 0x679, 0x688, 0x691, 0x6BA, 0x6BE, 0x6C1, 0x6D2: self.urdu += 1
            case 0x5F0...0x5F2: self.yiddish += 1
            default: break
            }
        }
        // Kana and Han are one writing system where kana occur at all.
        let kana = self.counts[LanguageScript.japaneseKana.rawValue]
        let han = self.counts[LanguageScript.han.rawValue]
        if kana * 12 >= han, kana > 0 {
            self.counts[LanguageScript.japaneseKana.rawValue] += han
            self.counts[LanguageScript.han.rawValue] = 0
        } else {
            self.counts[LanguageScript.han.rawValue] += kana
            self.counts[LanguageScript.japaneseKana.rawValue] = 0
        }
    }

    var dominant: (script: LanguageScript, count: Int)? {
        LanguageScript.allCases.map { ($0, self.counts[$0.rawValue]) }.max { $0.1 < $1.1 }.flatMap { $0.1 > 0 ? $0 : nil }
    }

    func languageByLetters(_ script: LanguageScript) -> String {
        let count = self.counts[script.rawValue]
        switch script {
        case .japaneseKana: return "ja"
        case .han: return "zh"
        case .hebrew: return self.yiddish * 50 > count ? "yi" : "he"
        default:
            if self.urdu * 40 > count { return "ur" }
            return self.persian * 40 > count ? "fa" : "ar"
        }
    }
}
