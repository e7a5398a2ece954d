/// Draws frames on a terminal: on its second screen, and only the lines that changed, so that nothing flickers and little travels over a
/// slow connection. What stood on the terminal before comes back at the end.
struct LiveScreen {
    private let terminal: any Terminal
    private let hasColor: Bool
    private var shown: [Page.Line] = []
    private var size = (width: 0, height: 0)

    /// Second screen, no cursor; and the way back.
    static let enter = "\u{1B}[?1049h\u{1B}[?25l"
    static let leave = "\u{1B}[?25h\u{1B}[?1049l"

    init(_ terminal: any Terminal, hasColor: Bool) {
        self.terminal = terminal
        self.hasColor = hasColor
    }

    func begin() {
        self.terminal.restoreAtExit(Array(Self.leave.utf8))
        self.terminal.writeOutput(Array(Self.enter.utf8))
    }

    func end() {
        self.terminal.writeOutput(Array(Self.leave.utf8))
        self.terminal.restoreAtExit([])
    }

    /// Shows a frame that was made for this size.
    mutating func show(_ lines: [Page.Line], width: Int, height: Int) {
        let isNewSize = self.size != (width, height)
        let update = Self.update(from: isNewSize ? nil : self.shown, to: Array(lines.prefix(height)), hasColor: self.hasColor)
        if !update.isEmpty { self.terminal.writeOutput(Array(update.utf8)) }
        (self.shown, self.size) = (Array(lines.prefix(height)), (width, height))
    }

    /// What turns one frame into the next; from nil, a screen that may show anything. Empty when they are equal.
    static func update(from old: [Page.Line]?, to new: [Page.Line], hasColor: Bool) -> String {
        var text = old == nil ? "\u{1B}[H\u{1B}[2J" : ""
        for (index, line) in new.enumerated() where old == nil || index >= (old?.count ?? 0) || old?[index] != line {
            // Erased first: at the end of a full line some terminals erase its last letter.
            text += "\u{1B}[\(index + 1);1H\u{1B}[2K" + self.styled(line, hasColor: hasColor)
        }
        if let old, old.count > new.count { text += "\u{1B}[\(new.count + 1);1H\u{1B}[J" }
        // Terminals that know it show all of it at once; others ignore it.
        return text.isEmpty ? "" : "\u{1B}[?2026h\(text)\u{1B}[?2026l"
    }

    private static func styled(_ line: Page.Line, hasColor: Bool) -> String {
        guard hasColor else { return line.text }
        return switch line.style {
        case .plain: line.text
        case .heading: "\u{1B}[1m\(line.text)\u{1B}[0m"
        case .alarm: "\u{1B}[1;33m\(line.text)\u{1B}[0m"
        }
    }
}
