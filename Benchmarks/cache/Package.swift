// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "cache-benchmark",
    dependencies: [.package(name: "flotilla", path: "../..")],
    targets: [
        .executableTarget(
            name: "cache-benchmark", dependencies: [.product(name: "FlotillaCache", package: "flotilla")],
            swiftSettings: [.enableUpcomingFeature("NonisolatedNonsendingByDefault")])
    ],
    swiftLanguageModes: [.v6]
)
