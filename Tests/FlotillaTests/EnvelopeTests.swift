import Flotilla
import Testing

@Suite struct EnvelopeTests {
    private let retry = RetryMetadata(retryCount: 2, retryAt: 1_700_000_000_000_000, originalQueue: "document_queue", nonce: "w:1")
    private let letter = DeadLetter(
        id: "01ARZ3NDEKTSV4RRFFQ69G5FAV", reason: .permanent, errorMessage: "it \"broke\"\n", fingerprint: "0123456789ab",
        failureTime: 1_700_000_000_000_000, originalQueue: "document_queue", jobID: "j1", filename: "a.pdf", failureCount: 3)

    @Test(arguments: [
        #"{"job_id":"j1","filename":"a.pdf"}"#,
        "{ \"job_id\" : \"j1\" ,\n\t\"x\": [1, {\"retry_metadata\": 5}, \"\\u00e9\\\"}\"] }  \n",
        "{}", "{ }", "  {\n}  ", #"{"n":1e308,"big":123456789012345678901234567890,"f":1.50,"ü":"ü"}"#,
        #"{"a":"\ud83d\ude00","b":"x\/y"}"#,
    ])
    func `the producer's bytes come back after any number of trips`(message: String) throws {
        let original = Array(message.utf8)
        var bytes = original
        for _ in 0..<5 {
            bytes = MessageSplice.adding(self.retry, to: try Envelope(bytes).producerBytes)
            let retried = try Envelope(bytes)
            #expect(retried.retry == self.retry)
            #expect(retried.producerBytes == original)
            bytes = MessageSplice.adding(self.letter, to: retried.producerBytes)
            let dead = try Envelope(bytes)
            #expect(dead.deadLetterID == self.letter.id)
            #expect(dead.deadLetterMetadata?.errorMessage == self.letter.errorMessage)
            #expect(dead.producerBytes == original)
            bytes = dead.producerBytes
        }
        #expect(bytes == original)
    }

