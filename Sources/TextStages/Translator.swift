/// Something that translates texts: a program, or a model behind a server.
package protocol Translator: Sendable {
    /// Names it with its version or model, for records. Another name means that nothing of what was translated before is taken over.
    var engine: String { get }
    /// Texts that are worth one call.
    var batchSize: Int { get }
    /// Calls that may run at once.
    var concurrency: Int { get }

    /// What its translations depend on besides ``engine`` and the languages, such as dictionaries on disk; asks no program.
    var stamp: String { get }

    /// Whether it can translate between two languages, ISO 639-1.
    ///
    /// - Throws: what stops everything: a tool that cannot be started, `CancellationError`.
    func support(from source: String, to target: String) async throws -> TranslationSupport

    /// Translates each text by itself; the result has as many, in the same order, each with the lines that it had.
    ///
    /// - Throws: ``TranslationFailure``, or an error of the server or the tool; `CancellationError`. Nothing is kept of the others then.
    func translate(_ texts: [String], from source: String, to target: String) async throws -> [String]
}

extension Translator {
    package var stamp: String { "" }
}

/// Whether two languages can be had.
package enum TranslationSupport: Sendable, Hashable {
    case available
    /// What is missing, and what to install or to set, in a sentence for people.
    case missing(String)
}
