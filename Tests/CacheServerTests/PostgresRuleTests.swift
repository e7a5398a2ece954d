import FlotillaCache
import FlotillaCachePostgres
import PostgresClient
import Testing

@Suite struct PostgresRuleTests {
    private func isRefused(_ rule: InvalidationRule, _ store: InvalidationRuleStore, because part: String) async -> Bool {
        do {
            try await store.put(rule)
            return false
        } catch let error as CacheStoreError {
            return error.code == .invalid && error.description.contains(part)
        } catch {
            return false
        }
    }

    @Test func `a rule is stored, changed, switched off and removed`() async throws {
        try await PostgresScene.with { scene in
            let store = InvalidationRuleStore(pool: scene.pool)
            var rule = InvalidationRule(
                name: "own.rule", event: "invoice.sent", tags: ["invoice:{invoice_id}", "corpus:all"], types: ["dashboard"],
                strategy: .hybrid, delay: .milliseconds(1_500), summary: "Invoices")
            try await store.put(rule)
            #expect(try await store.all().contains(rule))
            rule.strategy = .eager
            rule.delay = .zero
            try await store.put(rule)
            try await store.setEnabled(false, rule: "own.rule")
            rule.isEnabled = false
            #expect(try await store.all().filter { $0.name == "own.rule" } == [rule])
            #expect(try await store.remove("own.rule"))
            #expect(try await store.remove("own.rule") == false)
            await #expect(throws: CacheStoreError.self) { try await store.setEnabled(true, rule: "own.rule") }
        }
    }

    @Test func `every default rule is one that could be made`() async throws {
        try await PostgresScene.with { scene in
            let rules = try await InvalidationRuleStore(pool: scene.pool).all()
            for rule in rules { #expect(throws: Never.self) { try rule.validate() } }
            let events: Set = [
                "document.processed", "document.updated", "document.deleted", "job.updated", "job.finished", "graph.updated",
                "user.updated",
                "user.permissions_changed", "user.deleted", "user.list_changed", "tenant.access_changed", "reference.updated",
                "billing.updated", "processing.version_changed",
            ]
            #expect(Set(rules.map(\.event)) == events)
        }
    }

    @Test func `no rule may delay the end of what decides rights, or of money`() async throws {
        try await PostgresScene.with { scene in
            let store = InvalidationRuleStore(pool: scene.pool)
            let types = CacheType.all.filter { !$0.policy.permitsDelay }.map(\.name)
            #expect(Set(types) == ["user", "user_rbac", "session", "billing"])
            for strategy in [CachePolicy.Invalidation.lazy, .hybrid] {
                for type in types {
                    let rule = InvalidationRule(name: "r", event: "a.b", types: ["graph", type], strategy: strategy, delay: .seconds(1))
                    #expect(await self.isRefused(rule, store, because: "must be eager"))
                }
                for kind in InvalidationRule.undelayedTagKinds {
                    let rule = InvalidationRule(name: "r", event: "a.b", tags: ["\(kind):{id}"], strategy: strategy, delay: .seconds(1))
                    #expect(await self.isRefused(rule, store, because: "must be eager"))
                }
            }
            for type in types {
                try await store.put(InvalidationRule(name: "eager.\(type)", event: "a.b", types: [type]))
            }
        }
    }

    /// Somebody with psql meets the same refusals.
    @Test func `the table itself refuses what the program refuses`() async throws {
        try await PostgresScene.with { scene in
            func insert(_ tags: [String], _ types: [String], _ strategy: String, _ delay: Int32, event: String = "a.b") async -> String? {
                do {
                    try await scene.pool.query(
                        """
                        INSERT INTO cache_invalidation_rule (name, event, tags, types, strategy, delay_ms)
                        VALUES ('psql', \(event), \(tags), \(types), \(strategy), \(delay))
                        """)
                    try await scene.pool.query("DELETE FROM cache_invalidation_rule WHERE name = 'psql'")
                    return nil
                } catch {
                    return error.sqlState
                }
            }
            for type in CacheType.all {
                #expect(await insert([], [type.name], "lazy", 100) == (type.policy.permitsDelay ? nil : "23514"), "\(type)")
                #expect(await insert([], [type.name], "eager", 0) == nil)
            }
            for kind in InvalidationRule.undelayedTagKinds { #expect(await insert(["\(kind):{id}"], [], "hybrid", 100) == "23514") }
            for tag in [
                "job:*", "job:", ":7", "job", "job:{a}{b}", "job:[ab]", "job:a b", "j?b:1", "job:{*}", "job:a:b", "Job:1", "job:{A}",
            ] {
                #expect(await insert([tag], [], "eager", 0) == "23514", "\(tag)")
                #expect(throws: CacheStoreError.self) { try InvalidationRule(name: "r", event: "a.b", tags: [tag]).validate() }
            }
            #expect(await insert(["job:{job_id}", "corpus:all"], [], "lazy", 100) == nil)
            #expect(await insert([], [], "eager", 0) == "23514")
            #expect(await insert([], ["graph"], "eager", 100) == "23514")
            #expect(await insert([], ["graph"], "lazy", 0) == "23514")
            #expect(await insert([], ["graph"], "lazy", 3_600_001) == "23514")
            #expect(await insert([], ["graph%"], "eager", 0) == "23514")
            #expect(await insert([], ["graph"], "eager", 0, event: "everything") == "23514")
        }
    }

    @Test(arguments: ["", "A", "a b", "-a", "a/b", String(repeating: "a", count: 81)]) func `a rule needs a plain name`(name: String) {
        #expect(throws: CacheStoreError.self) { try InvalidationRule(name: name, event: "a.b", types: ["graph"]).validate() }
    }

    @Test func `a rule can only name types that exist`() {
        #expect(throws: CacheStoreError.self) { try InvalidationRule(name: "r", event: "a.b", types: ["grahp"]).validate() }
    }
}
