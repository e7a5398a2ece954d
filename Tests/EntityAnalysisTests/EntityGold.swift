import EntityAnalysis
import Foundation

/// A document of a gold set with its true mentions.
struct GoldDocument {
    var name: String
    var language: String
    var text = ""
    /// The normal form is empty where the gold set does not say it.
    var mentions: [EntityMention] = []

    static func load(_ file: String) throws -> [GoldDocument] {
        var documents: [GoldDocument] = []
        for line in try goldText(file).split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("# ") {
                let parts = line.dropFirst(2).split(separator: ":")
                documents.append(GoldDocument(name: String(parts[0]), language: parts[1].trimmingCharacters(in: .whitespaces)))
            } else if !documents.isEmpty {
                documents[documents.count - 1].add(line)
            }
        }
        return documents
    }

    private mutating func add(_ line: Substring) {
        var rest = line
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            self.text += rest[..<open]
            let body = rest[rest.index(after: open)..<close]
            let space = body.firstIndex(of: " ") ?? body.endIndex
            let parts = body[space...].dropFirst().components(separatedBy: " = ")
            guard let type = EntityType(rawValue: String(body[..<space])) else { fatalError("no type: \(body)") }
            let start = self.text.utf8.count
            self.text += parts[0]
            self.mentions.append(
                EntityMention(
                    type: type, text: parts[0], bytes: start..<self.text.utf8.count, normal: parts.count > 1 ? parts[1] : "", confidence: 1)
            )
            rest = rest[close...].dropFirst()
        }
        self.text += rest + "\n"
    }
}

func goldText(_ file: String) throws -> String {
    guard let url = Bundle.module.url(forResource: file, withExtension: nil, subdirectory: "Gold") else {
        throw CocoaError(.fileNoSuchFile)
    }
    return try String(contentsOf: url, encoding: .utf8)
}
