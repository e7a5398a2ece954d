/// Certificates for a test: an authority, what it signed for server and client, and an authority that signed nothing here.
public struct TLSFiles: Sendable {
    /// The authority that signed the others.
    public let authority: String
    /// For the names `localhost` and `redis.test` and the addresses 127.0.0.1 and ::1.
    public let certificate: String
    public let key: String
    public let clientCertificate: String
    public let clientKey: String
    /// Another authority, which no certificate here leads to.
    public let strangeAuthority: String

    /// Makes all files in `directory` with the `openssl` command.
    public init(in directory: ScratchDirectory) throws {
        let base = directory.path
        self.authority = "\(base)/ca.pem"
        self.certificate = "\(base)/server.pem"
        self.key = "\(base)/server.key"
        self.clientCertificate = "\(base)/client.pem"
        self.clientKey = "\(base)/client.key"
        self.strangeAuthority = "\(base)/strange-ca.pem"
        try writeFile(
            "\(base)/server.ext", "subjectAltName=DNS:localhost,DNS:redis.test,IP:127.0.0.1,IP:::1\nextendedKeyUsage=serverAuth\n")
        try writeFile("\(base)/client.ext", "extendedKeyUsage=clientAuth\n")
        try Self.makeAuthority("ca", base)
        try Self.makeAuthority("strange-ca", base)
        try Self.sign("server", base)
        try Self.sign("client", base)
    }

    private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

    private static func makeAuthority(_ name: String, _ base: String) throws {
        try Self.openssl(
            ["req", "-x509"] + Self.newKey + [
                "-keyout", "\(base)/\(name).key", "-out", "\(base)/\(name).pem", "-subj", "/CN=\(name)", "-days", "2",
            ],
            base)
    }

    private static func sign(_ name: String, _ base: String) throws {
        try Self.openssl(
            ["req", "-new"] + Self.newKey + ["-keyout", "\(base)/\(name).key", "-out", "\(base)/\(name).csr", "-subj", "/CN=\(name)"], base)
        try Self.openssl(
            [
                "x509", "-req", "-in", "\(base)/\(name).csr", "-CA", "\(base)/ca.pem", "-CAkey", "\(base)/ca.key", "-CAcreateserial",
                "-out", "\(base)/\(name).pem", "-days", "2", "-extfile", "\(base)/\(name).ext",
            ], base)
    }

    private static func openssl(_ arguments: [String], _ base: String) throws {
        let ending = try ChildProcess("openssl", arguments, log: "\(base)/openssl.log").wait()
        guard ending == .exited(0) else { throw HarnessError("openssl \(arguments.first ?? "") failed, see \(base)/openssl.log") }
    }
}
