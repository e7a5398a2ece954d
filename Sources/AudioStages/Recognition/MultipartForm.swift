/// A body of the type `multipart/form-data` (RFC 7578).
struct MultipartForm {
    private(set) var body: [UInt8] = []
    private let boundary: String

    /// - Parameter boundary: letters and digits that occur in none of the parts.
    init(boundary: String) { self.boundary = boundary }

    /// A boundary that occurs in nothing that anybody sent us, since it is drawn now.
    init() {
        self.init(
            boundary: "flotilla" + String(UInt64.random(in: .min ... .max), radix: 36) + String(UInt64.random(in: .min ... .max), radix: 36)
        )
    }

    var contentType: String { "multipart/form-data; boundary=\(self.boundary)" }

    mutating func add(_ name: String, _ value: String) {
        self.begin("name=\"\(name)\"")
        self.body += Array("\r\n\(value)\r\n".utf8)
    }

    /// - Parameter filename: servers choose the decoder by its end.
    mutating func add(_ name: String, filename: String, type: String, _ bytes: [UInt8]) {
        self.begin("name=\"\(name)\"; filename=\"\(filename)\"")
        self.body += Array("Content-Type: \(type)\r\n\r\n".utf8)
        self.body += bytes
        self.body += Array("\r\n".utf8)
    }

    /// After the last part; nothing may follow.
    mutating func finish() { self.body += Array("--\(self.boundary)--\r\n".utf8) }

    private mutating func begin(_ disposition: String) {
        self.body += Array("--\(self.boundary)\r\nContent-Disposition: form-data; \(disposition)\r\n".utf8)
    }
}
