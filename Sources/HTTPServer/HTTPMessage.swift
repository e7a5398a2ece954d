/// One request, complete with its body.
public struct HTTPRequest: Sendable {
    /// In capitals: `GET`.
    public let method: String
    /// Decoded, without the query: `/metrics`.
    public let path: String
    /// Decoded names and values in the order sent; a name without `=` has an empty value.
    public let query: [(name: String, value: String)]
    /// Names in lower case.
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]

    /// The first value of a query parameter.
    public func parameter(_ name: String) -> String? { self.query.first { $0.name == name }?.value }

    /// The first value of a header, whatever the case of its name.
    public func header(_ name: String) -> String? {
        let name = name.lowercased()
        return self.headers.first { $0.name == name }?.value
    }
}

/// One answer.
public struct HTTPResponse: Sendable {
    public var status: Int
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]

    public init(status: Int = 200, contentType: String, body: [UInt8], headers: [(name: String, value: String)] = []) {
        self.status = status
        self.headers = [("Content-Type", contentType)] + headers
        self.body = body
    }

    /// Text in UTF-8.
    public static func text(_ text: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, contentType: "text/plain; charset=utf-8", body: Array(text.utf8))
    }

    /// JSON given as text.
    public static func json(_ text: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, contentType: "application/json", body: Array(text.utf8))
    }

    /// An error as RFC 9457 describes it. `title` and `detail` are plain text.
    public static func problem(status: Int, title: String, detail: String = "", headers: [(name: String, value: String)] = [])
        -> HTTPResponse
    {
        var json = "{\"type\":\"about:blank\",\"title\":\(Self.quoted(title)),\"status\":\(status)"
        if !detail.isEmpty { json += ",\"detail\":\(Self.quoted(detail))" }
        json += "}\n"
        return HTTPResponse(status: status, contentType: "application/problem+json", body: Array(json.utf8), headers: headers)
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

/// What answers one method of one path.
public struct HTTPRoute: Sendable {
    let method: String
    let path: String
    let handler: @Sendable (HTTPRequest) -> HTTPResponse

    /// - Parameters:
    ///   - path: compared as a whole; a trailing slash in a request is ignored.
    ///   - handler: runs on the server's only thread, so it must return at once: read snapshots, never wait.
    public init(_ method: String, _ path: String, _ handler: @escaping @Sendable (HTTPRequest) -> HTTPResponse) {
        self.method = method
        self.path = path
        self.handler = handler
    }
}

/// The server could not start; nothing listens.
public struct HTTPServerError: Error, Sendable, CustomStringConvertible {
    public let address: String
    public let port: UInt16
    /// From the system, such as EADDRINUSE; EINVAL when the address is no IP address.
    public let errno: Int32
    /// What the system says about it.
    public let reason: String

    public var description: String { "cannot listen on \(self.address), port \(self.port): \(self.reason)" }
}
