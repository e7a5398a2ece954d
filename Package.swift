// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target is compiled with.
let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
    .enableUpcomingFeature("ExistentialAny"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0409-access-level-on-imports.md
    .enableUpcomingFeature("InternalImportsByDefault"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
    .enableUpcomingFeature("MemberImportVisibility"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0461-async-function-isolation.md
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

func system(_ name: String, package: String) -> Target {
    .systemLibrary(name: name, path: "Sources/System/\(name)", providers: [.apt([package])])
}

func module(_ name: String, _ dependencies: [String] = [], resources: [Resource] = []) -> Target {
    .target(
        name: name, dependencies: dependencies.map { .init(stringLiteral: $0) }, resources: resources,
        swiftSettings: settings)
}

func program(_ name: String, _ dependencies: [String]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies.map { .init(stringLiteral: $0) }, path: "Sources/Executables/\(name)",
        swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [String], resources: [Resource] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies.map { .init(stringLiteral: $0) }, resources: resources,
        swiftSettings: settings)
}

// The arrows point down this list: a target may depend only on targets above it.
let package = Package(
    name: "flotilla",
    products: [
        .library(name: "Flotilla", targets: ["Flotilla"]),
        // With the client and the event loop that its users make.
        .library(name: "FlotillaRedis", targets: ["FlotillaRedis", "RedisClient", "Reactor"]),
        .library(name: "FlotillaPostgres", targets: ["FlotillaPostgres", "PostgresClient", "Reactor"]),
        .library(name: "FlotillaTesting", targets: ["FlotillaTesting"]),
        // The cache without the rest; with the client and the event loop that its users make.
        .library(
            name: "FlotillaCache",
            targets: ["FlotillaCache", "FlotillaCacheCodable", "FlotillaCacheRedis", "CacheTesting", "RedisClient", "Reactor"]),
        .executable(name: "document-processor", targets: ["document-processor"]),
        .executable(name: "audio-processor", targets: ["audio-processor"]),
        .executable(name: "video-processor", targets: ["video-processor"]),
        .executable(name: "graph-processor", targets: ["graph-processor"]),
        .executable(name: "document-extractor", targets: ["document-extractor"]),
        .executable(name: "retry-scheduler", targets: ["retry-scheduler"]),
        .executable(name: "flotilla", targets: ["flotilla"]),
    ],
    targets: [
        // C libraries: a module map and a shim header each.
        system("CSystem", package: "libc6-dev"),
        system("CHiredis", package: "libhiredis-dev"),
        system("COpenSSL", package: "libssl-dev"),
        system("CLibpq", package: "libpq-dev"),
        system("CZlib", package: "zlib1g-dev"),
        system("CExpat", package: "libexpat1-dev"),
        system("CMicrohttpd", package: "libmicrohttpd-dev"),
        system("CCurl", package: "libcurl4-openssl-dev"),

        // The runtime: no C library, no driver, no documents.
        module("Threading"),
        module("JSONText"),
        module("Flotilla", ["Threading", "JSONText"]),

        // Each the only importer of its C library; none knows what a job is.
        module("Reactor", ["CSystem", "Threading"]),
        module("RedisClient", ["CHiredis", "COpenSSL", "CSystem", "Reactor", "Threading"]),
        module("PostgresClient", ["CLibpq", "Reactor", "Threading"]),
        // Faults between a client and a server, for the tests.
        module("FaultProxy", ["CSystem", "Reactor", "Threading"]),
        module("HTTPServer", ["CMicrohttpd", "CSystem", "Threading"]),
        module("HTTPClient", ["CCurl", "Threading"]),
        module("Compression", ["CZlib"]),
        module("Cryptography", ["COpenSSL"]),
        module("XMLText", ["CExpat"]),
        module("Subprocess", ["CSystem", "Threading"]),

        // The runtime's ports, filled.
        module("FlotillaRedis", ["Flotilla", "JSONText", "Threading", "Reactor", "RedisClient"], resources: [.embedInCode("Scripts")]),
        module(
            "FlotillaPostgres", ["Flotilla", "JSONText", "Threading", "Reactor", "PostgresClient"],
            resources: [.embedInCode("Migrations")]),
        module("FlotillaTesting", ["Flotilla", "JSONText", "Threading"]),

        // The cache: a library of its own, that knows no jobs; then its shared tier, its tables, and stages that remember.
        module("FlotillaCache", ["Threading", "Compression", "Cryptography", "JSONText"]),
        module("FlotillaCacheRedis", ["FlotillaCache", "Threading", "Reactor", "RedisClient"], resources: [.embedInCode("CacheScripts")]),
        module(
            "FlotillaCachePostgres",
            ["FlotillaCache", "Flotilla", "JSONText", "Threading", "Reactor", "PostgresClient", "FlotillaPostgres"],
            resources: [.embedInCode("CacheMigrations")]),
        // Apart, so that only those who use it link Foundation.
        module("FlotillaCacheCodable", ["FlotillaCache"]),
        module("CacheTesting", ["FlotillaCache", "Threading"]),
        module("StageCaching", ["FlotillaCache", "Flotilla", "JSONText", "Threading"]),
        module(
            "FlotillaDaemon",
            [
                "Flotilla", "JSONText", "Threading", "CSystem", "Reactor", "RedisClient", "PostgresClient", "HTTPServer",
                "FlotillaRedis", "FlotillaPostgres", "FlotillaCache", "FlotillaCacheRedis", "FlotillaCachePostgres", "StageCaching",
            ]),

        // Documents.
        module("TextAnalysis"),
        module("EntityAnalysis", ["TextAnalysis"], resources: [.embedInCode("Gazetteers")]),
        module("Corpus", ["Flotilla", "JSONText"]),
        module(
            "CorpusPostgres",
            ["Corpus", "TextAnalysis", "EntityAnalysis", "Flotilla", "JSONText", "Threading", "PostgresClient", "FlotillaPostgres"],
            resources: [.embedInCode("CorpusMigrations")]),
        // The graph in memory, and the contract of its stores.
        module("CorpusTesting", ["Corpus", "EntityAnalysis", "Threading"]),
        module("ObjectStorage", ["Flotilla", "CSystem", "Cryptography"]),
        module("DocumentFormats", ["CSystem", "Compression", "XMLText", "JSONText"]),
        // Models behind servers that speak OpenAI's protocol.
        module("RemoteModels", ["Flotilla", "TextAnalysis", "HTTPClient", "JSONText", "Threading"]),
        // What the stages of all kinds of files share: tools in the sandbox, failures, recognition of text in pictures.
        module("StageTools", ["Flotilla", "Corpus", "ObjectStorage", "Subprocess", "DocumentFormats", "JSONText"]),
        module("TextStages", ["Flotilla", "Corpus", "TextAnalysis", "Subprocess", "RemoteModels", "StageTools", "JSONText"]),
        module(
            "DocumentStages",
            [
                "Flotilla", "Corpus", "TextAnalysis", "ObjectStorage", "Subprocess", "DocumentFormats", "StageTools", "TextStages",
                "JSONText",
            ]),
        module(
            "AudioStages",
            ["Flotilla", "Corpus", "TextAnalysis", "ObjectStorage", "Subprocess", "StageTools", "TextStages", "RemoteModels", "JSONText"]),
        module(
            "VideoStages",
            ["Flotilla", "Corpus", "TextAnalysis", "ObjectStorage", "Subprocess", "StageTools", "TextStages", "AudioStages", "JSONText"]),
        module(
            "GraphStages",
            ["Flotilla", "Corpus", "TextAnalysis", "EntityAnalysis", "StageTools", "RemoteModels", "JSONText"]),
        // Private Redis and PostgreSQL servers, for the tests and the self-test.
        module("ServerHarness", ["CSystem", "Threading", "HTTPClient", "HTTPServer", "JSONText", "RemoteModels"]),
        // Faults injected into a private fleet of real processes, and the account of what became of every job.
        module(
            "SelfTest",
            [
                "Flotilla", "FlotillaDaemon", "FlotillaPostgres", "FlotillaRedis", "FlotillaTesting", "FlotillaCachePostgres",
                "CorpusPostgres", "FaultProxy", "JSONText", "PostgresClient", "Reactor", "RedisClient", "ServerHarness", "Threading",
            ]),
        .target(
            name: "OperatorCommands",
            dependencies: [
                "Flotilla", "JSONText", "Threading", "Reactor", "RedisClient", "PostgresClient", "FlotillaRedis", "FlotillaPostgres",
                "FlotillaDaemon", "FlotillaTesting", "Corpus", "CorpusPostgres", "TextAnalysis", "ObjectStorage", "DocumentStages",
                "RemoteModels", "StageTools", "HTTPClient", "Subprocess", "EntityAnalysis", "AudioStages", "VideoStages", "GraphStages",
                "FlotillaCache", "FlotillaCacheRedis", "FlotillaCachePostgres", "StageCaching", "SelfTest",
            ],
            // The optimiser of Swift 6.3.1 crashes while it splits coroutines of this module. Its verbs wait for servers and people.
            swiftSettings: settings + [.unsafeFlags(["-Onone"], .when(configuration: .release))]),

        // The four processors, put together from the settings.
        module(
            "Processors",
            [
                "Flotilla", "FlotillaDaemon", "FlotillaRedis", "FlotillaPostgres", "Corpus", "CorpusPostgres", "ObjectStorage",
                "DocumentFormats", "DocumentStages", "AudioStages", "VideoStages", "GraphStages", "EntityAnalysis", "StageTools",
                "TextStages", "RemoteModels", "HTTPClient", "JSONText", "Subprocess", "TextAnalysis", "FlotillaCache",
                "FlotillaCacheRedis", "FlotillaCachePostgres", "StageCaching",
            ]),

        // Programs: read the configuration, build, run.
        program("document-extractor", ["DocumentFormats", "CSystem"]),
        program("document-processor", ["FlotillaDaemon", "Processors"]),
        program("audio-processor", ["FlotillaDaemon", "Processors"]),
        program("video-processor", ["FlotillaDaemon", "Processors"]),
        program("graph-processor", ["FlotillaDaemon", "Processors"]),
        program("retry-scheduler", ["CorpusPostgres", "FlotillaDaemon", "FlotillaPostgres", "FlotillaCachePostgres"]),
        program("flotilla", ["OperatorCommands", "FlotillaDaemon", "SelfTest", "Threading"]),

        // A second pipeline, which proves that the library knows nothing of documents.
        .executableTarget(
            name: "line-counter", dependencies: ["Flotilla", "FlotillaRedis", "Reactor", "RedisClient"], path: "Examples/LineCounter",
            swiftSettings: settings),

        // The self-test's worker as a program that links no documents: what the tests of the fleet start.
        .executableTarget(
            name: "fleet-worker",
            dependencies: ["SelfTest"],
            path: "Tests/FleetWorker",
            swiftSettings: settings),
        // A process with a cache: tests start two.
        .executableTarget(
            name: "cache-probe", dependencies: ["FlotillaCache", "FlotillaCacheRedis", "Reactor", "RedisClient", "Threading"],
            path: "Tests/CacheProbe", swiftSettings: settings),
        // Mutated inputs for every parser; `make fuzz` builds it for testing and optimised.
        .executableTarget(
            name: "fuzz",
            dependencies: [
                "AudioStages", "Compression", "Corpus", "Cryptography", "CSystem", "DocumentFormats", "DocumentStages", "EntityAnalysis",
                "Flotilla", "FlotillaCache", "FlotillaCachePostgres", "FlotillaCacheRedis", "FlotillaDaemon", "FlotillaPostgres",
                "FlotillaRedis", "GraphStages", "HTTPClient", "HTTPServer", "JSONText", "OperatorCommands", "PostgresClient", "RedisClient",
                "RemoteModels", "StageCaching", "StageTools", "Subprocess", "TextAnalysis", "TextStages", "Threading", "VideoStages",
                "XMLText",
            ],
            path: "Tests/Fuzz",
            swiftSettings: settings),
        tests("FlotillaTests", ["Flotilla", "FlotillaTesting", "JSONText", "Threading"]),
        tests("SimulationTests", ["FlotillaTesting"]),
        tests(
            "FlotillaCacheTests",
            [
                "FlotillaCache", "FlotillaCacheCodable", "CacheTesting", "Cryptography", "Compression", "StageCaching", "Flotilla",
                "JSONText", "Threading",
            ]),
        tests(
            "CacheServerTests",
            [
                "FlotillaCache", "FlotillaCacheRedis", "FlotillaCachePostgres", "CacheTesting", "StageCaching", "Flotilla",
                "FlotillaPostgres", "RedisClient", "PostgresClient", "Reactor", "ServerHarness", "JSONText", "Threading",
            ]),
        tests("ReactorTests", ["Reactor", "Threading"]),
        tests("FaultProxyTests", ["FaultProxy", "PostgresClient", "RedisClient", "Reactor", "ServerHarness", "Threading"]),
        tests("RedisClientTests", ["RedisClient", "Reactor", "ServerHarness", "Threading"]),
        tests("PostgresClientTests", ["PostgresClient", "Reactor", "ServerHarness", "Threading"]),
        tests("SubprocessTests", ["Subprocess", "Threading"]),
        tests("FuzzTests", ["fuzz"]),
        tests("HTTPTests", ["HTTPServer", "HTTPClient"]),
        tests(
            "FlotillaDaemonTests",
            [
                "FlotillaDaemon", "Flotilla", "FlotillaCache", "FlotillaCacheRedis", "StageCaching", "CacheTesting", "RedisClient",
                "HTTPServer", "HTTPClient", "JSONText",
                "ServerHarness", "Threading",
            ]),
        tests("TextAnalysisTests", ["TextAnalysis"], resources: [.copy("Fixtures")]),
        tests("EntityAnalysisTests", ["EntityAnalysis", "TextAnalysis"], resources: [.copy("Gold")]),
        tests("DocumentFormatsTests", ["DocumentFormats", "Compression", "XMLText"]),
        tests(
            "DocumentStagesTests",
            [
                "DocumentStages", "StageTools", "TextStages", "RemoteModels", "Compression", "DocumentFormats", "ObjectStorage", "Corpus",
                "Flotilla", "FlotillaTesting", "HTTPClient", "HTTPServer",
                "Subprocess", "TextAnalysis", "JSONText", "Threading",
            ]),
        tests(
            "RemoteModelsTests",
            ["ServerHarness", "RemoteModels", "Flotilla", "TextAnalysis", "HTTPClient", "HTTPServer", "JSONText", "Threading"]),
        tests(
            "TextStagesTests",
            [
                "ServerHarness",
                "TextStages", "StageTools", "RemoteModels", "Corpus", "Flotilla", "HTTPClient", "HTTPServer", "Subprocess", "TextAnalysis",
                "JSONText", "Threading",
            ]),
        tests(
            "AudioStagesTests",
            [
                "AudioStages", "StageTools", "TextStages", "RemoteModels", "ObjectStorage", "Corpus", "Flotilla", "FlotillaTesting",
                "HTTPClient", "HTTPServer", "Subprocess", "TextAnalysis", "JSONText", "Threading",
            ], resources: [.copy("Gold")]),
        tests(
            "VideoStagesTests",
            [
                "VideoStages", "AudioStages", "StageTools", "TextStages", "ObjectStorage", "Corpus", "Flotilla", "FlotillaTesting",
                "Subprocess", "TextAnalysis", "JSONText", "Threading",
            ]),
        tests(
            "GraphStagesTests",
            [
                "ServerHarness",
                "GraphStages", "EntityAnalysis", "StageTools", "RemoteModels", "Corpus", "Flotilla", "FlotillaTesting", "HTTPClient",
                "HTTPServer", "TextAnalysis", "JSONText", "Threading",
            ]),
        tests(
            "ServerTests",
            [
                "Flotilla", "FlotillaRedis", "FlotillaPostgres", "FlotillaTesting", "RedisClient", "PostgresClient", "Reactor",
                "Corpus", "CorpusPostgres", "CorpusTesting", "EntityAnalysis", "TextAnalysis", "ServerHarness", "JSONText", "Threading",
            ]),
        tests(
            "BrokerServerTests",
            ["Flotilla", "FlotillaRedis", "FlotillaTesting", "RedisClient", "Reactor", "ServerHarness", "Threading"]),
        tests(
            "OperatorCommandsTests",
            [
                "OperatorCommands", "Corpus", "CorpusPostgres", "Flotilla", "FlotillaDaemon", "FlotillaRedis", "FlotillaPostgres",
                "FlotillaTesting", "JSONText", "PostgresClient", "RedisClient", "Reactor", "ServerHarness", "Threading",
                "FlotillaCache", "FlotillaCacheRedis", "FlotillaCachePostgres", "StageCaching",
            ]),
        tests(
            "SelfTestTests",
            [
                "SelfTest", "Flotilla", "FlotillaDaemon", "FlotillaPostgres", "FlotillaRedis", "PostgresClient", "RedisClient",
                "ServerHarness",
                "flotilla", "retry-scheduler",
            ]),
        tests(
            "FleetTests",
            [
                "SelfTest", "Flotilla", "FlotillaRedis", "FlotillaPostgres", "FlotillaCache", "FlotillaCacheRedis", "FlotillaCachePostgres",
                "CorpusPostgres", "RedisClient", "PostgresClient", "Reactor", "ServerHarness", "HTTPClient", "HTTPServer", "JSONText",
                "Threading",
                "fleet-worker", "cache-probe", "retry-scheduler", "document-processor",
                "document-extractor", "audio-processor", "video-processor", "graph-processor", "flotilla",
            ]),
    ],
    swiftLanguageModes: [.v6]
)
