// Replaced by Logger.swift, Redactor.swift and ErrorFingerprint.swift: delete this file when they arrive.
public enum Redactor {
    public static func redact(_ text: String) -> String { text }
}

public enum ErrorFingerprint {
    public static func of(type: String, message: String, stage: String?) -> String {
        SHA256.digest(of: "\(type) \(message) \(stage ?? "")".utf8).prefix(6).map { hexadecimal(UInt64($0)).suffix(2) }.joined()
    }
}

public struct Logger: Sendable {
    public init() {}
}
