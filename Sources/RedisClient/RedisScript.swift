internal import COpenSSL

/// A Lua script, sent by its digest and loaded where the server does not have it.
public struct RedisScript: Sendable {
    /// Shared by all copies, so that a call costs one reference.
    final class Storage: Sendable {
        let name: String
        let source: String
        let sha1: String
        let evalHead: [UInt8]
        let evalshaHead: [UInt8]

        init(name: String, source: String) {
            self.name = name
            self.source = source
            self.sha1 = sha1Hex(source)
            self.evalHead = bulks("EVAL", source)
            self.evalshaHead = bulks("EVALSHA", self.sha1)
        }
    }

    let storage: Storage

    /// - Parameters:
    ///   - name: for logs and metrics.
    ///   - source: Lua. Keep the value: making it hashes the source.
    public init(name: String, source: String) {
        self.storage = Storage(name: name, source: source)
    }

    /// A script whose lines `-- @include name` stand for fragments.
    ///
    /// - Parameter fragments: every one that is included; another traps, since scripts are part of the program.
    public init(name: String, source: [UInt8], fragments: [String: [UInt8]]) {
        let marker = "-- @include "
        let lines = String(decoding: source, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        let text = lines.map { line -> String in
            guard line.hasPrefix(marker) else { return String(line) }
            let fragment = fragments[String(line.dropFirst(marker.count))]
            precondition(fragment != nil, "\(name).lua includes a fragment that is not listed: \(line)")
            return String(decoding: fragment ?? [], as: UTF8.self)
        }
        self.init(name: name, source: text.joined(separator: "\n"))
    }

    public var name: String { self.storage.name }
    public var source: String { self.storage.source }
    /// The digest in lower-case hexadecimal, by which the server knows the script.
    public var sha1: String { self.storage.sha1 }
}

private func bulks(_ words: String...) -> [UInt8] {
    var bytes: [UInt8] = []
    for word in words {
        var word = word
        word.withUTF8 { bytes.appendBulk(UnsafeRawBufferPointer($0)) }
    }
    return bytes
}

private func sha1Hex(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var digest = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
    _ = SHA1(bytes, bytes.count, &digest)
    let hexadecimal = Array("0123456789abcdef".utf8)
    return String(decoding: digest.flatMap { [hexadecimal[Int($0 >> 4)], hexadecimal[Int($0 & 15)]] }, as: UTF8.self)
}
