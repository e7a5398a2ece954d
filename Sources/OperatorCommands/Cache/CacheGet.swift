import Flotilla
import FlotillaCache
import FlotillaPostgres
import JSONText
import Threading

struct CacheGet: Verb {
    static let spec = CommandSpec(
        path: ["cache", "get"], summary: "Shows what is known of one cached value: age, time left, size, and whether it still counts",
        positionals: [.init(name: "PART", help: "the parts of its key after tenant and type, in order", repeats: true)],
        options: [
            .value("type", "TYPE", short: "t", "its type, such as ocr_result"),
            .value("tenant", "TENANT", "whose, by its id; ~none without a tenant; not needed for what is everybody's"),
            .value("tag", "KIND:ID", repeats: true, "what its key says it was made from, in order: needed to say whether it still counts"),
            .flag("value", "write the value itself to standard output, and nothing else there"),
            .flag("force", "even to a terminal"),
        ],
        examples: [
            "cache get --type job_status --tenant acme 7 --tag job:7", "cache get --type ocr_result --tenant acme 9f2a41 --value > text",
        ],
        notes: "Showing a value is noted in the audit log, and refused when that is not possible. Nothing is counted as a read.")

    private let key: CacheKey
    private let showsValue: Bool
    private let isForced: Bool

    init(_ arguments: Arguments) throws(CommandError) {
        guard let type = try arguments.cacheType() else { throw .usage("say which type: --type") }
        let isGlobal = type.policy.scope == .global
        guard let tenant = arguments.cacheTenant() ?? (isGlobal ? .everyone : nil) else {
            throw .usage("values of \(type) are tenants': say whose, --tenant (~none for those without a tenant)")
        }
        guard isGlobal == (tenant == .everyone) else {
            throw .usage("values of \(type) are \(isGlobal ? "everybody's: leave --tenant out" : "tenants': there are none of ~everyone")")
        }
        let tags = try arguments.texts("tag").map { text throws(CommandError) in
            guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else {
                throw .usage("--tag must be kind:id, such as job:7, not '\(text)'")
            }
            return CacheTag(String(text[..<colon]), String(text[text.index(after: colon)...]))
        }
        self.key = CacheKey(type, tenant: tenant, arguments.positionals, tags: tags)
        self.showsValue = arguments.has("value")
        self.isForced = arguments.has("force")
        if self.showsValue, arguments.has("json") { throw .usage("--value writes bytes, not JSON: leave one of the two out") }
    }

    func run(_ context: CommandContext) async throws -> Output {
        if self.showsValue, context.terminal.width != nil, !self.isForced {
            throw CommandError.conflict("standard output is a terminal: redirect it, or use --force")
        }
        let reach = try context.cache()
        let policy = reach.options.policy(of: self.key.type)
        if policy.tiers == .process {
            throw CommandError.notFound("values of \(self.key.type) are kept by each process for itself: nobody else can see them")
        }
        let place = BackendKey(item: reach.keySpace.item(self.key), generations: reach.keySpace.generations(of: self.key))
        guard let entry = try await reach.tier(of: self.key.type).read([place])[0] else {
            throw CommandError.notFound("there is no such value: \(place.item)")
        }
        // Generations stand before the codec's bytes in Redis: the backend takes them off.
        let decoded = reach.codec.decode(entry.bytes, key: place.item, policy: policy)
        if self.showsValue { return try await self.value(decoded, place.item, context) }
        return self.facts(entry, decoded, place, EntryFacts(reading: entry.bytes), now: context.time.now / 1_000, context.time)
    }

    private func value(_ decoded: DecodedEntry, _ item: String, _ context: CommandContext) async throws -> Output {
        switch decoded {
        case .unreadable(let reason): throw CommandError.failed("the value cannot be read: \(reason.rawValue)")
        case .entry(let entry):
            guard case .value(let bytes) = entry.content else {
                throw CommandError.notFound("what is known is that there is no such value")
            }
            try await context.jobs().audit(
                actor: context.actor, action: "cache.value", target: self.key.tenant.description, filter: item, count: 1)
            var output = Output("CacheValue")
            output.blocks = [.raw(bytes)]
            return output
        }
    }

    private func facts(
        _ entry: BackendEntry, _ decoded: DecodedEntry, _ place: BackendKey, _ facts: EntryFacts?, now: Int64, _ time: HumanTime
    ) -> Output {
        var output = Output("CacheEntry", ["key": .string(place.item), "stored_bytes": .count(entry.bytes.count)])
        let state = self.state(entry, decoded, now: now)
        output.set("state", .string(state))
        guard let facts else {
            output.fields([("key", place.item), ("state", state), ("stored", HumanTime.bytes(entry.bytes.count))])
            return output
        }
        func seconds(_ milliseconds: Int64) -> JSONValue { .number(Double(milliseconds) / 1_000) }
        output.set("absence", .bool(facts.isAbsence))
        output.set("created_at", .string(Timestamp.text(facts.createdMilliseconds * 1_000)))
        output.set("age_seconds", seconds(now - facts.createdMilliseconds))
        output.set("fresh_seconds_left", seconds(facts.freshUntilMilliseconds - now))
        output.set("ttl_seconds_left", seconds(facts.endsMilliseconds - now))
        output.set("raw_bytes", .count(facts.rawBytes))
        output.set("compressed", .bool(facts.isCompressed))
        output.set("encrypted", .bool(facts.keyID != nil))
        output.set("encryption_key", .optional(facts.keyID))
        output.set("load_seconds", .number(facts.load.inSeconds))
        output.set("version", .integer(Int64(clamping: facts.version)))
        output.set("generations", .count(entry.stored.count))
        output.fields([
            ("key", place.item), ("state", state), ("kind", facts.isAbsence ? "the knowledge that there is none" : "a value"),
            ("made", "\(time.moment(facts.createdMilliseconds * 1_000)), in \(MonitorText.brief(facts.load))"),
            ("fresh for", HumanTime.span(.milliseconds(facts.freshUntilMilliseconds - now))),
            ("ends in", HumanTime.span(.milliseconds(facts.endsMilliseconds - now))),
            ("size", "\(HumanTime.bytes(facts.rawBytes)), stored in \(HumanTime.bytes(entry.bytes.count))"),
            ("compressed", facts.isCompressed ? "yes" : "no"), ("encrypted", facts.keyID.map { "with key \($0)" } ?? "no"),
            ("version", facts.version == 0 ? nil : "\(facts.version)"),
        ])
        return output
    }

    /// In one or a few words.
    private func state(_ entry: BackendEntry, _ decoded: DecodedEntry, now: Int64) -> String {
        let known = zip(entry.stored, entry.current)
        if known.contains(where: { $0 != $1 }) { return "ended: something it was made from has changed" }
        switch decoded {
        case .unreadable(let reason): return "unreadable: \(reason.rawValue)"
        case .entry(let value):
            let freshness =
                switch value.freshness(at: now) {
                case .fresh: "fresh"
                case .stale: "stale"
                case .ended: "ended: its time is over"
                }
            let unnamed = entry.stored.count - entry.current.count
            return unnamed == 0 ? freshness : "\(freshness), unless one of \(abs(unnamed)) more tags has changed: name them with --tag"
        }
    }
}
