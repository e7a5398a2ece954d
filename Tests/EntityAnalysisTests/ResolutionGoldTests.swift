@testable import EntityAnalysis
import Foundation
import Testing

@Suite struct ResolutionGoldTests {
    /// Set FLOTILLA_SHOW_GOLD to see each error.
    private static let shows = ProcessInfo.processInfo.environment["FLOTILLA_SHOW_GOLD"]

    private func measured(_ name: String) throws -> Tally {
        let gold = try ResolutionGold(GoldFiles.lines(name, in: "resolution"))
        let resolution = EntityResolver().resolve(gold.forms)
        if Self.shows != nil {
            for type in [EntityType.person, .organization, .place] {
                let tally = gold.tally(resolution, type: type)
                print("\(name) \(type.rawValue): P \(tally.precision) R \(tally.recall) F1 \(tally.f1)")
            }
            let all = gold.tally(resolution)
            print("\(name): P \(all.precision) R \(all.recall) F1 \(all.f1), blocking recall \(self.blockingRecall(gold))")
        }
        if Self.shows == name || Self.shows == "dev" && name == "dev" {
            let names = { (forms: [Int]) in forms.map { gold.forms[$0].name }.joined(separator: "; ") }
            for cluster in resolution.clusters where Set(cluster.forms.map { gold.things[$0] }).count > 1 {
                print("  wrong: \(names(cluster.forms))")
            }
            for thing in 0...(gold.things.last ?? 0) {
                let parts = resolution.clusters.filter { cluster in cluster.forms.contains { gold.things[$0] == thing } }
                if parts.count > 1 { print("  torn: \(parts.map { names($0.forms) })") }
            }
        }
        return gold.tally(resolution)
    }

    /// Which share of the pairs of one thing is compared at all.
    private func blockingRecall(_ gold: ResolutionGold) -> Double {
        var tokens = TokenTable()
        let names = gold.forms.map { ParsedName($0.name, type: $0.type, tokens: &tokens) }
        let met = Set(NameBlocks(names, tokens: tokens).pairs.map { $0.0 * names.count + $0.1 })
        var all = 0
        var found = 0
        for left in names.indices {
            for right in names.indices.dropFirst(left + 1) where gold.things[left] == gold.things[right] {
                all += 1
                found += names[left].key == names[right].key || met.contains(left * names.count + right) ? 1 : 0
            }
        }
        return Double(found) / Double(all)
    }

    @Test func `development names are resolved as before`() throws {
        let tally = try self.measured("dev")
        #expect(tally.precision >= 0.98)
        #expect(tally.recall >= 0.97)
    }

    @Test func `test names are resolved as before`() throws {
        let tally = try self.measured("test")
        #expect(tally.precision >= 0.98)
        #expect(tally.recall >= 0.86)
    }

    @Test(arguments: ["dev", "test"])
    func `names of one thing meet in a block`(_ name: String) throws {
        #expect(try self.blockingRecall(ResolutionGold(GoldFiles.lines(name, in: "resolution"))) >= 0.985)
    }
}
