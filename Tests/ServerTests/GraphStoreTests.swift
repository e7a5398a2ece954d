import Corpus
import EntityAnalysis
import PostgresClient
import Testing

@testable import CorpusPostgres

@Suite struct GraphStoreTests {
    private typealias Paper = GraphScene.Paper

    /// Papers about a few people, firms and towns; the same each time.
    private static func papers(_ count: Int, job: String = "job", seed: UInt64 = 1) -> [Paper] {
        var generator = Numbers(state: seed)
        let people = ["Ada Lovelace", "A. Lovelace", "Lovelace", "Grace Hopper", "Hopper", "Alan Turing", "A. Turing", "Mary Shelley"]
        let firms = ["Acme Corp", "Acme", "Globex", "Initech", "Umbrella Corp"]
        let towns = ["London", "Paris", "Berlin", "Rome"]
        return (0..<count).map { number in
            var statements: [(String, RelationPredicate?, String?)] = []
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let person = "person:" + people[Int.random(in: 0..<people.count, using: &generator)]
                let firm = "organization:" + firms[Int.random(in: 0..<firms.count, using: &generator)]
                let town = "place:" + towns[Int.random(in: 0..<towns.count, using: &generator)]
                switch Int.random(in: 0..<5, using: &generator) {
                case 0: statements.append((firm, .employs, person))
                case 1: statements.append((person, .livesIn, town))
                case 2: statements.append((firm, .coOccurs, town))
                case 3: statements.append((town, .coOccurs, firm))
                default: statements.append(("date:2024-0\(Int.random(in: 1...9, using: &generator))-01", nil, nil))
                }
            }
            return Paper(number, job: job, statements)
        }
    }

    @Test func `documents in any order give the same entities and relationships`() async throws {
        var results: [(Set<Set<String>>, [String: [Int]])] = []
        for seed: UInt64 in 1...3 {
            try await GraphScene.with { graph in
                var generator = Numbers(state: seed)
                for paper in Self.papers(25).shuffled(using: &generator) { try await graph.add(paper) }
                try await graph.expectConsistent()
                results.append((try await graph.partition(), try await graph.edges()))
            }
        }
        #expect(results[0].0 == results[1].0 && results[1].0 == results[2].0)
        #expect(results[0].1 == results[1].1 && results[1].1 == results[2].1)
        #expect(results[0].0.contains(["person:Ada Lovelace", "person:A. Lovelace", "person:Lovelace"]))
    }

    @Test func `reprocessing replaces what a document said, and again changes nothing`() async throws {
        try await GraphScene.with { graph in
            let first = Paper(1, [("organization:Acme", .employs, "person:Ada Lovelace"), ("person:Ada Lovelace", .livesIn, "place:Rome")])
            try await graph.add(first)
            try await graph.add(Paper(2, [("organization:Acme", .employs, "person:Lovelace")]))
            let before = try await graph.edges()
            #expect(before == ["Acme employs Ada Lovelace": [2, 2], "Ada Lovelace lives_in Rome": [1, 1]])
            let id = try await graph.entity("Ada Lovelace")
            try await graph.add(first)
            #expect(try await graph.edges() == before)
            #expect(try await graph.entity("Ada Lovelace") == id)
            try await graph.expectConsistent()

            try await graph.add(Paper(1, version: 2, [("organization:Acme", .employs, "person:Grace Hopper")]))
            #expect(try await graph.edges() == ["Acme employs Grace Hopper": [1, 1], "Acme employs Lovelace": [1, 1]])
            #expect(try await graph.store.entities(named: "Rome").isEmpty)
            try await graph.expectConsistent()
            // What the old version still has to say is not heard.
            try await graph.add(first)
            #expect(try await graph.edges().count == 2)
            #expect(try await graph.store.entities(named: "Rome").isEmpty)
        }
    }

    @Test func `between two stages of a new version nothing is left of the old one`() async throws {
        try await GraphScene.with { graph in
            try await graph.add(Paper(1, [("organization:Acme", .employs, "person:Ada Lovelace")]))
            try await graph.add(Paper(1, version: 2, [("organization:Acme", .employs, "person:Ada Lovelace")]), stages: 1...2)
            #expect(try await graph.edges().isEmpty)
            try await graph.expectConsistent()
            try await graph.add(Paper(1, version: 2, [("organization:Acme", .employs, "person:Ada Lovelace")]))
            #expect(try await graph.edges() == ["Acme employs Ada Lovelace": [1, 1]])
        }
    }

    @Test func `a removed document takes what only it said along, and nothing else`() async throws {
        try await GraphScene.with { graph in
            for paper in Self.papers(12) { try await graph.add(paper) }
            let decision = try await graph.store.merge(
                [try await graph.entity("London"), try await graph.entity("Paris")], actor: "test", reason: "a test")
            #expect(decision > 0)
            for number in 0..<11 {
                try await graph.scene.pool.query("DELETE FROM document WHERE uuid = \(GraphScene.uuid(number))")
                try await graph.expectConsistent()
            }
            try await graph.scene.pool.query("DELETE FROM document")
            try await graph.expectConsistent()
            for table in [
                "canonical_entity WHERE merged_into IS NULL", "name_form", "relationship", "relationship_evidence", "entity_mention",
            ] {
                #expect(try await graph.scene.count("SELECT count(*) FROM \(unescaped: table)") == 0, "\(table)")
            }
            #expect(try await graph.scene.count("SELECT count(*) FROM entity_decision") == 1)
        }
    }

    @Test func `a person's merge outlives whatever is resolved later, and a newer split undoes it`() async throws {
        try await GraphScene.with { graph in
            try await graph.add(
                Paper(1, [("organization:Acme", .employs, "person:Ada Lovelace"), ("organization:Globex", .employs, "person:Countess")]))
            let ada = try await graph.entity("Ada Lovelace")
            let countess = try await graph.entity("Countess")
            let one = try await graph.store.merge([ada, countess], actor: "bob@host", reason: "her title")
            #expect(one == ada || one == countess)
            #expect(try await graph.store.entity(countess)?.entity.id == one)
            #expect(try await graph.edges() == ["Acme employs Ada Lovelace": [1, 1], "Ada Lovelace employs Globex": [1, 1]])
            try await graph.expectConsistent()
            await #expect(throws: GraphError.self) { try await graph.store.merge([ada, countess], actor: "bob", reason: "again") }

            for paper in Self.papers(6).map({ Paper(Int($0.uuid.low) + 10, $0.statements) }) { try await graph.add(paper) }
            #expect(try await graph.partition().contains { $0.isSuperset(of: ["person:Ada Lovelace", "person:Countess"]) })
            // The document that showed one of the names goes and comes back.
            try await graph.scene.pool.query("DELETE FROM document WHERE uuid = \(GraphScene.uuid(1))")
            try await graph.add(Paper(1, [("organization:Globex", .employs, "person:Countess"), ("person:Ada Lovelace", nil, nil)]))
            #expect(try await graph.partition().contains { $0.isSuperset(of: ["person:Ada Lovelace", "person:Countess"]) })
            try await graph.expectConsistent()

            let split = try await graph.store.split(
                try await graph.entity("Countess"), names: ["countess"], actor: "eve@host", reason: "another countess")
            #expect(split != (try await graph.entity("Ada Lovelace")))
            try await graph.add(Paper(50, [("person:Countess", .livesIn, "place:Rome")]))
            #expect(try await graph.partition().contains(["person:Countess"]))
            try await graph.expectConsistent()
            #expect(try await graph.scene.count("SELECT count(*) FROM entity_decision WHERE actor LIKE '%@host'") == 2)
        }
    }

    @Test func `one document's use of a name is told apart, with its statements`() async throws {
        try await GraphScene.with { graph in
            try await graph.add(Paper(1, [("organization:Acme", .employs, "person:John Smith")]))
            try await graph.add(Paper(2, [("organization:Globex", .employs, "person:John Smith")]))
            let john = try await graph.entity("John Smith")
            await #expect(throws: GraphError.self) {
                try await graph.store.split(john, documents: [GraphScene.uuid(9).description], actor: "a", reason: "not there")
            }
            let other = try await graph.store.split(john, documents: [GraphScene.uuid(2).description], actor: "a", reason: "another man")
            #expect(other != john)
            try await graph.expectConsistent()
            #expect(try await graph.store.relations(of: john).map(\.other.name) == ["Acme"])
            #expect(try await graph.store.relations(of: other).map(\.other.name) == ["Globex"])
            #expect(try await graph.store.mentions(of: other).map(\.place.documentUUID) == [GraphScene.uuid(2).description])
            // Also after the document comes again, and for a name of it that is new.
            for version in 1...2 {
                try await graph.add(Paper(2, version: version, [("organization:Globex", .employs, "person:John Smith")]))
                #expect(try await graph.store.relations(of: other).map(\.other.name) == ["Globex"], "version \(version)")
                try await graph.expectConsistent()
            }
            #expect(try await graph.store.merge([john, other], actor: "a", reason: "the same after all") == john)
            #expect(try await graph.store.relations(of: john).count == 2)
            await #expect(throws: GraphError.self) { try await graph.store.split(john, names: ["John Smith"], actor: "a", reason: "all") }
        }
    }

    @Test(arguments: [true, false]) func `many builders at once lose and double nothing`(isRealResolver: Bool) async throws {
        let resolve = isRealResolver ? nil : GraphScene.bySurname
        let papers = Self.papers(96, seed: 7)
        var expected: (Set<Set<String>>, [String: [Int]]) = ([], [:])
        try await GraphScene.with(resolve: resolve) { graph in
            for paper in papers { try await graph.add(paper) }
            expected = (try await graph.partition(), try await graph.edges())
        }
        try await GraphScene.with(connections: 32, resolve: resolve) { graph in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for builder in 0..<32 {
                    group.addTask {
                        for paper in papers where Int(paper.uuid.low) % 32 == builder { try await graph.add(paper) }
                        // Again, and somebody else's, as after a crash.
                        for paper in papers where Int(paper.uuid.low) % 32 == (builder + 1) % 32 { try await graph.add(paper) }
                    }
                }
                try await group.waitForAll()
            }
            try await graph.expectConsistent()
            #expect(try await graph.partition() == expected.0)
            #expect(try await graph.edges() == expected.1)
        }
    }

    @Test(arguments: [true, false]) func `decisions, deletions and builders of one job wait for one another`(
        isRealResolver: Bool
    ) async throws {
        try await GraphScene.with(connections: 16, resolve: isRealResolver ? nil : GraphScene.bySurname) { graph in
            let papers = Self.papers(40, seed: 3)
            for paper in papers.prefix(10) { try await graph.add(paper) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for paper in papers.dropFirst(10) { group.addTask { try await graph.add(paper) } }
                for number in 0..<8 {
                    group.addTask { try await graph.scene.pool.query("DELETE FROM document WHERE uuid = \(GraphScene.uuid(number))") }
                }
                for pair in [("London", "Paris"), ("Berlin", "Rome")] {
                    group.addTask {
                        guard let left = try await graph.store.entities(named: pair.0).first?.entity.id,
                            let right = try await graph.store.entities(named: pair.1).first?.entity.id
                        else { return }
                        // Refused when a deletion was faster, and right so.
                        do { _ = try await graph.store.merge([left, right], actor: "t", reason: "t") } catch is GraphError {}
                    }
                }
                try await group.waitForAll()
            }
            try await graph.expectConsistent()
        }
    }

    @Test func `jobs and tenants are kept apart, and a document may change its job`() async throws {
        try await GraphScene.with { graph in
            try await graph.add(Paper(1, job: "one", [("person:Ada Lovelace", .livesIn, "place:Rome")]))
            try await graph.add(Paper(2, job: "two", [("person:Ada Lovelace", .livesIn, "place:Rome")]))
            try await graph.add(Paper(3, job: nil, [("person:Ada Lovelace", nil, nil)]))
            #expect(try await graph.store.entities(named: "Ada Lovelace").count == 3)
            #expect(try await graph.store.entities(GraphSelection(jobID: "one")).count == 2)
            let ids = try await graph.store.entities(named: "Ada Lovelace").map(\.entity.id)
            await #expect(throws: GraphError.self) { try await graph.store.merge([ids[0], ids[1]], actor: "t", reason: "t") }
            try await graph.add(Paper(1, job: "two", [("person:Ada Lovelace", .livesIn, "place:Rome")]))
            #expect(try await graph.store.entities(GraphSelection(jobID: "one")).isEmpty)
            #expect(try await graph.store.entities(GraphSelection(jobID: "two")).map(\.entity.documents) == [2, 2])
            try await graph.expectConsistent()
        }
    }

    @Test func `a large scope is resolved now and then, and when somebody asks`() async throws {
        var options = PostgresGraphStore.Options()
        options.resolvesAtOnceUpTo = 5
        options.share = 2
        try await GraphScene.with(options: options) { graph in
            let papers = Self.papers(30)
            for paper in papers { try await graph.add(paper) }
            try await graph.expectConsistent()
            let waiting = try await graph.store.waitingScopes()
            #expect(try await graph.store.refresh() == waiting)
            #expect(try await graph.store.waitingScopes() == 0)
            try await graph.expectConsistent()
            let partition = try await graph.partition()
            try await GraphScene.with { other in
                for paper in papers { try await other.add(paper) }
                #expect(try await other.partition() == partition)
            }
        }
    }

    @Test func `a path goes rather over what is known than over what stands near`() async throws {
        try await GraphScene.with { graph in
            try await graph.add(
                Paper(
                    1,
                    [
                        ("person:Alpha", .coOccurs, "person:Omega"), ("person:Alpha", .memberOf, "organization:Club"),
                        ("organization:Club", .employs, "person:Omega"), ("person:Omega", .livesIn, "place:Rome"),
                        ("person:Lonely", nil, nil),
                    ]))
            let (alpha, omega, rome) = (
                try await graph.entity("Alpha"), try await graph.entity("Omega"), try await graph.entity("Rome")
            )
            let path = try #require(try await graph.store.path(from: alpha, to: rome))
            #expect(path.entities.map(\.name) == ["Alpha", "Club", "Omega", "Rome"])
            #expect(path.relations.map(\.predicate) == ["member_of", "employs", "lives_in"])
            #expect(try await graph.store.path(from: alpha, to: omega, maximumSteps: 1)?.relations.map(\.predicate) == ["co_occurs"])
            #expect(try await graph.store.path(from: alpha, to: rome, maximumSteps: 1) == nil)
            #expect(try await graph.store.path(from: alpha, to: try await graph.entity("Lonely")) == nil)
            let evidence = try await graph.store.evidence(for: path.relations[1])
            #expect(evidence.count == 1 && evidence.first?.place.snippet.contains("Club and Omega") == true)
            #expect(evidence.first?.place.page == 1 && evidence.first?.rule == "test")
            let near = try #require(try await graph.store.neighbours(of: rome, depth: 2))
            #expect(near.distances.count == 4 && near.distances[omega] == 1 && near.distances[alpha] == 2)
            #expect(near.graph.relations.count == 4)
            #expect(try await graph.store.neighbours(of: 999_999, depth: 2) == nil)
        }
    }

    @Test func `names of any kind are kept as they are, and found`() async throws {
        try await GraphScene.with { graph in
            let names = [
                "O'Neil \"The Boss\" \\ $1 {x}", "line\nbreak\ttab", "</script><script>alert(1)</script>", "nul\u{0}byte", "Müller 漢字 🙂",
                "%_%", String(repeating: "long ", count: 100), "'; DROP TABLE document; --",
            ]
            for (number, name) in names.enumerated() {
                try await graph.add(Paper(number, [("person:" + name, .coOccurs, "place:Rome")]))
            }
            try await graph.expectConsistent()
            #expect(try await graph.store.count() == names.count + 1)
            for name in names {
                let found = try await graph.store.entities(named: name)
                #expect(found.first?.entity.name == name.replacing("\0", with: "\u{FFFD}"), "\(name)")
            }
            #expect(try await graph.store.entities(named: "Oneil boss").first?.entity.name == names[0])
            #expect(try await graph.store.entities(named: "MÜLER").first?.entity.name == names[4])
            #expect(try await graph.store.entities(named: "").isEmpty)
            #expect(try await graph.store.entities(named: "Xyzzy").isEmpty)
        }
    }
}

/// Numbers that are the same each time.
private struct Numbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
