import Foundation
import Glibc
import HTTPClient
import HTTPServer
import Testing

/// Sends raw bytes and returns all that comes back until the server closes.
func exchange(_ port: UInt16, _ request: String) -> String {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    guard connected == 0 else { return "" }
    let bytes = Array(request.utf8)
    _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return String(decoding: answer, as: UTF8.self) }
        answer.append(contentsOf: buffer[..<count])
    }
}

@Suite struct HTTPListenerTests {
    static let routes = [
        HTTPRoute("GET", "/hello") { .text("hello \($0.parameter("name") ?? "nobody")\n") },
        HTTPRoute("POST", "/echo") { HTTPResponse(contentType: $0.header("Content-Type") ?? "?", body: $0.body) },
    ]
    let server: HTTPListener
    let caller = HTTPCaller()

    init() throws {
        self.server = try HTTPListener(port: 0, limits: .init(bodyBytes: 100_000, connections: 20, timeoutSeconds: 1), routes: Self.routes)
    }

    private func url(_ path: String) -> String { "http://127.0.0.1:\(self.server.port)\(path)" }

    @Test func `a route answers, with its query decoded`() async throws {
        let answer = try await self.caller.send(.get(self.url("/hello?name=J%C3%BCrgen%20%26+Co&x")))
        #expect(answer.status == 200)
        #expect(String(decoding: answer.body, as: UTF8.self) == "hello Jürgen & Co\n")
        #expect(answer.header("Content-TYPE") == "text/plain; charset=utf-8")
        #expect(try await self.caller.send(.get(self.url("/hello/"))).status == 200)
    }

    @Test func `what is not there is a problem document`() async throws {
        let missing = try await self.caller.send(.get(self.url("/nothing")))
        #expect(missing.status == 404)
        #expect(missing.header("content-type") == "application/problem+json")
        #expect(String(decoding: missing.body, as: UTF8.self).contains("\"status\":404"))
        let wrong = try await self.caller.send(HTTPCall("DELETE", self.url("/hello")))
        #expect(wrong.status == 405)
        #expect(wrong.header("allow") == "GET, HEAD")
        let head = try await self.caller.send(HTTPCall("HEAD", self.url("/hello")))
        #expect(head.status == 200)
        #expect(head.body.isEmpty)
    }

    @Test func `bodies arrive whole, up to the limit`() async throws {
        let body = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        #expect(try await self.caller.send(HTTPCall("POST", self.url("/echo"), body: body)).body == body)
        #expect(try await self.caller.send(HTTPCall("POST", self.url("/echo"), body: [])).body.isEmpty)
        let tooLarge = exchange(
            self.server.port, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100001\r\nConnection: close\r\n\r\nxx")
        #expect(tooLarge.hasPrefix("HTTP/1.1 413"))
        let chunked = exchange(
            self.server.port,
            "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                + String(repeating: "8000\r\n" + String(repeating: "x", count: 0x8000) + "\r\n", count: 8) + "0\r\n\r\n")
        #expect(!chunked.contains("200 OK"))
    }

    @Test(arguments: [
        "\r\n\r\n", "GET\r\n\r\n", "GET /hello HTTP/9.9\r\n\r\n", "\u{0}\u{1}\u{2}\r\n\r\n", "GET /%zz%00 HTTP/1.0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\nConnection: close\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\nConnection: close\r\n\r\n",
        "GET /hello?\(String(repeating: "a=b&", count: 30_000)) HTTP/1.0\r\n\r\n",
    ]) func `nonsense is refused and the server goes on`(request: String) async throws {
        #expect(!exchange(self.server.port, request).contains("200 OK"))
        #expect(try await self.caller.send(.get(self.url("/hello"))).status == 200)
    }

    @Test func `connections beyond the limit are closed, and room comes back`() async throws {
        var open: [Int32] = []
        for _ in 0..<40 {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = self.server.port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            _ = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            open.append(descriptor)
        }
        for descriptor in open { close(descriptor) }
        var status: Int?
        for _ in 0..<100 where status != 200 { status = try? await self.caller.send(.get(self.url("/hello"))).status }
        #expect(status == 200)
    }

    @Test func `two servers cannot share a port, and the error says so`() throws {
        let error = #expect(throws: HTTPServerError.self) { try HTTPListener(port: self.server.port, routes: []) }
        #expect(error?.errno == EADDRINUSE)
        #expect(throws: HTTPServerError.self) { try HTTPListener(address: "example.org", port: 0, routes: []) }
        #expect(throws: Never.self) { try HTTPListener(address: "::1", port: 0, routes: []).stop() }
    }

    @Test func `stopping lets the running request finish and refuses new ones`() async throws {
        let entered = DispatchSemaphore(value: 0)
        let release = DispatchSemaphore(value: 0)
        let server = try HTTPListener(
            port: 0,
            routes: [
                HTTPRoute("GET", "/slow") { _ in
                    entered.signal()
                    release.wait()
                    return .text("done")
                }
            ])
        let url = "http://127.0.0.1:\(server.port)/slow"
        let caller = self.caller
        async let answer = caller.send(.get(url))
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                entered.wait()
                DispatchQueue.global().asyncAfter(deadline: .now() + 0.05) { release.signal() }
                server.stop(grace: .seconds(10))
                continuation.resume()
            }
        }
        #expect(try await answer.body == Array("done".utf8))
        await #expect(throws: HTTPCallError.self) { try await caller.send(.get(url)) }
        server.stop()
    }
}
