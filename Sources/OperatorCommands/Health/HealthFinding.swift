import JSONText

/// The result of one check of `doctor`.
struct HealthFinding: Sendable {
    enum Severity: String, Sendable {
        case ok, warning, failed
        /// The check could not be made: what it needs is missing.
        case skipped
    }

    /// A stable name: `redis.eviction`.
    let id: String
    let severity: Severity
    /// What was seen.
    let evidence: String
    /// What to do; empty when all is well.
    var fix = ""

    static func ok(_ id: String, _ evidence: String) -> Self { Self(id: id, severity: .ok, evidence: evidence) }
    static func warning(_ id: String, _ evidence: String, fix: String) -> Self {
        Self(id: id, severity: .warning, evidence: evidence, fix: fix)
    }
    static func failed(_ id: String, _ evidence: String, fix: String) -> Self {
        Self(id: id, severity: .failed, evidence: evidence, fix: fix)
    }
    static func skipped(_ id: String, _ why: String) -> Self { Self(id: id, severity: .skipped, evidence: why) }

    var json: JSONValue {
        [
            "id": .string(self.id), "severity": .string(self.severity.rawValue), "evidence": .string(self.evidence),
            "fix": self.fix.isEmpty ? .null : .string(self.fix),
        ]
    }
}
