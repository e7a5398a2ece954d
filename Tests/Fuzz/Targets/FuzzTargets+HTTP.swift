#if DEBUG || FUZZ
    import CSystem
    import Glibc
    @testable import HTTPClient
    import HTTPServer

    extension FuzzTargets {
        static let http = [httpServer, retryAfter]

        private static let httpTexts = [
            "GET /health HTTP/1.1\r\nHost: a\r\n\r\n", "POST /echo?a=%20&b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\nHost: a\n\n", "HEAD /health HTTP/1.0\r\n\r\n",
        ]

        /// Every byte stream is answered with a known status, or the connection is closed; the server lives on.
        private static let httpServer = FuzzTarget(
            "http-server", cost: 50, clock: .wall, maximumBytes: 64 << 10,
            dictionary: [
                "\r\n", "\r\n\r\n", "HTTP/1.1", "Content-Length: ", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n", "GET ", "POST ", "%00",
            ],
            corpus: { httpTexts.map { Array($0.utf8) } }, grammar: { HTTPGrammar.make(&$0) },
            prepare: {
                let echo: @Sendable (HTTPRequest) -> HTTPResponse = { request in
                    var text = request.path
                    for (name, value) in request.query { text += "\(name)=\(value);" }
                    for (name, value) in request.headers { text += "\(name):\(value);" }
                    return HTTPResponse(contentType: "text/plain", body: Array(text.utf8) + request.body)
                }
                let listener = try HTTPListener(
                    port: 0, limits: .init(bodyBytes: 1 << 10, headerBytes: 8 << 10, connections: 16, timeoutSeconds: 2),
                    routes: [
                        HTTPRoute("GET", "/health") { _ in .text("ok") }, HTTPRoute("POST", "/echo", echo), HTTPRoute("GET", "/echo", echo),
                    ])
                return { bytes, random in
                    try exchange(bytes, port: listener.port, cut: random.below(bytes.count + 1))
                    // A sound request in between is answered as ever.
                    if random.once(in: 16) {
                        let answer = try exchange(
                            Array("GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".utf8), port: listener.port, cut: 0,
                            patience: 5)
                        try promise(
                            answer.contains("200 OK") && answer.hasSuffix("ok"), "a sound request is answered with: \(answer.prefix(200))")
                    }
                }
            })

        private static let statuses: Set<String> = [
            "100", "200", "400", "404", "405", "408", "411", "413", "414", "417", "431", "500", "501", "503", "505",
        ]

        /// Sends bytes in two pieces, says that no more will come, and reads until the server closes, or waits for the rest of a request.
        ///
        /// - Parameter patience: seconds; nil waits 30 ms, since what is no request may never be answered.
        @discardableResult
        private static func exchange(_ bytes: [UInt8], port: UInt16, cut: Int, patience: Int? = nil) throws -> String {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            guard descriptor >= 0 else { throw FuzzFailure("no socket: \(String(cString: strerror(errno)))") }
            defer { close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            // No port is left in TIME_WAIT: a million connections would use them up.
            var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
            var patience = timeval(tv_sec: patience ?? 0, tv_usec: patience == nil ? 30_000 : 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
            let connected = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            try promise(connected == 0, "the server takes no connection: \(String(cString: strerror(errno)))")
            for piece in [bytes[..<cut], bytes[cut...]] where !piece.isEmpty {
                // A server that has closed already answers with a reset: that is its right.
                _ = piece.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            }
            shutdown(descriptor, Int32(SHUT_WR))
            var answer: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            while answer.count < 1 << 22 {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count > 0 else { break }
                answer += buffer[..<count]
            }
            let text = String(decoding: answer, as: UTF8.self)
            if !answer.isEmpty {
                let words = text.prefix { $0 != "\r\n" }.split(separator: " ")
                try promise(
                    words.count > 1 && words[0].hasPrefix("HTTP/1.") && statuses.contains(String(words[1])), "answered: \(text.prefix(80))")
            }
            return text
        }

        private static let retryAfter = FuzzTarget(
            "retry-after", maximumBytes: 128, dictionary: ["GMT", "Jan", ",", "9223372036854775808", "9999", "00:00:00"],
            texts: ["120", "Wed, 21 Oct 2026 07:28:00 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "-1"]
        ) { bytes, random in
            guard let wait = RetryAfter.parse(String(decoding: bytes, as: UTF8.self), now: Int64(random.below(1 << 40))) else { return }
            try promise(wait >= .zero && wait <= .seconds(10_000 * 366 * 86_400), "a wait of \(wait)")
        }
    }
#endif
