import FlotillaDaemon
import PostgresClient
import Reactor
import ServerHarness
import Testing

@testable import OperatorCommands

/// What `doctor` says of a pooler, by what is there and what the settings say.
@Suite(.enabled(if: PrivatePgbouncer.isInstalled, "pgbouncer is not installed")) struct PoolerCheckTests {
    private func check(_ url: String, _ setting: DatabasePoolerChoice) async throws -> HealthFinding {
        let settings = try Settings(environment: ["DATABASE_URL": url, "DATABASE_POOLER": setting.rawValue])
        let loop = EventLoop(name: "pooler-check")
        let pool = PostgresPool(configuration: try settings.postgres(applicationName: "doctor"), eventLoop: loop)
        do {
            let finding = try await PoolerCheck.run(pool, setting: setting)
            await pool.close()
            loop.stop()
            return finding
        } catch {
            await pool.close()
            loop.stop()
            throw error
        }
    }

    /// All that `doctor` says of PostgreSQL.
    private func findings(_ url: String) async -> [String: HealthFinding] {
        let terminal = FakeTerminal()
        let context = CommandContext(
            environment: ["REDIS_URL": "unix:///nowhere", "DATABASE_URL": url], terminal: terminal,
            printer: Printer(terminal: terminal, isJSON: false, hasColor: false), now: 0, makeFleet: { try LiveFleet($0) })
        let result = await PostgresChecks.run(context)
        await context.close()
        return Dictionary(result.findings.map { ($0.id, $0) }) { first, _ in first }
    }

    @Test func `each wrong combination is found, and told apart from each right one`() async throws {
        let server = try await Task { @concurrent in try PrivatePostgres(.init(fsync: false)) }.value
        let lending = try await Task { @concurrent in
            try PrivatePgbouncer(server, .init(poolSize: 3, ignoredParameters: "options"))
        }.value
        let keeping = try await Task { @concurrent in
            try PrivatePgbouncer(server, .init(mode: .session, poolSize: 10, ignoredParameters: "options"))
        }.value
        #expect(try await self.check(server.url(), .none).severity == .ok)
        #expect(try await self.check(lending.url(), .transaction).severity == .ok)
        #expect(try await self.check(keeping.url(), .session).severity == .ok)
        let useless = try await self.check(server.url(), .transaction)
        #expect(useless.severity == .warning && useless.fix.contains("unset"))
        for setting in [DatabasePoolerChoice.none, .session] {
            let wrong = try await self.check(lending.url(), setting)
            #expect(wrong.severity == .failed && wrong.fix.contains("DATABASE_POOLER=transaction"), "\(wrong)")
        }
        let silent = try await self.check(keeping.url(), .none)
        #expect(silent.severity == .warning && silent.evidence.contains("ignored"), "\(silent)")
    }

    @Test func `a kind of pooler that cannot work is refused with the setting's name`() {
        let mistakes = #expect(throws: SettingMistakes.self) { try Settings(environment: ["DATABASE_POOLER": "statement"]) }
        #expect(mistakes?.all.contains { $0.contains("DATABASE_POOLER") && $0.contains("transaction") } == true)
    }

    @Test func `a pooler that refuses our settings is recognised by its words`() async throws {
        let server = try await Task { @concurrent in try PrivatePostgres(.init(fsync: false)) }.value
        let strict = try await Task { @concurrent in try PrivatePgbouncer(server) }.value
        let finding = try #require(await self.findings(strict.url())["postgres.pooler"])
        #expect(finding.severity == .failed && finding.fix.contains("set DATABASE_POOLER"), "\(finding)")
    }

    @Test func `commits that wait for no standby are warned of, and those that wait for one that is away`() async throws {
        let primary = try await Task { @concurrent in try PrivatePostgres(.init(fsync: false)) }.value
        let standby = try await Task { @concurrent in try PrivatePostgres(standbyOf: primary, .init(fsync: false)) }.value
        let url = "postgres://postgres@/postgres?host=\(standby.directory),\(primary.directory)"
        #expect(await self.findings(url)["postgres.failover"]?.severity == .warning)
        try primary.setSynchronousStandbys("*")
        // The reload is taken in a moment later.
        while await self.findings(url)["postgres.failover"]?.severity != .ok {}
        standby.kill9()
        while await self.findings(url)["postgres.failover"]?.severity != .failed {}
        let alone = try #require(await self.findings(primary.url())["postgres.failover"])
        #expect(alone.severity == .failed && alone.evidence.contains("commits wait for *"), "\(alone)")
    }
}
