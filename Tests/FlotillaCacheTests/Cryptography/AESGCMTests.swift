import Cryptography
import Testing

@Suite struct AESGCMTests {
    struct Vector: Sendable {
        var key, nonce, plaintext, associated, ciphertext, tag: String
    }

    /// The cases 13 to 16 of the specification of GCM that NIST took over: those of 256-bit keys and 96-bit nonces.
    static let vectors = [
        Vector(
            key: String(repeating: "00", count: 32), nonce: String(repeating: "00", count: 12), plaintext: "", associated: "",
            ciphertext: "", tag: "530f8afbc74536b9a963b4f1c4cb738b"),
        Vector(
            key: String(repeating: "00", count: 32), nonce: String(repeating: "00", count: 12),
            plaintext: String(repeating: "00", count: 16), associated: "", ciphertext: "cea7403d4d606b6e074ec5d3baf39d18",
            tag: "d0d1c8a799996bf0265b98b5d48ab919"),
        Vector(
            key: String(repeating: "feffe9928665731c6d6a8f9467308308", count: 2), nonce: "cafebabefacedbaddecaf888",
            plaintext: """
                d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255
                """,
            associated: "",
            ciphertext: """
                522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad
                """,
            tag: "b094dac5d93471bdec1a502270e3cc6c"),
        Vector(
            key: String(repeating: "feffe9928665731c6d6a8f9467308308", count: 2), nonce: "cafebabefacedbaddecaf888",
            plaintext: """
                d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39
                """,
            associated: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            ciphertext: """
                522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662
                """,
            tag: "76fc6ece0f4e1768cddf8853bb2d551b"),
    ]

    @Test(arguments: vectors) func `the published vectors come out`(vector: Vector) throws {
        let cipher = try AESGCM(key: hex(vector.key))
        let sealed = try cipher.seal(hex(vector.plaintext), nonce: hex(vector.nonce), associated: hex(vector.associated))
        #expect(sealed == hex(vector.nonce) + hex(vector.ciphertext) + hex(vector.tag))
        #expect(try cipher.open(sealed, associated: hex(vector.associated)) == hex(vector.plaintext))
    }

    @Test(arguments: [0, 1, 15, 16, 17, 4_096, 100_003]) func `what was sealed opens, whatever its length`(length: Int) throws {
        var generator = SeededGenerator(seed: UInt64(length))
        let cipher = try AESGCM(key: generator.bytes(32))
        let plaintext = generator.bytes(length)
        let sealed = try cipher.seal(plaintext, associated: [1, 2, 3])
        #expect(sealed.count == length + AESGCM.overhead)
        #expect(try cipher.open(sealed, associated: [1, 2, 3]) == plaintext)
    }

    @Test func `a change of any bit is noticed`() throws {
        var generator = SeededGenerator(seed: 1)
        let cipher = try AESGCM(key: generator.bytes(32))
        let sealed = try cipher.seal(Array("attack at dawn".utf8), associated: Array("place".utf8))
        for bit in 0..<sealed.count * 8 {
            var changed = sealed
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(
                Self.code { () throws(CryptographyError) in try cipher.open(changed, associated: Array("place".utf8)) } == .notAuthentic)
        }
        #expect(Self.code { () throws(CryptographyError) in try cipher.open(sealed, associated: Array("plaice".utf8)) } == .notAuthentic)
        let other = try AESGCM(key: generator.bytes(32))
        #expect(Self.code { () throws(CryptographyError) in try other.open(sealed, associated: Array("place".utf8)) } == .notAuthentic)
    }

    @Test func `sizes that cannot be are refused`() throws {
        let cipher = try AESGCM(key: [UInt8](0..<32))
        #expect(Self.code { () throws(CryptographyError) in try cipher.open([UInt8](repeating: 0, count: 27)) } == .truncated)
        #expect(Self.code { () throws(CryptographyError) in try cipher.seal([1], nonce: [1, 2, 3]) } == .nonceSize)
        for length in [0, 16, 31, 33] {
            #expect(throws: CryptographyError.self) { try AESGCM(key: [UInt8](repeating: 1, count: length)) }
        }
    }

    @Test func `no two seals are alike`() throws {
        let cipher = try AESGCM(key: [UInt8](0..<32))
        let seals = try (0..<1_000).map { _ in try cipher.seal([7]) }
        #expect(Set(seals).count == 1_000)
    }

    private static func code(_ body: () throws(CryptographyError) -> [UInt8]) -> CryptographyError.Code? {
        do {
            _ = try body()
            return nil
        } catch {
            return error.code
        }
    }
}
