internal import Corpus

extension GraphPicture {
    /// What the drawing needs of style, also inside of a page.
    static let style = """
        .graph{font:11px system-ui,'Helvetica Neue',Arial,sans-serif;background:#fbfaf7}
        .graph line{stroke:#5d6470;stroke-opacity:.65}
        .graph line.weak{stroke:#a5a196;stroke-opacity:.75;stroke-dasharray:2 3}
        .graph circle{stroke:#fff;stroke-width:1.2}
        .graph text{fill:#24272e;paint-order:stroke;stroke:#fbfaf7;stroke-width:3px;stroke-linejoin:round;dominant-baseline:central}
        """

    /// A file of its own, with a legend.
    func svg(title: String) -> String {
        let legend = Self.colors.filter { color in self.nodes.contains { $0.entity.type == color.type } }
        let height = self.frame.height + 40
        var text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <svg class="graph" xmlns="http://www.w3.org/2000/svg" viewBox="\(Self.number(self.frame.x)) \(Self.number(self.frame.y - 40)) \
            \(Self.number(self.frame.width)) \(Self.number(height))" width="\(Self.number(self.frame.width))" height="\(Self.number(height))">
            <title>\(MarkupText.escaped(title))</title>
            <style>\(Self.style)</style>
            <rect x="\(Self.number(self.frame.x))" y="\(Self.number(self.frame.y - 40))" width="\(Self.number(self.frame.width))" \
            height="\(Self.number(height))" fill="#fbfaf7"/>

            """
        var x = self.frame.x + 20
        for (type, color) in legend {
            text += "<circle cx=\"\(Self.number(x))\" cy=\"\(Self.number(self.frame.y - 18))\" r=\"6\" fill=\"\(color)\"/>"
            text += "<text x=\"\(Self.number(x + 11))\" y=\"\(Self.number(self.frame.y - 18))\">\(type.replacing("_", with: " "))</text>\n"
            x += 34 + 6.6 * Double(type.count)
        }
        if let note {
            text +=
                "<text x=\"\(Self.number(self.frame.x + 20))\" y=\"\(Self.number(self.frame.y + 6))\">\(MarkupText.escaped(note))</text>\n"
        }
        return text + self.marks + "</svg>\n"
    }

    /// Lines, circles and names. Indices in `data-` attributes are those of ``nodes`` and ``lines``.
    var marks: String {
        var text = "<g class=\"lines\">\n"
        for (index, line) in self.lines.enumerated() {
            let from = self.nodes[line.from]
            let to = self.nodes[line.to]
            let width = 0.6 + 2 * line.relation.weight
            text += "<line\(line.relation.isTyped ? "" : " class=\"weak\"") data-l=\"\(index)\" x1=\"\(Self.number(from.x))\" "
            text += "y1=\"\(Self.number(from.y))\" x2=\"\(Self.number(to.x))\" y2=\"\(Self.number(to.y))\" "
            text += "stroke-width=\"\(Self.number(width))\"><title>\(MarkupText.escaped(from.entity.name)) "
            text += "\(MarkupText.escaped(line.relation.predicate.replacing("_", with: " "))) \(MarkupText.escaped(to.entity.name))"
            text += "</title></line>\n"
        }
        text += "</g>\n<g class=\"nodes\">\n"
        for (index, node) in self.nodes.enumerated() {
            text += "<g data-n=\"\(index)\"><circle cx=\"\(Self.number(node.x))\" cy=\"\(Self.number(node.y))\" "
            text += "r=\"\(Self.number(node.radius))\" fill=\"\(Self.color(of: node.entity.type))\"/>"
            text += "<title>\(MarkupText.escaped(MarkupText.short(node.entity.name, limit: 200)))</title></g>\n"
        }
        text += "</g>\n<g class=\"names\">\n"
        for (index, node) in self.nodes.enumerated() {
            text += "<text\(node.isLabelled ? "" : " class=\"hidden\" display=\"none\"") data-t=\"\(index)\" "
            text += "x=\"\(Self.number(node.x + node.radius + 3))\" y=\"\(Self.number(node.y))\">"
            text += "\(MarkupText.escaped(MarkupText.short(node.entity.name, limit: 28)))</text>\n"
        }
        return text + "</g>\n"
    }

    /// With one decimal.
    static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }
}
