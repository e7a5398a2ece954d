/// Makes requests as browsers, broken clients and smugglers send them.
enum HTTPGrammar {
    static func make(_ random: inout FuzzRandom) -> [UInt8] {
        var text = ""
        for _ in 0...random.small(2) { text += self.request(&random) }
        return Array(text.utf8)
    }

    private static func request(_ random: inout FuzzRandom) -> String {
        let end = random.one(of: ["\r\n", "\r\n", "\r\n", "\n", "\r"])
        let method = random.one(of: ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "CONNECT", "TRACE", "get", "G\0ET", "", "PRI"])
        let path = random.one(of: [
            "/", "/health", "/echo", "/echo?a=1&b", "/echo?%00=%zz&é", "*", "http://a/echo", "/../../etc/passwd", "/%2e%2e/", "//", "",
            "/" + String(repeating: "a", count: random.one(of: [10, 4_000, 40_000])),
        ])
        let version = random.one(of: [
            "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/1.1.1", "", "HTTP/99999999999.1",
        ])
        var text = "\(method)\(random.one(of: [" ", " ", "  ", "\t"]))\(path) \(version)\(end)"
        for _ in 0..<(random.once(in: 40) ? 2_000 : random.small(6)) { text += random.one(of: self.headers) + end }
        let body = String(repeating: "x", count: random.small(random.once(in: 10) ? 5_000 : 40))
        if random.once(in: 2) {
            text += "Content-Length: \(random.once(in: 3) ? random.one(of: self.lengths) : String(body.utf8.count))" + end
        }
        if random.once(in: 4) {
            text +=
                "Transfer-Encoding: \(random.one(of: ["chunked", "gzip, chunked", "identity", "Chunked ", "xchunked", "chunked, identity"]))"
                + end
            return text + end + "\(random.one(of: ["5", "0", "FFFFFFFFFFFFFFFF", "-1", "5;x=y", "0x5", "g"]))\r\nhello\r\n0\r\n\r\n"
        }
        return text + end + body
    }

    private static let lengths = ["-1", "0", "5, 6", "9223372036854775807", "18446744073709551616", "1e3", "+4", "0x10", "", " 4 4", "4\t"]

    private static let headers = [
        "Host: localhost", "Host:", "Host: a\r\nHost: b", "Connection: close", "Connection: keep-alive", "Connection: upgrade",
        "Upgrade: h2c",
        "Expect: 100-continue", "Expect: 200", "Cookie: a=b; c", "Authorization: Basic %%%", "X: \u{1}\u{2}", ": no name", "no colon",
        " folded: line", "X-Long: \(String(repeating: "y", count: 3_000))", "Accept: */*;q=1e309", "Range: bytes=0-,-9223372036854775809",
        "Content-Length: 3", "Content-Length: 4", "Content-Type: application/json", "Transfer-Encoding : chunked", "TE: trailers",
    ]
}
