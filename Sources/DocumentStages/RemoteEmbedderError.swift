public import Flotilla
internal import HTTPClient

/// Why an embedding server gave no vectors. Nothing was stored.
public struct RemoteEmbedderError: FailureClassified, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        let name: String
        /// It is busy or broken for the moment; ``RemoteEmbedderError/failureClass`` carries how long to wait.
        public static let busy = Self(name: "embedding_server_busy")
        /// It refuses this text.
        public static let refused = Self(name: "embedding_refused")
        /// Address, key or model are wrong, or nobody listens: no document will fare better until somebody acts.
        public static let unusable = Self(name: "embedding_server_unusable")
        public static let badAnswer = Self(name: "embedding_bad_answer")
        public static let wrongDimensions = Self(name: "embedding_wrong_dimensions")
    }
    public let code: Code
    public let description: String
    public let failureClass: FailureClass

    init(_ code: Code, _ description: String, retryAfter: Duration? = nil) {
        self.code = code
        self.description = description
        self.failureClass =
            switch code {
            case .refused: .permanent
            case .unusable, .wrongDimensions: .infrastructure
            default: .transient(retryAfter: retryAfter)
            }
    }

    init(_ error: HTTPCallError) {
        let isOurs = error.code == .unreachable || error.code == .insecure || error.code == .invalidCall
        self.init(isOurs ? .unusable : .busy, "The embedding server cannot be used: \(error.detail).")
    }

    /// - Parameter now: seconds since 1970.
    init(_ answer: HTTPAnswer, now: Int64) {
        // What it says may be long and hold anything; one line of it helps.
        let said = String(decoding: answer.body.prefix(300), as: UTF8.self)
        switch answer.status {
        case 408, 425, 429, 500...599:
            self.init(.busy, "The embedding server answered \(answer.status): \(said)", retryAfter: answer.retryAfter(now: now))
        case 401, 403, 404, 405, 300...399: self.init(.unusable, "The embedding server answered \(answer.status): \(said)")
        default: self.init(.refused, "The embedding server answered \(answer.status): \(said)")
        }
    }

    public var failureCode: String { self.code.name }
    public var failureMessage: String { self.description }
}
