import FlotillaDaemon

/// What was given to a verb, checked against its declaration.
struct Arguments: Sendable {
    var positionals: [String] = []
    var values: [String: [String]] = [:]

    /// Whether a switch was given.
    func has(_ name: String) -> Bool { self.values[name] != nil }

    /// The value of an option; the last one if it was given more than once.
    func text(_ name: String) -> String? { self.values[name]?.last }

    /// All values of an option.
    func texts(_ name: String) -> [String] { self.values[name] ?? [] }

    /// A whole number within a range.
    func number(_ name: String, in range: ClosedRange<Int>) throws(CommandError) -> Int? {
        guard let text = self.text(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw .usage("--\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound), not '\(text)'")
        }
        return number
    }

    /// One of a closed set of words.
    func choice<Choice: CaseIterable & RawRepresentable>(_ name: String, of type: Choice.Type) throws(CommandError) -> Choice?
    where Choice.RawValue == String {
        guard let text = self.text(name) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        throw .usage("--\(name) must be one of \(words), not '\(text)'")
    }

    /// `--limit`, which bounds every list.
    func limit(default standard: Int = 50) throws(CommandError) -> Int { try self.number("limit", in: 1...500) ?? standard }

    /// A length of time: `90`, `30s`, `5m`, `2h`, `7d`.
    func duration(_ name: String) throws(CommandError) -> Duration? {
        guard let text = self.text(name) else { return nil }
        guard let duration = Self.duration(text) else {
            throw .usage("--\(name) must be a duration such as 90s, 5m, 2h or 7d, not '\(text)'")
        }
        return duration
    }

    /// At most a century; nil when it is none.
    static func duration(_ text: String) -> Duration? {
        guard let duration = SettingText.parseDuration(text, bare: .seconds), duration <= .seconds(3_155_760_000) else { return nil }
        return duration
    }
}
