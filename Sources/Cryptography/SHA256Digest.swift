internal import COpenSSL

/// SHA-256 by OpenSSL, which uses the processor's own instructions where it has them.
public enum SHA256Digest {
    /// 32 bytes.
    public static func of(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { digest, count in
            _ = SHA256(bytes, bytes.count, digest.baseAddress)
            count = 32
        }
    }
}
