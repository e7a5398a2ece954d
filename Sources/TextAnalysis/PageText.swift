/// What an extractor read from one page.
public struct PageText: Sendable, Hashable {
    /// The page's number in its file, as a reader would cite it; the first page is 1.
    public var number: Int
    /// The page's text as extracted, of any size and content.
    public var text: String

    public init(number: Int, text: String) {
        self.number = number
        self.text = text
    }
}

/// Where one page lies in a cleaned text.
public struct PageSpan: Sendable, Hashable {
    /// The page's number in its file.
    public var number: Int
    /// Half-open range of UTF-8 bytes in the cleaned text; empty for a page without text.
    public var bytes: Range<Int>

    public init(number: Int, bytes: Range<Int>) {
        self.number = number
        self.bytes = bytes
    }
}

/// A document's text after cleaning: the pages in order, a blank line between them.
public struct CleanedText: Sendable, Hashable {
    /// The whole text, NUL-free, lines ended by LF.
    public var text: String
    /// The pages in order; their ranges ascend and do not overlap.
    public var pages: [PageSpan]
    /// Header, footer and page-number lines that were dropped because they repeat across pages.
    public var removedLineCount: Int
    /// Characters that were UTF-8 read as Latin-1 and have been put right.
    public var repairedCharacterCount: Int

    public init(text: String, pages: [PageSpan], removedLineCount: Int = 0, repairedCharacterCount: Int = 0) {
        self.text = text
        self.pages = pages
        self.removedLineCount = removedLineCount
        self.repairedCharacterCount = repairedCharacterCount
    }

    /// The number of the page on which byte `offset` lies; the page before it for a byte between pages; nil when there are no pages.
    public func page(at offset: Int) -> Int? {
        guard let first = self.pages.first else { return nil }
        // The last page that starts at or before the offset; pages ascend, so a binary search finds it.
        var low = 0
        var high = self.pages.count
        while low < high {
            let middle = (low + high) / 2
            if self.pages[middle].bytes.lowerBound <= offset { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return first.number }
        var index = low - 1
        // Empty pages share their start with the next page: prefer the one that holds the byte.
        while index > 0, self.pages[index].bytes.isEmpty, self.pages[index - 1].bytes.contains(offset) { index -= 1 }
        return self.pages[index].number
    }
}
