@testable import DocumentFormats
import Testing

@Suite struct OfficeFormatTests {
    private static let transitional = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    private static let strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"

    private func word(_ body: String, namespace: String = Self.transitional, more: [(String, String)] = []) throws -> [UInt8] {
        try zip(
            [
                ("[Content_Types].xml", "<Types/>"),
                (
                    "word/document.xml",
                    "<w:document xmlns:w='\(namespace)' xmlns:mc='urn:mc' xmlns:wps='urn:wps' xmlns:a='http://schemas.openxmlformats.org/drawingml/2006/main'><w:body>\(body)</w:body></w:document>"
                ),
            ] + more)
    }

    @Test(arguments: [Self.transitional, Self.strict]) func `both dialects of Word are read`(namespace: String) throws {
        let bytes = try self.word("<w:p><w:r><w:t>one</w:t><w:tab/><w:t>two</w:t><w:br/><w:t>three</w:t></w:r></w:p>", namespace: namespace)
        #expect(try pages(.docx, bytes) == ["one\ttwo\nthree"])
        #expect(try detected(bytes) == .docx)
    }

    @Test func `text boxes are read once, deleted text and field codes not at all`() throws {
        let box = "<w:txbxContent><w:p><w:r><w:t>in the box</w:t></w:r></w:p></w:txbxContent>"
        let bytes = try self.word(
            "<w:p><w:r><w:t>outside </w:t></w:r><w:r><mc:AlternateContent><mc:Choice><wps:txbx>\(box)</wps:txbx></mc:Choice><mc:Fallback>\(box)</mc:Fallback></mc:AlternateContent></w:r>"
                + "<w:del><w:r><w:delText>deleted</w:delText></w:r></w:del><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>end</w:t></w:r></w:p>"
        )
        #expect(try pages(.docx, bytes) == ["in the box\n\noutside end"])
    }

    @Test func `nested tables stay in their cell, and page breaks count once`() throws {
        func p(_ text: String) -> String { "<w:p><w:r><w:t>\(text)</w:t></w:r></w:p>" }
        let inner = "<w:tbl><w:tr><w:tc>\(p("x"))</w:tc><w:tc>\(p("y"))</w:tc></w:tr></w:tbl>"
        let bytes = try self.word(
            "<w:tbl><w:tr><w:tc>\(p("a"))\(p("b"))</w:tc><w:tc>\(inner)\(p("z"))</w:tc></w:tr></w:tbl>"
                + "<w:p><w:r><w:br w:type='page'/></w:r><w:r><w:lastRenderedPageBreak/><w:t>next</w:t></w:r></w:p>")
        #expect(try pages(.docx, bytes) == ["a b | x | y z", "next"])
    }

    @Test func `a damaged document gives what was readable and says so`() throws {
        let bytes = try zip([
            ("[Content_Types].xml", ""),
            ("word/document.xml", "<w:document xmlns:w='\(Self.transitional)'><w:p><w:r><w:t>saved</w:t></w:r></w:p><w:p></oops>"),
        ])
        let document = try withFile(bytes) { try DocumentReader.read(path: $0, kind: .docx) }
        #expect(document.pages.map(\.text) == ["saved"])
        #expect(document.isPartial)
    }

    @Test(arguments: [
        (45_398.0, "yyyy-mm-dd", "2024-04-16"), (1, "d/m/yy", "1900-01-01"), (59, "d.m.yyyy", "1900-02-28"), (61, "d.m.yyyy", "1900-03-01"),
        (0.5, "hh:mm", "12:00"), (45_398.75, "dd/mm/yyyy hh:mm", "2024-04-16 18:00"), (45_398.999_99, "hh:mm:ss", "23:59:59"),
    ])
    func `serial numbers are shown as dates`(serial: Double, code: String, expected: String) throws {
        let style = try #require(CellDateStyle(formatID: 200, code: code))
        #expect(style.text(of: "\(serial)", startsIn1904: false) == expected)
    }

    @Test(arguments: ["0.00", "#,##0", "General", "\"day\" 0", "[Red]0", "0%", "@"]) func `other formats are no dates`(code: String) {
        #expect(CellDateStyle(formatID: 200, code: code) == nil)
    }

    @Test func `a spreadsheet of OpenDocument is read sheet by sheet`() throws {
        let head =
            "xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0' xmlns:table='urn:oasis:names:tc:opendocument:xmlns:table:1.0' xmlns:text='urn:oasis:names:tc:opendocument:xmlns:text:1.0'"
        let bytes = try zip([
            ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
            (
                "content.xml",
                "<office:document-content \(head)><office:body><office:spreadsheet><table:table table:name='S'><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell table:number-columns-repeated='2'/><table:table-cell><text:p>b</text:p></table:table-cell></table:table-row><table:table-row table:number-rows-repeated='1048576'><table:table-cell table:number-columns-repeated='16384'/></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
            ),
        ])
        #expect(try detected(bytes) == .ods)
        #expect(try pages(.ods, bytes) == ["a |  |  | b"])
    }

    @Test func `protected documents are called so`() throws {
        let bytes = try zip([
            ("mimetype", "application/vnd.oasis.opendocument.text"),
            ("META-INF/manifest.xml", "<m:manifest xmlns:m='urn:m'><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>"),
            ("content.xml", "garbage"),
        ])
        #expect { try pages(.odt, bytes) } throws: { ($0 as? FormatError)?.code == .encrypted }
        // A compound file whose directory names an encrypted package.
        var ole = [UInt8](repeating: 0, count: 1_536)
        ole.replaceSubrange(0..<8, with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1])
        ole[30] = 9
        let name = Array("EncryptedPackage".utf16).flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        ole.replaceSubrange(512..<512 + name.count, with: name)
        ole[512 + 64] = UInt8(name.count + 2)
        ole[512 + 66] = 2
        #expect { try detected(ole) } throws: { ($0 as? FormatError)?.code == .encrypted }
    }

    @Test func `every beginning of a real archive is refused or read, and never traps`() throws {
        let whole = try self.word("<w:p><w:r><w:t>hello</w:t></w:r></w:p>")
        for count in 0..<whole.count {
            // Whatever it says is fine, as long as it says it.
            try withFile(Array(whole.prefix(count))) { path in _ = try? DocumentReader.read(path: path, kind: .docx) }
        }
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            var damaged = whole
            for _ in 0..<3 { damaged[Int.random(in: 0..<damaged.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator) }
            try withFile(damaged) { path in
                _ = try? FormatDetector.detect(path: path)
                _ = try? DocumentReader.read(path: path, kind: .docx)
            }
        }
    }
}
