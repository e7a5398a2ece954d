@testable import AudioStages
import Corpus
import Flotilla
import HTTPClient
import HTTPServer
import RemoteModels
import Testing
import Threading

/// A server that speaks OpenAI's protocol, well and badly.
@Suite struct ServerRecognizerTests {
    private final class Server: Sendable {
        let requests = Lock<[HTTPRequest]>([])
        let listener: HTTPListener

        init(path: String = "/v1/audio/transcriptions", _ answer: @escaping @Sendable (_ request: Int) -> HTTPResponse) throws {
            let requests = self.requests
            self.listener = try HTTPListener(
                port: 0, limits: .init(bodyBytes: 8 << 20),
                routes: [
                    HTTPRoute("POST", path) { request in
                        answer(
                            requests.withLock {
                                $0.append(request)
                                return $0.count
                            })
                    }
                ])
        }

        /// Recognises a second of silence through the server.
        func recognize(
            base: String = "/v1", path: String = "/audio/transcriptions", language: String? = nil, patience: Duration = .seconds(60),
            timeout: Duration = .seconds(20)
        ) async throws -> Recognition {
            var configuration = ServerRecognizer.Configuration(model: "tiny", path: path, patience: patience)
            configuration.pause = .milliseconds(5)
            let server = RemoteModelServer(
                .speech, baseURL: "http://127.0.0.1:\(self.listener.port)\(base)", apiKey: "k", timeout: timeout,
                caller: HTTPCaller(concurrency: 1))
            return try await AudioHarness.withDirectory { directory in
                try SampleFile.writeWAV([Int16](repeating: 0, count: 16_000), to: directory + "/a.wav")
                let audio = SpeechAudio(
                    path: directory + "/a.wav", time: TimeRange(start: 60_000, end: 61_000), language: language, workDirectory: directory)
                return try await ServerRecognizer(configuration, server: server).recognize(audio)
            }
        }

        func failure(patience: Duration = .seconds(60), timeout: Duration = .seconds(20)) async -> RemoteModelError? {
            do {
                _ = try await self.recognize(patience: patience, timeout: timeout)
                return nil
            } catch { return error as? RemoteModelError }
        }

        var count: Int { self.requests.withLock { $0.count } }
    }

    private static let good = """
        {"task":"transcribe","language":"english","duration":8.47,"text":" Ask not. What?","segments":[
         {"id":0,"seek":0,"start":0.0,"end":3.32,"text":" Ask not.","tokens":[1],"temperature":0.0,"avg_logprob":-0.25,
          "compression_ratio":1.2,"no_speech_prob":0.01},
         {"id":1,"seek":0,"start":3.32,"end":5,"text":" What?","avg_logprob":-0.1,"no_speech_prob":0.9},
         {"id":2,"seek":0,"start":5,"end":6,"text":" Thank you for watching.","avg_logprob":-1.4,"no_speech_prob":0.95}]}
        """

    @Test func `a stretch goes out as a form with a WAV file, and segments come back`() async throws {
        let server = try Server { _ in .json(Self.good) }
        let recognition = try await server.recognize(language: "en")
        #expect(recognition.language == "en")
        #expect(recognition.segments.map(\.text) == ["Ask not.", "What?"])
        #expect(recognition.segments.first?.time == TimeRange(start: 0, end: 3_320))
        #expect(abs((recognition.segments.first?.confidence ?? 0) - 0.7788) < 0.001)
        let request = try #require(server.requests.withLock { $0.first })
        #expect(request.header("authorization") == "Bearer k")
        let type = try #require(request.header("content-type"))
        let boundary = try #require(type.split(separator: "boundary=").last)
        let body = String(decoding: request.body, as: UTF8.self)
        let parts = body.split(separator: "--\(boundary)")
        #expect(parts.count == 6)
        #expect(body.hasSuffix("--\(boundary)--\r\n"))
        for field in [
            "name=\"model\"\r\n\r\ntiny\r\n", "name=\"response_format\"\r\n\r\nverbose_json\r\n", "name=\"language\"\r\n\r\nen\r\n",
        ] {
            #expect(parts.contains { $0.contains(field) })
        }
        #expect(parts.contains { $0.contains("filename=\"stretch.wav\"\r\nContent-Type: audio/wav\r\n\r\nRIFF") })
        #expect(request.body.count > 32_044)
    }

