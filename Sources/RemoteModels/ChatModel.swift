internal import Flotilla
public import HTTPClient
public import JSONText
internal import Threading

/// Answers from any server that speaks OpenAI's `/v1/chat/completions`.
///
/// An answer is complete and of the shape that was asked for, or it is an error: nothing that was cut off, refused or garbled gets out.
public struct ChatModel: Sendable {
    public struct Configuration: Sendable {
        /// The address up to `/v1`; `/chat/completions` is added.
        public var baseURL: String
        public var model: String
        /// Sent as a bearer token.
        public var apiKey: String?
        /// Tokens that the model reads and writes for one question; a longer one is refused before it is sent.
        public var contextTokens = 8_192
        /// Tokens of one answer at most.
        public var answerTokens = 2_048
        /// Name of the member that carries ``answerTokens``; some servers know only `max_completion_tokens`.
        public var answerTokensMember = "max_tokens"
        /// Nil leaves it to the server: some models take none.
        public var temperature: Double? = 0
        /// Of one call, from its start to the last byte of the answer.
        public var timeout: Duration = .seconds(120)
        /// Calls for one question, the first included, while the server is busy or broken.
        public var attempts = 3
        /// Further calls for one question when the answer could not be used.
        public var repeats = 1
        /// No further call begins when a question has taken so long, waits included.
        public var budget: Duration = .seconds(180)

        public init(baseURL: String, model: String, apiKey: String? = nil) {
            self.baseURL = baseURL
            self.model = model
            self.apiKey = apiKey
        }
    }

    /// What is asked.
    public struct Question: Sendable, Hashable {
        /// What is to be done.
        public var instructions: String
        /// What it is to be done with; may come from strangers.
        public var text: String

        public init(instructions: String, text: String) {
            self.instructions = instructions
            self.text = text
        }
    }

    public let configuration: Configuration
    /// The model's name, for records.
    public var modelID: String { self.configuration.model }
    /// The model and where it is, for records: two servers may give one name to two models.
    public var engine: String { "\(self.modelID) at \(self.server.place)" }
    private let server: RemoteModelServer
    private let pause: @Sendable (Duration) async throws -> Void
    /// What the server was found to understand; shared by all copies.
    private let understood = Understood()

    /// - Parameter pause: waits between two calls; tests pass one that does not.
    public init(
        _ configuration: Configuration, caller: HTTPCaller,
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.configuration = configuration
        self.server = RemoteModelServer(
            .chat, baseURL: configuration.baseURL, apiKey: configuration.apiKey, timeout: configuration.timeout, caller: caller)
        self.pause = pause
    }

    /// The answer as text, white space around it left out; never empty.
    ///
    /// - Throws: ``RemoteModelError``, `CancellationError`.
    public func text(_ question: Question) async throws -> String {
        try await self.answer(question, .text) { answer throws(RemoteModelError) in answer.text }
    }

    /// The answer as JSON of the shape of `schema`.
    ///
    /// - Parameter name: of the schema, for the server: letters, digits and `_`.
    /// - Throws: ``RemoteModelError``, `CancellationError`.
    public func json(_ question: Question, name: String, schema: ChatSchema) async throws -> JSONValue {
        let first = self.understood.format
        for format in Format.allCases where format.rawValue >= first.rawValue && format != .text {
            do {
                let value = try await self.answer(question, format, name: name, schema: schema) { answer throws(RemoteModelError) in
                    try answer.json(schema)
                }
                // Only a success shows that the format was the trouble, and not the question.
                self.understood.settle(format)
                return value
            } catch let error as RemoteModelError where (error.status == 400 || error.status == 422) && format != .prompt {
                continue
            }
        }
        // The last format does not continue.
        throw RemoteModelError(.chat, .refused, "The chat server refuses every format of an answer.")
    }
}

extension ChatModel {
    /// How an answer's format is asked for, the strictest first.
    private enum Format: Int, CaseIterable { case schema, object, prompt, text }

    private final class Understood: Sendable {
        private let lock = Lock(Format.schema)
        var format: Format { self.lock.withLock { $0 } }
        func settle(_ format: Format) { self.lock.withLock { $0 = format } }
    }

    /// Calls until there is an answer that can be read, within the bounds of the configuration.
    private func answer<Value: Sendable>(
        _ question: Question, _ format: Format, name: String = "", schema: ChatSchema = .text,
        read: (ChatAnswer) throws(RemoteModelError) -> Value
    ) async throws -> Value {
        let body = try self.body(question, format, name: name, schema: schema)
        let keepsTags = question.text.contains("</think>")
        // Of a model's longest token; what exceeds it is no answer to us.
        let limit = 256 << 10 + self.configuration.answerTokens.multipliedReportingOverflow(by: 64).partialValue
        let start = ContinuousClock.now
        var waited = Duration.zero
        var calls = 0
        var badAnswers = 0
        while true {
            do {
                let json = try await self.server.post("/chat/completions", body, responseLimit: max(256 << 10, limit))
                return try read(try ChatAnswer(json, keepsTags: keepsTags))
            } catch let error as RemoteModelError {
                calls += 1
                if error.code == .badAnswer { badAnswers += 1 }
                let wait = self.wait(after: error, calls: calls, badAnswers: badAnswers)
                guard let wait, waited + (ContinuousClock.now - start) + wait <= self.configuration.budget else { throw error }
                waited += wait
                try await self.pause(wait)
            }
        }
    }

    /// How long to wait for another call; nil when there shall be none.
    private func wait(after error: RemoteModelError, calls: Int, badAnswers: Int) -> Duration? {
        switch error.code {
        case .busy:
            guard calls - badAnswers < self.configuration.attempts else { return nil }
            if case .transient(let asked?) = error.failureClass { return asked }
            // Workers that failed together shall not come back together.
            return .milliseconds(1_000 << min(calls - 1, 5)) * Double.random(in: 0.5...1.5)
        case .badAnswer: return badAnswers <= self.configuration.repeats ? .zero : nil
        default: return nil
        }
    }

    private func body(_ question: Question, _ format: Format, name: String, schema: ChatSchema) throws(RemoteModelError) -> JSONValue {
        var instructions = question.instructions
        if format == .object || format == .prompt {
            instructions += "\n\nAnswer with one JSON object and nothing else. Its JSON Schema is:\n\(schema.json.jsonText)"
        }
        // Three bytes a token is on the safe side for most writing; a server that counts otherwise refuses by itself.
        let tokens = (instructions.utf8.count + question.text.utf8.count) / 3 + self.configuration.answerTokens
        guard tokens <= self.configuration.contextTokens else {
            throw RemoteModelError(
                .chat, .refused,
                "The question and its answer may need \(tokens) tokens, more than the \(self.configuration.contextTokens) of the model.")
        }
        var members: [JSONValue.Member] = [
            .init("model", .string(self.configuration.model)),
            .init(
                "messages",
                [
                    ["role": "system", "content": .string(instructions)], ["role": "user", "content": .string(question.text)],
                ]),
            .init(self.configuration.answerTokensMember, .integer(Int64(self.configuration.answerTokens))), .init("stream", false),
        ]
        if let temperature = self.configuration.temperature { members.append(.init("temperature", .number(temperature))) }
        switch format {
        case .schema:
            members.append(
                .init(
                    "response_format",
                    ["type": "json_schema", "json_schema": ["name": .string(name), "strict": true, "schema": schema.json]]))
        case .object: members.append(.init("response_format", ["type": "json_object"]))
        case .prompt, .text: break
        }
        return .object(members)
    }
}
