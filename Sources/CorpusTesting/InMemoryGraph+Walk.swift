internal import Corpus

extension InMemoryGraph {
    /// All relationships: the sum of what papers say, in a fixed order.
    func relations() -> [KnowledgeGraph.Relation] {
        struct Key: Hashable {
            let source: Int64
            let predicate: String
            let target: Int64
        }
        let groups = Dictionary(grouping: self.statements()) { Key(source: $0.source, predicate: $0.predicate, target: $0.target) }
        return groups.map { key, statements in
            let doubt = statements.reduce(1) { $0 * (1 - min($1.confidence, 0.99)) }
            return KnowledgeGraph.Relation(
                source: key.source, predicate: key.predicate, target: key.target, evidence: statements.count,
                documents: Set(statements.map(\.document)).count, weight: ((1 - doubt) * 1_000_000).rounded() / 1_000_000)
        }.sorted { ($0.source, $0.predicate, $0.target) < ($1.source, $1.predicate, $1.target) }
    }

    /// These entities and the relationships among them.
    func graph(of ids: Set<Int64>) -> KnowledgeGraph {
        KnowledgeGraph(
            entities: ids.compactMap { self.record($0)?.entity }.sorted { ($1.mentions, $0.id) < ($0.mentions, $1.id) },
            relations: self.relations().filter { ids.contains($0.source) && ids.contains($0.target) })
    }

    func walk() -> GraphWalk { GraphWalk(self.relations()) }
}

/// Ways through a graph, found by looking at everything: slow and plain, to compare faster ones with.
struct GraphWalk {
    struct Step {
        let other: Int64
        let relation: KnowledgeGraph.Relation
    }

    private var all: [Int64: [Step]] = [:]

    init(_ relations: [KnowledgeGraph.Relation]) {
        for relation in relations {
            self.all[relation.source, default: []].append(Step(other: relation.target, relation: relation))
            self.all[relation.target, default: []].append(Step(other: relation.source, relation: relation))
        }
        for entity in self.all.keys { self.all[entity]?.sort { $0.relation.cost < $1.relation.cost } }
    }

    /// The steps of an entity, cheapest first.
    func steps(of entity: Int64) -> [Step] { self.all[entity] ?? [] }

    func distances(from center: Int64, depth: Int) -> [Int64: Int] {
        var distances = [center: 0]
        var frontier = [center]
        for distance in 1...depth {
            var next: [Int64] = []
            for step in frontier.flatMap({ self.steps(of: $0).prefix(GraphBounds.fanOut) })
            where distances[step.other] == nil && distances.count < GraphBounds.neighbourhood {
                distances[step.other] = distance
                next.append(step.other)
            }
            frontier = next
        }
        return distances
    }

    /// Entities less than `depth` away with neighbours that are not among `distances`.
    func cut(_ distances: [Int64: Int], depth: Int) -> Set<Int64> {
        Set(distances.filter { $0.value < depth && self.steps(of: $0.key).contains { distances[$0.other] == nil } }.keys)
    }

    /// The cheapest way of at most `steps` steps: for each number of steps, the cheapest way to everything.
    func path(from source: Int64, to target: Int64, steps: Int) -> (entities: [Int64], relations: [KnowledgeGraph.Relation])? {
        typealias Way = (cost: Double, step: Step?, from: Int64?)
        var layers: [[Int64: Way]] = [[source: (0, nil, nil)]]
        for _ in 0..<steps {
            var next = layers[layers.count - 1].mapValues { Way($0.cost, nil, nil) }
            for (entity, way) in layers[layers.count - 1] {
                for step in self.steps(of: entity) where way.cost + step.relation.cost < next[step.other]?.cost ?? .infinity {
                    next[step.other] = (way.cost + step.relation.cost, step, entity)
                }
            }
            layers.append(next)
        }
        guard layers[steps][target] != nil else { return nil }
        var entities = [target]
        var relations: [KnowledgeGraph.Relation] = []
        for layer in layers.reversed() {
            // Without a step the way is as long as one step less allows.
            guard let way = layer[entities[0]], let step = way.step, let from = way.from else { continue }
            entities.insert(from, at: 0)
            relations.insert(step.relation, at: 0)
        }
        return (entities, relations)
    }
}
