internal import Glibc

/// Places the nodes of a graph so that what is connected lies together: springs along edges, repulsion between all. The same graph always
/// gives the same places.
struct ForceLayout {
    struct Edge {
        var from: Int
        var to: Int
        /// How strongly it pulls; 1 is usual.
        var strength: Double
    }

    private(set) var x: [Double]
    private(set) var y: [Double]
    /// The distance that a lone edge would take.
    static let spacing = 70.0
    /// Nodes further apart do not push one another: parts of the graph without a connection then lie side by side.
    private static let reach = Self.spacing * 4

    /// - Parameters:
    ///   - radii: of the nodes, which must not cover one another.
    ///   - edges: between indices of `radii`.
    init(radii: [Double], edges: [Edge]) {
        let count = radii.count
        // Most connected nodes in the middle of a spiral: a start without chance and without overlaps.
        var degree = [Int](repeating: 0, count: count)
        for edge in edges {
            degree[edge.from] += 1
            degree[edge.to] += 1
        }
        self.x = Array(repeating: 0, count: count)
        self.y = Array(repeating: 0, count: count)
        for (rank, node) in (0..<count).sorted(by: { (degree[$1], $0) < (degree[$0], $1) }).enumerated() {
            let radius = Self.spacing * 0.7 * Double(rank).squareRoot()
            let angle = Double(rank) * 2.399_963_229_728_653
            self.x[node] = radius * cos(angle)
            self.y[node] = radius * sin(angle)
        }
        guard count > 1 else { return }
        let rounds = count <= 600 ? 300 : 150
        for round in 0..<rounds {
            // Large steps first, then ever smaller ones.
            let reach = Self.spacing * 1.5 * (1 - Double(round) / Double(rounds)) + 0.5
            self.step(edges, degree: degree, reach: reach)
        }
        for _ in 0..<40 where !self.separate(radii) { break }
    }

    private mutating func step(_ edges: [Edge], degree: [Int], reach: Double) {
        let count = self.x.count
        var forceX = [Double](repeating: 0, count: count)
        var forceY = [Double](repeating: 0, count: count)
        let square = Self.spacing * Self.spacing
        self.pairs(within: Self.reach) { one, other, dx, dy, squared in
            let push = square / max(squared, 1)
            forceX[one] += dx * push
            forceY[one] += dy * push
            forceX[other] -= dx * push
            forceY[other] -= dy * push
        }
        for edge in edges {
            let dx = self.x[edge.to] - self.x[edge.from]
            let dy = self.y[edge.to] - self.y[edge.from]
            let distance = max((dx * dx + dy * dy).squareRoot(), 0.01)
            // The edges of a hub pull less each, or it would draw everything onto one point.
            let pull = distance / Self.spacing * edge.strength / Double(min(degree[edge.from], degree[edge.to])).squareRoot()
            forceX[edge.from] += dx * pull
            forceY[edge.from] += dy * pull
            forceX[edge.to] -= dx * pull
            forceY[edge.to] -= dy * pull
        }
        for node in 0..<count {
            // Towards the middle, so that parts without a connection do not drift away.
            let stepX = forceX[node] - self.x[node] * 0.2
            let stepY = forceY[node] - self.y[node] * 0.2
            let length = (stepX * stepX + stepY * stepY).squareRoot()
            guard length > 0 else { continue }
            let scale = min(length, reach) / length
            self.x[node] += stepX * scale
            self.y[node] += stepY * scale
        }
    }

    /// Pushes nodes apart that cover one another. True when there were any.
    private mutating func separate(_ radii: [Double]) -> Bool {
        var moves: [(Int, Int, Double, Double)] = []
        let widest = (radii.max() ?? 0) * 2 + 6
        self.pairs(within: widest) { one, other, dx, dy, squared in
            let wanted = radii[one] + radii[other] + 6
            let distance = max(squared.squareRoot(), 0.01)
            guard distance < wanted else { return }
            let move = (wanted - distance) / 2 / distance
            moves.append((one, other, dx * move, dy * move))
        }
        for (one, other, dx, dy) in moves {
            self.x[one] += dx
            self.y[one] += dy
            self.x[other] -= dx
            self.y[other] -= dy
        }
        return !moves.isEmpty
    }

    /// Every pair of nodes nearer than the limit once, with the way from the second to the first.
    private func pairs(within limit: Double, _ body: (Int, Int, Double, Double, Double) -> Void) {
        let count = self.x.count
        func visit(_ one: Int, _ other: Int) {
            var dx = self.x[one] - self.x[other]
            var dy = self.y[one] - self.y[other]
            if dx == 0, dy == 0 {
                // On one another: apart in a direction that depends on the nodes alone.
                dx = 0.1 * cos(Double(one))
                dy = 0.1 * sin(Double(one))
            }
            let squared = dx * dx + dy * dy
            if squared <= limit * limit { body(one, other, dx, dy, squared) }
        }
        // Cells as wide as the limit: a near node is in the same cell or next to it.
        var cells: [Cell: [Int]] = [:]
        for one in 0..<count {
            let cell = Cell(column: Int((self.x[one] / limit).rounded(.down)), row: Int((self.y[one] / limit).rounded(.down)))
            for column in cell.column - 1...cell.column + 1 {
                for row in cell.row - 1...cell.row + 1 {
                    for other in cells[Cell(column: column, row: row)] ?? [] { visit(one, other) }
                }
            }
            cells[cell, default: []].append(one)
        }
    }

    private struct Cell: Hashable {
        let column: Int
        let row: Int
    }
}
