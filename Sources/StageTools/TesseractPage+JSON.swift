internal import JSONText

extension TesseractPage {
    /// As it is kept while the other pages are recognised.
    package var bytes: [UInt8] {
        let json: JSONValue = [
            "text": .string(self.text), "words": .integer(Int64(self.words)), "confidence": .number(self.confidence),
            "score": .number(self.score),
        ]
        return json.jsonBytes
    }

    /// Nil for bytes that are no kept page.
    package init?(bytes: [UInt8]) {
        // Damage says the same as absence: the page is recognised anew.
        guard let json = try? JSONValue(parsing: bytes), let text = json["text"]?.string, let words = json["words"]?.integer,
            let confidence = json["confidence"]?.number, let score = json["score"]?.number
        else { return nil }
        self.init()
        self.text = text
        self.words = Int(clamping: words)
        self.confidence = confidence
        self.score = score
    }
}
