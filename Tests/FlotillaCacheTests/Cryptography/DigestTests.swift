import Cryptography
import Testing

@Suite struct DigestTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `SHA-256 gives the digests of FIPS 180`(text: String, digest: String) {
        #expect(SHA256Digest.of(Array(text.utf8)) == hex(digest))
    }

    @Test(arguments: [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ])
    func `SHA-256 of letters that come in parts`(letters: Int, digest: String) {
        let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: letters)
        var stream = SHA256Stream()
        bytes.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: letters, by: 777) {
                stream.update(UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + 777, letters)]))
            }
        }
        #expect(stream.finish() == hex(digest))
    }

    struct MACVector: Sendable {
        var key, data, digest: String
    }

    /// Cases 1, 2, 3, 6 and 7 of RFC 4231.
    @Test(arguments: [
        MACVector(
            key: String(repeating: "0b", count: 20), data: "4869205468657265",
            digest: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        MACVector(
            key: "4a656665", data: "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
            digest: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        MACVector(
            key: String(repeating: "aa", count: 20), data: String(repeating: "dd", count: 50),
            digest: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        MACVector(
            key: String(repeating: "aa", count: 131),
            data: "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
            digest: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
    ])
    func `HMAC gives the digests of RFC 4231`(vector: MACVector) {
        #expect(HMACSHA256.of(hex(vector.data), key: hex(vector.key)) == hex(vector.digest))
    }

    @Test func `an empty key is a key`() {
        // From the definition: SHA-256(0x5c x 64 + SHA-256(0x36 x 64 + message)).
        let message = Array("message".utf8)
        let inner = SHA256Digest.of([UInt8](repeating: 0x36, count: 64) + message)
        let outer = SHA256Digest.of([UInt8](repeating: 0x5C, count: 64) + inner)
        #expect(HMACSHA256.of(message, key: []) == outer)
    }

    @Test func `digests are compared whole`() {
        let digest = SHA256Digest.of([])
        #expect(HMACSHA256.areEqual(digest, digest))
        #expect(!HMACSHA256.areEqual(digest, Array(digest.dropLast())))
        #expect(!HMACSHA256.areEqual(digest, Array(digest.dropLast()) + [digest[31] ^ 1]))
        #expect(HMACSHA256.areEqual([], []))
    }

    @Test func `random bytes are as many as asked for, and others each time`() throws {
        for count in [0, 1, 12, 1_000] { #expect(try SecureRandom.bytes(count).count == count) }
        let draws = try (0..<1_000).map { _ in try SecureRandom.bytes(8) }
        #expect(Set(draws).count == 1_000)
        #expect(throws: CryptographyError.self) { try SecureRandom.bytes(-1) }
    }
}
