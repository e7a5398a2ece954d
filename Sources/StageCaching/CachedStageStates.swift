public import Flotilla
public import FlotillaCache
internal import JSONText

/// Shows how far stages are in the cache, where backends may ask for it as often as they like: `stage_state`, by document, version and stage.
public struct CachedStageStates: StageStateMirror {
    private let cache: Cache
    private let isOn: @Sendable () -> Bool

    public init(cache: Cache, isOn: @escaping @Sendable () -> Bool = { true }) {
        self.cache = cache
        self.isOn = isOn
    }

    public func show(_ state: StageState) async {
        guard self.isOn() else { return }
        var members: [JSONValue.Member] = [
            .init("status", .string(state.status.rawValue)), .init("attempt", .integer(Int64(state.attempt))),
            .init("started_at", .string(Timestamp.text(state.startedAt))),
        ]
        if let finished = state.finishedAt { members.append(.init("finished_at", .string(Timestamp.text(finished)))) }
        if let code = state.errorCode { members.append(.init("error_code", .string(code))) }
        if state.isFromCache { members.append(.init("from_cache", .bool(true))) }
        // Counted by the cache; PostgreSQL has it.
        _ = try? await self.cache.set(Self.key(state), JSONValue.object(members))
    }

    /// Where the state of a stage is shown, as JSON: `status`, `attempt`, `started_at`, `finished_at`, `error_code`, `from_cache`.
    static func key(_ state: StageState) -> CacheKey {
        CacheKey(
            .stageState, tenant: state.tenantID.map { CacheTenant($0) } ?? .none,
            [state.documentUUID, String(state.processingVersion), state.stage.rawValue])
    }
}
