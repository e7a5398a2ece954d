import Flotilla
import Glibc

/// Collects values and mistakes from an environment.
struct SettingsReader {
    private(set) var values: [String: any Sendable] = [:]
    private(set) var texts: [String: String] = [:]
    private(set) var origins: [String: Settings.Origin] = [:]
    private(set) var mistakes: [String] = []
    private(set) var warnings: [String] = []
    private let environment: [String: String]

    private static let fileLimit = 64 << 10

    init(environment: [String: String]) { self.environment = environment }

    mutating func read(_ setting: any AnySetting) {
        let declaration = setting.declaration
        guard let (text, origin) = self.source(declaration) else { return }
        let trimmed = Self.trimmed(text)
        guard let value = setting.parseAny(trimmed) else {
            let shown = declaration.isSecret ? Redactor.mark : Self.quoted(trimmed)
            self.mistakes.append("\(declaration.name)=\(shown) (\(origin)): expected \(declaration.kind)")
            return
        }
        self.values[declaration.name] = value
        self.texts[declaration.name] = trimmed
        self.origins[declaration.name] = origin
    }

    /// The one place a value comes from; nil when nobody set it, or when the mistake is noted already.
    private mutating func source(_ declaration: SettingDeclaration) -> (String, Settings.Origin)? {
        var found: [(String, Settings.Origin)] = []
        if let text = self.variable(declaration.name) { found.append((text, .environment)) }
        guard declaration.comesFromFiles else { return found.first }

        if let path = self.variable(declaration.name + "_FILE") {
            switch Self.contents(path) {
            case .success(let text): found.append((text, .file(path)))
            // A list of nothing; a secret is never nothing.
            case .failure(let mistake) where mistake.isEmptiness && !declaration.isSecret: break
            case .failure(let mistake):
                self.mistakes.append("\(declaration.name)_FILE=\(Self.quoted(path)): \(mistake.reason)")
                return nil
            }
        }
        if declaration.isSecret, let directory = self.variable("CREDENTIALS_DIRECTORY") {
            for name in Set([declaration.credentialName, declaration.name, declaration.name.lowercased()]).sorted() {
                let path = "\(directory)/\(name)"
                guard access(path, F_OK) == 0 else { continue }
                switch Self.contents(path) {
                case .success(let text): found.append((text, .credential(path)))
                case .failure(let mistake):
                    self.mistakes.append("\(declaration.name) (credential \(path)): \(mistake.reason)")
                    return nil
                }
            }
        }
        if found.count > 1 {
            self.mistakes.append("\(declaration.name) is set more than once: " + found.map { "\($0.1)" }.joined(separator: ", "))
            return nil
        }
        return found.first
    }

    private func variable(_ name: String) -> String? {
        guard let text = self.environment[name], !text.isEmpty else { return nil }
        return text
    }

    /// Variables that are ours by name and unknown are mistakes; others that nearly are ours get a warning.
    mutating func checkUnknown(_ declarations: [SettingDeclaration]) {
        let overruled = ["REDIS_HOST", "REDIS_PORT", "REDIS_DB"].filter { self.texts[$0] != nil }
        if self.texts["REDIS_URL"] != nil, !overruled.isEmpty {
            self.warnings.append("REDIS_URL is set, so \(overruled.joined(separator: ", ")) is not used")
        }
        var known: Set<String> = []
        for declaration in declarations {
            known.insert(declaration.name)
            if declaration.comesFromFiles { known.insert(declaration.name + "_FILE") }
        }
        for name in self.environment.keys.sorted() where !known.contains(name) {
            let nearest = known.map { ($0, Self.distance(name, $0)) }.min { ($0.1, $0.0) < ($1.1, $1.0) }
            let suggestion = nearest.flatMap { $0.1 <= max(2, $0.0.count / 4) ? $0.0 : nil }
            if name.hasPrefix("FLOTILLA_") {
                self.mistakes.append("\(name): there is no such setting" + (suggestion.map { "; did you mean \($0)?" } ?? ""))
            } else if let suggestion, name.count >= 8, nearest?.1 ?? .max <= 2 {
                self.warnings.append("\(name) is no setting; did you mean \(suggestion)?")
            } else if name.hasSuffix("_FILE"), known.contains(String(name.dropLast(5))) {
                self.warnings.append("\(name) is not read: \(name.dropLast(5)) comes from no file")
            }
        }
    }

    // MARK: -

    private struct FileMistake: Error {
        let reason: String
        var isEmptiness = false
    }

    private static func contents(_ path: String) -> Result<String, FileMistake> {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return .failure(FileMistake(reason: "cannot be opened: \(String(cString: strerror(errno)))")) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while bytes.count <= Self.fileLimit {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0 { return .failure(FileMistake(reason: "cannot be read: \(String(cString: strerror(errno)))")) }
            if count == 0 { break }
            bytes.append(contentsOf: buffer[..<count])
        }
        guard bytes.count <= Self.fileLimit else { return .failure(FileMistake(reason: "is larger than \(Self.fileLimit) bytes")) }
        // Editors and `echo` end a file with a newline that is no part of the secret.
        while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
        guard !bytes.isEmpty else { return .failure(FileMistake(reason: "is empty", isEmptiness: true)) }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            return .failure(FileMistake(reason: "is not text"))
        }
        return .success(text)
    }

    private static func trimmed(_ text: String) -> String {
        var text = text[...]
        while text.first == " " { text = text.dropFirst() }
        while text.last == " " { text = text.dropLast() }
        return String(text)
    }

    /// A value for an error message: short, redacted, without control characters.
    private static func quoted(_ text: String) -> String {
        var shown = ""
        for scalar in Redactor.redact(text).unicodeScalars.prefix(100) {
            if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) { shown += "?" } else { shown.unicodeScalars.append(scalar) }
        }
        return "'\(shown)'"
    }

    /// How many letters must be changed, added or removed to make one out of the other.
    private static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.utf8.prefix(64))
        let right = Array(right.utf8.prefix(64))
        var row = Array(0...right.count)
        for (i, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let above = row[j + 1]
                row[j + 1] = byte == other ? diagonal : 1 + min(diagonal, above, row[j])
                diagonal = above
            }
        }
        return row[right.count]
    }
}
