import CMicrohttpd
import Synchronization

/// Finds who answers a request.
final class HTTPRouter: Sendable {
    let bodyLimit: Int
    /// Requests begun and not ended.
    let running = Atomic<Int>(0)
    private let routes: [String: [String: @Sendable (HTTPRequest) -> HTTPResponse]]
    private let observe: (@Sendable (HTTPRequest, HTTPResponse) -> Void)?

    init(routes: [HTTPRoute], bodyLimit: Int, observe: (@Sendable (HTTPRequest, HTTPResponse) -> Void)?) {
        var table: [String: [String: @Sendable (HTTPRequest) -> HTTPResponse]] = [:]
        for route in routes { table[route.path, default: [:]][route.method] = route.handler }
        self.routes = table
        self.bodyLimit = bodyLimit
        self.observe = observe
    }

    func answer(_ request: HTTPRequest) -> HTTPResponse {
        let response = self.dispatch(request)
        self.observe?(request, response)
        return response
    }

    private func dispatch(_ request: HTTPRequest) -> HTTPResponse {
        let path = request.path.count > 1 && request.path.hasSuffix("/") ? String(request.path.dropLast()) : request.path
        guard let methods = self.routes[path] else {
            return .problem(status: 404, title: "Not Found", detail: "there is nothing at this path")
        }
        if let handler = methods[request.method] ?? (request.method == "HEAD" ? methods["GET"] : nil) { return handler(request) }
        let allowed = (methods.keys + (methods["GET"] == nil ? [] : ["HEAD"])).sorted().joined(separator: ", ")
        return .problem(status: 405, title: "Method Not Allowed", headers: [("Allow", allowed)])
    }
}

/// What is known of a request while its parts arrive.
private final class PendingRequest {
    var body: [UInt8] = []
    let router: HTTPRouter

    init(router: HTTPRouter) {
        self.router = router
        router.running.wrappingAdd(1, ordering: .relaxed)
    }

    deinit { self.router.running.wrappingSubtract(1, ordering: .relaxed) }
}

// Both callbacks run on libmicrohttpd's thread: they are nonisolated functions at file scope, since a closure handed to C from
// isolated code traps there.

/// Called at least twice for a request: first with the headers, then for each part of the body, last with none.
nonisolated func answerRequest(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ url: UnsafePointer<CChar>?, _ method: UnsafePointer<CChar>?,
    _ version: UnsafePointer<CChar>?, _ upload: UnsafePointer<CChar>?, _ uploadSize: UnsafeMutablePointer<Int>?,
    _ state: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let context, let connection, let url, let method, let uploadSize, let state else { return .NO }
    let router = Unmanaged<HTTPRouter>.fromOpaque(context).takeUnretainedValue()
    guard let pending = state.pointee.map({ Unmanaged<PendingRequest>.fromOpaque($0).takeUnretainedValue() }) else {
        state.pointee = Unmanaged.passRetained(PendingRequest(router: router)).toOpaque()
        let announced = MHD_lookup_connection_value(connection, .HEADER_KIND, "Content-Length").flatMap { Int(String(cString: $0)) }
        if let announced, announced > router.bodyLimit {
            return send(.problem(status: 413, title: "Content Too Large", detail: "at most \(router.bodyLimit) bytes"), on: connection)
        }
        return .YES
    }
    if uploadSize.pointee > 0 {
        // A body of unannounced length: closing the connection is all that is left.
        guard let upload, uploadSize.pointee <= router.bodyLimit - pending.body.count else { return .NO }
        pending.body.append(contentsOf: UnsafeRawBufferPointer(start: upload, count: uploadSize.pointee))
        uploadSize.pointee = 0
        return .YES
    }
    let request = HTTPRequest(
        method: String(cString: method), path: String(cString: url), query: values(of: .GET_ARGUMENT_KIND, on: connection),
        headers: values(of: .HEADER_KIND, on: connection).map { ($0.name.lowercased(), $0.value) }, body: pending.body)
    return send(router.answer(request), on: connection)
}

/// The request is over, also when the peer vanished in the middle.
nonisolated func requestEnded(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ state: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    _ code: MHD_RequestTerminationCode
) {
    guard let state, let pointer = state.pointee else { return }
    state.pointee = nil
    Unmanaged<PendingRequest>.fromOpaque(pointer).release()
}

private nonisolated func send(_ response: HTTPResponse, on connection: OpaquePointer) -> MHD_Result {
    let made = response.body.withUnsafeBytes { bytes in
        MHD_create_response_from_buffer(bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_MUST_COPY)
    }
    guard let made else { return .NO }
    defer { MHD_destroy_response(made) }
    for header in response.headers { _ = MHD_add_response_header(made, header.name, header.value) }
    return MHD_queue_response(connection, UInt32(clamping: response.status), made)
}

private final class ValueList {
    var values: [(name: String, value: String)] = []
}

private nonisolated func values(of kind: MHD_ValueKind, on connection: OpaquePointer) -> [(name: String, value: String)] {
    let list = ValueList()
    _ = MHD_get_connection_values(connection, kind, collectValue, Unmanaged.passUnretained(list).toOpaque())
    return list.values
}

private nonisolated func collectValue(
    _ context: UnsafeMutableRawPointer?, _ kind: MHD_ValueKind, _ name: UnsafePointer<CChar>?, _ value: UnsafePointer<CChar>?
) -> MHD_Result {
    guard let context, let name else { return .NO }
    let list = Unmanaged<ValueList>.fromOpaque(context).takeUnretainedValue()
    list.values.append((String(cString: name), value.map { String(cString: $0) } ?? ""))
    return list.values.count < 256 ? .YES : .NO
}
