internal import COpenSSL

/// HMAC with SHA-256 (RFC 2104): a digest that only the holder of a key can make.
public enum HMACSHA256 {
    /// 32 bytes.
    ///
    /// - Parameter key: of any length; 32 random bytes are as good as it gets.
    public static func of(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        precondition(key.count <= Int(Int32.max), "a key of more than 2 GiB")
        // OpenSSL takes a missing pointer for "the key of before".
        let given = key.isEmpty ? [0] : key
        return [UInt8](unsafeUninitializedCapacity: 32) { digest, count in
            guard HMAC(EVP_sha256(), given, Int32(key.count), bytes, bytes.count, digest.baseAddress, nil) != nil else {
                // A broken installation: no message could be read or written rightly.
                fatalError("OpenSSL has no SHA-256")
            }
            count = 32
        }
    }

    /// Whether two digests are the same, in a time that does not depend on where they differ.
    public static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}
