/// The labels of the tagger as small numbers: 0 is no name, then the begin and the inside of each type.
enum TaggerLabel {
    static let count = 7
    static let none = 0
    private static let types: [EntityType] = [.person, .organization, .place]

    static func number(_ label: LabelledSentence.Label?) -> Int {
        guard let label, let type = Self.types.firstIndex(of: label.type) else { return Self.none }
        return 1 + 2 * type + (label.begins ? 0 : 1)
    }

    static func label(_ number: Int) -> LabelledSentence.Label? {
        number == Self.none ? nil : LabelledSentence.Label(type: Self.types[(number - 1) / 2], begins: number % 2 == 1)
    }

    /// An inside needs a begin or an inside of its type before it.
    @inline(__always)
    static func mayFollow(_ label: Int, _ previous: Int) -> Bool {
        label == 0 || label & 1 == 1 || previous == label || previous == label - 1
    }
}
