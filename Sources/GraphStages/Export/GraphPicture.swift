internal import Corpus

/// A drawing of a graph: what is drawn, and where.
struct GraphPicture {
    /// Entities drawn at most, the most named; and relationships, the strongest.
    static let entityLimit = 2_000
    static let relationLimit = 6_000
    static let colors: [(type: String, color: String)] = [
        ("person", "#d1495b"), ("organization", "#2e6f95"), ("place", "#4b8f5a"), ("date", "#8d7b68"), ("money", "#c98a1b"),
        ("email", "#7a5ea8"), ("phone", "#a45c9b"), ("url", "#5a7fb0"), ("law", "#6b705c"), ("case_number", "#9a6b4f"),
    ]

    struct Node {
        let entity: KnowledgeGraph.Entity
        let radius: Double
        let x: Double
        let y: Double
        let isLabelled: Bool
    }

    struct Line {
        let relation: KnowledgeGraph.Relation
        let from: Int
        let to: Int
    }

    let nodes: [Node]
    let lines: [Line]
    /// What was left out, in a sentence; nil when all is there.
    let note: String?
    /// Left, top, width and height.
    let frame: (x: Double, y: Double, width: Double, height: Double)

    init(_ graph: KnowledgeGraph) {
        let shown = graph.entities.sorted { ($1.mentions, $0.id) < ($0.mentions, $1.id) }.prefix(Self.entityLimit)
        let places = Dictionary(shown.enumerated().map { ($0.element.id, $0.offset) }) { first, _ in first }
        let inside = graph.relations.filter { places[$0.source] != nil && places[$0.target] != nil }
        let strongest = inside.sorted { left, right in
            if left.isTyped != right.isTyped { return left.isTyped }
            if left.weight != right.weight { return left.weight > right.weight }
            return (left.source, left.target, left.predicate) < (right.source, right.target, right.predicate)
        }.prefix(Self.relationLimit)
        self.lines = strongest.compactMap { relation in
            guard let from = places[relation.source], let to = places[relation.target] else { return nil }
            return Line(relation: relation, from: from, to: to)
        }
        let most = Double(max(1, shown.first?.mentions ?? 1)).squareRoot()
        let radii = shown.map { 5 + 15 * Double(max(0, $0.mentions)).squareRoot() / most }
        let layout = ForceLayout(
            radii: radii,
            edges: self.lines.map { ForceLayout.Edge(from: $0.from, to: $0.to, strength: $0.relation.isTyped ? 1 : 0.4) })
        var x = layout.x
        var y = layout.y
        let connected = Set(self.lines.flatMap { [$0.from, $0.to] })
        Self.shelve(shown.indices.filter { !connected.contains($0) }, below: connected.map { y[$0] + radii[$0] }.max(), &x, &y)
        let labels = Self.labels(shown.count, x: x, y: y, radii: radii, names: shown.map(\.name))
        self.nodes = shown.enumerated().map { index, entity in
            Node(entity: entity, radius: radii[index], x: x[index], y: y[index], isLabelled: labels.contains(index))
        }
        let margin = 60.0
        let left = (self.nodes.map { $0.x - $0.radius }.min() ?? 0) - margin
        let right = (self.nodes.map { $0.x + $0.radius + ($0.isLabelled ? 90 : 0) }.max() ?? 0) + margin
        let top = (self.nodes.map { $0.y - $0.radius }.min() ?? 0) - margin
        let bottom = (self.nodes.map { $0.y + $0.radius }.max() ?? 0) + margin
        self.frame = (left, top, max(400, right - left), max(300, bottom - top))
        var left_out: [String] = []
        if shown.count < graph.entities.count { left_out.append("the \(shown.count) most named of \(graph.entities.count) entities") }
        if self.lines.count < inside.count { left_out.append("the \(self.lines.count) strongest of \(inside.count) relationships") }
        self.note = left_out.isEmpty ? nil : "Shown are " + left_out.joined(separator: " and ") + "."
    }

    static func color(of type: String) -> String { Self.colors.first { $0.type == type }?.color ?? "#777777" }

    /// Entities without a relationship stand in rows below the others.
    private static func shelve(_ lone: [Int], below bottom: Double?, _ x: inout [Double], _ y: inout [Double]) {
        guard !lone.isEmpty else { return }
        let columns = max(3, min(16, Int(Double(lone.count).squareRoot())))
        let pitch = 215.0
        for (place, node) in lone.enumerated() {
            x[node] = (Double(place % columns) - Double(columns - 1) / 2) * pitch
            y[node] = (bottom.map { $0 + 70 } ?? 0) + Double(place / columns) * 34
        }
    }

    /// Whose names are written: the largest nodes first, as long as a name covers no other name.
    private static func labels(_ count: Int, x: [Double], y: [Double], radii: [Double], names: [String]) -> Set<Int> {
        var taken: [(left: Double, right: Double, top: Double, bottom: Double)] = []
        var labelled: Set<Int> = []
        for node in 0..<count where labelled.count < 400 {
            let width = Double(MarkupText.short(names[node], limit: 28).unicodeScalars.count) * 6.6 + 4
            let left = x[node] + radii[node] + 3
            let box = (left: left, right: left + width, top: y[node] - 7, bottom: y[node] + 7)
            let isFree = taken.allSatisfy { $0.right < box.left || box.right < $0.left || $0.bottom < box.top || box.bottom < $0.top }
            guard isFree else { continue }
            taken.append(box)
            labelled.insert(node)
        }
        return labelled
    }
}
