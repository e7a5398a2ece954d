import Flotilla
import FlotillaPostgres

/// Notes what an operator did where it is kept.
enum Audit {
    /// For deeds in Redis alone, such as a pause, which must work when PostgreSQL is away: then a message says that the note is missing.
    static func note(
        _ context: CommandContext, action: String, target: String? = nil, filter: String? = nil, count: Int? = nil,
        detail: [String: String] = [:]
    ) async {
        do {
            try await context.jobs().audit(
                actor: context.actor, action: action, target: target, filter: filter, count: count, detail: detail)
        } catch {
            context.printer.message("flotilla: done, but not noted in the audit log: \(CommandError(error).message)")
        }
    }
}
