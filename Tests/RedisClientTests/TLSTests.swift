import RedisClient
import ServerHarness
import Testing

@Suite struct TLSTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var host = "localhost"
        var trustsStranger = false
        var serverName: String?
        var verifies = true
        var needsClientCertificate = false
        var presentsCertificate = false
        let works: Bool
        var testDescription: String { self.name }
    }

    @Test(arguments: [
        Case(name: "name", works: true),
        Case(name: "IPv4 address", host: "127.0.0.1", works: true),
        Case(name: "IPv6 address", host: "::1", works: true),
        Case(name: "other name that the certificate has", serverName: "redis.test", works: true),
        Case(name: "name that the certificate lacks", serverName: "other.test", works: false),
        Case(name: "address that the certificate lacks", serverName: "127.0.0.2", works: false),
        Case(name: "authority that did not sign", trustsStranger: true, works: false),
        Case(name: "no verification", trustsStranger: true, serverName: "other.test", verifies: false, works: true),
        Case(name: "client certificate missing", needsClientCertificate: true, works: false),
        Case(name: "client certificate given", needsClientCertificate: true, presentsCertificate: true, works: true),
    ]) func `the server is trusted only as it should be`(_ test: Case) async throws {
        try await withClient(
            .init(tls: true, tlsNeedsClientCertificate: test.needsClientCertificate),
            { configuration, server in
                configuration.endpoint = .tcp(host: test.host, port: server.tlsPort)
                configuration.tls = .init(
                    authorityFile: test.trustsStranger ? server.tlsFiles?.strangeAuthority : server.tlsFiles?.authority,
                    certificateFile: test.presentsCertificate ? server.tlsFiles?.clientCertificate : nil,
                    keyFile: test.presentsCertificate ? server.tlsFiles?.clientKey : nil, serverName: test.serverName,
                    verifiesServer: test.verifies)
            }
        ) { (_, client, _) async throws in
            if test.works {
                #expect(try await client.send(["PING"]) == .simple("PONG"))
            } else {
                let error = try await failure { () throws(RedisError) in try await client.send(["PING"]) }
                #expect(error.code == .tls, "\(error)")
                #expect(!error.mayHaveRun)
            }
        }
    }

    @Test func `much data, pipelines and restarts work over TLS`() async throws {
        try await withClient(
            .init(tls: true, appendOnly: true),
            { configuration, server in
                configuration.endpoint = .tcp(host: "localhost", port: server.tlsPort)
                configuration.tls = .init(authorityFile: server.tlsFiles?.authority)
            }
        ) { (server, client, _) async throws in
            let bytes = pattern(5_000_000)
            #expect(try await client.send(["SET", "big", .bytes(bytes)]) == .simple("OK"))
            #expect(try await client.pipeline((1...10_000).map { _ in ["INCR", "n"] }) == (1...10_000).map { .integer($0) })
            try server.restart()
            #expect(try await client.send(["GET", "big"]).bytes == bytes)
        }
    }

    @Test func `files that cannot be read are a configuration error`() async throws {
        for tls in [
            RedisConfiguration.TLS(authorityFile: "/nonexistent/ca.pem"), RedisConfiguration.TLS(certificateFile: "/nonexistent/c.pem"),
        ] {
            try await withClient(
                .init(tcp: true),
                { configuration, server in
                    configuration.endpoint = .tcp(host: "localhost", port: server.port)
                    configuration.tls = tls
                }
            ) { (_, client, _) async throws in
                let error = try await failure { () throws(RedisError) in try await client.send(["PING"]) }
                #expect(error.code == .configuration)
                #expect(error.message.contains("/nonexistent/"))
            }
        }
    }

    @Test func `a server that speaks no TLS is a TLS error`() async throws {
        try await withClient(
            .init(tcp: true),
            { configuration, server in
                configuration.endpoint = .tcp(host: "localhost", port: server.port)
                configuration.tls = .init()
                configuration.commandTimeout = .milliseconds(500)
            }
        ) { (_, client, _) async throws in
            let error = try await failure { () throws(RedisError) in try await client.send(["PING"]) }
            #expect([.tls, .notConnected].contains(error.code), "\(error)")
            #expect(!error.mayHaveRun)
        }
    }
}
