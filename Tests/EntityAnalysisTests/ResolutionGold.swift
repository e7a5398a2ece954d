import EntityAnalysis
import Testing

/// Forms and the things that they name.
struct ResolutionGold {
    var forms: [NameForm] = []
    /// For each form the number of its thing.
    var things: [Int] = []

    /// Reads lines like `person: Margaret Hale x9 @a,b #Port Alder|Thomas Reed; Dr Hale @a`.
    init(_ lines: [String]) throws {
        for (thing, line) in lines.enumerated() {
            let halves = line.split(separator: ":", maxSplits: 1)
            let type = try #require(EntityType(rawValue: String(halves[0])), "\(line)")
            for entry in halves[1].split(separator: ";") {
                var form = NameForm(type: type, name: "")
                var rest = Self.trim(entry)
                if let mark = rest.firstIndex(of: "#") {
                    form.context = Set(rest[rest.index(after: mark)...].split(separator: "|").map { String(Self.trim($0)) })
                    rest = Self.trim(rest[..<mark])
                }
                if let mark = rest.firstIndex(of: "@") {
                    form.documents = Set(rest[rest.index(after: mark)...].split(separator: ",").map(String.init))
                    rest = Self.trim(rest[..<mark])
                }
                if let last = rest.split(separator: " ").last, last.first == "x", let count = Int(last.dropFirst()) {
                    form.count = count
                    rest = Self.trim(rest.dropLast(last.count))
                }
                form.name = String(rest)
                self.forms.append(form)
                self.things.append(thing)
            }
        }
    }

    private static func trim(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return text
    }

    /// Pairs of forms in one cluster, counted against the things; of one type, or of all.
    func tally(_ resolution: Resolution, type: EntityType? = nil) -> Tally {
        var cluster = Array(repeating: -1, count: self.forms.count)
        for (number, entry) in resolution.clusters.enumerated() {
            for form in entry.forms { cluster[form] = number }
        }
        var tally = Tally()
        for left in self.forms.indices where type == nil || self.forms[left].type == type {
            for right in self.forms.indices.dropFirst(left + 1) where type == nil || self.forms[right].type == type {
                switch (self.things[left] == self.things[right], cluster[left] == cluster[right]) {
                case (true, true): tally.right += 1
                case (true, false): tally.missed += 1
                case (false, true): tally.wrong += 1
                default: break
                }
            }
        }
        return tally
    }
}
