import DocumentFormats
@testable import DocumentStages
import Flotilla
@testable import StageTools
import Subprocess
import Foundation
import Testing

/// In the full sandbox: elsewhere each program is a child of its own.
@Suite(.enabled(if: PipelineHarness.tools.endsGrandchildren)) struct PDFSurveyTests {
    private static let limits = FormatLimits()
    private static let extractor = PDFExtractor(
        tools: PipelineHarness.tools, reader: OpticalReader(tools: PipelineHarness.tools, languages: "eng"), limits: limits,
        recognized: RecognizedPages(checkpoints: .none, languages: "eng"))

    private func survey(_ path: String, limits: FormatLimits = limits) async throws -> PDFReading? {
        try await WorkDirectory.with(under: NSTemporaryDirectory()) { work in
            let reading = try await PDFSurveyor(tools: PipelineHarness.tools, limits: limits).survey(path, scratch: work.path)
            #expect(try FileManager.default.contentsOfDirectory(atPath: work.path).isEmpty)
            return reading
        }
    }

    @Test(arguments: ["harbour-survey.pdf", "insurance-claim-mixed.pdf", "inquiry-1962-scan.pdf", "inquiry-1962-speckled.pdf"])
    func `one child finds what the programs find one by one`(name: String) async throws {
        let path = "\(PipelineHarness.samples)/\(name)"
        let reading = try #require(try await self.survey(path))
        let slow = try await WorkDirectory.with(under: NSTemporaryDirectory()) { work in
            try await Self.extractor.readWithCare(path, scratch: work.path)
        }
        #expect(reading.texts == slow.texts && !reading.texts.isEmpty)
        #expect(reading.info.title == slow.info.title)
        #expect(reading.info.pageCount == slow.info.pageCount)
        #expect(reading.info.sizes.isEmpty || reading.info.sizes == slow.info.sizes)
        #expect(reading.warnings.isEmpty && slow.warnings.isEmpty)
    }

    @Test func `what is out of the ordinary is left to those who repair and refuse`() async throws {
        #expect(try await self.survey("\(PipelineHarness.samples)/sealed-agreement-encrypted.pdf") == nil)
        #expect(try await self.survey("\(PipelineHarness.samples)/tide-tables-corrupt.pdf") == nil)
        var limits = Self.limits
        limits.pages = 3
        #expect(try await self.survey("\(PipelineHarness.samples)/harbour-survey.pdf", limits: limits) == nil)
        limits.pages = 4
        #expect(try await self.survey("\(PipelineHarness.samples)/harbour-survey.pdf", limits: limits)?.texts.count == 4)
    }

    @Test(arguments: ["Plain", "A & B <c> \\(d\\)", "  two spaces before", "\\376\\377\\000G\\000r\\000\\374\\000n", "", "first\\nsecond"])
    func `a title is the same from the boxes as from pdfinfo`(title: String) async throws {
        let lines = (0..<12).map { _ in "(the lamp is lit every night of the year by the keeper) Tj" }
        let line = lines.joined(separator: " T* ")
        let content = "BT /F 9 Tf 12 TL 20 280 Td \(line) ET"
        let pdf = """
            %PDF-1.4
            1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
            2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
            3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R /Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >> endobj
            4 0 obj << /Length \(content.utf8.count) >> stream
            \(content)
            endstream endobj
            5 0 obj << /Title (\(title)) >> endobj
            trailer << /Root 1 0 R /Info 5 0 R >>
            """
        try await PipelineHarness.withFiles(["title.pdf": Array(pdf.utf8)]) { root in
            let reading = try #require(try await self.survey("\(root)/title.pdf"))
            #expect(reading.info.sizes.isEmpty, "the boxes told it all")
            let slow = try await WorkDirectory.with(under: NSTemporaryDirectory()) { work in
                try await Self.extractor.readWithCare("\(root)/title.pdf", scratch: work.path)
            }
            #expect(reading.info.title == slow.info.title)
        }
    }
}

@Suite struct SignatureTests {
    @Test func `the first bytes say what the whole file says`() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: PipelineHarness.samples) {
            let path = "\(PipelineHarness.samples)/\(name)"
            let start = FileCheck.read(path, maximum: FormatDetector.signatureLength) ?? []
            #expect(start.count <= FormatDetector.signatureLength)
            guard let kind = FormatDetector.kind(of: start) else {
                #expect(![".pdf", ".rtf"].contains { name.hasSuffix($0) })
                continue
            }
            #expect(try FormatDetector.detect(path: path) == DetectedFormat(kind), "\(name)")
        }
    }
}
