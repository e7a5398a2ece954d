import Flotilla
import Testing

@Suite struct RedactorTests {
    private static let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"

    @Test(arguments: [
        ("redis://default:hunter2@h:6379/0", "redis://***@h:6379/0"),
        ("postgres://u:hunter2@h/db?sslmode=require", "postgres://***@h/db?sslmode=require"),
        ("host=h password=hunter2 dbname=x", "host=h password=*** dbname=x"),
        ("password='hunter2 and more' user=x", "password='***' user=x"),
        ("{\"password\": \"hunter2\\\"x\", \"user\": \"u\"}", "{\"password\": \"***\", \"user\": \"u\"}"),
        ("{\\\"api_key\\\":\\\"hunter2\\\"}", "{\\\"api_key\\\":\\\"***\\\"}"),
        ("Authorization: Basic aHVudGVyMjpodW50ZXIy", "Authorization: ***"),
        ("curl -H 'Authorization: Bearer hunter2hunter2' x", "curl -H 'Authorization: ***"),
        ("sent Bearer abc.def-123 to", "sent Bearer *** to"),
        ("key AKIAIOSFODNN7EXAMPLE used", "key *** used"),
        ("AIzaSyA1234567890abcdefghijklmnopqrstuv", "***"),
        ("token \(jwt) end", "token *** end"),
        ("https://s/b?X-Amz-Signature=abcdef&X-Amz-Date=2", "https://s/b?X-Amz-Signature=***&X-Amz-Date=2"),
        ("https://s/b?X-Goog-Signature=abc&sig=def", "https://s/b?X-Goog-Signature=***&sig=***"),
        ("tool --password hunter2 --verbose", "tool --password *** --verbose"),
        ("PGPASSWORD=hunter2 psql", "PGPASSWORD=*** psql"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\nx\n-----END RSA PRIVATE KEY-----\nrest", "***\nrest"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE", "***"),
        ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG", "aws_secret_access_key = ***"),
        ("Cookie: a=b; c=d\nHost: h", "Cookie: ***\nHost: h"),
        ("sk-abcdefghijklmnopqrstuvwxyz012345", "***"),
    ]) func `a secret goes, the rest stays`(text: String, expected: String) {
        #expect(Redactor.redact(text) == expected)
    }

    @Test(arguments: [
        "page 3 of 12: no text found", "unexpected token: x", "https://example.org/a@b?x=1", "time: 12:30:01", "dedupe_key=abc",
        "basic authentication is off", "a - b -- c", "key: value", "@", "://", "=", ":", "\"\":", "eyJ", "Bearer ", "password",
        "naïve café",
        "the secretary: Ms. Smith", "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----", "",
    ]) func `text without secrets is left alone`(text: String) {
        #expect(Redactor.redact(text) == text)
    }

    @Test func `e-mail addresses go only when asked for`() {
        #expect(Redactor.redact("from ann.lee+x@example.org") == "from ann.lee+x@example.org")
        #expect(Redactor(hidesEmail: true).redacted("from ann.lee+x@example.org.") == "from ***@example.org.")
    }

    @Test func `no input makes it fail`() {
        var random = SystemRandomNumberGenerator()
        let pieces = [
            "password", "=", ":", "\"", "'", "\\", " ", "://", "@", "eyJ", ".", "-----BEGIN ", "PRIVATE KEY", "--", "Bearer ", "\n", "é",
            "AKIA", "a",
        ]
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            _ = Redactor(hidesEmail: true).redacted(text)
        }
    }
}
