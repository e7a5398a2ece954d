import Compression
import Corpus
import DocumentFormats
@testable import DocumentStages
import Flotilla
import Foundation
import JSONText
@testable import StageTools
import Testing

@Suite struct HostileFileTests {
    /// A ZIP archive with the given entries, deflated.
    static func zip(_ entries: [(String, [UInt8])]) throws -> [UInt8] {
        func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
        var body: [UInt8] = []
        var directory: [UInt8] = []
        for (name, content) in entries {
            let packed = try deflated(content, format: .raw)
            let crc = Int(content.withUnsafeBytes { checksum($0) })
            let shared =
                little(20, 2) + little(0, 2) + little(8, 2) + little(0, 4) + little(crc, 4) + little(packed.count, 4)
                + little(content.count, 4) + little(name.utf8.count, 2) + little(0, 2)
            directory += Array("PK\u{1}\u{2}".utf8) + little(20, 2) + shared + little(0, 10) + little(body.count, 4) + Array(name.utf8)
            body += Array("PK\u{3}\u{4}".utf8) + shared + Array(name.utf8) + packed
        }
        return body + directory + Array("PK\u{5}\u{6}".utf8) + little(0, 4) + little(entries.count, 2) + little(entries.count, 2)
            + little(directory.count, 4) + little(body.count, 4) + little(0, 2)
    }

    static let types = ("[Content_Types].xml", Array("<Types/>".utf8))

    static func document(_ xml: String) throws -> [UInt8] {
        try Self.zip([Self.types, ("word/document.xml", Array(xml.utf8))])
    }

    static func failure(of bytes: [UInt8], named name: String = "file.bin", limits: FormatLimits = FormatLimits()) async throws -> String? {
        try await PipelineHarness.withFiles([name: bytes]) { root in
            try await PipelineHarness.failure(name, root: root, limits: limits)?.failureCode
        }
    }

    @Test func `a decompression bomb is refused as too large`() async throws {
        let bomb =
            "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body><w:p><w:r><w:t>"
            + String(repeating: "a", count: 40 << 20)
        #expect(try await Self.failure(of: try Self.document(bomb)) == "too_large")
    }

    @Test func `an archive of ten thousand and one entries is refused`() async throws {
        let entries = (0...10_000).map { ("word/\($0).xml", [UInt8]()) }
        #expect(try await Self.failure(of: try Self.zip([Self.types] + entries)) == "too_large")
    }

    @Test func `billion laughs expand to nothing`() async throws {
        let laughs = """
            <!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
            <w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&c;</w:t></w:r></w:p></w:body></w:document>
            """
        #expect(try await Self.failure(of: try Self.document(laughs)) == "too_large")
    }

