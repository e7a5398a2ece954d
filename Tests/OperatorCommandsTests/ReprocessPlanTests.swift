import Corpus
import Flotilla
import FlotillaPostgres
import JSONText
import Testing

@testable import OperatorCommands

@Suite struct ReprocessMessageTests {
    private func message(_ json: String, version: Int = 2) throws -> (old: WorkIdentity, new: WorkIdentity, envelope: Envelope) {
        let old = WorkIdentity(try Envelope(Array(json.utf8)), queue: "document_queue")
        let bytes = try ReprocessMessage.make(from: Array(json.utf8), of: old, queue: "document_queue", version: version, now: 1)
        let envelope = try Envelope(bytes)
        return (old, WorkIdentity(envelope, queue: "document_queue"), envelope)
    }

    @Test(arguments: [
        #"{"job_id":"j","gcs_path":"a/b.pdf","filename":"b.pdf","id":"1","expires_at":"2020-01-01T00:00:00Z","extra":{"kept":true}}"#,
        #"{"job_id":"j","filename":"b.pdf","processing_version":1,"language":"de","tenant_id":"t"}"#,
        #"{"document_uuid":"c39937bd-461f-8db4-bc79-aa56e46f0437","filename":"b.pdf"}"#, #"{"id":"only-an-id"}"#, #"{"nothing":"at all"}"#,
        #"{"job_id":"j","filename":"b.pdf","dedupe_key":"k"}"#, #"{"document_uuid":"no-uuid","filename":"b.pdf"}"#,
    ])
    func `a message for a new version is about the same document, and other work`(json: String) throws {
        let (old, new, envelope) = try self.message(json)
        #expect(new.documentUUID == old.documentUUID && new.workID != old.workID)
        #expect(envelope.processingVersion == 2 && envelope.expiresAt == nil)
        let again = try self.message(json)
        #expect(again.new == new, "a repeated command names the same work")
        for name in ["extra", "language", "tenant_id", "dedupe_key"] where json.contains("\"\(name)\"") {
            #expect(String(decoding: envelope.bytes, as: UTF8.self).contains("\"\(name)\""))
        }
    }
}

@Suite struct ResultDifferenceTests {
    @Test func `words, pages and mentions that came and went are counted`() throws {
        func document(_ texts: [String]) -> [UInt8] {
            ExtractedDocument(
                pages: texts.enumerated().map { ExtractedPage(number: $0.offset + 1, text: $0.element, method: .ocr) }, tools: ["t"]
            ).bytes
        }
        let pages = ResultDifference("extract_text", document(["one two", "three"]), document(["one four", "three", "five six"]))
        #expect(pages.text == "1 pages added, 1 pages changed, 3 words added, 1 words removed")
        func mentions(_ names: [String]) -> [UInt8] {
            DocumentMentions(mentions: names.map { .init(type: "person", text: $0, normal: $0, bytes: 0..<$0.utf8.count) }).bytes
        }
        let found = ResultDifference("extract_entities", mentions(["Ada", "Ada", "Bob"]), mentions(["Ada", "Eve"]))
        #expect(found.text == "1 mentions added, 2 mentions removed")
        #expect(ResultDifference("extract_entities", mentions(["Ada"]), mentions(["Ada"])).isEmpty)
    }

    @Test func `what cannot be read, or differs in details only, is a difference all the same`() {
        #expect(ResultDifference("chunk", Array("{}".utf8), Array("nonsense".utf8)).text == "1 details changed")
        #expect(ResultDifference("something", [1], [2]).text == "1 details changed")
        #expect(ResultDifference("something", [1], [1]).text.isEmpty)
    }
}
