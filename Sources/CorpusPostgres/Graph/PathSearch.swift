/// Looks for the cheapest way between two entities from both ends, a step at a time. A pure value: somebody else fetches the steps.
///
/// What each round finds is a layer of its own and never changes: a way that is traced back has the cost and the number of steps that
/// were counted for it, also where a later round found a cheaper but longer way to one of its entities.
struct PathSearch {
    enum Side: Int { case source, target }

    /// A step over the cheapest relationship between two entities, with the cost of the way up to its end.
    struct Step: Sendable {
        let from: Int64
        let to: Int64
        let cost: Double
    }

    private struct Reach {
        let cost: Double
        /// Nil at the end itself.
        let from: Int64?
    }

    /// Where the two sides met cheapest: the entity, and the layer of each side.
    private struct Meeting {
        let cost: Double
        let entity: Int64
        let layers: [Int]
    }

    /// By side, then by round: what that round reached for the first time, or cheaper than before.
    private var layers: [[[Int64: Reach]]]
    /// By side: the last layer that has the entity, which has the lowest cost.
    private var newest: [[Int64: Int]]
    private var meeting: Meeting?

    init(from source: Int64, to target: Int64) {
        self.layers = [source, target].map { [[$0: Reach(cost: 0, from: nil)]] }
        self.newest = [source, target].map { [$0: 0] }
    }

    /// Only cheaper ways are of use.
    var limit: Double { self.meeting?.cost ?? .infinity }

    /// Entities whose steps are wanted next on this side, with the cost so far, by id; empty when nothing cheaper can come from there.
    func frontier(_ side: Side) -> [(entity: Int64, cost: Double)] {
        let other = self.newest[1 - side.rawValue]
        // A step costs at least 1; what the other side has not reached is more steps away than it went.
        let far = Double(self.layers[1 - side.rawValue].count)
        let wanted = self.layers[side.rawValue].last?.filter { entity, reach in
            reach.cost + (other[entity] == nil ? far : 1) < self.limit
        }
        return (wanted ?? [:]).map { ($0.key, $0.value.cost) }.sorted { $0.0 < $1.0 }
    }

    /// Takes the steps from the frontier of this side.
    mutating func extend(_ side: Side, with steps: [Step]) {
        let side = side.rawValue
        var layer: [Int64: Reach] = [:]
        for step in steps {
            if let known = self.newest[side][step.to].flatMap({ self.layers[side][$0][step.to] }), known.cost <= step.cost { continue }
            if let found = layer[step.to], (found.cost, found.from ?? 0) <= (step.cost, step.from) { continue }
            layer[step.to] = Reach(cost: step.cost, from: step.from)
        }
        let round = self.layers[side].count
        self.layers[side].append(layer)
        for (entity, reach) in layer {
            self.newest[side][entity] = round
            self.meet(entity, reach, side: side, round: round)
        }
    }

    private mutating func meet(_ entity: Int64, _ reach: Reach, side: Int, round: Int) {
        guard let place = self.newest[1 - side][entity], let other = self.layers[1 - side][place][entity] else { return }
        let cost = reach.cost + other.cost
        if let meeting, (meeting.cost, meeting.entity) <= (cost, entity) { return }
        self.meeting = Meeting(cost: cost, entity: entity, layers: side == 0 ? [round, place] : [place, round])
    }

    /// The cheapest way found: its entities from the source to the target, and the sum of its steps.
    func best() -> (entities: [Int64], cost: Double)? {
        guard let meeting else { return nil }
        let before = self.trace(meeting.entity, .source, from: meeting.layers[0])
        let after = self.trace(meeting.entity, .target, from: meeting.layers[1])
        return (before.reversed() + [meeting.entity] + after, meeting.cost)
    }

    /// The entities between this one and the side's end, and the end.
    private func trace(_ entity: Int64, _ side: Side, from layer: Int) -> [Int64] {
        var trace: [Int64] = []
        var entity = entity
        var layer = layer
        let layers = self.layers[side.rawValue]
        while let from = layers[layer][entity]?.from {
            // A frontier is one layer: the step came from the one before.
            layer -= 1
            entity = from
            trace.append(from)
        }
        return trace
    }
}
