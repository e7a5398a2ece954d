import RedisClient
import Testing

@Suite struct URLTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let url: String
        var endpoint: RedisConfiguration.Endpoint
        var username: String?
        var password: String?
        var database = 0
        var tls = false
        var testDescription: String { self.url }
    }

    @Test(arguments: [
        Case(url: "redis://localhost", endpoint: .tcp(host: "localhost", port: 6379)),
        Case(url: "redis://", endpoint: .tcp(host: "127.0.0.1", port: 6379)),
        Case(url: "REDIS://h:1/", endpoint: .tcp(host: "h", port: 1)),
        Case(url: "redis://h:65535/15", endpoint: .tcp(host: "h", port: 65535), database: 15),
        Case(url: "redis://h?db=3", endpoint: .tcp(host: "h", port: 6379), database: 3),
        Case(url: "redis://[::1]:7000/2", endpoint: .tcp(host: "::1", port: 7000), database: 2),
        Case(url: "redis://[fe80::1]", endpoint: .tcp(host: "fe80::1", port: 6379)),
        Case(url: "redis://secret@h", endpoint: .tcp(host: "h", port: 6379), password: "secret"),
        Case(url: "redis://:secret@h:1", endpoint: .tcp(host: "h", port: 1), password: "secret"),
        Case(url: "redis://u:p%40%3A%2F%25%20@h", endpoint: .tcp(host: "h", port: 6379), username: "u", password: "p@:/% "),
        Case(url: "redis://u%C3%A9:a:b@h", endpoint: .tcp(host: "h", port: 6379), username: "ué", password: "a:b"),
        Case(url: "redis://u:p@q@h", endpoint: .tcp(host: "h", port: 6379), username: "u", password: "p@q"),
        Case(url: "redis://u:@h", endpoint: .tcp(host: "h", port: 6379), username: "u", password: ""),
        Case(url: "rediss://h:6380/1", endpoint: .tcp(host: "h", port: 6380), database: 1, tls: true),
        Case(url: "unix:///run/redis.sock", endpoint: .unix(path: "/run/redis.sock")),
        Case(url: "unix:///run/a%20b.sock?db=4", endpoint: .unix(path: "/run/a b.sock"), database: 4),
        Case(url: "unix://:pw@/run/r.sock", endpoint: .unix(path: "/run/r.sock"), password: "pw"),
        Case(url: "unix://u:pw@/run/r@1.sock?db=1", endpoint: .unix(path: "/run/r@1.sock"), username: "u", password: "pw", database: 1),
    ]) func `a good URL is read`(_ test: Case) throws {
        let configuration = try RedisConfiguration(url: test.url)
        #expect(configuration.endpoint == test.endpoint)
        #expect(configuration.username == test.username)
        #expect(configuration.password == test.password)
        #expect(configuration.database == test.database)
        #expect((configuration.tls != nil) == test.tls)
    }

    @Test(arguments: [
        "", "localhost", "http://h", "redis:/h", "redis//h", "redis://h:0", "redis://h:65536", "redis://h:x", "redis://h:", "redis://h/x",
        "redis://h/-1", "redis://h/99999999999", "redis://h/1/2", "redis://::1", "redis://[::1", "redis://[::1]7", "redis://[]:1",
        "redis://u:%zz@h", "redis://u:%4@h", "redis://u:%00@h", "redis://u:%ff@h", "redis://a b", "redis://h?x=1", "redis://h?db=x",
        "redis://h?timeout=0", "redis://h?timeout=nan", "redis://h?timeout=1e99", "redis://h?connections=0", "redis://h?ssl_ca_certs=/x",
        "rediss://h?ssl_cert_reqs=maybe", "unix://run/redis.sock", "unix://", "unix:///", "unix:///a?timeout=-1", "redis://h#1",
        "redis+sentinel://h", "redis+sentinel://h/", "redis+sentinel:///m", "redis+sentinel://a,,b/m", "redis+sentinel://a,:1/m",
        "redis+sentinel://h/m/x", "redis+sentinel://h/m/1/2", "redis+sentinel://h:0/m", "redis+sentinel://h/m?sentinel=1",
        "redis+cluster://", "redis+cluster://a,", "redis+cluster://a/1", "redis+cluster://a?db=1", "redis+cluster://a?sentinel_user=x",
        "redis://h?sentinel_password=s3cret", "redis+cluster://u:s3cret@a b", "redis+foo://h",
        "redis://u:s3cret#x@h", "unix:///" + String(repeating: "x", count: 110),
    ]) func `a bad URL is refused without being quoted`(_ url: String) async throws {
        let error = try await failure { () throws(RedisError) in try RedisConfiguration(url: url) }
        #expect(error.code == .configuration)
        #expect(!error.mayHaveRun)
        #expect(!error.description.contains("s3cret"))
    }

    @Test func `a sentinel URL is read`() throws {
        let configuration = try RedisConfiguration(
            url: "rediss+sentinel://u:p%2C@a,b:1,[::1]:2/my%2Fmaster/3?sentinel_user=s&sentinel_password=t%26&timeout=2")
        let addresses: [RedisConfiguration.Endpoint] = [
            .tcp(host: "a", port: 26_379), .tcp(host: "b", port: 1), .tcp(host: "::1", port: 2),
        ]
        #expect(configuration.topology == .sentinel(.init(addresses: addresses, service: "my/master", username: "s", password: "t&")))
        #expect(configuration.endpoint == addresses[0])
        #expect(configuration.username == "u")
        #expect(configuration.password == "p,")
        #expect(configuration.database == 3)
        #expect(configuration.tls != nil)
        #expect("\(configuration)" == "rediss+sentinel://u:***@a:26379,b:1,[::1]:2/my/master/3")
        let short = try RedisConfiguration(url: "redis+sentinel://a/m")
        #expect(short.topology == .sentinel(.init(addresses: [.tcp(host: "a", port: 26_379)], service: "m")))
        #expect(short.database == 0 && short.tls == nil && !short.isCluster)
    }

    @Test func `a cluster URL is read`() throws {
        let configuration = try RedisConfiguration(url: "redis+cluster://:pw@a,b:7001/?connections=3")
        #expect(configuration.topology == .cluster(nodes: [.tcp(host: "a", port: 6379), .tcp(host: "b", port: 7001)]))
        #expect(configuration.isCluster)
        #expect(configuration.password == "pw")
        #expect(configuration.connections == 3)
        #expect("\(configuration)" == "redis+cluster://:***@a:6379,b:7001")
        #expect(try RedisConfiguration(url: "rediss+cluster://a/0").tls != nil)
    }

    @Test func `options of the query are read`() throws {
        let configuration = try RedisConfiguration(
            url: "rediss://h?timeout=1.5&connect_timeout=0.25&connections=4&client_name=a%20b&ssl_ca_certs=/ca%20x&ssl_certfile=/c"
                + "&ssl_keyfile=/k&ssl_server_name=n&ssl_cert_reqs=none")
        #expect(configuration.commandTimeout == .milliseconds(1500))
        #expect(configuration.connectTimeout == .milliseconds(250))
        #expect(configuration.connections == 4)
        #expect(configuration.clientName == "a b")
        #expect(
            configuration.tls
                == .init(authorityFile: "/ca x", certificateFile: "/c", keyFile: "/k", serverName: "n", verifiesServer: false))
    }

    @Test(arguments: [
        "redis+sentinel://u:s3cret@h/m?sentinel_password=s3cret", "redis+cluster://u:s3cret@h", "redis://user:s3cret@h/1",
        "rediss://:s3cret@h", "unix://u:s3cret@/run/x", "redis://s3cret@h",
    ])
    func `no way of printing shows the password`(_ url: String) throws {
        let configuration = try RedisConfiguration(url: url)
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), String(describing: [configuration]), dumped] {
            #expect(!text.contains("s3cret"))
            #expect(text.contains("***"))
        }
    }
}
