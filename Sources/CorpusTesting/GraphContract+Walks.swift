internal import Corpus

extension GraphContract {
    static func evidence(_ scene: GraphContractScene) async throws {
        try await scene.add(
            1, .init("organization:Acme", "employs", "person:Ada Lovelace"), .init("person:Ada Lovelace", "co_occurs", "place:Rome"))
        try await scene.add(2, .init("place:Rome", "co_occurs", "person:Ada Lovelace"))
        let ada = try await scene.id("Ada Lovelace")
        let relations = try await scene.store.relations(of: ada)
        try scene.expectEqual(relations.map(\.relation.predicate), ["employs", "co_occurs"], "relationships, strongest first")
        try scene.expectEqual(relations.map(\.relation.weight), [0.5, 0.75], "weights")
        try scene.expectEqual(relations.map(\.relation.documents), [1, 2], "documents")
        let evidence = try await scene.store.evidence(for: relations[1].relation)
        try scene.expectEqual(Set(evidence.map(\.place.documentUUID)), [scene.uuid(1), scene.uuid(2)], "who says so")
        try scene.expect(evidence.allSatisfy { $0.rule == "test" && $0.confidence == 0.5 && $0.place.page == 1 }, "\(evidence)")
        try scene.expect(evidence.allSatisfy { $0.place.snippet.contains("Ada Lovelace") }, "snippets: \(evidence.map(\.place.snippet))")
        let mentions = try await scene.store.mentions(of: ada)
        try scene.expectEqual(mentions.count, 3, "mentions")
        try scene.expect(mentions.allSatisfy { $0.text == "Ada Lovelace" && $0.place.bytes.count == 12 }, "\(mentions)")
        try scene.expectEqual(try await scene.store.mentions(of: ada, limit: 2).count, 2, "mentions at most")
    }

    /// A town of so many streets between so many corners, by chance; and what it is, for looking at all of it.
    private static func town(
        _ corners: Int, _ streets: Int, seed: UInt64, in scene: GraphContractScene
    ) async throws -> (graph: KnowledgeGraph, walk: GraphWalk) {
        var generator = SeededGenerator(seed: seed)
        let job = "\(scene.job)-\(seed)"
        for number in 0..<streets {
            let ends = (0..<2).map { _ in "date:\(1_000 + Int.random(in: 0..<corners, using: &generator))-01-01" }
            guard ends[0] != ends[1] else { continue }
            let predicate = ["co_occurs", "dated_at", "cites", "co_occurs"].randomElement(using: &generator) ?? "cites"
            var paper = scene.paper(Int(seed) * 1_000 + number, job: job, [.init(ends[0], predicate, ends[1])])
            paper.confidence = Double.random(in: 0.1...0.9, using: &generator)
            try await scene.subject.add(paper)
        }
        let graph = try await scene.store.graph(GraphSelection(jobID: job))
        return (graph, GraphWalk(graph.relations))
    }

    static func neighbours(_ scene: GraphContractScene) async throws {
        for seed: UInt64 in 1...2 {
            let town = try await self.town(40, 50, seed: seed, in: scene)
            for entity in town.graph.entities.prefix(12) {
                for depth in 1...4 {
                    let around = try await scene.store.neighbours(of: entity.id, depth: depth)
                    let expected = town.walk.distances(from: entity.id, depth: depth)
                    try scene.expectEqual(around?.distances, expected, "around \(entity.name), \(depth) steps")
                    try scene.expectEqual(around?.cut, town.walk.cut(expected, depth: depth), "what was cut")
                    try scene.expectEqual(Set(around?.graph.entities.map(\.id) ?? []), Set(expected.keys), "entities")
                    let inside = town.graph.relations.filter { expected[$0.source] != nil && expected[$0.target] != nil }
                    try scene.expectEqual(Set(around?.graph.relations ?? []), Set(inside), "relationships")
                }
            }
        }
        try scene.expect(try await scene.store.neighbours(of: 9_999_999_999, depth: 2) == nil, "nobody has neighbours")
    }

    static func paths(_ scene: GraphContractScene) async throws {
        for (seed, corners, streets): (UInt64, Int, Int) in [(1, 25, 24), (2, 25, 60), (3, 60, 70)] {
            let town = try await self.town(corners, streets, seed: seed, in: scene)
            var generator = SeededGenerator(seed: seed)
            var none = 0
            for _ in 0..<60 {
                guard let from = town.graph.entities.randomElement(using: &generator)?.id,
                    let to = town.graph.entities.randomElement(using: &generator)?.id, from != to
                else { continue }
                let steps = Int.random(in: 1...8, using: &generator)
                let path = try await scene.store.path(from: from, to: to, maximumSteps: steps)
                let expected = town.walk.path(from: from, to: to, steps: steps)?.relations.map(\.cost).reduce(0, +)
                if expected == nil { none += 1 }
                try self.check(path, from: from, to: to, steps: steps, cost: expected, scene)
            }
            try scene.expect(none > 0 && none < 60, "a town that tells nothing: \(none) of 60 without a path")
            let one = town.graph.entities[0].id
            try scene.expect(try await scene.store.path(from: one, to: one) == nil, "a path to itself")
            try scene.expect(try await scene.store.path(from: one, to: 9_999_999_999) == nil, "a path to nobody")
        }
    }

    /// The path must hang together, and be as cheap as `cost` (nil: there must be none).
    private static func check(
        _ path: GraphPath?, from: Int64, to: Int64, steps: Int, cost: Double?, _ scene: GraphContractScene
    ) throws(Violation) {
        let what = "\(from) to \(to) in \(steps) steps"
        guard let path, let cost else {
            return try scene.expect(path == nil && cost == nil, "\(what): \(path?.cost ?? -1), not \(cost ?? -1)")
        }
        try scene.expect(abs(path.cost - cost) < 1e-9, "\(what) costs \(path.cost), not \(cost)")
        try scene.expect(abs(path.relations.map(\.cost).reduce(0, +) - path.cost) < 1e-9, "\(what): the steps do not sum up")
        try scene.expect(path.entities.first?.id == from && path.entities.last?.id == to, "\(what) has other ends")
        try scene.expect(path.relations.count <= steps && path.relations.count == path.entities.count - 1, "\(what) has too many steps")
        for (index, relation) in path.relations.enumerated() {
            let ends = Set([path.entities[index].id, path.entities[index + 1].id])
            try scene.expect(ends == [relation.source, relation.target], "\(what): step \(index) leads elsewhere")
        }
    }
}
