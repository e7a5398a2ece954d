internal import StageTools

/// What `pdfinfo -f 1 -l N` prints.
struct PDFInfo: Sendable, Hashable {
    struct Size: Sendable, Hashable {
        /// Points, 1/72 of an inch.
        var width: Double
        var height: Double
        var area: Double { self.width * self.height }
    }
    var title: String?
    var pageCount = 0
    /// By page number from 1.
    var sizes: [Int: Size] = [:]

    /// Of a file whose sizes nobody has asked for.
    init(title: String?, pageCount: Int) {
        // As `pdfinfo` shows it: a line of its own.
        let line = title?.split(whereSeparator: \.isNewline).first?.drop { $0 == " " } ?? ""
        self.title = line.isEmpty ? nil : String(line.prefix(500))
        self.pageCount = pageCount
    }

    init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = line[..<colon]
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            if name == "Title" {
                self.title = value.isEmpty ? nil : String(value.prefix(500))
            } else if name == "Pages" {
                self.pageCount = Int(value) ?? 0
            } else if name.hasPrefix("Page "), name.hasSuffix(" size") {
                let words = name.split(separator: " ")
                let numbers = value.split(separator: " ")
                if words.count == 3, let page = Int(words[1]), numbers.count >= 3, let width = Double(numbers[0]),
                    let height = Double(numbers[2])
                {
                    self.sizes[page] = Size(width: width, height: height)
                }
            }
        }
    }

    func size(of page: Int) -> Size { self.sizes[page] ?? self.sizes[1] ?? Size(width: 612, height: 792) }
}

/// What `pdfimages -list` prints: the share of each page that its largest picture covers.
enum PDFImages {
    static func coverage(_ text: String, info: PDFInfo) -> [Int: Double] {
        var coverage: [Int: Double] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            // page num type width height color comp bpc enc interp object ID x-ppi y-ppi size ratio
            let fields = line.split(separator: " ")
            guard fields.count >= 14, let page = Int(fields[0]), fields[2] == "image" || fields[2] == "stencil",
                let width = Double(fields[3]), let height = Double(fields[4]), let across = Double(fields[12]),
                let down = Double(fields[13]),
                across > 0, down > 0
            else { continue }
            let area = info.size(of: page).area
            guard area > 0 else { continue }
            let share = width / across * 72 * (height / down * 72) / area
            coverage[page] = max(coverage[page] ?? 0, min(share, 1))
        }
        return coverage
    }
}
