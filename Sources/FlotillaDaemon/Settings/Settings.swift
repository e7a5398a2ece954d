import Flotilla
import Glibc

/// The configuration of a process as it was read: every setting with its value and where that came from.
public struct Settings: Sendable {
    /// Where a value came from.
    public enum Origin: Sendable, Hashable, CustomStringConvertible {
        case standard
        case environment
        case file(String)
        case credential(String)

        public var description: String {
            switch self {
            case .standard: "default"
            case .environment: "environment"
            case .file(let path): "file \(path)"
            case .credential(let path): "credential \(path)"
            }
        }
    }

    /// What was declared.
    public let catalog: SettingCatalog
    /// Nothing that must stop the program, but worth a line: a variable that looks misspelt.
    public let warnings: [String]
    private let values: [String: any Sendable]
    private let texts: [String: String]
    private let origins: [String: Origin]

    /// Reads all settings from an environment.
    ///
    /// A secret may come from `NAME`, from the file that `NAME_FILE` names, or from `$CREDENTIALS_DIRECTORY/name`; more than one is an
    /// error. An empty variable counts as absent.
    ///
    /// - Throws: ``SettingMistakes`` with all mistakes at once.
    public init(environment: [String: String] = Settings.processEnvironment(), catalog: SettingCatalog = SettingCatalog())
        throws(SettingMistakes)
    {
        var reader = SettingsReader(environment: environment)
        for setting in catalog.all { reader.read(setting) }
        reader.checkUnknown(catalog.declarations)
        if !reader.mistakes.isEmpty { throw SettingMistakes(all: reader.mistakes) }
        self.catalog = catalog
        self.values = reader.values
        self.texts = reader.texts
        self.origins = reader.origins
        self.warnings = reader.warnings
    }

    /// The value of a setting: `settings[\.lease]`.
    public subscript<Value: Sendable>(_ setting: KeyPath<SettingCatalog, Setting<Value>>) -> Value {
        let setting = self.catalog[keyPath: setting]
        return self.values[setting.declaration.name] as? Value ?? setting.defaultValue
    }

    /// The value of a setting that has no name of its own in the catalogue.
    public func value<Value: Sendable>(of setting: Setting<Value>) -> Value {
        self.values[setting.declaration.name] as? Value ?? setting.defaultValue
    }

    /// Whether somebody set it.
    public func isSet<Value>(_ setting: KeyPath<SettingCatalog, Setting<Value>>) -> Bool {
        self.texts[self.catalog[keyPath: setting].declaration.name] != nil
    }

    /// Every setting with its value as text (secrets as `***`) and its origin, in order of declaration.
    public func shown() -> [(declaration: SettingDeclaration, value: String, origin: Origin)] {
        self.catalog.declarations.map { declaration in
            let text = self.texts[declaration.name]
            let value = text.map { declaration.isSecret ? Redactor.mark : Redactor.redact($0) } ?? declaration.defaultText
            return (declaration, value, self.origins[declaration.name] ?? .standard)
        }
    }

    /// The environment of this process; the first of variables set twice, and none that is not UTF-8.
    public static func processEnvironment() -> [String: String] {
        var result: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            if let line = String(validatingCString: text), let equals = line.firstIndex(of: "=") {
                let name = String(line[..<equals])
                if result[name] == nil { result[name] = String(line[line.index(after: equals)...]) }
            }
            entry += 1
        }
        return result
    }
}

/// All that is wrong with a configuration. A program that meets it exits with 2.
public struct SettingMistakes: Error, Sendable, CustomStringConvertible {
    /// One sentence each, secrets left out.
    public let all: [String]

    public init(all: [String]) { self.all = all }

    public var description: String {
        "\(self.all.count == 1 ? "1 mistake" : "\(self.all.count) mistakes") in the configuration:\n"
            + self.all.map { "  \($0)\n" }.joined()
    }
}
