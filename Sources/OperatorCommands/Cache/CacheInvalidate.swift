import FlotillaCache
import FlotillaCachePostgres
import FlotillaPostgres
import JSONText

struct CacheInvalidate: Verb {
    static let spec = CommandSpec(
        path: ["cache", "invalidate"], summary: "Ends what was made from one thing, by tag, or tells the rules that something has changed",
        options: [
            .value("tag", "KIND:ID", repeats: true, "end all values with this tag of --tenant, such as job:7"),
            .value("tenant", "TENANT", "whose, by its id; ~none for those without a tenant"),
            .value("event", "NAME", "what has changed, such as document.updated: enabled rules say what ends"),
            .value("field", "NAME=VALUE", repeats: true, "what the rules need to know, such as document_uuid=…"),
            .flag("everyone", "the event concerns all tenants"),
            .flag("softly", "tagged values count as stale: types that allow it serve them while new ones are made"),
            .dryRun,
        ],
        examples: [
            "cache invalidate --tag job:7 --tenant acme", "cache invalidate --event job.updated --field job_id=7 --tenant acme",
            "cache invalidate --event reference.updated --everyone --dry-run",
        ],
        notes: """
            Tags end at once. An event is written to PostgreSQL and applied by the daemons within moments, as if an application had written it.
            Values that end are made anew when they are asked for. Ids are taken as they are: * and ? mean themselves.
            """)

    private enum What: Sendable {
        case tags([CacheTag], of: CacheTenant, softly: Bool)
        case event(CacheEvent)
    }
    private let what: What
    private let isDryRun: Bool

    init(_ arguments: Arguments) throws(CommandError) {
        self.isDryRun = arguments.has("dry-run")
        if let name = arguments.text("event") {
            if arguments.has("tag") || arguments.has("softly") { throw .usage("--event excludes --tag and --softly") }
            if arguments.has("everyone"), arguments.has("tenant") { throw .usage("--everyone and --tenant exclude each other") }
            let fields = try Self.fields(arguments.texts("field"))
            let tenant = arguments.text("tenant")
            self.what = .event(
                arguments.has("everyone")
                    ? CacheEvent(name: name, owner: .everyone, fields: fields)
                    : CacheEvent(name: name, tenant: tenant == "~none" ? nil : tenant, fields: fields))
            return
        }
        guard arguments.has("tag") else { throw .usage("say what has changed: --tag, or --event") }
        if arguments.has("field") || arguments.has("everyone") { throw .usage("--field and --everyone belong to --event") }
        guard let tenant = arguments.cacheTenant() else { throw .usage("say whose values: --tenant (~none for those without a tenant)") }
        var tags: [CacheTag] = []
        for text in arguments.texts("tag") {
            guard let colon = text.firstIndex(of: ":"), colon != text.startIndex, text.index(after: colon) != text.endIndex else {
                throw .usage("--tag must be kind:id, such as job:7, not '\(text)'")
            }
            tags.append(CacheTag(String(text[..<colon]), String(text[text.index(after: colon)...])))
        }
        self.what = .tags(tags, of: tenant, softly: arguments.has("softly"))
    }

    private static func fields(_ texts: [String]) throws(CommandError) -> [String: String] {
        var fields: [String: String] = [:]
        for text in texts {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw .usage("--field must be name=value, not '\(text)'")
            }
            let name = String(text[..<equals])
            guard fields.updateValue(String(text[text.index(after: equals)...]), forKey: name) == nil else {
                throw .usage("--field \(name) was given twice")
            }
        }
        return fields
    }

    func run(_ context: CommandContext) async throws -> Output {
        switch self.what {
        case .tags(let tags, let tenant, let softly): try await self.end(tags, of: tenant, softly: softly, context)
        case .event(let event): try await self.tell(event, context)
        }
    }

    private func end(_ tags: [CacheTag], of tenant: CacheTenant, softly: Bool, _ context: CommandContext) async throws -> Output {
        let reach = try context.cache()
        let names = tags.map(\.description)
        var output = Output(
            "CacheInvalidation",
            ["tenant": .string(tenant.description), "tags": .array(names.map { .string($0) }), "softly": .bool(softly)])
        output.set("done", .bool(!self.isDryRun))
        if self.isDryRun {
            output.line("would end all values of \(tenant) made from \(names.joined(separator: ", "))")
            return output
        }
        try await reach.tiers.shared.bump(tags.map { reach.keySpace.generation($0, of: tenant) }, softly: softly)
        await Audit.note(
            context, action: "cache.invalidate", target: tenant.description, filter: names.joined(separator: " "), count: tags.count,
            detail: ["softly": softly ? "yes" : "no"])
        output.line("all values of \(tenant) made from \(names.joined(separator: ", ")) \(softly ? "count as stale" : "have ended")")
        return output
    }

    private func tell(_ event: CacheEvent, _ context: CommandContext) async throws -> Output {
        let pool = try context.database()
        // Refuses what cannot be an event before it looks for rules.
        _ = try CacheEvents.insertion(of: [event])
        let rules = try await InvalidationRuleStore(pool: pool).all()
        let answering = rules.filter { $0.event == event.name && $0.isEnabled }
        guard !answering.isEmpty else {
            let known = Set(rules.filter(\.isEnabled).map(\.event)).sorted()
            throw CommandError.notFound(
                "no enabled rule answers '\(event.name)'" + Suggestion.sentence(event.name, among: known)
                    + "; there are rules for \(known.joined(separator: ", "))")
        }
        var output = Output("CacheInvalidation", ["event": .string(event.name)])
        output.set("rules", .array(answering.map { .string($0.name) }))
        output.set("done", .bool(!self.isDryRun))
        var table = Table([.left("RULE"), .left("ENDS"), .left("WHEN"), .flexible("WHY")], empty: "")
        table.rows = answering.map { rule in
            let when = rule.delay == .zero ? rule.strategy.rawValue : "\(rule.strategy.rawValue), \(HumanTime.span(rule.delay))"
            return [rule.name, (rule.tags + rule.types).joined(separator: " "), when, rule.summary ?? ""]
        }
        output.table(table)
        for field in Self.missing(in: event, for: answering) {
            output.messages.append("a rule needs --field \(field)=…; without it, it ends nothing")
        }
        guard !self.isDryRun else { return output }
        try await CacheEvents.record(event, on: pool)
        try await context.jobs().audit(
            actor: context.actor, action: "cache.event", target: event.fields["job_id"], filter: event.name, detail: event.fields)
        output.line("")
        output.line("\(event.name) is written down; the daemons apply it within moments")
        return output
    }

    /// Fields that templates name and the event lacks.
    private static func missing(in event: CacheEvent, for rules: [InvalidationRule]) -> [String] {
        let named = rules.flatMap(\.tags).compactMap { tag -> String? in
            guard let open = tag.firstIndex(of: "{"), tag.hasSuffix("}") else { return nil }
            return String(tag[tag.index(after: open)...].dropLast())
        }
        return Set(named).subtracting(event.fields.keys).sorted()
    }
}
