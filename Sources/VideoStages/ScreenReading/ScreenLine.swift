internal import JSONText

/// One line of text in a picture.
struct ScreenLine: Sendable, Hashable {
    var text: String
    /// Mean of its words' confidence, 0 to 100, by their length.
    var confidence: Double
    /// Where it lies, in thousandths of the picture's width and height.
    var left: Int
    var top: Int
    var height: Int

    var json: JSONValue {
        [
            "text": .string(self.text), "confidence": .number(self.confidence), "left": .integer(Int64(self.left)),
            "top": .integer(Int64(self.top)), "height": .integer(Int64(self.height)),
        ]
    }

    init(text: String, confidence: Double, left: Int, top: Int, height: Int) {
        self.text = text
        self.confidence = confidence
        self.left = left
        self.top = top
        self.height = height
    }

    /// Nil when a member is missing.
    init?(json: JSONValue) {
        func count(_ name: String) -> Int? { json[name]?.integer.flatMap { Int(exactly: $0) } }
        guard let text = json["text"]?.string, let confidence = json["confidence"]?.number, let left = count("left"),
            let top = count("top"),
            let height = count("height")
        else { return nil }
        self.init(text: text, confidence: confidence, left: left, top: top, height: height)
    }
}
