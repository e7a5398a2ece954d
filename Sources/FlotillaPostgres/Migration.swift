/// One step of the schema: SQL text that runs once, in one transaction, and never changes afterwards.
public struct Migration: Sendable, Hashable {
    /// Positive; steps run in this order.
    public let version: Int
    public let name: String
    public let sql: String

    public init(version: Int, name: String, sql: String) {
        self.version = version
        self.name = name
        self.sql = sql
    }

    /// A migration from a file called `V0001__create_jobs.sql`; nil for any other form of name.
    ///
    /// - Parameter bytes: the file's content, as SwiftPM embeds it.
    public init?(file: String, bytes: [UInt8]) {
        guard file.hasPrefix("V"), file.hasSuffix(".sql") else { return nil }
        let stem = file.dropFirst().dropLast(4)
        let digits = stem.prefix { $0 != "_" }
        let rest = stem.dropFirst(digits.count)
        guard let version = Int(digits), version > 0, rest.hasPrefix("__"), rest.count > 2 else { return nil }
        self.init(version: version, name: String(rest.dropFirst(2)), sql: String(decoding: bytes, as: UTF8.self))
    }

    /// `V0001`.
    public var label: String {
        let digits = String(self.version)
        return "V" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// FNV-1a of the SQL text, 16 hexadecimal digits. Finds accidents, not forgeries.
    public var checksum: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in self.sql.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// Why the schema was not brought up to date. Nothing of the step that failed was written.
public struct MigrationError: Error, Sendable, CustomStringConvertible {
    /// The kind of mismatch.
    public struct Code: Hashable, Sendable {
        private enum Kind { case schemaNewer, schemaOlder, changed, unknown, outOfOrder, invalid, busy }
        private let kind: Kind

        /// The database has steps that this program does not know yet: run a newer program.
        public static let schemaNewer = Self(kind: .schemaNewer)
        /// The database lacks steps that this program needs: run the migration.
        public static let schemaOlder = Self(kind: .schemaOlder)
        /// A step's text is not what was applied.
        public static let changed = Self(kind: .changed)
        /// The database has a step, older than our newest, that this program never had.
        public static let unknown = Self(kind: .unknown)
        /// A step was never applied although a later one was.
        public static let outOfOrder = Self(kind: .outOfOrder)
        /// The program's own list is wrong, or a step ended its transaction itself.
        public static let invalid = Self(kind: .invalid)
        /// Another process held the migration lock for too long.
        public static let busy = Self(kind: .busy)
    }

    public let code: Code
    /// Names the versions concerned; safe to log.
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
