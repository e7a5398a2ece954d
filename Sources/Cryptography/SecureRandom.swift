internal import COpenSSL

/// Random bytes that nobody can guess, by OpenSSL's generator, which is seeded by the kernel.
public enum SecureRandom {
    /// - Throws: ``CryptographyError`` with code `unavailable` when the kernel gives no randomness; never weaker bytes instead.
    public static func bytes(_ count: Int) throws(CryptographyError) -> [UInt8] {
        guard count >= 0, count <= Int(Int32.max) else { throw CryptographyError(.tooLarge, "\(count) random bytes at once") }
        var status: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { space, initialized in
            status = count == 0 ? 1 : RAND_bytes(space.baseAddress, Int32(count))
            initialized = status == 1 ? count : 0
        }
        guard status == 1 else { throw CryptographyError(.unavailable, "the system gives no random bytes") }
        return bytes
    }
}