    @Test func `a document nested a million deep is refused and kills nobody`() async throws {
        let deep = String(repeating: "<a>", count: 400_000)
        #expect(
            try await Self.failure(of: try Self.zip([Self.types, ("word/document.xml", Array(deep.utf8)), ("pad", Self.noise(64 << 10))]))
                == "too_large")
    }

    static func noise(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    @Test func `a cut off archive is corrupt`() async throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: PipelineHarness.samples + "/board-minutes.docx"))
        #expect(try await Self.failure(of: Array(whole.prefix(whole.count / 2)), named: "minutes.docx") == "corrupt")
    }

    @Test func `a file with the wrong ending is read as what it is`() async throws {
        let pdf = try Data(contentsOf: URL(fileURLWithPath: PipelineHarness.samples + "/harbour-survey.pdf"))
        try await PipelineHarness.withFiles(["survey.docx": Array(pdf)]) { root in
            let result = try await PipelineHarness.extract("survey.docx", root: root)
            #expect(result.detected.kind == "pdf")
            #expect(result.document.pages.count == 4)
        }
    }

    @Test(arguments: ["-rf", "--help", "größe ☃ 文書.txt", "a b\tc;$(touch x)`.txt", "'quoted\".txt", "%2e%2e.txt"])
    func `a strange name is only a name`(name: String) async throws {
        try await PipelineHarness.withFiles([name: Array("The lamp on the breakwater is dark tonight.".utf8)]) { root in
            let result = try await PipelineHarness.extract(name, root: root)
            #expect(result.text.contains("breakwater"))
        }
    }

    @Test(arguments: [0, 1, 3, 4, 100, 5_000])
    func `random bytes end in a clear refusal`(count: Int) async throws {
        for start in [
            [], Array("%PDF-1.7\n".utf8), [0x50, 0x4B, 3, 4], [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1],
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A],
        ] as [[UInt8]] {
            var bytes = start + Self.noise(count)
            if start.isEmpty { bytes = bytes.map { $0 % 8 } }
            let code = try await Self.failure(of: bytes)
            #expect(["corrupt", "unsupported", "empty", "encrypted"].contains(code ?? "none"), "\(start) \(count) \(code ?? "")")
        }
    }

    @Test func `a picture that announces a billion pixels is refused before it is decoded`() async throws {
        var png = Array(try Data(contentsOf: URL(fileURLWithPath: PipelineHarness.samples + "/notice-board.png")))
        png.replaceSubrange(16..<24, with: [0, 1, 0, 0, 0, 1, 0, 0])
        #expect(try await Self.failure(of: png, named: "huge.png") == "too_large")
    }

    @Test func `a page of the size of a house is scaled, not rendered whole`() async throws {
        let pdf = """
            %PDF-1.4
            1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
            2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
            3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 14400 14400] /Contents 4 0 R /Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >> endobj
            4 0 obj << /Length 60 >> stream
            BT /F 1800 Tf 400 7000 Td (LIGHTHOUSE) Tj ET
            endstream endobj
            trailer << /Root 1 0 R >>
            """
        try await PipelineHarness.withFiles(["house.pdf": Array(pdf.utf8)]) { root in
            let result = try await PipelineHarness.extract("house.pdf", root: root)
            #expect(result.text.contains("LIGHTHOUSE"))
        }
    }

    @Test func `a PDF with a thousand more pages than allowed is refused`() async throws {
        var limits = FormatLimits()
        limits.pages = 3
        #expect(try await PipelineHarness.failure("harbour-survey.pdf", limits: limits)?.failureCode == "too_large")
    }

    @Test func `messages inside messages are read eight deep and no deeper`() async throws {
        var message =
            "Subject: innermost secret\r\nFrom: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nThe innermost words.\r\n"
        for level in (1...12).reversed() {
            message =
                "Subject: level \(level)\r\nFrom: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\(level)\"\r\n\r\n"
                + "--b\(level)\r\nContent-Type: text/plain\r\n\r\nwords of level \(level)\r\n--b\(level)\r\nContent-Type: message/rfc822\r\n\r\n"
                + message + "\r\n--b\(level)--\r\n"
        }
        try await PipelineHarness.withFiles(["nested.eml": Array(message.utf8)]) { root in
            let result = try await PipelineHarness.extract("nested.eml", root: root)
            #expect(result.text.contains("words of level 8"))
            #expect(!result.text.contains("innermost words"))
            #expect(result.document.isPartial)
            #expect(result.document.warnings.contains { $0.contains("nested") })
        }
    }

    @Test func `an encrypted attachment makes the message partial, not lost`() async throws {
        let sealed = try Data(contentsOf: URL(fileURLWithPath: PipelineHarness.samples + "/sealed-agreement-encrypted.pdf"))
            .base64EncodedString()
        let message =
            "From: a@b.example\r\nSubject: sealed\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nSee the file.\r\n"
            + "--x\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"../../etc/s.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + sealed + "\r\n--x--\r\n"
        try await PipelineHarness.withFiles(["sealed.eml": Array(message.utf8)]) { root in
            let result = try await PipelineHarness.extract("sealed.eml", root: root)
            #expect(result.text.contains("See the file"))
            #expect(result.output.isPartial)
            #expect(result.document.warnings.contains { $0.contains("password") })
        }
    }

    @Test func `a page of two columns is put in order`() async throws {
        let words = ["harbour", "breakwater", "caisson", "current", "lifeboat", "engineer", "foundation", "rubble", "parapet", "lantern"]
        var content = "BT /F 10 Tf 12 TL\n"
        var lines: [String] = []
        for column in 0..<2 {
            content += "1 0 0 1 \(column == 0 ? 60 : 315) 720 Tm\n"
            for row in 0..<40 {
                let line = (0..<5).map { words[(row * 7 + $0 * 3 + column * 5) % 10] }.joined(separator: " ")
                lines.append(line)
                content += "(\(line)) Tj T*\n"
            }
        }
        content += "ET"
        // The columns' lines are interleaved in the file, as layout programs write them.
        let pdf = """
            %PDF-1.4
            1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
            2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
            3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >> endobj
            4 0 obj << /Length \(content.utf8.count) >> stream
            \(content)
            endstream endobj
            trailer << /Root 1 0 R >>
            """
        try await PipelineHarness.withFiles(["columns.pdf": Array(pdf.utf8)]) { root in
            let result = try await PipelineHarness.extract("columns.pdf", root: root)
            let found = result.text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.filter {
                !$0.isEmpty
            }
            #expect(found == lines)
        }
    }
}