    @Test func `whisper's own server listens elsewhere`() async throws {
        let server = try Server(path: "/inference") { _ in .json("{\"text\":\" Just a text. \"}") }
        let recognition = try await server.recognize(base: "", path: "/inference")
        #expect(recognition.segments == [.init(time: TimeRange(start: 0, end: 1_000), text: "Just a text.")])
    }

    @Test func `a busy server is asked again, after the time it names`() async throws {
        let server = try Server { request in
            switch request {
            case 1: .problem(status: 429, title: "Busy", headers: [("Retry-After", "0")])
            case 2: .text("down", status: 500)
            default: .json(Self.good)
            }
        }
        #expect(try await server.recognize().segments.count == 2)
        #expect(server.count == 3)
    }

    @Test func `a server that asks for more patience than there is gets the job again later`() async throws {
        let server = try Server { _ in .problem(status: 429, title: "Busy", headers: [("Retry-After", "120")]) }
        #expect(await server.failure()?.failureClass == .transient(retryAfter: .seconds(120)))
        #expect(server.count == 1)
    }

    @Test func `a server that stays broken is given up after three attempts`() async throws {
        let server = try Server { _ in .text("down", status: 503) }
        #expect(await server.failure()?.failureClass == .transient(retryAfter: nil))
        #expect(server.count == 3)
    }

    @Test func `a slow server is not waited for for ever`() async throws {
        // The answer is longer than it says, so that the rest never comes.
        let server = try Server { _ in
            HTTPResponse(status: 200, contentType: "application/json", body: Array("{".utf8), headers: [("Content-Length", "100")])
        }
        let failure = await server.failure(patience: .milliseconds(1), timeout: .milliseconds(300))
        #expect(failure?.failureCode == "speech_server_busy" || failure?.failureCode == "speech_bad_answer")
    }

    @Test(arguments: ["", "[]", "null", "<html>", "{}", "{\"text\":7}", "{\"segments\":[]}"])
    func `nonsense is an answer to try again, never a transcript`(body: String) async throws {
        let server = try Server { _ in .json(body) }
        #expect(await server.failure()?.failureCode == "speech_bad_answer")
    }

    @Test(arguments: [
        "{\"segments\":[{\"start\":\"x\",\"end\":null,\"text\":\" odd times\"}]}",
        "{\"segments\":[{\"start\":-1e300,\"end\":1e300,\"text\":\" odd times\"},{\"text\":5},7]}",
    ])
    func `odd times are put into the stretch`(body: String) async throws {
        let server = try Server { _ in .json(body) }
        let piece = Transcript(try await server.recognize(), of: TimeRange(start: 60_000, end: 61_000), engine: "e")
        #expect(piece.segments.map(\.text) == ["odd times"])
        #expect(piece.segments.allSatisfy { $0.time.start >= 60_000 && $0.time.end <= 61_000 })
    }

    @Test func `a huge answer is broken off`() async throws {
        let server = try Server { _ in .text(String(repeating: "x", count: 20 << 20)) }
        #expect(await server.failure(patience: .milliseconds(1))?.failureClass == .transient(retryAfter: nil))
    }

    @Test func `what a server refuses is the stretch's fault, a wrong key nobody's`() async throws {
        let refusing = try Server { _ in .text("cannot decode", status: 400) }
        #expect(await refusing.failure()?.failureClass == .permanent)
        #expect(refusing.count == 1)
        let closed = try Server { _ in .text("no", status: 401) }
        #expect(await closed.failure()?.failureClass == .infrastructure)
        let gone = try Server { _ in .text("") }
        gone.listener.stop(grace: .zero)
        #expect(await gone.failure()?.failureClass == .infrastructure)
    }
}
