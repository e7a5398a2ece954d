/// What a verb is called and takes: help, parsing and completion all come from this one declaration.
struct CommandSpec: Sendable {
    /// The words that name it: `["queue", "list"]`.
    let path: [String]
    /// One line.
    let summary: String
    var positionals: [Positional] = []
    var options: [Option] = []
    /// Whole commands that can be run as they stand, without the program's name. At least one.
    let examples: [String]
    /// What else a reader of the help must know; may be empty.
    var notes = ""

    /// An argument without a name.
    struct Positional: Sendable {
        /// As help shows it: `JOB`.
        let name: String
        let help: String
        var isOptional = false
        var repeats = false
    }

    /// An argument with a name.
    struct Option: Sendable {
        /// Without the dashes.
        let name: String
        /// What the value is called; nil for a switch.
        var value: String?
        let help: String
        var short: Character?
        var repeats = false

        /// A switch.
        static func flag(_ name: String, short: Character? = nil, _ help: String) -> Self { Self(name: name, help: help, short: short) }

        /// An option with a value.
        static func value(_ name: String, _ value: String, short: Character? = nil, repeats: Bool = false, _ help: String) -> Self {
            Self(name: name, value: value, help: help, short: short, repeats: repeats)
        }

        /// Bounds every list.
        static let limit = Self.value("limit", "N", short: "n", "at most so many, 1 to 500 (default 50)")
        static let yes = Self.flag("yes", short: "y", "do it; without this a verb on a filter only prints the count")
        static let dryRun = Self.flag("dry-run", "print what would be done, and do nothing")
        static let queue = Self.value("queue", "QUEUE", short: "q", "only this queue: its name or its kind (document, audio, video, graph)")
    }

    /// Options that every verb has.
    static let common: [Option] = [
        .flag("json", "print one JSON document for programs"),
        .value("color", "WHEN", "auto, always or never"),
        .flag("help", short: "h", "show this help"),
    ]

    var allOptions: [Option] { self.options + Self.common }

    var name: String { self.path.joined(separator: " ") }
}
