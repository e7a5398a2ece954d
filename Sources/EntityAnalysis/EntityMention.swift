/// One place in a text where something is named.
public struct EntityMention: Sendable, Hashable {
    public var type: EntityType
    /// As the text has it.
    public var text: String
    /// UTF-8 bytes of the text.
    public var bytes: Range<Int>
    /// The form in which equal things are equal: `2024-03-01`, `EUR 1200.00`, `+4930123456`, a name without doubled spaces.
    public var normal: String
    /// 0 to 1.
    public var confidence: Double

    public init(type: EntityType, text: String, bytes: Range<Int>, normal: String, confidence: Double) {
        self.type = type
        self.text = text
        self.bytes = bytes
        self.normal = normal
        self.confidence = confidence
    }
}
