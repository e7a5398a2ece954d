import Foundation
import Glibc
import HTTPClient
import HTTPServer
import Testing

@Suite struct HTTPCallerTests {
    let server: HTTPListener
    let caller = HTTPCaller(concurrency: 4)

    init() throws {
        self.server = try HTTPListener(
            port: 0,
            routes: [
                HTTPRoute("POST", "/echo") { request in
                    HTTPResponse(
                        contentType: request.header("content-type") ?? "?", body: request.body,
                        headers: [("X-Auth", request.header("authorization") ?? "")])
                },
                HTTPRoute("GET", "/big") { _ in HTTPResponse(contentType: "x/y", body: Array(repeating: 7, count: 1_000_000)) },
                HTTPRoute("GET", "/moved") { _ in HTTPResponse(status: 302, contentType: "x/y", body: [], headers: [("Location", "/big")])
                },
                HTTPRoute("GET", "/busy") { _ in .problem(status: 429, title: "Busy", headers: [("Retry-After", "7")]) },
                HTTPRoute("GET", "/slow") { _ in
                    usleep(400_000)
                    return .text("late")
                },
            ])
    }

    private func url(_ path: String) -> String { "http://127.0.0.1:\(self.server.port)\(path)" }

    private func failure(_ call: HTTPCall) async -> HTTPCallError? {
        do {
            let answer = try await self.caller.send(call)
            Issue.record("status \(answer.status)")
            return nil
        } catch { return error }
    }

    @Test func `JSON goes out with its headers and comes back`() async throws {
        let call = HTTPCall.postJSON(self.url("/echo"), Array("{\"a\":1}".utf8), headers: [("Authorization", "Bearer x")])
        let answer = try await self.caller.send(call)
        #expect(answer.isSuccess)
        #expect(answer.body == Array("{\"a\":1}".utf8))
        #expect(answer.header("content-type") == "application/json")
        #expect(answer.header("x-auth") == "Bearer x")
    }

    @Test func `a status is an answer, not an error`() async throws {
        let busy = try await self.caller.send(.get(self.url("/busy")))
        #expect(busy.status == 429)
        #expect(busy.retryAfter(now: 0) == .seconds(7))
        // A redirect could lead anywhere, with our key in hand.
        #expect(try await self.caller.send(.get(self.url("/moved"))).status == 302)
    }

    @Test func `an answer larger than allowed is broken off`() async throws {
        var call = HTTPCall.get(self.url("/big"))
        call.responseLimit = 999_999
        #expect(await self.failure(call)?.code == .tooLarge)
        call.responseLimit = 1_000_000
        #expect(try await self.caller.send(call).body.count == 1_000_000)
    }

    @Test func `an error says whether the server may have seen the request`() async {
        let refused = await self.failure(.get("http://127.0.0.1:1/"))
        #expect(refused?.code == .unreachable)
        #expect(refused?.mayHaveReachedServer == false)
        #expect(await self.failure(.get("http://no-such-host.invalid/"))?.code == .unreachable)

        var slow = HTTPCall.get(self.url("/slow"))
        slow.timeout = .milliseconds(100)
        let late = await self.failure(slow)
        #expect(late?.code == .timedOut)
        #expect(late?.mayHaveReachedServer == true)

        // A server that speaks no TLS.
        let insecure = await self.failure(.get("https://127.0.0.1:\(self.server.port)/"))
        #expect(insecure?.code == .insecure)
        #expect(insecure?.mayHaveReachedServer == false)
    }

    @Test func `cancelling the task ends the call soon`() async {
        let caller = self.caller
        let call = HTTPCall.get(self.url("/slow"))
        let task = Task { () -> HTTPCallError? in
            withUnsafeCurrentTask { $0?.cancel() }
            do {
                _ = try await caller.send(call)
                return nil
            } catch { return error as? HTTPCallError }
        }
        #expect(await task.value?.code == .cancelled)
    }

    @Test(arguments: ["file:///etc/passwd", "ftp://h/", "127.0.0.1/", "", "http://h/a b", "http://h/\r\nX: y", "gopher://h"])
    func `only HTTP is spoken, and only to a proper URL`(url: String) async {
        let error = await self.failure(.get(url))
        #expect(error?.code == .invalidCall)
        #expect(error?.mayHaveReachedServer == false)
    }

    @Test func `a header cannot smuggle in another`() async {
        #expect(await self.failure(.get(self.url("/big"), headers: [("X", "a\r\nY: b")]))?.code == .invalidCall)
        #expect(await self.failure(.get(self.url("/big"), headers: [("X: y", "a")]))?.code == .invalidCall)
    }

    @Test func `the proxy of the environment is ignored`() async throws {
        setenv("http_proxy", "http://127.0.0.1:1", 1)
        defer { unsetenv("http_proxy") }
        #expect(try await self.caller.send(.get(self.url("/moved"))).status == 302)
    }

    @Test func `many calls at once all come back`() async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<200 {
                let call = HTTPCall.postJSON(self.url("/echo"), Array("\(index)".utf8))
                let caller = self.caller
                group.addTask { try await caller.send(call).body == call.body }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }

    @Test(
        arguments: [
            ("7", 7), ("0", 0), ("Wed, 21 Oct 2026 07:28:00 GMT", 60), ("Tue, 20 Oct 2026 07:28:00 GMT", 0),
            ("99999999999999999999", 100 * 365 * 86_400),
            ("-1", nil), ("soon", nil), ("", nil), ("Wed, 99 Oct 2026 07:28:00 GMT", nil), ("Wed, 21 Oct 2026 07:28:00", nil),
        ] as [(String, Int?)])
    func `Retry-After is read in both of its forms`(value: String, seconds: Int?) async throws {
        let server = try HTTPListener(
            port: 0, routes: [HTTPRoute("GET", "/") { _ in .problem(status: 503, title: "x", headers: [("Retry-After", value)]) }])
        let answer = try await self.caller.send(.get("http://127.0.0.1:\(server.port)/"))
        // 2026-10-21T07:27:00Z
        #expect(answer.retryAfter(now: 1_792_567_620) == seconds.map { .seconds($0) })
    }
}
