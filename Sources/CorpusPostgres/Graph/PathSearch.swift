internal import Corpus

/// A step over a relationship, in either direction.
struct GraphStep: Sendable {
    let from: Int64
    let to: Int64
    let cost: Double
    let relation: KnowledgeGraph.Relation
}

/// Looks for the cheapest way between two entities from both ends. A pure value: somebody else fetches the steps.
struct PathSearch {
    enum Side: Int { case source, target }

    /// What is known of an entity from one end.
    private struct Reach {
        var cost: Double
        /// The step that led here; nil at the end itself.
        var step: GraphStep?
    }

    private var reached: [[Int64: Reach]]
    private var fresh: [[Int64]]

    init(from source: Int64, to target: Int64) {
        self.reached = [source, target].map { [$0: Reach(cost: 0, step: nil)] }
        self.fresh = [[source], [target]]
    }

    /// Whose steps are wanted next on this side; empty when nothing cheaper can come from there.
    func frontier(_ side: Side) -> [Int64] {
        let limit = self.meeting()?.cost ?? .infinity
        // A step costs at least 1.
        return self.fresh[side.rawValue].filter { (self.reached[side.rawValue][$0]?.cost ?? .infinity) + 1 < limit }
    }

    mutating func extend(_ side: Side, with steps: [GraphStep]) {
        let side = side.rawValue
        // All of one round start from what was known before it, so that a round is one step.
        let known = self.reached[side]
        var next: [Int64] = []
        for step in steps {
            guard let from = known[step.from] else { continue }
            let cost = from.cost + step.cost
            if let old = self.reached[side][step.to], old.cost <= cost { continue }
            self.reached[side][step.to] = Reach(cost: cost, step: step)
            next.append(step.to)
        }
        var seen: Set<Int64> = []
        self.fresh[side] = next.filter { seen.insert($0).inserted }
    }

    private func meeting() -> (entity: Int64, cost: Double)? {
        let (small, large) = self.reached[0].count <= self.reached[1].count ? (0, 1) : (1, 0)
        var best: (entity: Int64, cost: Double)?
        for (entity, reach) in self.reached[small] {
            guard let other = self.reached[large][entity] else { continue }
            let cost = reach.cost + other.cost
            if let best, (best.cost, best.entity) <= (cost, entity) { continue }
            best = (entity, cost)
        }
        return best
    }

    /// The cheapest way found so far.
    func best() -> (entities: [Int64], steps: [GraphStep], cost: Double)? {
        guard let meeting = self.meeting() else { return nil }
        var before: [GraphStep] = []
        var entities = [meeting.entity]
        var place = meeting.entity
        while let step = self.reached[0][place]?.step {
            before.append(step)
            place = step.from
            entities.append(place)
        }
        entities.reverse()
        var steps = Array(before.reversed())
        place = meeting.entity
        while let step = self.reached[1][place]?.step {
            steps.append(step)
            place = step.from
            entities.append(place)
        }
        return (entities, steps, meeting.cost)
    }
}
