internal import COpenSSL
internal import Glibc

/// The certificates and rules of a client, read from their files once.
///
/// Not Sendable: it belongs to the loop's thread. Made anew after a failed handshake, so that replaced files are noticed.
final class TLSContext {
    fileprivate let context: OpaquePointer

    /// - Throws: ``RedisError`` with code `configuration` when a file cannot be used.
    init(_ settings: RedisConfiguration.TLS) throws(RedisError) {
        guard let context = SSL_CTX_new(TLS_client_method()) else { throw Self.failure("OpenSSL gave no context") }
        self.context = context
        _ = flotilla_ssl_ctx_min_tls12(context)
        SSL_CTX_set_verify(context, settings.verifiesServer ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nil)
        if let file = settings.authorityFile {
            guard SSL_CTX_load_verify_file(context, file) == 1 else {
                throw Self.failure("cannot read the authorities' certificates in \(file)")
            }
        } else if settings.verifiesServer {
            SSL_CTX_set_default_verify_paths(context)
        }
        guard let certificate = settings.certificateFile else { return }
        guard SSL_CTX_use_certificate_chain_file(context, certificate) == 1 else {
            throw Self.failure("cannot read the client certificate in \(certificate)")
        }
        let key = settings.keyFile ?? certificate
        guard SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1, SSL_CTX_check_private_key(context) == 1 else {
            throw Self.failure("cannot use the client key in \(key)")
        }
    }

    deinit { SSL_CTX_free(self.context) }

    private static func failure(_ message: String) -> RedisError {
        RedisError(.configuration, operation: "connect", mayHaveRun: false, message: "\(message) (\(takeOpenSSLErrors()))")
    }
}

/// One TLS connection between two memory buffers: it never touches the socket, so plain and secured connections share all the I/O
/// (and no write of OpenSSL's own can raise SIGPIPE).
///
/// Not Sendable: it belongs to one connection, on the loop's thread.
final class TLSSession {
    enum Progress { case needsMore, established }

    private let session: OpaquePointer
    // Owned by `session`.
    private let received: OpaquePointer
    private let toSend: OpaquePointer

    /// - Parameter host: the name or address that the certificate must carry.
    init(_ context: TLSContext, host: String, verifies: Bool) throws(RedisError) {
        guard let session = SSL_new(context.context) else { throw Self.failure("OpenSSL gave no session") }
        guard let received = BIO_new(BIO_s_mem()), let toSend = BIO_new(BIO_s_mem()) else {
            SSL_free(session)
            throw Self.failure("OpenSSL gave no buffers")
        }
        SSL_set_bio(session, received, toSend)
        SSL_set_connect_state(session)
        self.session = session
        self.received = received
        self.toSend = toSend
        let isAddress = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host) == 1
        if isAddress {
            // set1_ip_asc has set what is to be verified; SNI never holds addresses.
            ERR_clear_error()
        } else {
            ERR_clear_error()
            guard flotilla_ssl_set_host(session, host) == 1, !verifies || SSL_set1_host(session, host) == 1 else {
                throw Self.failure("the server's name cannot be verified")
            }
        }
    }

    deinit { SSL_free(self.session) }

    /// Takes ciphertext from the socket.
    func receive(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes
        while !rest.isEmpty {
            let count = BIO_write(self.received, rest.baseAddress, Int32(clamping: rest.count))
            // A memory buffer takes everything, or there is no memory.
            guard count > 0 else { return }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(Int(count)))
        }
    }

    /// Goes on with the handshake. Afterwards there may be ciphertext to send, also on failure (the alert).
    func handshake() throws(RedisError) -> Progress {
        ERR_clear_error()
        let status = SSL_do_handshake(self.session)
        if status == 1 { return .established }
        let reason = SSL_get_error(self.session, status)
        if reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE { return .needsMore }
        let verdict = SSL_get_verify_result(self.session)
        let detail = takeOpenSSLErrors()
        if verdict != Int(X509_V_OK), let text = X509_verify_cert_error_string(verdict) {
            throw Self.failure("the server's certificate is not accepted: \(String(cString: text))")
        }
        throw Self.failure("the handshake failed: \(detail)")
    }

    /// Decrypts into `buffer`. 0 when more ciphertext is needed, nil when the peer has ended the session.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(RedisError) -> Int? {
        ERR_clear_error()
        let count = SSL_read(self.session, buffer.baseAddress, Int32(clamping: buffer.count))
        if count > 0 { return Int(count) }
        switch SSL_get_error(self.session, count) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return 0
        case SSL_ERROR_ZERO_RETURN: return nil
        default: throw Self.failure("the peer broke the session: \(takeOpenSSLErrors())")
        }
    }

    /// Encrypts all of `bytes`.
    func write(_ bytes: UnsafeRawBufferPointer) -> Result<Void, RedisError> {
        guard !bytes.isEmpty else { return .success(()) }
        ERR_clear_error()
        // A memory buffer takes everything, so a short write cannot happen.
        guard SSL_write(self.session, bytes.baseAddress, Int32(clamping: bytes.count)) == Int32(clamping: bytes.count) else {
            return .failure(Self.failure("cannot encrypt: \(takeOpenSSLErrors())"))
        }
        return .success(())
    }

    /// Appends the ciphertext that is to be sent.
    func takeOutput(into output: inout [UInt8]) {
        var start: UnsafeMutableRawPointer?
        let count = BIO_ctrl(self.toSend, BIO_CTRL_INFO, 0, &start)
        guard count > 0, let start else { return }
        output.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count))
        BIO_ctrl(self.toSend, BIO_CTRL_RESET, 0, nil)
    }

    private static func failure(_ message: String) -> RedisError {
        RedisError(.tls, operation: "connect", mayHaveRun: false, message: message)
    }
}

/// The reasons in this thread's queue of OpenSSL, which is emptied.
private func takeOpenSSLErrors() -> String {
    var reasons: [String] = []
    while true {
        let code = ERR_get_error()
        guard code != 0 else { break }
        if let reason = ERR_reason_error_string(code) { reasons.append(String(cString: reason)) }
    }
    return reasons.isEmpty ? "no reason given" : reasons.joined(separator: ", ")
}
