internal import Corpus

/// Where bytes of a cleaned text stand: on which page, in which chunk, and when they were said.
struct TextPlaces {
    private let document: CleanedDocument
    private let chunks: [DocumentChunk]

    init(_ document: CleanedDocument, chunks: [DocumentChunk]) {
        self.document = document
        self.chunks = chunks.sorted { $0.index < $1.index }
    }

    /// The page on which the bytes begin.
    func page(of bytes: Range<Int>) -> Int? {
        let place = Self.last(self.document.pages) { $0.bytes.lowerBound <= bytes.lowerBound }
        return place.map { self.document.pages[$0].number }
    }

    /// The first chunk that holds all of the bytes, else the first that holds their beginning.
    func chunk(of bytes: Range<Int>) -> Int? {
        // Neighbours overlap by a sentence: the one before the last that begins here may hold it too.
        guard let last = Self.last(self.chunks, where: { $0.bytes.lowerBound <= bytes.lowerBound }) else { return nil }
        let near = self.chunks[max(0, last - 1)...last]
        let found =
            near.first { $0.bytes.lowerBound <= bytes.lowerBound && bytes.upperBound <= $0.bytes.upperBound }
            ?? near.first { $0.bytes.contains(bytes.lowerBound) }
        return found?.index
    }

    func time(of bytes: Range<Int>) -> TimeRange? { self.document.time(of: bytes) }

    /// The last place for which `isBefore` holds, which does so for a beginning of the list.
    private static func last<Element>(_ list: [Element], where isBefore: (Element) -> Bool) -> Int? {
        var low = 0
        var high = list.count
        while low < high {
            let middle = (low + high) / 2
            if isBefore(list[middle]) { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : low - 1
    }
}
