import FlotillaCache
import Testing

@Suite struct CacheCipherTests {
    private static let base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    private static let hexadecimal = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1F"

    @Test func `secrets are read in all their spellings, and are the same secret`() throws {
        let policy = EntryCodecTests.required
        let writer = EntryCodec(cipher: try CacheCipher(parsing: "k1:\(Self.base64)"))
        let bytes = try writer.encode(EntryCodecTests.entry([1, 2]), key: "k", policy: policy)
        for text in [
            "k1:\(Self.hexadecimal)", "k1:\(Self.base64.dropLast())", "  k1 : \(Self.base64) \n",
            "new:\(Self.hexadecimal.dropLast())0,k1:\(Self.base64)",
        ] {
            let reader = EntryCodec(cipher: try CacheCipher(parsing: text))
            #expect(reader.decode(bytes, key: "k", policy: policy) == .entry(EntryCodecTests.entry([1, 2])), "\(text)")
        }
        let url = try CacheCipher(parsing: "k:-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_A")
        let standard = try CacheCipher(parsing: "k:+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/A=")
        let sealed = try EntryCodec(cipher: url).encode(EntryCodecTests.entry([3]), key: "k", policy: policy)
        #expect(EntryCodec(cipher: standard).decode(sealed, key: "k", policy: policy) == .entry(EntryCodecTests.entry([3])))
    }

    @Test func `keys are in the order in which they were given`() throws {
        let cipher = try CacheCipher(parsing: "2026-11:\(Self.base64),2026-05:\(Self.hexadecimal)")
        #expect(cipher.keyIDs == ["2026-11", "2026-05"])
    }

    @Test(
        arguments: [
            ("", CacheCipherError.Code.noKeys, nil),
            ("  ", .noKeys, nil),
            (base64, .missingID, 1),
            ("k1:\(base64),", .missingID, 2),
            (":\(base64)", .invalidID, 1),
            ("\(base64):k1", .invalidSecret, 1),
            ("\(base64):\(base64)", .invalidID, 1),
            ("k\u{E9}:\(base64)", .invalidID, 1),
            ("k1:", .invalidSecret, 1),
            ("k1:hunter2", .invalidSecret, 1),
            ("k1:\(base64),k2:\(hexadecimal)0", .invalidSecret, 2),
            ("k1:\(base64.dropLast(2))9", .invalidSecret, 1),
            ("k1:\(String(repeating: "z", count: 64))", .invalidSecret, 1),
            ("k1:\(String(repeating: "0", count: 64))", .weakSecret, 1),
            ("k1:\(base64),k2:\(hexadecimal),k1:\(hexadecimal)", .repeatedID, 3),
        ] as [(String, CacheCipherError.Code, Int?)])
    func `mistakes are named by place and never repeated`(text: String, code: CacheCipherError.Code, position: Int?) {
        do {
            _ = try CacheCipher(parsing: text)
            Issue.record("taken: \(text)")
        } catch {
            #expect(error.code == code)
            #expect(error.position == position)
            for secret in [String(Self.base64.prefix(12)), String(Self.hexadecimal.prefix(12)), "hunter2"] {
                #expect(!"\(error) \(String(reflecting: error))".contains(secret))
            }
        }
    }

    @Test func `no text about a key holds its secret`() throws {
        let key = try CacheCipher.Key(id: "k1", secret: Array("0123456789abcdef0123456789ABCDEF".utf8))
        let cipher = try CacheCipher([key])
        var dumped = ""
        dump(cipher, to: &dumped)
        dump(EntryCodec(cipher: cipher), to: &dumped)
        for text in [dumped, "\(key)", "\(cipher)", String(reflecting: cipher), String(reflecting: key)] {
            #expect(!text.contains("48, 49, 50") && !text.contains("UInt8") && !text.contains("0123"), "\(text)")
        }
        #expect(dumped.contains("k1"))
    }
}
