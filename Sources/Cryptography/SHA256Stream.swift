internal import COpenSSL

/// SHA-256 by OpenSSL of bytes that come in parts, such as a file's.
public struct SHA256Stream: ~Copyable {
    private let context: OpaquePointer

    public init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else { Self.isBroken() }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(self.context) }

    /// Adds bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard EVP_DigestUpdate(self.context, bytes.baseAddress, bytes.count) == 1 else { Self.isBroken() }
    }

    /// The digest of all that was added: 32 bytes.
    public consuming func finish() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { digest, count in
            guard EVP_DigestFinal_ex(self.context, digest.baseAddress, nil) == 1 else { Self.isBroken() }
            count = 32
        }
    }

    /// A broken installation, or no room for some hundred bytes: what is hashed must not get a wrong name, under which others find it.
    private static func isBroken() -> Never { fatalError("OpenSSL has no SHA-256, or memory is at its end") }
}
