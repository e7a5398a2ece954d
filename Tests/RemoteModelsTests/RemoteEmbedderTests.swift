import Flotilla
import HTTPClient
import HTTPServer
import JSONText
import RemoteModels
import Testing
import Threading

@Suite struct RemoteEmbedderTests {
    /// Answers with vectors `[length of the text, 0, 1]`, last text first; remembers the batch sizes.
    private final class Server: Sendable {
        let batches = Lock<[Int]>([])
        let listener: HTTPListener

        init(_ answer: (@Sendable ([String]) -> HTTPResponse)? = nil) throws {
            let batches = self.batches
            self.listener = try HTTPListener(
                port: 0,
                routes: [
                    HTTPRoute("POST", "/v1/embeddings") { request in
                        let texts = (try? JSONValue(parsing: request.body))?["input"]?.array?.compactMap(\.string) ?? []
                        batches.withLock { $0.append(texts.count) }
                        if let answer { return answer(texts) }
                        let data = texts.enumerated().reversed().map { index, text -> JSONValue in
                            [
                                "index": .integer(Int64(index)),
                                "embedding": .array([.integer(Int64(text.utf8.count)), .integer(0), .number(1.0)]),
                            ]
                        }
                        let key = request.header("authorization") ?? ""
                        return key == "Bearer k"
                            ? .json(JSONValue.object([.init("data", .array(data))]).jsonText) : .text("no", status: 401)
                    }
                ])
        }

        func embedder(dimensions: Int = 3, key: String? = "k") -> RemoteEmbedder {
            var configuration = RemoteEmbedder.Configuration(
                baseURL: "http://127.0.0.1:\(self.listener.port)/v1/", model: "m", dimensions: dimensions, apiKey: key)
            configuration.batchSize = 2
            configuration.textLimit = 10
            return RemoteEmbedder(configuration, caller: HTTPCaller(concurrency: 1))
        }
    }

    private func failure(_ embedder: RemoteEmbedder) async -> RemoteModelError? {
        do {
            _ = try await embedder.embed(["a"])
            return nil
        } catch { return error as? RemoteModelError }
    }

    @Test func `texts go out in batches and vectors come back in order, of unit length`() async throws {
        let server = try Server()
        let vectors = try await server.embedder().embed(["a", "bb", "ccc"])
        #expect(server.batches.withLock { $0 } == [2, 1])
        #expect(vectors.count == 3)
        for (index, vector) in vectors.enumerated() {
            #expect(abs(vector[0] / vector[2] - Float(index + 1)) < 1e-5)
            #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
        }
    }

    /// Found by the fuzzer: `[0,0,1e-39]` came back as infinite.
    @Test(arguments: [1e-39, 1e-44, 3e38]) func `vectors of the smallest and the largest numbers get unit length too`(_ number: Double)
        async throws
    {
        let server = try Server { _ in
            let data: JSONValue = [["index": 0, "embedding": .array([.integer(0), .integer(0), .number(number)])]]
            let answer: JSONValue = ["data": data]
            return .json(answer.jsonText)
        }
        let vector = try await server.embedder().embed(["a"])[0]
        #expect(vector[0] == 0 && vector[1] == 0 && abs(vector[2] - 1) < 1e-6)
    }

    @Test func `a long text is cut between characters`() async throws {
        let server = try Server()
        let vector = try #require(try await server.embedder().embed(["ääääääää"]).first)
        server.listener.stop(grace: .zero)
        #expect(vector[0] / vector[2] <= 10)
    }

    @Test func `a busy server says when to come back`() async throws {
        let server = try Server { _ in .problem(status: 429, title: "Busy", headers: [("Retry-After", "7")]) }
        #expect(await self.failure(server.embedder())?.failureClass == .transient(retryAfter: .seconds(7)))
    }

    @Test func `a wrong key, a wrong size and a missing server stop nobody's document`() async throws {
        let server = try Server()
        #expect(await self.failure(server.embedder(key: "wrong"))?.failureClass == .infrastructure)
        #expect(await self.failure(server.embedder(dimensions: 4))?.failureCode == "embedding_wrong_dimensions")
        let embedder = server.embedder()
        server.listener.stop(grace: .zero)
        #expect(await self.failure(embedder)?.failureClass == .infrastructure)
    }

    @Test(arguments: [
        "", "[]", "{\"data\":[]}", "{\"data\":[{\"embedding\":[1,\"x\",2]}]}", "{\"data\":[{\"index\":9,\"embedding\":[1,2,3]}]}",
    ])
    func `nonsense is an answer to try again, never a vector`(body: String) async throws {
        let server = try Server { _ in .json(body) }
        #expect(await self.failure(server.embedder())?.failureCode == "embedding_bad_answer")
    }

    @Test func `a text that the server refuses is the text's fault`() async throws {
        let server = try Server { _ in .text("too long", status: 413) }
        #expect(await self.failure(server.embedder())?.failureClass == .permanent)
    }
}
