internal import COpenSSL

/// AES with 256 bits in Galois/counter mode (NIST SP 800-38D): keeps bytes secret and notices every change to them.
///
/// Sealed bytes are
///
///     nonce 12 | ciphertext, as long as the plaintext | tag 16
///
/// - Note: One key may seal 2^32 times with random nonces, no more: a nonce that comes twice gives the key away. Who seals without end derives
///   keys, one for each thing that is sealed.
public struct AESGCM: Sendable {
    public static let keyBytes = 32
    public static let nonceBytes = 12
    public static let tagBytes = 16
    /// By how much sealed bytes are longer.
    public static let overhead = nonceBytes + tagBytes

    private let key: [UInt8]

    /// - Throws: ``CryptographyError`` with code `keySize` unless the key has 32 bytes.
    public init(key: [UInt8]) throws(CryptographyError) {
        guard key.count == Self.keyBytes else { throw CryptographyError(.keySize, "a key of \(key.count) bytes; it must have 32") }
        self.key = key
    }

    /// Encrypts with a random nonce.
    ///
    /// - Parameter associated: not encrypted, not part of the result, and needed to open it: where the bytes belong.
    public func seal(_ plaintext: [UInt8], associated: [UInt8] = []) throws(CryptographyError) -> [UInt8] {
        try self.seal(plaintext, nonce: SecureRandom.bytes(Self.nonceBytes), associated: associated)
    }

    /// Encrypts with a nonce of the caller's, which must never be used again with the same key.
    public func seal(_ plaintext: [UInt8], nonce: [UInt8], associated: [UInt8] = []) throws(CryptographyError) -> [UInt8] {
        guard nonce.count == Self.nonceBytes else {
            throw CryptographyError(.nonceSize, "a nonce of \(nonce.count) bytes; it must have 12")
        }
        guard max(plaintext.count, associated.count) < Int(Int32.max) - Self.overhead else {
            throw CryptographyError(.tooLarge, "more than 2 GiB to seal at once")
        }
        var succeeded = false
        let sealed = [UInt8](unsafeUninitializedCapacity: plaintext.count + Self.overhead) { space, count in
            count = 0
            guard let base = space.baseAddress, let context = EVP_CIPHER_CTX_new() else { return }
            defer { EVP_CIPHER_CTX_free(context) }
            base.update(from: nonce, count: Self.nonceBytes)
            let ciphertext = base + Self.nonceBytes
            var written: Int32 = 0
            guard EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nil, self.key, nonce) == 1,
                associated.isEmpty || EVP_EncryptUpdate(context, nil, &written, associated, Int32(associated.count)) == 1,
                plaintext.isEmpty || EVP_EncryptUpdate(context, ciphertext, &written, plaintext, Int32(plaintext.count)) == 1,
                // Writes nothing in this mode, and still asks for a place.
                EVP_EncryptFinal_ex(context, ciphertext + plaintext.count, &written) == 1,
                EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagBytes), ciphertext + plaintext.count) == 1
            else { return }
            count = plaintext.count + Self.overhead
            succeeded = true
        }
        guard succeeded else { throw CryptographyError(.unavailable, "OpenSSL cannot encrypt") }
        return sealed
    }

    /// Decrypts what ``seal(_:associated:)`` gave.
    ///
    /// - Throws: ``CryptographyError`` with code `notAuthentic` when anything differs: the bytes, the key, or `associated`.
    public func open(_ sealed: [UInt8], associated: [UInt8] = []) throws(CryptographyError) -> [UInt8] {
        let length = sealed.count - Self.overhead
        guard length >= 0 else { throw CryptographyError(.truncated, "\(sealed.count) bytes hold no sealed ones") }
        guard max(sealed.count, associated.count) < Int(Int32.max) else { throw CryptographyError(.tooLarge, "more than 2 GiB at once") }
        var failure: CryptographyError? = CryptographyError(.unavailable, "OpenSSL cannot decrypt")
        // One byte more, so that there is a place to point to even for nothing.
        let plaintext = [UInt8](unsafeUninitializedCapacity: length + 1) { space, count in
            count = 0
            guard let base = space.baseAddress, let context = EVP_CIPHER_CTX_new() else { return }
            defer { EVP_CIPHER_CTX_free(context) }
            sealed.withUnsafeBufferPointer { sealed in
                guard let nonce = sealed.baseAddress else { return }
                let ciphertext = nonce + Self.nonceBytes
                let tag = UnsafeMutablePointer(mutating: ciphertext + length)
                var written: Int32 = 0
                guard EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nil, self.key, nonce) == 1,
                    associated.isEmpty || EVP_DecryptUpdate(context, nil, &written, associated, Int32(associated.count)) == 1,
                    length == 0 || EVP_DecryptUpdate(context, base, &written, ciphertext, Int32(length)) == 1,
                    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagBytes), tag) == 1
                else { return }
                guard EVP_DecryptFinal_ex(context, base + length, &written) == 1 else {
                    // What was decrypted must not stay behind in memory that is given back: nobody vouches for it.
                    OPENSSL_cleanse(base, length)
                    failure = CryptographyError(.notAuthentic, "the bytes were changed, or belong to another key or place")
                    return
                }
                failure = nil
                count = length
            }
        }
        if let failure { throw failure }
        return plaintext
    }
}
