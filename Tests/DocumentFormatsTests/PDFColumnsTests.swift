@testable import DocumentFormats
import Testing

@Suite struct PDFColumnsTests {
    private func layout(_ pages: String) throws -> PDFColumns.Layout {
        let file = "<html><head><title>Tides</title></head><body><doc>\(pages)</doc></body></html>"
        return try withFile(Array(file.utf8)) { try PDFColumns.layout(path: $0, limits: FormatLimits()) }
    }

    private func word(_ text: String, x: Int, y: Int) -> String {
        "<word xMin=\"\(x)\" yMin=\"\(y)\" xMax=\"\(x + 40)\" yMax=\"\(y + 10)\">\(text)</word>"
    }

    /// Two columns of twelve lines, line by line across the page.
    private func columns() -> String {
        (0..<12).map { line in
            [0, 41, 82, 123, 164].map { self.word("l\(line)", x: 50 + $0, y: 20 * line) }.joined()
                + [0, 41, 82, 123, 164].map { self.word("r\(line)", x: 330 + $0, y: 20 * line) }.joined()
        }.joined()
    }

    @Test func `the left column is read before the right one`() throws {
        let layout = try self.layout("<page width=\"612\" height=\"792\">\(self.columns())</page>")
        let lines = try #require(layout.columns.first).text.split(separator: "\n").map { $0.prefix(while: { $0 != " " }) }
        #expect(lines == (0..<12).map { "l\($0)" } + (0..<12).map { "r\($0)" })
        #expect(layout.title == "Tides" && layout.pageCount == 1)
    }

    @Test(arguments: [
        "<word xMin=\"1\" yMin=\"1\" xMax=\"2\" yMax=\"2\">a<page width=\"612\" height=\"792\">b</page></word>",
        "<word xMin=\"1\" yMin=\"1\" xMax=\"2\" yMax=\"2\">a<word xMin=\"nowhere\">b</word></word>",
        "<word xMin=\"1\" yMin=\"1\" xMax=\"2\" yMax=\"2\">a<title>b</title></word>",
        "</page><page width=\"612\" height=\"792\"><word>",
    ])
    func `boxes that lie in each other or are cut off hurt no page but their own`(boxes: String) throws {
        let sound = "<page width=\"612\" height=\"792\">\(self.columns())</page>"
        let layout = try self.layout("\(sound)<page width=\"612\" height=\"792\">\(boxes)</page>")
        #expect(layout.columns.map(\.number) == [1])
    }
}
