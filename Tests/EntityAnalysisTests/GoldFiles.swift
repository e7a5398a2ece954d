import EntityAnalysis
import Foundation
import Testing

/// The lines of a gold file, without comments and empty lines.
enum GoldFiles {
    static func lines(_ name: String, in folder: String) throws -> [String] {
        let url = try #require(Bundle.module.url(forResource: name, withExtension: "txt", subdirectory: "Gold/\(folder)"))
        return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix("#") && !$0.allSatisfy(\.isWhitespace) }
    }
}

/// One line of a report on a gold set.
func goldLine(_ name: String, _ counts: EntityScore.Counts) -> String {
    let shares = [("P", counts.precision), ("R", counts.recall), ("F1", counts.f1)].map { "\($0) \(Double(Int($1 * 1000 + 0.5)) / 10)" }
    return "\(name): \(shares.joined(separator: " ")) of \(counts.expected)"
}
