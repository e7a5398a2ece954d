import Glibc
public import HTTPClient
public import JSONText

/// What a server is asked for; also the first word of its failures' codes.
public enum RemoteService: String, Sendable, Hashable, CaseIterable {
    case embedding, speech, chat
}

/// A server that speaks OpenAI's protocol: its address, its key, and how an answer or its absence is understood.
public struct RemoteModelServer: Sendable {
    public let service: RemoteService
    /// The address up to `/v1`.
    public let baseURL: String
    /// Sent as a bearer token.
    public let apiKey: String?
    public let timeout: Duration
    private let caller: HTTPCaller

    /// - Parameters:
    ///   - baseURL: up to `/v1`; slashes at its end are dropped.
    ///   - timeout: of one call, from its start to the last byte of the answer.
    public init(_ service: RemoteService, baseURL: String, apiKey: String? = nil, timeout: Duration = .seconds(60), caller: HTTPCaller) {
        var url = baseURL
        while url.hasSuffix("/") { url.removeLast() }
        self.service = service
        self.baseURL = url
        self.apiKey = apiKey
        self.timeout = timeout
        self.caller = caller
    }

    /// The address without scheme, user and password: names the server in records.
    public var place: String {
        let rest = self.baseURL.split(separator: "://", maxSplits: 1).last ?? ""
        let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let path = rest[host.endIndex...].prefix { $0 != "?" && $0 != "#" }
        return String(host.split(separator: "@", omittingEmptySubsequences: false).last ?? "") + path
    }

    /// Posts JSON and reads the JSON that comes back.
    ///
    /// - Parameter path: begins with a slash: `/embeddings`.
    /// - Throws: ``RemoteModelError``, `CancellationError`.
    public func post(_ path: String, _ json: JSONValue, responseLimit: Int = 16 << 20) async throws -> JSONValue {
        try await self.send(HTTPCall.postJSON(self.baseURL + path, json.jsonBytes), responseLimit: responseLimit)
    }

    /// Posts a body of another type, such as a form with a file, and reads the JSON that comes back. Throws as the other.
    public func post(_ path: String, contentType: String, body: [UInt8], responseLimit: Int = 16 << 20) async throws -> JSONValue {
        try await self.send(
            HTTPCall(
                "POST", self.baseURL + path, headers: [("Content-Type", contentType), ("Accept", "application/json")], body: body),
            responseLimit: responseLimit)
    }

    private func send(_ call: HTTPCall, responseLimit: Int) async throws -> JSONValue {
        var call = call
        if let apiKey { call.headers.append(("Authorization", "Bearer \(apiKey)")) }
        call.timeout = self.timeout
        call.responseLimit = responseLimit
        let answer: HTTPAnswer
        do {
            answer = try await self.caller.send(call)
        } catch {
            if error.code == .cancelled { throw CancellationError() }
            throw RemoteModelError(self.service, error)
        }
        guard answer.isSuccess else { throw RemoteModelError(self.service, answer, now: Int64(time(nil))) }
        do {
            return try JSONValue(parsing: answer.body)
        } catch {
            throw RemoteModelError(self.service, .badAnswer, "The \(self.service.rawValue) server's answer is not JSON: \(error).")
        }
    }
}
