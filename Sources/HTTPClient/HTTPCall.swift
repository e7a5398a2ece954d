/// One request to a server, with its limits.
public struct HTTPCall: Sendable {
    public var method: String
    /// `http://` or `https://`; no other scheme is spoken.
    public var url: String
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]?
    /// To have a connection, TLS included.
    public var connectTimeout: Duration
    /// From the start to the last byte of the answer.
    public var timeout: Duration
    /// A larger answer is broken off with `.tooLarge`.
    public var responseLimit: Int
    /// A file of certificate authorities instead of the system's.
    public var authorityFile: String?

    public init(
        _ method: String, _ url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil,
        connectTimeout: Duration = .seconds(5), timeout: Duration = .seconds(60), responseLimit: Int = 16 << 20,
        authorityFile: String? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.connectTimeout = connectTimeout
        self.timeout = timeout
        self.responseLimit = responseLimit
        self.authorityFile = authorityFile
    }

    public static func get(_ url: String, headers: [(name: String, value: String)] = []) -> HTTPCall {
        HTTPCall("GET", url, headers: headers)
    }

    /// A POST of JSON that asks for JSON.
    public static func postJSON(_ url: String, _ json: [UInt8], headers: [(name: String, value: String)] = []) -> HTTPCall {
        HTTPCall("POST", url, headers: [("Content-Type", "application/json"), ("Accept", "application/json")] + headers, body: json)
    }
}

/// What a server answered, whatever the status.
public struct HTTPAnswer: Sendable {
    public let status: Int
    /// Names in lower case, in the order received.
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]

    /// Whether the status is 200 to 299.
    public var isSuccess: Bool { (200..<300).contains(self.status) }

    /// The first value of a header, whatever the case of its name.
    public func header(_ name: String) -> String? {
        let name = name.lowercased()
        return self.headers.first { $0.name == name }?.value
    }

    /// How long the server asks us to wait (`Retry-After`, in seconds or as a date); nil if it says nothing that can be read.
    ///
    /// - Parameter now: seconds since 1970, for the form with a date.
    public func retryAfter(now: Int64) -> Duration? { self.header("retry-after").flatMap { RetryAfter.parse($0, now: now) } }
}

/// A call that got no complete answer.
public struct HTTPCallError: Error, Sendable, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        private enum Kind { case invalidCall, unreachable, insecure, timedOut, tooLarge, cancelled, broken }
        private let kind: Kind

        /// The call itself is wrong: its URL, a header. Nothing was sent.
        public static let invalidCall = Self(kind: .invalidCall)
        /// No connection came about: unknown host, nobody listening. Nothing was sent.
        public static let unreachable = Self(kind: .unreachable)
        /// TLS failed: a certificate that is not trusted, another host's, expired. Nothing was sent.
        public static let insecure = Self(kind: .insecure)
        /// The time was over. Whether anything was sent: `mayHaveReachedServer`.
        public static let timedOut = Self(kind: .timedOut)
        /// The answer exceeds the limit. The server has done what was asked.
        public static let tooLarge = Self(kind: .tooLarge)
        /// The calling task was cancelled. Whether anything was sent: `mayHaveReachedServer`.
        public static let cancelled = Self(kind: .cancelled)
        /// The connection broke, or what came is not HTTP. The server may have done what was asked.
        public static let broken = Self(kind: .broken)
    }

    public let code: Code
    /// False when the server certainly saw nothing of the request.
    public let mayHaveReachedServer: Bool
    /// What libcurl says, without the URL's query and user.
    public let detail: String

    public var description: String { self.detail }
}
