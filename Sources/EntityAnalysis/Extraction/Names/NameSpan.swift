/// Tokens that name a person, an organisation or a place.
struct NameSpan {
    var tokens: Range<Int>
    var type: EntityType
    var confidence: Double
}

/// What the rules found in a text, and what they could not decide without the rest of it.
struct NameFindings {
    var spans: [NameSpan] = []
    /// Capitalised words that may be names if other places of the text say so.
    var undecided: [Range<Int>] = []
}