@Suite struct DamagedPDFTests {
    private let survey = Array((try? Data(contentsOf: URL(fileURLWithPath: PipelineHarness.samples + "/harbour-survey.pdf"))) ?? Data())

    @Test func `a PDF that lost its end is repaired, and said to be`() async throws {
        try await PipelineHarness.withFiles(["cut.pdf": Array(self.survey.prefix(self.survey.count - 150))]) { root in
            let result = try await PipelineHarness.extract("cut.pdf", root: root)
            #expect(result.text.contains("Storm Ingrid"))
        }
    }

    @Test(arguments: [0.1, 0.3, 0.5, 0.7, 0.9]) func `a PDF cut anywhere is read in part or refused, never silently empty`(share: Double)
        async throws
    {
        try await PipelineHarness.withFiles(["cut.pdf": Array(self.survey.prefix(Int(Double(self.survey.count) * share)))]) { root in
            do {
                let result = try await PipelineHarness.extract("cut.pdf", root: root)
                #expect(result.document.isPartial && !result.document.warnings.isEmpty)
                #expect(TextShape(result.text).letters > 0)
            } catch let failure as StageFailure {
                #expect(failure.failureClass == .permanent)
            }
        }
    }

    @Test func `a PDF with flipped bytes is read in part or refused, never silently empty`() async throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2 {
            var bytes = self.survey
            for _ in 0..<60 { bytes[Int.random(in: 20..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator) }
            try await PipelineHarness.withFiles(["flipped.pdf": bytes]) { root in
                do {
                    let result = try await PipelineHarness.extract("flipped.pdf", root: root)
                    #expect(TextShape(result.text).letters > 0)
                } catch let failure as StageFailure {
                    #expect(failure.failureClass == .permanent)
                }
            }
        }
    }

    @Test func `an empty page among others is not a failure`() async throws {
        let pdf = """
            %PDF-1.4
            1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
            2 0 obj << /Type /Pages /Kids [3 0 R 5 0 R] /Count 2 >> endobj
            3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R /Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >> endobj
            4 0 obj << /Length 90 >> stream
            BT /F 12 Tf 20 200 Td (The lamp is lit every night of the year by the keeper.) Tj ET
            endstream endobj
            5 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] >> endobj
            trailer << /Root 1 0 R >>
            """
        try await PipelineHarness.withFiles(["blank.pdf": Array(pdf.utf8)]) { root in
            let result = try await PipelineHarness.extract("blank.pdf", root: root)
            #expect(result.document.pages.count == 2)
            #expect(result.document.pages[1].text.isEmpty)
            #expect(!result.document.isPartial)
        }
    }
}
