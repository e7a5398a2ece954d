import Flotilla
import HTTPClient
import HTTPServer
import JSONText
import RemoteModels
import ServerHarness
import Testing
import Threading

@Suite struct ChatModelTests {
    private let question = ChatModel.Question(instructions: "Count.", text: "one two")
    private let schema = ChatSchema.object([
        .init("words", .array(of: .object([.init("text", .text), .init("kind", .choice(["noun", "verb"]))]), maximum: 3))
    ])

    private func failure<Value>(_ body: () async throws -> Value) async -> RemoteModelError? {
        do {
            _ = try await body()
            return nil
        } catch { return error as? RemoteModelError }
    }

    // MARK: Answers

    @Test func `a question carries the model, the limits and the key, and its answer comes back trimmed`() async throws {
        let server = try ChatServer([ChatServer.message("  two\n")])
        let model = server.model {
            $0.apiKey = "k"
            $0.answerTokensMember = "max_completion_tokens"
            $0.answerTokens = 77
        }
        #expect(try await model.text(self.question) == "two")
        let request = try #require(server.requests.first)
        #expect(request["model"] == "m" && request["temperature"]?.number == 0 && request["stream"] == false)
        #expect(request["max_completion_tokens"] == 77 && request["max_tokens"] == nil && request["response_format"] == nil)
        #expect(request["messages"]?[0]?["role"] == "system" && request["messages"]?[0]?["content"] == "Count.")
        #expect(request["messages"]?[1]?["role"] == "user" && request["messages"]?[1]?["content"] == "one two")
        #expect(server.keys == ["Bearer k"])
    }

