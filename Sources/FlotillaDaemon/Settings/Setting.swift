import Flotilla

/// One environment variable: its name, type, range, default and meaning, said once and used for reading, checking and documentation.
public struct Setting<Value: Sendable>: Sendable {
    /// What a reader of the documentation sees.
    public let declaration: SettingDeclaration
    let defaultValue: Value
    let parse: @Sendable (String) -> Value?

    init(
        _ name: String, _ section: SettingSection, kind: String, default defaultValue: Value, shownDefault: String, secret: Bool = false,
        help: String, parse: @escaping @Sendable (String) -> Value?
    ) {
        self.declaration = SettingDeclaration(
            name: name, section: section, kind: kind, defaultText: shownDefault, isSecret: secret, help: help)
        self.defaultValue = defaultValue
        self.parse = parse
    }

    private init(_ declaration: SettingDeclaration, default defaultValue: Value, parse: @escaping @Sendable (String) -> Value?) {
        self.declaration = declaration
        self.defaultValue = defaultValue
        self.parse = parse
    }

    /// The same setting, which can come from a file that is read again on SIGHUP: a process's environment never changes.
    var switchable: Self {
        var declaration = self.declaration
        declaration.isSwitchable = true
        return Self(declaration, default: self.defaultValue, parse: self.parse)
    }
}

/// What is known of a setting without its Swift type.
public struct SettingDeclaration: Sendable, Hashable {
    public let name: String
    public let section: SettingSection
    /// Type, unit and range in words: `whole number from 0 to 1000`.
    public let kind: String
    /// Empty when there is none.
    public let defaultText: String
    /// A secret is never shown, and can come from `NAME_FILE` or a systemd credential instead.
    public let isSecret: Bool
    /// Can come from `NAME_FILE`, and is read again on SIGHUP.
    public internal(set) var isSwitchable = false
    public let help: String

    /// Whether `NAME_FILE` may name a file that holds it.
    public var comesFromFiles: Bool { self.isSecret || self.isSwitchable }

    /// The systemd credential that can hold a secret: `REDIS_PASSWORD` is `redis-password`.
    public var credentialName: String { self.name.lowercased().split(separator: "_").joined(separator: "-") }
}

/// The parts of the configuration, in the order of the documentation.
public enum SettingSection: String, Sendable, Hashable, CaseIterable {
    case redis = "Redis"
    case postgres = "PostgreSQL"
    case queues = "Queues"
    case retries = "Retries and dead letters"
    case worker = "Worker"
    case documents = "Documents"
    case recordings = "Audio and video"
    case embeddings = "Embeddings"
    case chat = "Language model"
    case translation = "Translation"
    case graph = "Knowledge graph"
    case cache = "Cache"
    case http = "Health and metrics endpoint"
    case logging = "Logging"
    case testing = "Testing"
}

/// A setting whose type does not matter.
protocol AnySetting: Sendable {
    var declaration: SettingDeclaration { get }
    func parseAny(_ text: String) -> (any Sendable)?
}

/// Settings that belong together, as one member of the catalogue.
protocol SettingGroup: Sendable {
    /// In the order of the documentation.
    var members: [any AnySetting] { get }
}

extension Setting: AnySetting {
    func parseAny(_ text: String) -> (any Sendable)? { self.parse(text) }
}

// MARK: - Kinds

extension Setting where Value == Int {
    static func integer(
        _ name: String, _ section: SettingSection, _ range: ClosedRange<Int>, default value: Int, shownDefault: String? = nil, help: String
    ) -> Setting {
        Setting(
            name, section, kind: "whole number from \(range.lowerBound) to \(range.upperBound)", default: value,
            shownDefault: shownDefault ?? "\(value)", help: help
        ) { text in Int(text).flatMap { range.contains($0) ? $0 : nil } }
    }

    /// A size: bytes, or with a unit `K`, `M`, `G` (powers of 1024).
    static func bytes(_ name: String, _ section: SettingSection, _ range: ClosedRange<Int>, default value: Int, help: String) -> Setting {
        Setting(
            name, section, kind: "size from \(SettingText.bytes(range.lowerBound)) to \(SettingText.bytes(range.upperBound))",
            default: value,
            shownDefault: SettingText.bytes(value), help: help
        ) { text in SettingText.parseBytes(text).flatMap { range.contains($0) ? $0 : nil } }
    }
}

extension Setting where Value == Int? {
    static func optionalInteger(_ name: String, _ section: SettingSection, _ range: ClosedRange<Int>, help: String) -> Setting {
        Setting(
            name, section, kind: "whole number from \(range.lowerBound) to \(range.upperBound)", default: nil, shownDefault: "", help: help
        ) { text in Int(text).flatMap { range.contains($0) ? .some($0) : nil } }
    }
}

