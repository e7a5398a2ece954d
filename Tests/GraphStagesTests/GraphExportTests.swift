import Corpus
import Foundation
import FoundationXML
import JSONText
import Testing

@testable import GraphStages

@Suite struct GraphExportTests {
    private static let hostile = [
        "O'Neil \"The Boss\" \\", "line\nbreak\ttab\r", "</script><script>alert(1)</script>", "nul\u{0}bell\u{7}", "Müller 漢字 🙂",
        "<!-- & ]]> -->", String(repeating: "long ", count: 2_000), "'; DROP TABLE x; --", "a;b,c\"d", "\u{202E}\u{2028}\u{FFFF}", "\\",
        "$1 {x} `y`",
    ]

    private static let graph = KnowledgeGraph(
        entities: Self.hostile.enumerated().map { index, name in
            .init(
                id: Int64(index + 1), type: ["person", "organization", "case_number"][index % 3], name: name, aliases: [name, "x;y"],
                mentions: 20 - index, documents: 2)
        },
        relations: (1..<Self.hostile.count).map { index in
            .init(
                source: Int64(index), predicate: index % 2 == 0 ? "co_occurs" : "works'] -> (x)", target: Int64(index + 1), evidence: index,
                weight: 0.5)
        })

    private static func text(_ format: GraphFormat, _ graph: KnowledgeGraph = Self.graph, dialect: CypherDialect = .neo4j) -> [String] {
        format.files(of: graph, title: "A <title> & 'more'", dialect: dialect).map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    /// A generated graph of some hundred names.
    static func generated(_ count: Int) -> KnowledgeGraph {
        var state: UInt64 = 42
        func next(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        let types = ["person", "person", "organization", "place", "date", "money", "email"]
        let entities = (0..<count).map { index in
            KnowledgeGraph.Entity(
                id: Int64(index + 1), type: types[index % types.count], name: "Name \(index) of somebody",
                mentions: max(1, 400 / (index + 1)),
                documents: 1)
        }
        var relations: [KnowledgeGraph.Relation] = []
        for index in 1..<max(2, count) where index % 9 != 0 {
            let near = index < 12 ? next(index) : (next(3) == 0 ? next(12) : max(0, index - 1 - next(8)))
            relations.append(
                .init(
                    source: Int64(index + 1), predicate: next(3) == 0 ? "co_occurs" : "member_of", target: Int64(near + 1),
                    weight: Double(next(90) + 10) / 100))
        }
        return KnowledgeGraph(entities: entities, relations: relations)
    }

    @Test func `JSON and GraphML hold every entity and relationship, whatever they are called`() throws {
        let json = try JSONValue(parsing: Self.text(.json)[0])
        #expect(json["entities"]?.array?.count == Self.hostile.count && json["relations"]?.array?.count == Self.hostile.count - 1)
        #expect(json["entities"]?.array?.compactMap { $0["name"]?.string } == Self.hostile)

        let parser = XMLCounter()
        try parser.parse(Self.text(.graphml)[0])
        #expect(parser.counts["node"] == Self.hostile.count && parser.counts["edge"] == Self.hostile.count - 1)
        let names = parser.texts["name"] ?? []
        #expect(
            names.count == Self.hostile.count && names[0] == Self.hostile[0] && names[1] == Self.hostile[1] && names[2] == Self.hostile[2])
    }

    @Test func `SVG and the page are well formed, and nothing of a name becomes markup`() throws {
        let svg = XMLCounter()
        try svg.parse(Self.text(.svg)[0])
        #expect((svg.counts["line"] ?? 0) == Self.hostile.count - 1 && svg.counts["script"] == nil)
        let page = Self.text(.html)[0]
        #expect(page.components(separatedBy: "</script").count == 3)
        #expect(!page.contains("alert(1)</script>") && page.contains("A &lt;title&gt; &amp; &#39;more&#39;"))
        #expect(!page.contains("http://") && !page.contains("https://"))
        let start = try #require(page.range(of: "id=\"data\">")).upperBound
        let end = try #require(page.range(of: "</script>", range: start..<page.endIndex)).lowerBound
        let data = try JSONValue(parsing: String(page[start..<end]))
        #expect(data["nodes"]?.array?.compactMap { $0["name"]?.string } == Self.hostile)
    }

    @Test func `every Cypher statement is one line, and names stay inside their quotes`() {
        for dialect in CypherDialect.allCases {
            let lines = Self.text(.cypher, dialect: dialect)[0].split(separator: "\n")
            let header = lines.filter { $0.hasPrefix("CREATE") }.count
            #expect(lines.count == header + 2 * Self.hostile.count - 1)
            for line in lines {
                var inside = false
                var escaped = false
                for character in line.unicodeScalars {
                    if escaped {
                        escaped = false
                    } else if inside, character == "\\" {
                        escaped = true
                    } else if character == "'" {
                        inside.toggle()
                    }
                }
                #expect(!inside && line.hasSuffix(";"))
            }
            #expect(lines.contains { $0.contains(":`WORKS_X`]->") })
        }
    }

    @Test func `CSV has the columns of its heading on every line`() {
        for text in Self.text(.csv) {
            var rows: [[String]] = [[]]
            var field = ""
            var quoted = false
            for character in text.unicodeScalars {
                switch character {
                case "\"": quoted.toggle()
                case "," where !quoted:
                    rows[rows.count - 1].append(field)
                    field = ""
                case "\n" where !quoted:
                    rows[rows.count - 1].append(field)
                    field = ""
                    rows.append([])
                default: field.unicodeScalars.append(character)
                }
            }
            #expect(!quoted && rows.last == [])
            let table = rows.dropLast()
            #expect(Set(table.map(\.count)).count == 1 && table.count > 10)
        }
    }

    @Test func `the same graph gives the same picture, in which nobody covers another`() {
        for count in [1, 2, 10, 150] {
            let picture = GraphPicture(Self.generated(count))
            #expect(picture.svg(title: "x") == GraphPicture(Self.generated(count)).svg(title: "x"))
            for (index, node) in picture.nodes.enumerated() {
                #expect(node.x.isFinite && node.y.isFinite)
                for other in picture.nodes[..<index] {
                    let distance = ((node.x - other.x) * (node.x - other.x) + (node.y - other.y) * (node.y - other.y)).squareRoot()
                    #expect(distance > (node.radius + other.radius) * 0.8, "\(count): \(node.entity.name) and \(other.entity.name)")
                }
            }
        }
        #expect(GraphPicture(KnowledgeGraph(entities: [], relations: [])).nodes.isEmpty)
    }

    /// Writes files for other programs to read: `FLOTILLA_SAMPLES=DIR swift test --filter GraphExportTests`.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["FLOTILLA_SAMPLES"] != nil)) func `samples for other programs`() throws {
        let folder = ProcessInfo.processInfo.environment["FLOTILLA_SAMPLES"] ?? "."
        func write(_ format: GraphFormat, _ graph: KnowledgeGraph, _ name: String, dialect: CypherDialect = .neo4j) throws {
            for file in format.files(of: graph, title: "Samples", dialect: dialect) {
                try Data(file.bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)-\(file.name)"))
            }
        }
        for format in GraphFormat.allCases { try write(format, Self.graph, "hostile", dialect: .kuzu) }
        for count in [10, 120, 2_000] {
            let start = ContinuousClock.now
            for format in [GraphFormat.svg, .html] { try write(format, Self.generated(count), "\(count)") }
            print("\(count) entities, drawn twice: \(ContinuousClock.now - start)")
        }
    }

    @Test func `a picture of too many says what it leaves out`() {
        let many = KnowledgeGraph(
            entities: (1...2_100).map { .init(id: $0, type: "date", name: "d\($0)", mentions: 1) }, relations: [])
        let picture = GraphPicture(many)
        #expect(picture.nodes.count == 2_000 && picture.note == "Shown are the 2000 most named of 2100 entities.")
    }
}

/// Counts elements, and collects the text of `data` elements by their key.
private final class XMLCounter: NSObject, XMLParserDelegate {
    var counts: [String: Int] = [:]
    var texts: [String: [String]] = [:]
    private var key: String?
    private var text = ""

    func parse(_ xml: String) throws {
        let parser = XMLParser(data: Data(xml.utf8))
        parser.delegate = self
        if !parser.parse() { throw parser.parserError ?? CocoaError(.coderInvalidValue) }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?, attributes: [String: String]
    ) {
        self.counts[name, default: 0] += 1
        self.key = name == "data" ? attributes["key"] : nil
        self.text = ""
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { self.text += string }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        if let key, name == "data" { self.texts[key, default: []].append(self.text) }
    }
}
