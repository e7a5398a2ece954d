internal import Corpus

extension GraphContract {
    static func merges(_ scene: GraphContractScene) async throws {
        try await scene.add(1, .init("organization:Acme", "employs", "person:Ada Lovelace"))
        try await scene.add(2, .init("organization:Globex", "employs", "person:Countess Byron"))
        let (ada, countess) = (try await scene.id("Ada Lovelace"), try await scene.id("Countess Byron"))
        let one = try await scene.store.merge([ada, countess], actor: "test", reason: "her title")
        try scene.expect(one == ada || one == countess, "neither of the two lives on")
        let gone = one == ada ? countess : ada
        try scene.expectEqual(try await scene.store.entity(gone)?.entity.id, one, "the merged id")
        try scene.expectEqual(Set(try await scene.store.relations(of: gone).map(\.other.name)), ["Acme", "Globex"], "by the merged id")
        try scene.expectEqual(try await scene.store.mentions(of: gone).count, 2, "mentions by the merged id")
        // Both papers come again, and a third that brings both names.
        try await scene.add(1, version: 2, .init("organization:Acme", "employs", "person:Ada Lovelace"))
        try await scene.add(2, version: 2, .init("organization:Globex", "employs", "person:Countess Byron"))
        try await scene.add(3, .init("person:Countess Byron", "co_occurs", "person:Ada Lovelace"))
        try scene.expect(try await scene.groups().contains(["Ada Lovelace", "Countess Byron"]), "the merge did not hold")
        try await scene.subject.remove(scene.uuid(1))
        try await scene.subject.remove(scene.uuid(3))
        try await scene.add(1, version: 3, .init("organization:Acme", "employs", "person:Ada Lovelace"))
        try scene.expect(try await scene.groups().contains(["Ada Lovelace", "Countess Byron"]), "the merge was forgotten")
    }

    static func splits(_ scene: GraphContractScene) async throws {
        try await scene.add(1, .init("organization:Acme", "employs", "person:Ada Lovelace"))
        try await scene.add(2, .init("organization:Globex", "employs", "person:Countess Byron"))
        let (ada, countess) = (try await scene.id("Ada Lovelace"), try await scene.id("Countess Byron"))
        let one = try await scene.store.merge([ada, countess], actor: "test", reason: "her title")
        let split = try await scene.store.split(one, names: ["countess byron"], actor: "test", reason: "another")
        try scene.expect(split != (try await scene.id("Ada Lovelace")), "they are one still")
        try scene.expectEqual(try await scene.store.relations(of: split).map(\.other.name), ["Globex"], "the split one's relationships")
        try await scene.add(2, version: 2, .init("organization:Globex", "employs", "person:Countess Byron"))
        try await scene.add(3, .init("person:Countess Byron", "co_occurs", "person:Ada Lovelace"))
        try scene.expect(try await scene.groups().isSuperset(of: [["Ada Lovelace"], ["Countess Byron"]]), "the split did not hold")
    }

    static func namesakes(_ scene: GraphContractScene) async throws {
        try await scene.add(1, .init("organization:Acme", "employs", "person:John Smith"))
        try await scene.add(2, .init("organization:Globex", "employs", "person:John Smith"))
        let john = try await scene.id("John Smith")
        let other = try await scene.store.split(john, documents: [scene.uuid(2)], actor: "test", reason: "another man")
        for version in 1...2 {
            try await scene.add(2, version: version, .init("organization:Globex", "employs", "person:John Smith"))
            try scene.expectEqual(try await scene.store.relations(of: john).map(\.other.name), ["Acme"], "the first's, version \(version)")
            try scene.expectEqual(try await scene.store.relations(of: other).map(\.other.name), ["Globex"], "the other's")
            try scene.expectEqual(
                try await scene.store.mentions(of: other).map(\.place.documentUUID), [scene.uuid(2)], "where the other is named")
        }
        try scene.expectEqual(try await scene.store.merge([john, other], actor: "test", reason: "after all"), john, "merged again")
        try scene.expectEqual(try await scene.store.relations(of: john).count, 2, "relationships of both")
    }

    static func apart(_ scene: GraphContractScene) async throws {
        try await scene.add(1, .init("person:Jonathan Miller", "lives_in", "place:Rome"))
        try await scene.add(2, .init("person:Clara Vogel", "lives_in", "place:Oslo"))
        let (jonathan, clara) = (try await scene.id("Jonathan Miller"), try await scene.id("Clara Vogel"))
        try await scene.store.keepApart(jonathan, clara, actor: "test", reason: "two people")
        // What follows from other names may not join them.
        try await scene.add(3, .init("person:Dr. Jonathan Miller", "co_occurs", "person:Clara A. Vogel"))
        try scene.expect(try await scene.store.entity(jonathan)?.entity.id == jonathan, "the first is gone")
        try scene.expect(try await scene.store.entity(clara)?.entity.id == clara, "the second is gone")
        let one = try await scene.store.merge([jonathan, clara], actor: "test", reason: "a newer decision")
        try scene.expectEqual(try await scene.store.entity(jonathan)?.entity.id, one, "a newer merge")
        try scene.expectEqual(try await scene.store.entity(clara)?.entity.id, one, "a newer merge")
    }

    static func refusals(_ scene: GraphContractScene) async throws {
        try await scene.add(1, .init("person:Ada Lovelace", "lives_in", "place:Rome"))
        try await scene.add(2, job: scene.job + "-other", .init("person:Ada Lovelace", "lives_in", "place:Rome"))
        let ada = try await scene.id("Ada Lovelace")
        let others = try await scene.store.entities(named: "Ada Lovelace", GraphSelection(jobID: scene.job + "-other"))
        let other = others.first?.entity.id ?? 0
        let store = scene.store
        try await scene.expectRefused(.sameEntity, "a merge with itself") { try await store.merge([ada, ada], actor: "t", reason: "t") }
        try await scene.expectRefused(.otherScope, "a merge over jobs") { try await store.merge([ada, other], actor: "t", reason: "t") }
        try await scene.expectRefused(.notFound, "a merge with nobody") {
            try await store.merge([ada, 9_999_999_999], actor: "t", reason: "t")
        }
        try await scene.expectRefused(.sameEntity, "apart from itself") { try await store.keepApart(ada, ada, actor: "t", reason: "t") }
        try await scene.expectRefused(.nothingToSplit, "a split of all") {
            try await store.split(ada, names: ["Ada Lovelace"], actor: "t", reason: "t")
        }
        try await scene.expectRefused(.nothingToSplit, "a split of a strange name") {
            try await store.split(ada, names: ["Nobody"], actor: "t", reason: "t")
        }
        for document in [scene.uuid(99), "no uuid", scene.uuid(2)] {
            try await scene.expectRefused(.nothingToSplit, "a split by a document without it") {
                try await store.split(ada, documents: [document], actor: "t", reason: "t")
            }
        }
        try await scene.expectRefused(.nothingToSplit, "a split by its only document") {
            try await store.split(ada, documents: [scene.uuid(1)], actor: "t", reason: "t")
        }
        try scene.expectEqual(try await scene.groups(), [["Ada Lovelace"], ["Rome"]], "the graph after refusals")
        try scene.expect(try await store.entity(9_999_999_999) == nil, "nobody is somebody")
    }
}
