import Corpus
import DocumentFormats
@testable import DocumentStages
import Flotilla
import Foundation
@testable import StageTools
import Testing

@Suite struct SampleTests {
    @Test func `a PDF with a text layer is read page by page without recognition`() async throws {
        let result = try await PipelineHarness.extract("harbour-survey.pdf")
        #expect(result.detected.kind == "pdf")
        #expect(result.document.pages.map(\.number) == [1, 2, 3, 4])
        #expect(result.document.pages.allSatisfy { $0.method == .textLayer })
        #expect(result.document.title == "Port Alder Harbour Survey 2024")
        #expect(result.document.pages[2].text.contains("Storm Ingrid"))
        #expect(!result.document.isPartial)
    }

    @Test func `a scanned PDF is recognised with almost no wrong characters`() async throws {
        let result = try await PipelineHarness.extract("inquiry-1962-scan.pdf")
        let expected = try String(contentsOfFile: PipelineHarness.repository + "/Examples/expected/inquiry-1962-scan.txt", encoding: .utf8)
        #expect(result.document.pages.map(\.method) == [.ocr, .ocr, .ocr])
        #expect(result.document.pages.allSatisfy { $0.confidence ?? 0 > 85 })
        let rate = characterErrorRate(result.text, expected: expected)
        print("character error rate of the scan: \(rate), confidence \(result.document.pages.compactMap(\.confidence))")
        #expect(rate < 0.01)
    }

    @Test func `a speckled scan is read after filtering`() async throws {
        let result = try await PipelineHarness.extract("inquiry-1962-speckled.pdf")
        let expected = try String(contentsOfFile: PipelineHarness.repository + "/Examples/expected/inquiry-1962-scan.txt", encoding: .utf8)
        let page = String(expected.split(separator: "\u{c}")[1])
        let rate = characterErrorRate(result.text, expected: page)
        print("character error rate of the speckled scan: \(rate), confidence \(result.document.pages.compactMap(\.confidence))")
        #expect(rate < 0.03)
    }

    @Test func `an old Word file is read by the same program each time`() async throws {
        for _ in 0..<20 {
            let document = try await PipelineHarness.extract("quay-lease.doc").document
            #expect(document.tools == ["antiword"])
        }
    }

    @Test func `only the scanned page of a mixed PDF is recognised`() async throws {
        let result = try await PipelineHarness.extract("insurance-claim-mixed.pdf")
        #expect(result.document.pages.map(\.method) == [.textLayer, .ocr, .textLayer])
        #expect(result.document.pages[1].text.contains("Samuel Reyes"))
        #expect(result.output.metrics["ocr_pages"] == 1)
    }

    @Test(arguments: [
        ("board-minutes.docx", "docx", 2, "Samuel Reyes asked that his doubts"),
        ("harbour-master-diary.odt", "odt", 2, "report like a gun"),
        ("berth-accounts.xlsx", "xlsx", 2, "Morning Star II | Brandt & Daughters | 2210 | 2024-04-19"),
        ("caisson-talk.pptx", "pptx", 2, "wind below force four"), ("history-of-port-alder.epub", "epub", 2, "saved sixty-two people"),
        ("press-release.html", "html", 1, "Weekdays | 06:40 | 21:10"), ("volunteers-guide.md", "markdown", 1, "towing in the dark"),
        ("tide-gauge.csv", "csv", 1, "parapet awash, nobody on it"), ("rock-tender.rtf", "rtf", 1, "Björn Haugen—known for his calm"),
        ("telegramm-latin1.txt", "text", 1, "grüßen die Mannschaft"), ("notice-board.png", "png", 1, "floating crane"),
        ("ferry-log.tiff", "tiff", 3, "Astrid Solheim"), ("cafe-menu.webp", "webp", 1, "Smoked herring"),
        ("cafe-menu.jpg", "jpeg", 1, "Smoked herring"), ("quay-lease.doc", "doc", 1, "store formwork for the caissons"),
    ])
    func `a sample of every format is detected and read`(name: String, kind: String, pages: Int, text: String) async throws {
        let result = try await PipelineHarness.extract(name)
        #expect(result.detected.kind == kind)
        #expect(result.document.pages.count == pages)
        #expect(result.text.split { $0.isWhitespace }.joined(separator: " ").contains(text))
        #expect(!result.document.isPartial)
    }

    @Test func `a message is read with its attachments, and theirs`() async throws {
        let result = try await PipelineHarness.extract("letter-to-insurer.eml")
        #expect(result.document.title == "Claim NM-2023-4471 – the café owner’s statement")
        #expect(result.document.pages.map(\.number) == [1, 2, 3])
        #expect(result.document.pages[1].text.contains("The big wave that people talk of came after"))
        #expect(result.document.pages[1].label == "statement of B. Nuttall.pdf")
        #expect(result.document.pages[2].text.contains("its battery was flooded"))
    }

    @Test(arguments: [
        ("sealed-agreement-encrypted.pdf", "encrypted"), ("tide-tables-corrupt.pdf", "corrupt"), ("unsent-letter-empty.txt", "empty"),
    ])
    func `a file that cannot be read is refused for good, with the reason`(name: String, code: String) async throws {
        let failure = try #require(try await PipelineHarness.failure(name))
        #expect(failure.failureCode == code)
        #expect(failure.failureClass == .permanent)
        #expect(failure.failureMessage.count > 20)
    }
}
