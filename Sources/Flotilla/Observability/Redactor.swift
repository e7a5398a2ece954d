/// Takes secrets out of text before it is logged, stored or shown.
///
/// Recognised: the user part of URLs, `password=…` and its like in query strings, connection strings, JSON and command lines,
/// `Authorization` headers and bearer tokens, JSON Web Tokens, private keys in PEM, signatures of signed URLs, and the key formats of
/// AWS, Google, GitHub, Slack and OpenAI. One pass; text without a secret is returned as it came. It errs towards redacting.
public struct Redactor: Sendable {
    /// What stands where a secret was.
    public static let mark = "***"

    private let hidesEmail: Bool

    /// - Parameter hidesEmail: also redacts the local part of e-mail addresses.
    public init(hidesEmail: Bool = false) { self.hidesEmail = hidesEmail }

    /// `text` without its secrets; e-mail addresses stay.
    public static func redact(_ text: String) -> String { Redactor().redacted(text) }

    /// `text` without its secrets.
    public func redacted(_ text: String) -> String {
        var text = text
        return text.withUTF8 { bytes in
            var scan = SecretScan(bytes, hidesEmail: self.hidesEmail)
            return scan.run()
        } ?? text
    }

    /// Whether a value under this key (`redis_password`, `X-Api-Key`) is a secret whatever it looks like.
    public func isSecret(key: String) -> Bool { SecretWords.isSecret(key: Array(key.utf8)[...], separator: UInt8(ascii: "=")) }
}