    @Test(arguments: [
        (#"{"retry_metadata":{"retry_count":1},"a":1}"#, #"{"a":1}"#),
        (#"{"a":1,"retry_metadata":{},"b":2}"#, #"{"a":1,"b":2}"#),
        (#"{"retry_metadata":{},"dlq_metadata":{"id":"x"}}"#, "{}"),
        (#"{"retry_metadata":1,"a":2,"dlq_metadata":null}"#, #"{"a":2}"#),
        (#"{"dlq_metadata":{},"a":2,"retry_metadata":{},"b":3}"#, #"{"a":2,"b":3}"#),
        (#"{"a":1,"retry_metadata":{},"dlq_metadata":{}}"#, #"{"a":1}"#),
    ])
    func `metadata are cut out wherever a peer put them`(message: String, rest: String) throws {
        #expect(String(decoding: try Envelope(Array(message.utf8)).producerBytes, as: UTF8.self) == rest)
    }

    @Test(arguments: [
        "", " ", "null", "[]", "\"x\"", "{", "}", #"{"a":1"#, #"{"a":1}x"#, #"{"a":1,}"#, #"{a:1}"#, "{\"a\":\"\u{1}\"}", #"{"a":01}"#,
        #"{"a":"\x"}"#, #"{"a":tru}"#, "{\"a\":\"\\u12\"}",
    ])
    func `what is not one JSON object is malformed`(message: String) {
        #expect(throws: MalformedMessage.self) { try Envelope(Array(message.utf8)) }
    }

    @Test func `invalid UTF-8, too many bytes and too deep nesting are malformed`() throws {
        #expect(throws: MalformedMessage.self) { try Envelope(Array("{\"a\":\"".utf8) + [0xC0, 0x80] + Array("\"}".utf8)) }
        #expect(throws: MalformedMessage.self) { try Envelope(Array("{\"a\":\"".utf8) + [0xED, 0xA0, 0x80] + Array("\"}".utf8)) }
        let filler = String(repeating: "x", count: Envelope.maximumBytes)
        #expect(throws: MalformedMessage.self) { try Envelope(Array("{\"a\":\"\(filler)\"}".utf8)) }
        func nested(_ depth: Int) -> [UInt8] {
            Array(("{\"a\":" + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}").utf8)
        }
        _ = try Envelope(nested(31))
        #expect(throws: MalformedMessage.self) { try Envelope(nested(32)) }
        #expect(throws: MalformedMessage.self) { try Envelope(nested(100_000)) }
    }

    @Test func `known fields are read, and those of a wrong type are absent`() throws {
        let envelope = try Envelope(
            Array(
                #"{"job_id":17,"gcs_path":"x/a.pdf","filename":["a"],"tenant_id":null,"processing_version":"2","expires_at":"2026-11-21T09:30:00+01:00","retry_metadata":{"retry_count":-5},"id":""}"#
                    .utf8))
        #expect(envelope.jobID == "17")
        #expect(envelope.path == "x/a.pdf")
        #expect(envelope.filename == nil)
        #expect(envelope.tenantID == nil)
        #expect(envelope.processingVersion == 1)
        #expect(envelope.expiresAt.map(Timestamp.text) == "2026-11-21T08:30:00.000Z")
        #expect(envelope.retry?.retryCount == 0)
        #expect(envelope.id == nil)
    }

    @Test(arguments: [#"{"retry_count":1e308}"#, #"{"retry_count":"3"}"#, #"{"retry_count":null}"#, "{}", "[]", "7"])
    func `a made-up retry count is no number of failures`(metadata: String) throws {
        let envelope = try Envelope(Array("{\"retry_metadata\":\(metadata)}".utf8))
        #expect((envelope.retry?.retryCount ?? 0) == 0)
    }

    @Test func `random bytes never trap`() {
        var generator = SystemRandomNumberGenerator()
        let seeds = [#"{"job_id":"j1","retry_metadata":{"retry_count":1},"x":[1,2,{"y":"\u00e9"}]}"#, "{}", "[[[["].map { Array($0.utf8) }
        for _ in 0..<20_000 {
            var bytes = seeds.randomElement(using: &generator) ?? []
            for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            // Malformed is a fine answer; a trap is not.
            if let envelope = try? Envelope(bytes) { #expect(envelope.producerBytes.count <= bytes.count) }
        }
    }

    @Test func `what ends a string is found at every place`() throws {
        // Strings are read eight bytes at a time: each odd byte at each offset, and before each length of rest.
        for length in 0...24 {
            for place in 0...length {
                let plain = String(repeating: "x", count: place)
                let rest = String(repeating: "y", count: length - place)
                for (written, read) in [(#"\""#, "\""), (#"\\"#, "\\"), ("é", "é"), ("~", "~"), (" ", " "), ("\u{7F}", "\u{7F}")] {
                    let envelope = try Envelope(Array("{\"filename\":\"\(plain)\(written)\(rest)\",\"job_id\":\"j\"}".utf8))
                    #expect(envelope.filename == plain + read + rest && envelope.jobID == "j")
                }
                for control in [0x00, 0x1F] as [UInt8] {
                    let bytes = Array("{\"filename\":\"\(plain)".utf8) + [control] + Array("\(rest)\"}".utf8)
                    #expect(throws: MalformedMessage.self) { try Envelope(bytes) }
                }
            }
        }
    }

    @Test(arguments: [#"{"dlq_metadata":1 }"#, #"{"retry_metadata":{} ,"dlq_metadata":{"id":"x"} }"#, #"{ "dlq_metadata":[] , "a":1 }"#])
    func `blanks behind metadata that others wrote are the producer's, also after a splice`(message: String) throws {
        let original = try Envelope(Array(message.utf8)).producerBytes
        let spliced = MessageSplice.adding(self.retry, to: Array(message.utf8))
        #expect(try Envelope(spliced).producerBytes == original)
        #expect(try Envelope(original).producerBytes == original)
    }

    @Test(arguments: [
        #"{"job_id":"j","retry_metadata":{"retry_count":1e309}}"#, #"{"v":-1e999,"job_id":"j"}"#, #"{"expires_at":[1e309],"job_id":"j"}"#,
    ]) func `a number beyond every double makes its field absent and not the message malformed`(message: String) throws {
        let envelope = try Envelope(Array(message.utf8))
        #expect(envelope.jobID == "j")
        #expect(envelope.retry == nil && envelope.version == 0 && envelope.expiresAt == nil)
    }

    @Test func `a malformed number in a known field is malformed`() {
        #expect(throws: MalformedMessage.self) { try Envelope(Array(#"{"v":01}"#.utf8)) }
        #expect(throws: MalformedMessage.self) { try Envelope(Array(#"{"v":1e309x}"#.utf8)) }
    }
}

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2000-02-29T12:00:00.5Z", 951_825_600_500_000), ("2026-11-21T09:30:00", 1_795_253_400_000_000),
        ("2026-11-21T09:30:00.123456+02:00", 1_795_246_200_123_456), ("1969-12-31T23:59:59Z", -1_000_000),
    ])
    func `times are read`(text: String, microseconds: Int64) {
        #expect(Timestamp.microseconds(from: text) == microseconds)
    }

    @Test(arguments: ["", "2026", "2026-13-01T00:00:00Z", "2026-01-01T25:00:00Z", "2026-01-01T00:00:00Zx", "yesterday"])
    func `nonsense is no time`(text: String) {
        #expect(Timestamp.microseconds(from: text) == nil)
    }

    @Test func `what is written is read back`() {
        for microseconds in stride(from: Int64(-3_000_000_000_000_000), to: 9_000_000_000_000_000, by: 123_456_789_123_000) {
            #expect(Timestamp.microseconds(from: Timestamp.text(microseconds)) == microseconds)
        }
        #expect(Timestamp.text(.max).hasSuffix("Z"))
        #expect(Timestamp.text(.min).hasSuffix("Z"))
    }
}
