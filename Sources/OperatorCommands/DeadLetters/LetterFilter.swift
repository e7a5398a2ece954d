import Flotilla

/// A condition on dead letters, in words: `reason:permanent fp:9f2a file:*.pdf after:24h -stage:index text:"disk full"`.
///
/// Terms of different keys must all hold; of one key, one must. A `-` before a term excludes. Values with blanks stand in quotes.
struct LetterFilter: Sendable {
    enum Key: String, CaseIterable, Sendable {
        case reason, fp, queue, job, tenant, file, stage, id, text, before, after
    }

    private struct Term: Sendable {
        let key: Key
        let isExcluding: Bool
        let value: String
        /// Of `before` and `after`: microseconds since 1970.
        var time: Int64 = 0
    }

    private let groups: [[Term]]
    /// As it was given, for the audit log.
    let source: String

    /// Fits every letter.
    static let everything = LetterFilter()

    private init() {
        self.groups = []
        self.source = ""
    }

    var isEmpty: Bool { self.groups.isEmpty }

    static let help = """
        A filter is one argument of terms KEY:VALUE. Keys: \(Key.allCases.map(\.rawValue).joined(separator: ", ")).
        fp and id fit by their beginning, file by pattern (*.pdf), text anywhere in error or message; before and after
        take a time (2026-11-21T09:00:00Z) or an age (24h). Terms of different keys must all hold, of the same key one
        must; -KEY:VALUE excludes; text:"disk full" has a blank in it.
        """

    /// - Parameter now: what ages are counted from, microseconds since 1970.
    init(parsing source: String, now: Int64) throws(CommandError) {
        self.source = source
        var byKey: [String: [Term]] = [:]
        for word in try Self.words(source) {
            let isExcluding = word.hasPrefix("-")
            let body = isExcluding ? word.dropFirst() : word[...]
            guard let colon = body.firstIndex(of: ":"), colon > body.startIndex else {
                throw .usage("'\(word)' in the filter is no KEY:VALUE\n\(Self.help)")
            }
            let name = String(body[..<colon]).lowercased()
            let value = String(body[body.index(after: colon)...])
            let alias = ["fingerprint": Key.fp, "filename": .file, "error": .text, "since": .after, "until": .before][name]
            guard let key = Key(rawValue: name) ?? alias else {
                throw .usage(
                    "the filter has no key '\(name)'" + Suggestion.sentence(name, among: Key.allCases.map(\.rawValue)) + "\n\(Self.help)")
            }
            guard !value.isEmpty else { throw .usage("'\(name):' in the filter has no value") }
            var term = Term(key: key, isExcluding: isExcluding, value: value)
            if key == .before || key == .after { term.time = try Self.time(value, now: now) }
            byKey[(isExcluding ? "-" : "") + key.rawValue, default: []].append(term)
        }
        self.groups = byKey.sorted { $0.key < $1.key }.map(\.value)
    }

    /// - Parameter time: when it failed, microseconds since 1970; nil when nobody knows.
    func matches(_ entry: DeadLetterEntry, queue: FleetQueue, time: Int64?) -> Bool {
        self.groups.allSatisfy { group in
            // Of one key: one of the wanted must hold, none of the excluded.
            group[0].isExcluding
                ? !group.contains { Self.holds($0, entry, queue, time) } : group.contains { Self.holds($0, entry, queue, time) }
        }
    }

    private static func holds(_ term: Term, _ entry: DeadLetterEntry, _ queue: FleetQueue, _ time: Int64?) -> Bool {
        let letter = entry.letter
        switch term.key {
        case .reason: return letter.reason.rawValue == term.value
        case .fp: return letter.fingerprint.hasPrefix(term.value.lowercased())
        case .queue: return queue.name == term.value || queue.kindName == term.value
        case .job: return letter.jobID == term.value
        case .tenant: return entry.envelope?.tenantID == term.value
        case .file: return Glob.matches(letter.filename ?? "", term.value)
        case .stage: return letter.stage?.rawValue == term.value
        case .id: return letter.id.lowercased().hasPrefix(term.value.lowercased())
        case .text:
            let needle = term.value.lowercased()
            return letter.errorMessage.lowercased().contains(needle)
                || String(decoding: entry.payload, as: UTF8.self).lowercased().contains(needle)
        case .before: return time.map { $0 < term.time } ?? false
        case .after: return time.map { $0 >= term.time } ?? false
        }
    }

    private static func time(_ text: String, now: Int64) throws(CommandError) -> Int64 {
        if let moment = Timestamp.microseconds(from: text) { return moment }
        // A day alone is its beginning.
        if text.utf8.count == 10, let day = Timestamp.microseconds(from: text + "T00:00:00Z") { return day }
        guard let age = Arguments.duration(text) else {
            throw .usage("'\(text)' in the filter is neither a time such as 2026-11-21T09:00:00Z nor an age such as 24h")
        }
        return now - age.components.seconds * 1_000_000 - age.components.attoseconds / 1_000_000_000_000
    }

    /// Splits at blanks outside of double quotes.
    private static func words(_ source: String) throws(CommandError) -> [String] {
        var words: [String] = []
        var word = ""
        var isQuoted = false
        var isEscaped = false
        var hasWord = false
        for character in source {
            if isEscaped {
                word.append(character)
                isEscaped = false
            } else if character == "\\", isQuoted {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
                hasWord = true
            } else if character.isWhitespace, !isQuoted {
                if hasWord { words.append(word) }
                word = ""
                hasWord = false
            } else {
                word.append(character)
                hasWord = true
            }
        }
        guard !isQuoted else { throw .usage("a quote in the filter is not closed") }
        if hasWord { words.append(word) }
        return words
    }
}
