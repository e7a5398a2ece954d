import CCurl
import Synchronization
import Threading

/// One call on one handle, on the calling thread.
final class Transfer {
    private let call: HTTPCall
    private let cancelled: CancelFlag
    private var headers: [(name: String, value: String)] = []
    private var body: [UInt8] = []
    private var isTooLarge = false

    init(_ call: HTTPCall, cancelled: CancelFlag) {
        self.call = call
        self.cancelled = cancelled
    }

    func run(on handle: UnsafeMutableRawPointer) -> Result<HTTPAnswer, HTTPCallError> {
        if self.cancelled.isSet.load(ordering: .relaxed) {
            return self.failure(.cancelled, false, "the call was cancelled before it began")
        }
        if let mistake = self.mistake { return self.failure(.invalidCall, false, mistake) }

        var list: UnsafeMutablePointer<curl_slist>?
        defer { curl_slist_free_all(list) }
        // Without `Expect`, a server that does not know it cannot delay each larger body by a second.
        for header in self.call.headers + [("Expect", "")] {
            list = curl_slist_append(list, header.value.isEmpty ? "\(header.name):" : "\(header.name): \(header.value)") ?? list
        }
        var message = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        let code = message.withUnsafeMutableBufferPointer { message in
            (self.call.body ?? []).withUnsafeBufferPointer { body in
                self.configure(handle, list: list, body: body, message: message)
                return curl_easy_perform(handle)
            }
        }
        let said = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return self.result(code, said: said, on: handle)
    }

