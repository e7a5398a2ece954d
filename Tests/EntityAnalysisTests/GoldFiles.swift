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
