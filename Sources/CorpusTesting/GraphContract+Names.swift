internal import Corpus

extension GraphContract {
    static func search(_ scene: GraphContractScene) async throws {
        let papers = ["Jürgen Müller", "Łukasz Wójcik", "Sean O'Brien", "%_% {x} $1", "Björk Østergaard"]
        for (number, name) in papers.enumerated() { try await scene.add(number, .init("person:" + name, "lives_in", "place:Rome")) }
        let wanted = [
            ("Jürgen Müller", 0), ("JÜRGEN MÜLLER", 0), ("Juergen Mueller", 0), ("jurgen muller", 0), ("Lukasz Wojcik", 1),
            ("sean obrien", 2), ("Sean O’Brien", 2), ("%_% {x} $1", 3), ("Bjoerk Oestergaard", 4), ("Mueller", 0), ("Muler", 0),
        ]
        for (typed, paper) in wanted {
            let found = try await scene.store.entities(named: typed, GraphSelection(jobID: scene.job))
            try scene.expectEqual(found.first?.entity.name, papers[paper], "'\(typed)'")
        }
        for typed in ["", "Xyzzy", "'; DROP TABLE document; --"] {
            try scene.expect(
                try await scene.store.entities(named: typed, GraphSelection(jobID: scene.job)).isEmpty, "'\(typed)' found something")
        }
    }

    /// Statements about people with short and long names, firms and towns.
    private static let said: [GraphPaper.Statement] = [
        .init("organization:Acme Ltd", "employs", "person:Margaret Hale"), .init("person:M. Hale", "lives_in", "place:Milton"),
        .init("person:Margaret Hale", "related_to", "person:Frederick Hale"),
        .init("organization:Acme Limited", "co_occurs", "place:Milton"),
        .init("person:Hale", "co_occurs", "place:London"), .init("person:John Thornton", "owns", "organization:Marlborough Mills"),
        .init("person:Thornton", "married_to", "person:Margaret Hale"), .init("person:J. Thornton", "lives_in", "place:Milton"),
        .init("organization:Marlborough Mills Ltd.", "located_in", "place:Milton"),
        .init("person:Dr. John Thornton", "paid", "person:M. Hale"),
        .init("date:1855-01-01", "co_occurs", "person:Frederick Hale"), .init("person:Frederick Hale", "lives_in", "place:Cadiz"),
    ]

    static func orders(_ scene: GraphContractScene) async throws {
        var expected: (groups: Set<Set<String>>, edges: Set<String>)?
        for round in 0..<4 {
            var generator = SeededGenerator(seed: UInt64(round))
            let job = "\(scene.job)-\(round)"
            for (number, statement) in self.said.enumerated().shuffled(using: &generator) {
                try await scene.add(round * 100 + number, job: job, statement)
            }
            let result = (groups: try await scene.groups(job), edges: try await scene.edges(job))
            try scene.expect(result.groups.contains { $0.isSuperset(of: ["Acme Ltd", "Acme Limited"]) }, "Acme is two: \(result.groups)")
            if let expected {
                try scene.expectEqual(result.groups, expected.groups, "names of order \(round)")
                try scene.expectEqual(result.edges, expected.edges, "relationships of order \(round)")
            }
            expected = result
        }
    }

    static func versions(_ scene: GraphContractScene) async throws {
        for (number, statement) in self.said.enumerated() { try await scene.add(number, statement) }
        let before = try await scene.store.graph(GraphSelection(jobID: scene.job))
        for (number, statement) in self.said.enumerated() { try await scene.add(number, statement) }
        try scene.expectEqual(try await scene.store.graph(GraphSelection(jobID: scene.job)), before, "the graph, ids and all")
        try await scene.add(11, version: 2, .init("person:Frederick Hale", "lives_in", "place:Seville"))
        try scene.expect(try await scene.edges().contains("Frederick Hale lives_in Seville 1 1 0.5"), "the new version is not there")
        try scene.expect(
            try await scene.store.entities(named: "Cadiz", GraphSelection(jobID: scene.job)).isEmpty, "the old version is there")
        try await scene.add(11, version: 1, .init("person:Frederick Hale", "lives_in", "place:Cadiz"))
        try scene.expect(
            try await scene.store.entities(named: "Cadiz", GraphSelection(jobID: scene.job)).isEmpty, "the old version came back")
    }

    static func removal(_ scene: GraphContractScene) async throws {
        for (number, statement) in self.said.enumerated() { try await scene.add(number, statement) }
        for number in self.said.indices.dropFirst() { try await scene.subject.remove(scene.uuid(number)) }
        try scene.expectEqual(try await scene.groups(), [["Acme Ltd"], ["Margaret Hale"]], "what is left")
        try scene.expectEqual(try await scene.edges(), ["Acme Ltd employs Margaret Hale 1 1 0.5"], "relationships")
        try await scene.subject.remove(scene.uuid(0))
        try scene.expectEqual(try await scene.store.count(GraphSelection(jobID: scene.job)), 0, "entities of an empty job")
    }

    static func selections(_ scene: GraphContractScene) async throws {
        for (number, statement) in self.said.enumerated() { try await scene.add(number, statement) }
        try await scene.add(50, job: scene.job + "-other", .init("person:Margaret Hale", "lives_in", "place:Paris"))
        let all = try await scene.store.entities(GraphSelection(jobID: scene.job), limit: 100, offset: 0)
        try scene.expectEqual(all.count, try await scene.store.count(GraphSelection(jobID: scene.job)), "entities")
        try scene.expectEqual(
            all.map(\.entity.mentions), all.map(\.entity.mentions).sorted(by: >), "mentions, which must fall")
        try scene.expectEqual(
            try await scene.store.entities(GraphSelection(jobID: scene.job), limit: 2, offset: 1), Array(all[1...2]), "a page")
        let places = try await scene.store.entities(GraphSelection(jobID: scene.job, type: "place"))
        try scene.expectEqual(Set(places.map(\.entity.name)), ["Milton", "London", "Cadiz"], "places")
        let document = try await scene.store.entities(GraphSelection(document: scene.uuid(50)))
        try scene.expectEqual(Set(document.map(\.entity.name)), ["Margaret Hale", "Paris"], "entities of a document")
        try scene.expect(try await scene.store.entities(GraphSelection(document: "no uuid")).isEmpty, "no document has entities")
        let part = try await scene.store.graph(GraphSelection(jobID: scene.job), limit: 3)
        try scene.expectEqual(part.entities.map(\.id), all.prefix(3).map(\.entity.id), "entities of a part")
        let inside = Set(part.entities.map(\.id))
        try scene.expect(part.relations.allSatisfy { inside.contains($0.source) && inside.contains($0.target) }, "a loose end")
    }

    static func pairs(_ scene: GraphContractScene) async throws {
        try await scene.add(1, .init("person:John Smith", "lives_in", "place:Rome"))
        try await scene.add(2, .init("person:James Smith", "lives_in", "place:Rome"))
        try await scene.add(3, .init("person:J. Smith", "lives_in", "place:Rome"))
        let pairs = try await scene.store.candidates(GraphSelection(jobID: scene.job))
        try scene.expect(!pairs.isEmpty, "'J. Smith' may be no one")
        try scene.expectEqual(pairs.map(\.score), pairs.map(\.score).sorted(by: >), "scores, which must fall")
        for pair in pairs {
            try scene.expect(pair.left.id < pair.right.id && (0...1).contains(pair.score), "a pair out of order: \(pair)")
        }
    }
}
