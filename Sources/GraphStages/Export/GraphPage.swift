internal import Corpus
internal import JSONText

/// One HTML file to look around in: the picture, a search, filters and what is known of each entity. It loads nothing from anywhere.
enum GraphPage {
    static func text(_ graph: KnowledgeGraph, title: String) -> String {
        let picture = GraphPicture(graph)
        let types = Dictionary(grouping: picture.nodes) { $0.entity.type }.mapValues(\.count).sorted {
            ($1.value, $0.key) < ($0.value, $1.key)
        }
        let filters = types.map { type, count in
            """
            <label><input type="checkbox" data-type="\(MarkupText.escaped(type))" checked><i style="background:\
            \(GraphPicture.color(of: type))"></i>\(MarkupText.escaped(type.replacing("_", with: " "))) <b>\(count)</b></label>
            """
        }.joined(separator: "\n")
        let frame = [picture.frame.x, picture.frame.y, picture.frame.width, picture.frame.height].map(GraphPicture.number)
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(MarkupText.escaped(title))</title>
            <style>
            \(GraphPicture.style)
            \(Self.style)
            </style>
            </head>
            <body>
            <aside>
            <h1>\(MarkupText.escaped(title))</h1>
            <p class="small">\(picture.nodes.count) entities, \(picture.lines.count) relationships. \(MarkupText.escaped(picture.note ?? ""))</p>
            <input id="search" type="search" placeholder="Find a name" autocomplete="off">
            <ul id="hits"></ul>
            <div id="filters">
            \(filters)
            <label><input type="checkbox" id="weak" checked><i class="dash"></i>only named near each other</label>
            </div>
            <div id="detail"><p class="small">Choose an entity, in the picture or by its name. Drag to move, scroll to zoom.</p></div>
            </aside>
            <main>
            <svg class="graph" id="graph" viewBox="\(frame.joined(separator: " "))" preserveAspectRatio="xMidYMid meet">
            \(picture.marks)</svg>
            </main>
            <script type="application/json" id="data">\(Self.data(picture))</script>
            <script>
            \(Self.script)
            </script>
            </body>
            </html>

            """
    }

    /// JSON that no HTML parser can take for markup.
    private static func data(_ picture: GraphPicture) -> String {
        let value: JSONValue = [
            "nodes": .array(picture.nodes.map { GraphJSON.entity($0.entity) }),
            "lines": .array(
                picture.lines.map { line in
                    [
                        .integer(Int64(line.from)), .string(line.relation.predicate), .integer(Int64(line.to)),
                        .integer(Int64(line.relation.evidence)), .integer(Int64(line.relation.documents)),
                    ]
                }),
        ]
        return value.jsonText.replacing("<", with: "\\u003c").replacing("&", with: "\\u0026").replacing("\u{2028}", with: "\\u2028")
            .replacing("\u{2029}", with: "\\u2029")
    }
}
