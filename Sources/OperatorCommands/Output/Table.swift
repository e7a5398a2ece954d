/// Rows for people, with columns as wide as they need to be.
struct Table: Sendable {
    /// How a column is set.
    enum Alignment: Sendable { case left, right }

    struct Column: Sendable {
        let title: String
        var alignment = Alignment.left
        /// The column that gives way when the terminal is too narrow.
        var isFlexible = false

        static func left(_ title: String) -> Self { Self(title: title) }
        static func right(_ title: String) -> Self { Self(title: title, alignment: .right) }
        static func flexible(_ title: String) -> Self { Self(title: title, isFlexible: true) }
    }

    let columns: [Column]
    var rows: [[String]] = []
    /// Printed when there are no rows.
    var emptyText = "nothing"

    init(_ columns: [Column], empty: String) {
        self.columns = columns
        self.emptyText = empty
    }

    /// Each line without its end. Data is made harmless.
    ///
    /// - Parameter width: the terminal's columns; nil cuts nothing.
    func lines(width: Int?) -> [String] {
        if self.rows.isEmpty { return [self.emptyText] }
        var cells = self.rows.map { $0.map { TerminalText.line($0) } }
        var widths = self.columns.indices.map { column in
            max(
                TerminalText.width(self.columns[column].title),
                cells.map { column < $0.count ? TerminalText.width($0[column]) : 0 }.max() ?? 0)
        }
        if let width { self.narrow(&widths, to: width) }
        for row in cells.indices {
            for column in cells[row].indices where column < widths.count {
                cells[row][column] = TerminalText.cut(cells[row][column], to: widths[column])
            }
        }
        return [self.line(self.columns.map(\.title), widths)] + cells.map { self.line($0, widths) }
    }

    /// Takes from the flexible columns, the widest first, never below 12.
    private func narrow(_ widths: inout [Int], to limit: Int) {
        var excess = widths.reduce(0, +) + 2 * (widths.count - 1) - limit
        while excess > 0 {
            let candidates = self.columns.indices.filter { self.columns[$0].isFlexible && widths[$0] > 12 }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { return }
            widths[widest] -= 1
            excess -= 1
        }
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (index, cell) in cells.enumerated() where index < widths.count {
            if index > 0 { line += "  " }
            let padding = String(repeating: " ", count: max(0, widths[index] - TerminalText.width(cell)))
            let isLast = index == cells.count - 1
            line += self.columns[index].alignment == .right ? padding + cell : cell + (isLast ? "" : padding)
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}
