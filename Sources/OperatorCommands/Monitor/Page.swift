/// What a live page shows in one frame: sections of lines, with the most important ones first.
///
/// Sections give way from their ends when the window is too low, and say so. All text is made harmless and cut to the width.
struct Page: Sendable {
    /// A line of the page.
    struct Line: Sendable, Equatable {
        /// How it is shown where colours are. Words say the same.
        enum Style: Sendable, Equatable { case plain, heading, alarm }
        var text: String
        var style = Style.plain
    }

    private struct Section: Sendable {
        var title: String
        var lines: [Line]
        /// Lines that stay whatever happens, such as a table's head and what is wrong.
        var firm: Int
    }

    private let title: String
    private let width: Int
    private var sections: [Section] = []

    /// - Parameter width: columns, at least 40.
    init(title: String, width: Int) {
        self.title = title
        self.width = max(40, width)
    }

    /// A table, and below it what there is to say of its rows.
    mutating func table(_ title: String, _ table: Table, notes: [String] = []) {
        let rows = table.lines(width: self.width)
        var lines = rows.enumerated().map { index, text in
            Line(text: TerminalText.cut(text, to: self.width), style: index == 0 && !table.rows.isEmpty ? .heading : .plain)
        }
        // What is wrong comes before the rows: it must not be what gives way.
        lines.insert(contentsOf: notes.map { self.line($0, .alarm) }, at: 0)
        self.sections.append(Section(title: title, lines: lines, firm: min(lines.count, notes.count + (table.rows.isEmpty ? 1 : 2))))
    }

    /// Lines that belong together; none of them gives way.
    mutating func text(_ title: String, _ texts: [String], style: Line.Style = .plain) {
        self.sections.append(Section(title: title, lines: texts.map { self.line($0, style) }, firm: texts.count))
    }

    private func line(_ text: String, _ style: Line.Style) -> Line {
        // The mark is for those who see no colours.
        Line(text: TerminalText.cut((style == .alarm ? "! " : "") + TerminalText.line(text), to: self.width), style: style)
    }

    /// The frame, from the top.
    ///
    /// - Parameter height: rows of the window; nil shows everything.
    func lines(height: Int?) -> [Line] {
        let kept = height.map { self.shortened(to: $0) } ?? self.sections.map(\.lines.count)
        var lines = [self.line(self.title, .heading)]
        for (section, count) in zip(self.sections, kept) {
            lines.append(Line(text: ""))
            lines.append(self.line(section.title, .heading))
            lines += section.lines.prefix(count)
            if count < section.lines.count { lines.append(Line(text: "… and \(section.lines.count - count) more")) }
        }
        guard let height, lines.count > height, height > 0 else { return lines }
        let hidden = lines.count - height + 1
        return lines.prefix(height - 1) + [self.line("… \(hidden) more lines: make the window higher, or use --once", .alarm)]
    }

    /// How many lines each section keeps: the longest gives way first, down to what is firm.
    private func shortened(to height: Int) -> [Int] {
        var kept = self.sections.map(\.lines.count)
        while true {
            let used = self.sections.indices.reduce(1) { sum, index in
                // Title, blank line, and the line that says how many are missing.
                sum + 2 + kept[index] + (kept[index] < self.sections[index].lines.count ? 1 : 0)
            }
            let candidates = self.sections.indices.filter { kept[$0] > self.sections[$0].firm }
            guard used > height, let longest = candidates.max(by: { (kept[$0], $1) < (kept[$1], $0) }) else { return kept }
            kept[longest] -= 1
        }
    }
}