extension Setting where Value == Int? {
    static func optionalBytes(
        _ name: String, _ section: SettingSection, _ range: ClosedRange<Int>, shownDefault: String, help: String
    ) -> Setting {
        Setting(
            name, section, kind: "size from \(SettingText.bytes(range.lowerBound)) to \(SettingText.bytes(range.upperBound))",
            default: nil, shownDefault: shownDefault, help: help
        ) { text in SettingText.parseBytes(text).flatMap { range.contains($0) ? .some($0) : nil } }
    }
}

extension Setting where Value == Duration? {
    static func optionalDuration(
        _ name: String, _ section: SettingSection, _ range: ClosedRange<Duration>, shownDefault: String, help: String
    ) -> Setting {
        Setting(
            name, section,
            kind: "duration in \(DurationUnit.seconds.word), or with a unit (\(DurationUnit.example)), from "
                + "\(SettingText.duration(range.lowerBound)) to \(SettingText.duration(range.upperBound))",
            default: nil, shownDefault: shownDefault, help: help
        ) { text in SettingText.parseDuration(text, bare: .seconds).flatMap { range.contains($0) ? .some($0) : nil } }
    }
}

extension Setting where Value == Bool {
    static func flag(_ name: String, _ section: SettingSection, default value: Bool, help: String) -> Setting {
        Setting(name, section, kind: "true or false", default: value, shownDefault: "\(value)", help: help) { text in
            switch text.lowercased() {
            case "true", "yes", "on", "1": true
            case "false", "no", "off", "0": false
            default: nil
            }
        }
    }
}

extension Setting where Value == Duration {
    /// - Parameter bare: the unit of a number without one, as the name says it.
    static func duration(
        _ name: String, _ section: SettingSection, _ range: ClosedRange<Duration>, bare: DurationUnit = .seconds, default value: Duration,
        help: String
    ) -> Setting {
        Setting(
            name, section,
            kind: "duration in \(bare.word), or with a unit (\(DurationUnit.example)), from \(SettingText.duration(range.lowerBound)) "
                + "to \(SettingText.duration(range.upperBound))",
            default: value, shownDefault: SettingText.duration(value), help: help
        ) { text in SettingText.parseDuration(text, bare: bare).flatMap { range.contains($0) ? $0 : nil } }
    }
}

extension Setting where Value == String {
    static func text(
        _ name: String, _ section: SettingSection, kind: String = "text", default value: String, help: String,
        check: @escaping @Sendable (String) -> Bool = { _ in true }
    ) -> Setting {
        Setting(name, section, kind: kind, default: value, shownDefault: value, help: help) { check($0) ? $0 : nil }
    }

    /// The name of a Redis key.
    static func key(_ name: String, _ section: SettingSection, default value: String, help: String) -> Setting {
        .text(name, section, kind: "name of a Redis key, at most 200 printable characters", default: value, help: help) { text in
            text.utf8.count <= 200 && text.unicodeScalars.allSatisfy { $0.value > 0x20 && !(0x7F...0x9F).contains($0.value) }
        }
    }

    static func path(_ name: String, _ section: SettingSection, default value: String, help: String) -> Setting {
        .text(name, section, kind: "absolute path", default: value, help: help) { $0.hasPrefix("/") }
    }
}

extension Setting where Value == String? {
    static func optionalText(
        _ name: String, _ section: SettingSection, kind: String = "text", secret: Bool = false, help: String,
        check: @escaping @Sendable (String) -> Bool = { _ in true }
    ) -> Setting {
        Setting(name, section, kind: kind, default: nil, shownDefault: "", secret: secret, help: help) { check($0) ? .some($0) : nil }
    }

    static func optionalPath(_ name: String, _ section: SettingSection, help: String) -> Setting {
        .optionalText(name, section, kind: "absolute path", help: help) { $0.hasPrefix("/") }
    }

    /// - Parameter schemes: the schemes allowed, as they are written.
    static func url(_ name: String, _ section: SettingSection, schemes: [String], secret: Bool = false, help: String) -> Setting {
        .optionalText(
            name, section, kind: "URL starting with " + schemes.map { "`\($0)://`" }.joined(separator: ", "), secret: secret, help: help
        ) { text in
            schemes.contains { text.lowercased().hasPrefix($0 + "://") } && !text.unicodeScalars.contains { $0.value <= 0x20 }
        }
    }
}

extension Setting where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
    static func choice(_ name: String, _ section: SettingSection, default value: Value, help: String) -> Setting {
        Setting(
            name, section, kind: "one of " + Value.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "), default: value,
            shownDefault: value.rawValue, help: help
        ) { Value(rawValue: $0.lowercased()) }
    }
}
