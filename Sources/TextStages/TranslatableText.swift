/// A text taken apart into what is to be translated and what stays between: line ends, cells' borders, indentation, lines without letters.
///
/// A translator that never sees a line end can neither lose one nor carry words across it.
package struct TranslatableText: Sendable, Hashable {
    private enum Part: Hashable {
        case fixed(String)
        /// By its index among the segments.
        case segment(Int)
    }
    private var parts: [Part] = []
    /// In the order of the text; each has letters, and no white space at its ends.
    package private(set) var segments: [String] = []

    /// - Parameter splitsCells: tabs and vertical bars separate segments as well.
    package init(_ text: String, splitsCells: Bool = false) {
        var current = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if Self.isLineEnd(scalar) || splitsCells && (scalar == "\t" || scalar == "|") {
                self.add(current)
                current.removeAll()
                self.fix(String(scalar))
            } else {
                current.append(scalar)
            }
        }
        self.add(current)
    }

    /// The text with other segments, as many and in the same order.
    package func text(with segments: [String]) -> String {
        var text = ""
        for part in self.parts {
            switch part {
            case .fixed(let fixed): text += fixed
            case .segment(let index): text += segments[index]
            }
        }
        return text
    }

    private mutating func add(_ scalars: String.UnicodeScalarView) {
        guard scalars.contains(where: \.properties.isAlphabetic) else { return self.fix(String(scalars)) }
        let body = scalars.drop { $0.properties.isWhitespace }
        let end = body.lastIndex { !$0.properties.isWhitespace }.map { body.index(after: $0) } ?? body.startIndex
        self.fix(String(scalars[..<body.startIndex]))
        self.parts.append(.segment(self.segments.count))
        self.segments.append(String(body[..<end]))
        self.fix(String(scalars[end...]))
    }

    private mutating func fix(_ text: String) {
        if !text.isEmpty { self.parts.append(.fixed(text)) }
    }

    private static func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A...0x0D, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }
}
