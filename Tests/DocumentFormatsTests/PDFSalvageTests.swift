import Compression
@testable import DocumentFormats
import Foundation
import Testing

@Suite struct PDFSalvageTests {
    private func salvage(_ bytes: [UInt8], limits: FormatLimits = FormatLimits()) throws -> [UInt8] {
        let folder = NSTemporaryDirectory() + "flotilla-salvage-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(bytes).write(to: URL(filePath: folder + "/in.pdf"))
        try PDFSalvage.salvage(path: folder + "/in.pdf", to: folder + "/out.pdf", limits: limits)
        return Array(try Data(contentsOf: URL(filePath: folder + "/out.pdf")))
    }

    /// A page, and an object stream with the given head before `room` bytes of content.
    private func file(objects head: String, count: Int, room: Int) throws -> [UInt8] {
        let content = Array(head.utf8) + [UInt8](repeating: 0x20, count: room)
        let stream = try deflated(content, format: .zlib)
        let dictionary = "<< /Type /ObjStm /N \(count) /First \(head.utf8.count) /Filter /FlateDecode >> stream\n"
        return Array("1 0 obj << /Type /Page >> endobj 2 0 obj \(dictionary)".utf8) + stream + Array("\nendstream endobj".utf8)
    }

    @Test func `offsets that go back and forth unpack nothing twice`() throws {
        let head = (0..<2_000).map { "\($0 + 10) \($0 % 2 == 0 ? 0 : 99_000) " }.joined()
        let bytes = try self.salvage(try self.file(objects: head, count: 2_000, room: 100_000))
        #expect(bytes.count < 400_000)
        #expect(String(decoding: bytes, as: UTF8.self).contains("/Kids [1 0 R]"))
    }

    @Test func `objects that lie one after the other are all there`() throws {
        let objects = ["<< /Type /Page /A 1 >> ", "<< /Type /Page /A 2 >> "]
        let head = "7 0 8 \(objects[0].utf8.count) "
        let stream = try deflated(Array((head + objects.joined()).utf8), format: .zlib)
        let dictionary = "<< /Type /ObjStm /N 2 /First \(head.utf8.count) /Filter /FlateDecode >> stream\n"
        let bytes = try self.salvage(Array("2 0 obj \(dictionary)".utf8) + stream + Array("\nendstream endobj".utf8))
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("7 0 obj\n\(objects[0])") && text.contains("8 0 obj\n\(objects[1])"))
        #expect(text.contains("/Kids [7 0 R 8 0 R]"))
    }

    @Test func `object streams share one limit on what they unpack to`() throws {
        let one = try self.file(objects: "9 0 ", count: 1, room: 50_000)
        var limits = FormatLimits()
        limits.inflatedBytes = 120_000
        _ = try self.salvage(one + one, limits: limits)
        #expect(throws: FormatError.self) { try self.salvage(one + one + one, limits: limits) }
    }

    @Test(.timeLimit(.minutes(1))) func `a file of nothing but headers takes time in proportion`() throws {
        let bytes = Array("1 0 obj << /Type /Page >>".utf8) + (0..<100_000).flatMap { Array("\($0 + 2) 0 obj".utf8) }
        #expect(String(decoding: try self.salvage(bytes), as: UTF8.self).contains("/Kids [1 0 R]"))
    }
}