    @Test func `JSON is asked for with its schema`() async throws {
        let server = try ChatServer([ChatServer.message(#"{"words":[{"text":"one","kind":"noun"}]}"#)])
        let value = try await server.model().json(self.question, name: "words", schema: self.schema)
        #expect(value["words"]?[0]?["text"] == "one")
        let format = try #require(server.requests.first?["response_format"])
        #expect(format["type"] == "json_schema" && format["json_schema"]?["name"] == "words" && format["json_schema"]?["strict"] == true)
        let sent = try #require(format["json_schema"]?["schema"])
        #expect(sent["required"] == ["words"] && sent["additionalProperties"] == false)
        #expect(sent["properties"]?["words"]?["items"]?["properties"]?["kind"]?["enum"] == ["noun", "verb"])
    }

    @Test(arguments: [
        "```json\n{\"words\":[]}\n```", "```\n{\"words\":[]}```", "<think>{\"words\":[1]}</think>\n{\"words\":[]}",
        "I see.</think>{\"words\":[]}",
        "<think>\n```\nno\n```\n</think>\n\n```json\n{\"words\": [] }\n```\n", "{\"words\":[],\"note\":1}",
    ])
    func `what models wrap around JSON is taken off`(content: String) async throws {
        let server = try ChatServer([ChatServer.message(content)])
        #expect(try await server.model().json(self.question, name: "words", schema: self.schema)["words"] == [])
    }

    @Test(arguments: [
        "not json", "{\"words\":[]", "Here it is: {\"words\":[]}", "{\"words\":[]} and more", "```json\n{\"words\":[]}\n``` Done.", "[]",
        "null", "{}", "{\"words\":{}}", "{\"words\":[1]}", "{\"words\":[{\"text\":\"a\"}]}", "{\"words\":[{\"text\":1,\"kind\":\"noun\"}]}",
        "{\"words\":[{\"text\":\"\",\"kind\":\"\"},{\"text\":\"\",\"kind\":\"\"},{\"text\":\"\",\"kind\":\"\"},{\"text\":\"\",\"kind\":\"\"}]}",
        "<think>for ever", "<think>and then</think>", "```", "``````", "\u{0}", String(repeating: "[", count: 50_000),
    ])
    func `JSON of another shape is a bad answer, and asked for once more`(content: String) async throws {
        let server = try ChatServer([ChatServer.message(content)])
        let failure = await self.failure { try await server.model().json(self.question, name: "words", schema: self.schema) }
        #expect(failure?.failureCode == "chat_bad_answer" && failure?.failureClass == .transient())
        #expect((failure?.description.utf8.count ?? 0) > 20 && (failure?.description.utf8.count ?? .max) < 400)
        #expect(server.requests.count == 2)
    }

    @Test func `a second answer that is good is the answer`() async throws {
        let server = try ChatServer([ChatServer.message(""), ChatServer.message("yes")])
        #expect(try await server.model().text(self.question) == "yes")
    }

    @Test func `an answer that was cut off, refused, filtered or empty is none`() async throws {
        let answers: [(HTTPResponse, String)] = [
            (ChatServer.message("half of", finish: "length"), "cut off"),
            (ChatServer.message(nil, refusal: "I cannot help."), "I cannot help."),
            (ChatServer.message("x", finish: "content_filter"), "filter"), (ChatServer.message(" \n"), "empty"),
            (ChatServer.message(nil), "no text"), (.json("{\"choices\":[]}"), "no message"), (.json("[]"), "no message"),
            (.json("{\"error\":{\"message\":\"model\\nloading\"}}"), "model loading"),
            (.json("{\"choices\":[{\"message\":\"hi\"}]}"), "no message"),
            (.text("<html>gateway</html>"), "not JSON"), (.json(""), "not JSON"),
        ]
        for (answer, word) in answers {
            let server = try ChatServer([answer])
            let failure = await self.failure { try await server.model().text(self.question) }
            #expect(failure?.code == .badAnswer && failure?.description.contains(word) == true, "\(word): \(failure?.description ?? "")")
        }
    }

    @Test func `an answer without end is broken off`() async throws {
        let server = try ChatServer([ChatServer.message(String(repeating: "x", count: 4 << 20))])
        let failure = await self.failure { try await server.model { $0.repeats = 0 }.text(self.question) }
        #expect(failure?.code == .badAnswer)
        #expect(server.requests.count == 1)
    }

    @Test func `think tags that the question speaks of stay in the answer`() async throws {
        let server = try ChatServer([ChatServer.message("der Tag </think> schließt")])
        let question = ChatModel.Question(instructions: "Translate.", text: "the tag </think> closes")
        #expect(try await server.model().text(question) == "der Tag </think> schließt")
    }

    // MARK: Formats

    @Test func `a server that knows no schemas is asked in its own way, and later at once`() async throws {
        let server = try ChatServer([]) { request in
            switch request["response_format"]?["type"]?.string {
            case "json_schema"?: .text("response_format: unknown", status: 400)
            case "json_object"?: ChatServer.message("{\"words\":[]}")
            default: .text("no", status: 500)
            }
        }
        let model = server.model()
        _ = try await model.json(self.question, name: "words", schema: self.schema)
        _ = try await model.json(self.question, name: "words", schema: self.schema)
        #expect(server.requests.map { $0["response_format"]?["type"]?.string } == ["json_schema", "json_object", "json_object"])
        // Without the schema in the request the model learns of it from the words.
        #expect(server.requests[1]["messages"]?[0]?["content"]?.string?.contains("\"required\":[\"words\"]") == true)
    }

    @Test func `a server that knows no formats at all is asked in words`() async throws {
        let server = try ChatServer([]) { request in
            request["response_format"] == nil ? ChatServer.message("{\"words\":[]}") : .text("no", status: 422)
        }
        _ = try await server.model().json(self.question, name: "words", schema: self.schema)
        #expect(server.requests.count == 3)
    }

    @Test func `a question that is refused in every format teaches nothing about formats`() async throws {
        let server = try ChatServer([]) { request in
            request["messages"]?[1]?["content"] == "bad" ? .text("too long", status: 400) : ChatServer.message("{\"words\":[]}")
        }
        let model = server.model()
        let bad = ChatModel.Question(instructions: "", text: "bad")
        let failure = await self.failure { try await model.json(bad, name: "words", schema: self.schema) }
        #expect(failure?.failureClass == .permanent && failure?.status == 400)
        _ = try await model.json(self.question, name: "words", schema: self.schema)
        #expect(server.requests.last?["response_format"]?["type"] == "json_schema")
    }

    // MARK: Trouble

    @Test func `a busy server is asked again when it says so`() async throws {
        let busy = HTTPResponse.problem(status: 429, title: "Busy", headers: [("Retry-After", "7")])
        let server = try ChatServer([busy, .text("", status: 503), ChatServer.message("yes")])
        #expect(try await server.model().text(self.question) == "yes")
        let pauses = server.pauses.withLock { $0 }
        #expect(pauses.count == 2 && pauses[0] == .seconds(7) && pauses[1] >= .seconds(1) && pauses[1] <= .seconds(3))
    }

    @Test func `a server that stays busy is left alone after some calls, and the failure says when to come back`() async throws {
        let server = try ChatServer([.problem(status: 429, title: "Busy", headers: [("Retry-After", "9")])])
        let failure = await self.failure { try await server.model { $0.attempts = 4 }.text(self.question) }
        #expect(failure?.failureClass == .transient(retryAfter: .seconds(9)) && failure?.status == 429)
        #expect(server.requests.count == 4)
    }

    @Test func `a wait beyond the budget is the caller's`() async throws {
        let server = try ChatServer([.problem(status: 429, title: "Busy", headers: [("Retry-After", "3600")])])
        let failure = await self.failure { try await server.model().text(self.question) }
        #expect(failure?.failureClass == .transient(retryAfter: .seconds(3600)))
        #expect(server.requests.count == 1 && server.pauses.withLock { $0.isEmpty })
    }

    @Test func `a slow server is given up, with words`() async throws {
        let server = try ChatServer([]) { _ in
            // Longer than the client's patience; the listener's thread is this test's own.
            let end = ContinuousClock.now + .milliseconds(400)
            while ContinuousClock.now < end {}
            return ChatServer.message("late")
        }
        let model = server.model {
            $0.timeout = .milliseconds(100)
            $0.attempts = 2
        }
        let failure = await self.failure { try await model.text(self.question) }
        #expect(failure?.code == .busy && failure?.failureClass == .transient())
        #expect((failure?.description.utf8.count ?? 0) > 40)
    }

    @Test func `a wrong key and a missing server are nobody's question`() async throws {
        let server = try ChatServer([.text("no", status: 401)])
        let model = server.model()
        #expect(await self.failure { try await model.text(self.question) }?.failureClass == .infrastructure)
        #expect(server.requests.count == 1)
        server.stop()
        #expect(await self.failure { try await model.text(self.question) }?.failureClass == .infrastructure)
    }

    @Test func `a question that the model cannot hold is not sent`() async throws {
        let server = try ChatServer([ChatServer.message("yes")])
        let long = ChatModel.Question(instructions: "", text: String(repeating: "word ", count: 8_000))
        let failure = await self.failure { try await server.model().text(long) }
        #expect(failure?.failureClass == .permanent && server.requests.isEmpty)
    }
}
