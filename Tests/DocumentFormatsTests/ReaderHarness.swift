import Compression
@testable import DocumentFormats
import Foundation

/// Writes bytes to a file of its own for the time of one test.
func withFile<Value>(_ bytes: [UInt8], _ body: (String) throws -> Value) throws -> Value {
    let path = NSTemporaryDirectory() + "/flotilla-formats-\(UUID().uuidString)"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    defer { unlink(path) }
    return try body(path)
}

/// The pages of a document given as bytes.
func pages(_ kind: DocumentKind, _ bytes: [UInt8], limits: FormatLimits = FormatLimits()) throws -> [String] {
    try withFile(bytes) { try DocumentReader.read(path: $0, kind: kind, limits: limits).pages.map(\.text) }
}

func pages(_ kind: DocumentKind, _ text: String) throws -> [String] { try pages(kind, Array(text.utf8)) }

func detected(_ text: String, name: String = "") throws -> DocumentKind { try detected(Array(text.utf8), name: name) }

func detected(_ bytes: [UInt8], name: String = "") throws -> DocumentKind {
    try withFile(bytes) { try FormatDetector.detect(path: $0, name: name).kind }
}

/// A ZIP archive; entries are deflated, the first also stored when it is called `mimetype`.
func zip(_ entries: [(String, String)]) throws -> [UInt8] {
    func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
    var body: [UInt8] = []
    var directory: [UInt8] = []
    for (name, text) in entries {
        let content = Array(text.utf8)
        let isStored = name == "mimetype"
        let packed = isStored ? content : try deflated(content, format: .raw)
        let crc = Int(content.withUnsafeBytes { checksum($0) })
        let shared =
            little(20, 2) + little(0, 2) + little(isStored ? 0 : 8, 2) + little(0, 4) + little(crc, 4) + little(packed.count, 4)
            + little(content.count, 4) + little(name.utf8.count, 2) + little(0, 2)
        directory += Array("PK\u{1}\u{2}".utf8) + little(20, 2) + shared + little(0, 10) + little(body.count, 4) + Array(name.utf8)
        body += Array("PK\u{3}\u{4}".utf8) + shared + Array(name.utf8) + packed
    }
    let end = little(entries.count, 2) + little(entries.count, 2) + little(directory.count, 4) + little(body.count, 4) + little(0, 2)
    return body + directory + Array("PK\u{5}\u{6}".utf8) + little(0, 4) + end
}
