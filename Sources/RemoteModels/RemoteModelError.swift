public import Flotilla
internal import HTTPClient

/// Why a server with a model gave no answer that can be used. Nothing was stored.
public struct RemoteModelError: FailureClassified, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        let name: String
        /// It is busy or broken for the moment; ``RemoteModelError/failureClass`` carries how long to wait.
        public static let busy = Self(name: "server_busy")
        /// It refuses this input.
        public static let refused = Self(name: "refused")
        /// Address, key or model are wrong, or nobody listens: nothing will fare better until somebody acts.
        public static let unusable = Self(name: "server_unusable")
        public static let badAnswer = Self(name: "bad_answer")
        public static let wrongDimensions = Self(name: "wrong_dimensions")
    }
    /// What was asked for.
    public let service: RemoteService
    public let code: Code
    public let description: String
    public let failureClass: FailureClass
    /// Of the server's answer; nil when there was none, or when its content was the trouble.
    public let status: Int?

    package init(_ service: RemoteService, _ code: Code, _ description: String, retryAfter: Duration? = nil, status: Int? = nil) {
        self.status = status
        self.service = service
        self.code = code
        self.description = description
        self.failureClass =
            switch code {
            case .refused: .permanent
            case .unusable, .wrongDimensions: .infrastructure
            default: .transient(retryAfter: retryAfter)
            }
    }

    init(_ service: RemoteService, _ error: HTTPCallError) {
        let code: Code =
            switch error.code {
            case .unreachable, .insecure, .invalidCall: .unusable
            case .tooLarge: .badAnswer
            default: .busy
            }
        self.init(service, code, "The \(service.rawValue) server cannot be used: \(error.detail).")
    }

    /// - Parameter now: seconds since 1970.
    init(_ service: RemoteService, _ answer: HTTPAnswer, now: Int64) {
        // What it says may be long and hold anything; one line of it helps.
        let said = String(decoding: answer.body.prefix(300), as: UTF8.self)
        let what = "The \(service.rawValue) server answered \(answer.status): \(said)"
        switch answer.status {
        case 408, 425, 429, 500...599:
            self.init(service, .busy, what, retryAfter: answer.retryAfter(now: now), status: answer.status)
        case 401, 403, 404, 405, 300...399: self.init(service, .unusable, what, status: answer.status)
        default: self.init(service, .refused, what, status: answer.status)
        }
    }

    public var failureCode: String { "\(self.service.rawValue)_\(self.code.name)" }
    public var failureMessage: String { self.description }
}