    /// Nil when the call can be made.
    private var mistake: String? {
        let scheme = self.call.url.prefix(8).lowercased()
        guard scheme.hasPrefix("http://") || scheme.hasPrefix("https://") else { return "the URL does not begin with http:// or https://" }
        guard !self.call.url.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value == 0x7F }) else {
            return "the URL holds a blank or a control character"
        }
        guard !self.call.method.isEmpty, self.call.method.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
            return "the method is no word in capitals"
        }
        for header in self.call.headers {
            guard !header.name.isEmpty, header.name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }),
                header.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
            else { return "the header \(header.name.debugDescription) holds what no header may" }
        }
        return nil
    }

    private func configure(
        _ handle: UnsafeMutableRawPointer, list: UnsafeMutablePointer<curl_slist>?, body: UnsafeBufferPointer<UInt8>,
        message: UnsafeMutableBufferPointer<CChar>
    ) {
        let me = Unmanaged.passUnretained(self).toOpaque()
        // Without this, a timeout during name resolution would use SIGALRM.
        _ = flotilla_curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        _ = flotilla_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, message.baseAddress)
        _ = flotilla_curl_set_string(handle, CURLOPT_URL, self.call.url)
        _ = flotilla_curl_set_string(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        _ = flotilla_curl_set_long(handle, CURLOPT_FOLLOWLOCATION, 0)
        _ = flotilla_curl_set_string(handle, CURLOPT_PROXY, "")
        _ = flotilla_curl_set_long(handle, CURLOPT_SSL_VERIFYPEER, 1)
        _ = flotilla_curl_set_long(handle, CURLOPT_SSL_VERIFYHOST, 2)
        if let file = self.call.authorityFile { _ = flotilla_curl_set_string(handle, CURLOPT_CAINFO, file) }
        _ = flotilla_curl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, Self.milliseconds(self.call.connectTimeout))
        _ = flotilla_curl_set_long(handle, CURLOPT_TIMEOUT_MS, Self.milliseconds(self.call.timeout))
        _ = flotilla_curl_set_string(handle, CURLOPT_USERAGENT, "flotilla")
        _ = flotilla_curl_set_pointer(handle, CURLOPT_HTTPHEADER, list)

        if self.call.body != nil {
            _ = flotilla_curl_set_long(handle, CURLOPT_POST, 1)
            _ = flotilla_curl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
            _ = flotilla_curl_set_pointer(handle, CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(mutating: body.baseAddress))
        } else if self.call.method == "HEAD" {
            _ = flotilla_curl_set_long(handle, CURLOPT_NOBODY, 1)
        }
        if self.call.method != "HEAD" { _ = flotilla_curl_set_string(handle, CURLOPT_CUSTOMREQUEST, self.call.method) }

        _ = flotilla_curl_set_write(handle, receiveBody)
        _ = flotilla_curl_set_pointer(handle, CURLOPT_WRITEDATA, me)
        _ = flotilla_curl_set_header(handle, receiveHeader)
        _ = flotilla_curl_set_pointer(handle, CURLOPT_HEADERDATA, me)
        _ = flotilla_curl_set_progress(handle, watchProgress)
        _ = flotilla_curl_set_pointer(handle, CURLOPT_XFERINFODATA, me)
        _ = flotilla_curl_set_long(handle, CURLOPT_NOPROGRESS, 0)
    }

    private func result(_ code: CURLcode, said: String, on handle: UnsafeMutableRawPointer) -> Result<HTTPAnswer, HTTPCallError> {
        var status = 0
        _ = flotilla_curl_response_code(handle, &status)
        if code == CURLE_OK { return .success(HTTPAnswer(status: status, headers: self.headers, body: self.body)) }

        var sent = 0
        _ = flotilla_curl_get_long(handle, CURLINFO_REQUEST_SIZE, &sent)
        let detail = said.isEmpty ? String(cString: curl_easy_strerror(code)) : said
        if self.isTooLarge { return self.failure(.tooLarge, true, "the answer is larger than \(self.call.responseLimit) bytes") }
        switch code {
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: return self.failure(.invalidCall, false, detail)
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT:
            return self.failure(.unreachable, false, detail)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM:
            return self.failure(.insecure, false, detail)
        case CURLE_OPERATION_TIMEDOUT: return self.failure(.timedOut, sent > 0, detail)
        case CURLE_ABORTED_BY_CALLBACK: return self.failure(.cancelled, sent > 0, "the call was cancelled")
        default: return self.failure(.broken, sent > 0, detail)
        }
    }

    private func failure(_ code: HTTPCallError.Code, _ mayHaveReached: Bool, _ detail: String) -> Result<HTTPAnswer, HTTPCallError> {
        .failure(HTTPCallError(code: code, mayHaveReachedServer: mayHaveReached, detail: detail))
    }

    private static func milliseconds(_ duration: Duration) -> Int { Int(max(1, min(duration.inMilliseconds, Int64(Int32.max)))) }

    // MARK: - Called by libcurl

    fileprivate func received(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= self.call.responseLimit - self.body.count else {
            self.isTooLarge = true
            return false
        }
        self.body.append(contentsOf: bytes)
        return true
    }

    fileprivate func receivedHeader(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let line = String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            // Another head follows an interim one such as 100.
            self.headers = []
            return true
        }
        guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else { return true }
        let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        let end = value.lastIndex { !$0.isWhitespace }.map { value.index(after: $0) } ?? value.startIndex
        self.headers.append((line[..<colon].lowercased(), String(value[..<end])))
        return self.headers.count <= 500
    }

    fileprivate var isCancelled: Bool { self.cancelled.isSet.load(ordering: .relaxed) }
}

// Nonisolated functions at file scope: a closure handed to C from isolated code traps on another thread.

private nonisolated func receiveBody(_ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?)
    -> Int
{
    guard let data, let context else { return 0 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    return transfer.received(UnsafeRawBufferPointer(start: data, count: size * count)) ? size * count : 0
}

private nonisolated func receiveHeader(_ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?)
    -> Int
{
    guard let data, let context else { return 0 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    return transfer.receivedHeader(UnsafeRawBufferPointer(start: data, count: size * count)) ? size * count : 0
}

private nonisolated func watchProgress(
    _ context: UnsafeMutableRawPointer?, _ downloadTotal: curl_off_t, _ downloaded: curl_off_t, _ uploadTotal: curl_off_t,
    _ uploaded: curl_off_t
) -> Int32 {
    guard let context else { return 0 }
    return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().isCancelled ? 1 : 0
}
