internal import HTTPClient
public import HTTPServer
public import JSONText
public import RemoteModels
public import Threading

/// A chat server that gives one answer after the other, the last one for ever, and remembers what it was asked.
public final class ChatServer: Sendable {
    private struct State {
        var answers: [HTTPResponse]
        var requests: [JSONValue] = []
        var keys: [String?] = []
    }
    private let state: Lock<State>
    private let listener: HTTPListener
    /// Waits that were asked for between calls; nobody waits.
    public let pauses = Lock<[Duration]>([])

    /// What was asked, in order.
    public var requests: [JSONValue] { self.state.withLock { $0.requests } }
    /// The `Authorization` of each question.
    public var keys: [String?] { self.state.withLock { $0.keys } }

    /// - Parameter answer: overrules the list.
    public init(_ answers: [HTTPResponse], answer: (@Sendable (JSONValue) -> HTTPResponse)? = nil) throws {
        let state = Lock(State(answers: answers))
        self.state = state
        self.listener = try HTTPListener(
            port: 0,
            routes: [
                HTTPRoute("POST", "/v1/chat/completions") { request in
                    let json = (try? JSONValue(parsing: request.body)) ?? .null
                    return state.withLock { state in
                        state.requests.append(json)
                        state.keys.append(request.header("authorization"))
                        if let answer { return answer(json) }
                        return state.answers.count > 1 ? state.answers.removeFirst() : state.answers[0]
                    }
                }
            ])
    }

    /// A model behind this server, that waits for nothing.
    public func model(_ change: (inout ChatModel.Configuration) -> Void = { _ in }) -> ChatModel {
        var configuration = ChatModel.Configuration(baseURL: "http://127.0.0.1:\(self.listener.port)/v1", model: "m")
        change(&configuration)
        let pauses = self.pauses
        return ChatModel(configuration, caller: HTTPCaller(concurrency: 2)) { pause in pauses.withLock { $0.append(pause) } }
    }

    /// Ends it.
    public func stop() { self.listener.stop(grace: .zero) }

    /// An answer as the protocol has it.
    public static func message(_ content: String?, finish: String = "stop", refusal: String? = nil) -> HTTPResponse {
        let message: JSONValue = [
            "role": "assistant", "content": content.map { .string($0) } ?? .null, "refusal": refusal.map { .string($0) } ?? .null,
        ]
        let json: JSONValue = ["choices": [["index": 0, "message": message, "finish_reason": .string(finish)]]]
        return .json(json.jsonText)
    }
}
