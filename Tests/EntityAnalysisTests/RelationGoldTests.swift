import EntityAnalysis
import Foundation
import Testing

@Suite struct RelationGoldTests {
    static func tally(_ name: String, print shows: Bool) throws -> (all: Tally, byPredicate: [RelationPredicate: Tally]) {
        var all = Tally()
        var byPredicate: [RelationPredicate: Tally] = [:]
        for line in try GoldFiles.lines(name, in: "relations") {
            let sentence = try RelationSentence(line)
            let found = sentence.found()
            for triple in found.union(sentence.expected) {
                let isFound = found.contains(triple)
                let isExpected = sentence.expected.contains(triple)
                let change = (right: isFound && isExpected ? 1 : 0, wrong: isExpected ? 0 : 1, missed: isFound ? 0 : 1)
                all.right += change.right
                all.wrong += change.wrong
                all.missed += change.missed
                byPredicate[triple.predicate, default: Tally()].right += change.right
                byPredicate[triple.predicate, default: Tally()].wrong += change.wrong
                byPredicate[triple.predicate, default: Tally()].missed += change.missed
            }
            if shows, found != sentence.expected {
                Swift.print("\(name): \(sentence.text)")
                for triple in found.subtracting(sentence.expected) { Swift.print("    wrong \(triple)") }
                for triple in sentence.expected.subtracting(found) { Swift.print("    missed \(triple)") }
            }
        }
        return (all, byPredicate)
    }

    /// Set FLOTILLA_SHOW_GOLD to see each error.
    private static let shows = ProcessInfo.processInfo.environment["FLOTILLA_SHOW_GOLD"] != nil

    private static func report(_ name: String, _ result: (all: Tally, byPredicate: [RelationPredicate: Tally])) {
        guard Self.shows else { return }
        print("\(name): P \(result.all.precision) R \(result.all.recall) F1 \(result.all.f1)")
        for (predicate, tally) in result.byPredicate.sorted(by: { $0.key < $1.key }) {
            print("  \(predicate.rawValue): P \(tally.precision) R \(tally.recall) F1 \(tally.f1) of \(tally.right + tally.missed)")
        }
    }

    @Test func `development sentences are read as before`() throws {
        let result = try Self.tally("dev", print: Self.shows)
        Self.report("dev", result)
        #expect(result.all.precision >= 0.97)
        #expect(result.all.recall >= 0.97)
    }

    @Test func `test sentences are read as before`() throws {
        let result = try Self.tally("test", print: Self.shows && ProcessInfo.processInfo.environment["FLOTILLA_SHOW_GOLD"] == "test")
        Self.report("test", result)
        #expect(result.all.precision >= 0.97)
        #expect(result.all.recall >= 0.92)
    }
}
