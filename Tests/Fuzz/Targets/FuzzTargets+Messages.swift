#if DEBUG || FUZZ
    @testable import Flotilla
    import JSONText

    extension FuzzTargets {
        static let messages = [json, envelope, splice, delayed, timestamp]

        private static let anyJSON = JSONGrammar(names: ["a", "b", "a", ""], texts: [])

        private static let jsonTexts = [
            "{}", "[]", "null", "-12.5e+3", "\"\\ud83d\\ude00\\u00e9 text\"", "[1,2,[3,{\"a\":null}],true]",
            "{\"a\":{\"b\":[1.5,-0,\"x\"]},\"a\":2,\"\":[]}", " [ 1 , 2 ]\n", "9223372036854775807", "[1e308,1e309,5e-324]",
        ]

        /// Reading, writing and reading again gives the same value, and the steps of the scanner agree with the tree.
        private static let json = FuzzTarget(
            "json", dictionary: ["\\u", "\\ud800", "e308", "{\"a\":", "[[", "]]", "\"\":"], texts: jsonTexts, grammar: { anyJSON.make(&$0) }
        ) { bytes, _ in
            var scanner = JSONScanner(bytes)
            let walked: Bool
            do throws(JSONError) {
                let range = try scanner.skipValue()
                try scanner.expectEnd()
                walked = range.upperBound <= bytes.count
            } catch {
                walked = false
                try promise((0...bytes.count).contains(error.offset), "the error's offset lies outside the text: \(error)")
            }
            do {
                let value = try JSONValue(parsing: bytes)
                try promise(walked, "the tree accepts what the scanner refuses")
                let written = value.jsonBytes
                let again: JSONValue
                do { again = try JSONValue(parsing: written) } catch { throw BrokenPromise("what was written cannot be read: \(error)") }
                try promise(again.jsonBytes == written, "written twice, two texts")
                // An infinity is written as null; everything else is the same value.
                try promise(again == value || !isFinite(value), "another value came back")
                _ = (value.integer, value.number, value["a"], value[0])
            } catch let error as JSONError {
                // The scanner looks at the form of numbers only; the tree must hold them.
                try promise(!walked || error.reason == .invalidNumber, "the scanner accepts what the tree refuses: \(error)")
                throw error
            }
        }

        private static func isFinite(_ value: JSONValue) -> Bool {
            switch value {
            case .number(let number): number.isFinite
            case .array(let elements): elements.allSatisfy(isFinite)
            case .object(let members): members.allSatisfy { isFinite($0.value) }
            case .null, .bool, .integer, .string: true
            }
        }

        // MARK: Messages

        private static let messageNames = [
            "id", "v", "job_id", "tenant_id", "gcs_path", "filename", "document_uuid", "processing_version", "dedupe_key", "enqueued_at",
            "expires_at", "traceparent", "language", "mime_type", "retry_metadata", "dlq_metadata", "retry_count", "retry_at",
            "original_queue",
            "nonce", "failure_time", "failure_count", "stage",
        ]

        private static let messageGrammar = JSONGrammar(
            names: messageNames, texts: ["retry_metadata", "dlq_metadata", "documents", "2026-11-21T09:30:00.123Z"], isObject: true)

        private static let messageTexts = [
            #"{"id":"01JD","v":1,"job_id":"j-1","tenant_id":"t","gcs_path":"gs://b/a.pdf","filename":"a.pdf","enqueued_at":"2026-11-21T09:30:00Z"}"#,
            #"{"job_id":7,"retry_metadata":{"retry_count":2,"retry_at":"2026-11-21T09:30:00Z","original_queue":"documents","nonce":"x"}}"#,
            #"{"retry_metadata":{},"a":1,"dlq_metadata":{"id":"01JD","failure_time":1,"reason":"permanent"},"b":[{}]}"#,
            "{}", " { } ", #"{"retry_metadata":null}"#, #"{"a":"}","retry_metadata":{"retry_count":1e309},"retry_metadata":{}}"#,
        ]

        private static let messageTokens =
            messageNames.map { "\"\($0)\":" } + ["\"retry_metadata\":{\"retry_count\":-1},", ",\"dlq_metadata\":{\"id\":\"x\"}"]

        /// Whatever a message says, its numbers stay within what the documents promise, and reading it again changes nothing.
        private static let envelope = FuzzTarget(
            "envelope", dictionary: messageTokens, texts: messageTexts, grammar: { messageGrammar.make(&$0) }
        ) { bytes, _ in
            let envelope = try Envelope(bytes)
            try promise(envelope.bytes == bytes, "the bytes are not the message's own")
            try promise((1...1_000_000).contains(envelope.processingVersion), "processing version \(envelope.processingVersion)")
            if let retry = envelope.retry {
                try promise((0...1_000_000).contains(retry.retryCount), "retry count \(retry.retryCount)")
                _ = Timestamp.text(retry.retryAt)
            }
            for time in [envelope.enqueuedAt, envelope.expiresAt] { _ = time.map { Timestamp.text($0) } }
            let producer = try readable(envelope.producerBytes)
            try promise(producer.retry == nil && producer.deadLetterID == nil, "metadata of ours survived the cut")
            try promise(producer.producerBytes == envelope.producerBytes, "a second cut takes more out")
            try promise(producer.jobID == envelope.jobID && producer.path == envelope.path, "a cut changed another field")
            try promise(producer.expiresAt == envelope.expiresAt && producer.dedupeKey == envelope.dedupeKey, "a cut changed another field")
        }

        /// After any number of splices in and out, the producer's own bytes come back, and what was spliced in is what is read.
        private static let splice = FuzzTarget(
            "message-splice", dictionary: messageTokens, texts: messageTexts, grammar: { messageGrammar.make(&$0) }
        ) { bytes, random in
            let original = try Envelope(bytes).producerBytes
            var message = original
            for _ in 0...random.small(4) {
                let count = random.below(100)
                if random.once(in: 2) {
                    let queue = QueueName("q\"\\\u{1}\(count)")
                    let retry = RetryMetadata(
                        retryCount: count, retryAt: Int64(count) * 1_000_000, originalQueue: queue, nonce: "}{\(count)")
                    message = MessageSplice.adding(retry, to: message)
                    try promise(try readable(message).retry == retry, "another retry_metadata came back")
                } else {
                    let letter = DeadLetter(
                        id: "id\(count)", reason: .permanent, errorMessage: "\"},{\"\\ \n", fingerprint: "",
                        failureTime: Int64(count) * 1_000,
                        originalQueue: QueueName("q"), failureCount: count)
                    message = MessageSplice.adding(letter, to: message)
                    try promise(try readable(message).deadLetterMetadata == DeadLetterMetadata(letter), "another dlq_metadata came back")
                }
                try promise(try readable(message).producerBytes == original, "the producer's bytes changed")
                if random.once(in: 3) { message = try readable(message).producerBytes }
            }
        }

        private static func readable(_ bytes: [UInt8]) throws(BrokenPromise) -> Envelope {
            do {
                return try Envelope(bytes)
            } catch {
                throw BrokenPromise("a message of ours cannot be read: \(error)")
            }
        }

        /// A delay touches nothing but its own member.
        private static let delayed = FuzzTarget(
            "delayed-message", dictionary: messageTokens, texts: messageTexts, grammar: { messageGrammar.make(&$0) }
        ) { bytes, random in
            let delay = Duration.nanoseconds(Int64(bitPattern: random.next() >> UInt64(random.below(64))))
            let result = DelayedMessage.bytes(of: bytes, after: delay, on: QueueName("documents"))
            guard let envelope = try? Envelope(bytes), envelope.retry == nil else {
                return try promise(result == bytes, "an unreadable message was touched")
            }
            // A message at the limit of its size may grow beyond it; what was in it is still there.
            guard result.count <= Envelope.maximumBytes else { return }
            let again = try readable(result)
            try promise(again.retry?.retryCount == 0, "a delay counts as a failure")
            try promise(again.producerBytes == envelope.producerBytes, "the producer's bytes changed")
        }

        /// What is read can be written, and what is written is read as the same millisecond.
        private static let timestamp = FuzzTarget(
            "timestamp", maximumBytes: 64, dictionary: ["T", "Z", "+14:00", "-00:01", "9999-12-31T23:59:60.999999999", "0000"],
            texts: [
                "2026-11-21T09:30:00.123Z", "2026-02-29 23:59:60+14:00", "0000-01-01T00:00:00-23:59", "9999-12-31T23:59:59.999999",
                "1700000000", "1e13",
            ]
        ) { bytes, random in
            let text = String(decoding: bytes, as: UTF8.self)
            for value in [JSONValue.string(text), .integer(Int64(bitPattern: random.next())), .number(Double(bitPattern: random.next()))] {
                guard let time = Timestamp.microseconds(from: value) else { continue }
                let written = Timestamp.text(time)
                guard let again = Timestamp.microseconds(from: written) else { throw BrokenPromise("\(written) cannot be read") }
                // Beyond the years that the form can say, the nearest one stands.
                if (-62_167_219_200_000_000...253_402_300_799_999_999).contains(time) {
                    try promise((0..<1_000).contains(time - again), "\(time) became \(again)")
                }
            }
            var generator = random
            let first = ULID.make(milliseconds: random.next() >> 16, using: &generator)
            try promise(first.utf8.count == 26, "a ULID of \(first.utf8.count) characters")
        }
    }
#endif
