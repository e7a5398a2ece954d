/// A piece of a cleaned text: what is indexed, embedded and cited.
public struct TextChunk: Sendable, Hashable {
    /// Position among the document's chunks, from 0.
    public var index: Int
    /// Exactly the bytes `bytes` of the cleaned text.
    public var text: String
    /// Half-open range of UTF-8 bytes in the cleaned text. Neighbours may overlap by one sentence.
    public var bytes: Range<Int>
    /// Number of the page on which the chunk begins.
    public var firstPage: Int
    /// Number of the page on which it ends.
    public var lastPage: Int
    /// Titles of the headings above the chunk, outermost first; holds the chunk's own heading when it begins with one.
    public var headingPath: [String]
    /// About how many tokens a language model's tokenizer would make of it: scalars / 4, or one a scalar for Han and kana.
    public var tokenEstimate: Int

    public init(
        index: Int, text: String, bytes: Range<Int>, firstPage: Int, lastPage: Int, headingPath: [String], tokenEstimate: Int
    ) {
        self.index = index
        self.text = text
        self.bytes = bytes
        self.firstPage = firstPage
        self.lastPage = lastPage
        self.headingPath = headingPath
        self.tokenEstimate = tokenEstimate
    }
}
