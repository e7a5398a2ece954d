/// Collects text block by block into pages, within the limits.
///
/// Past a limit it keeps what it has, drops the rest and says so once.
struct PageBuilder {
    private let limits: FormatLimits
    private(set) var pages: [FormatPage] = []
    private(set) var warnings: [String] = []
    private(set) var isPartial = false
    private var text = ""
    private var total = 0
    private var label: String?
    private var number = 1
    private var last = Block.paragraph

    init(_ limits: FormatLimits) {
        self.limits = limits
    }

    /// Adds a paragraph, set off by an empty line.
    mutating func paragraph(_ text: some StringProtocol) {
        self.add(text, separator: "\n\n", as: .paragraph)
    }

    /// Adds a list item, beneath the one before it.
    mutating func line(_ text: some StringProtocol) {
        self.add(text, separator: self.last == .line ? "\n" : "\n\n", as: .line)
    }

    /// Adds a row of a table, beneath the one before it.
    mutating func row(_ text: some StringProtocol) {
        self.add(text, separator: self.last == .row ? "\n" : "\n\n", as: .row)
    }

    private enum Block { case paragraph, line, row }

    mutating func warn(_ warning: String, isPartial: Bool = false) {
        if isPartial { self.isPartial = true }
        guard self.warnings.count < 50, !self.warnings.contains(warning) else { return }
        self.warnings.append(warning)
    }

    /// Whether the current page has text.
    var pageHasText: Bool { !self.text.isEmpty }

    mutating func setLabel(_ label: String?) {
        self.label = label
    }

    /// Ends the page, also when it is empty: slide 3 stays slide 3.
    mutating func endPage() {
        guard self.pages.count < self.limits.pages else {
            self.warn("Only the first \(self.limits.pages) pages were read.", isPartial: true)
            return
        }
        self.pages.append(FormatPage(number: self.number, text: self.text, label: self.label))
        self.number += 1
        self.text = ""
        self.label = nil
    }

    /// Ends the page unless nothing is on it: for breaks that formats write twice.
    mutating func breakPage() {
        if self.pageHasText { self.endPage() }
    }

    /// The document so far, with the last page closed.
    mutating func finish(title: String? = nil, attachments: [FormatAttachment] = []) -> FormatDocument {
        self.breakPage()
        let title = title.map(normalizedLine) ?? ""
        return FormatDocument(
            title: title.isEmpty ? nil : title, pages: self.pages, warnings: self.warnings, attachments: attachments,
            isPartial: self.isPartial)
    }

    private mutating func add(_ block: some StringProtocol, separator: String, as kind: Block) {
        guard block.utf8.contains(where: { $0 > 0x20 }) else { return }
        let gap = self.text.isEmpty ? "" : separator
        let room = self.limits.textBytes - self.total - gap.utf8.count
        guard room > 0 else { return self.cut() }
        if block.utf8.count > room {
            self.text += gap + Self.beginning(of: String(block), bytes: room)
            self.total = self.limits.textBytes
            return self.cut()
        }
        self.text += gap
        self.text += block
        self.last = kind
        self.total += gap.utf8.count + block.utf8.count
    }

    /// At most so many bytes, of whole characters.
    private static func beginning(of text: String, bytes: Int) -> Substring {
        var end = text.utf8.index(text.startIndex, offsetBy: bytes)
        while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
        return text[..<end]
    }

    private mutating func cut() {
        self.warn("Only the first \(self.limits.textBytes) bytes of text were kept.", isPartial: true)
    }
}

/// `text` on one line, runs of white space as one space.
func normalizedLine(_ text: some StringProtocol) -> String {
    var result: [UInt8] = []
    result.reserveCapacity(text.utf8.count)
    var pending = false
    for byte in text.utf8 {
        if byte <= 0x20 {
            pending = !result.isEmpty
        } else {
            if pending { result.append(0x20) }
            pending = false
            result.append(byte)
        }
    }
    return String(decoding: result, as: UTF8.self)
}

/// `text` without white space at its ends.
func trimmed(_ text: some StringProtocol) -> String {
    let bytes = Array(text.utf8)
    guard let first = bytes.firstIndex(where: { $0 > 0x20 }), let last = bytes.lastIndex(where: { $0 > 0x20 }) else { return "" }
    return String(decoding: bytes[first...last], as: UTF8.self)
}
