internal import Flotilla
internal import FlotillaCache
internal import JSONText

/// A stage's output as it is cached: what it took, its metrics, and its body, or the manifest of the body's parts.
struct StoredStage: CacheValue {
    static let cacheSchema = "stage 1"

    enum Body {
        case whole([UInt8])
        case parts(CacheManifest)
    }

    var milliseconds: Int64
    var metrics: [String: Double]
    var body: Body

    // Layout: length of the head in decimal, a line feed, the head as JSON, the body or manifest.
    func cacheBytes() -> [UInt8] {
        var members: [JSONValue.Member] = [.init("ms", .integer(self.milliseconds))]
        if !self.metrics.isEmpty {
            members.append(.init("metrics", .object(self.metrics.sorted { $0.key < $1.key }.map { .init($0.key, .number($0.value)) })))
        }
        let rest: [UInt8]
        switch self.body {
        case .whole(let bytes): rest = bytes
        case .parts(let manifest):
            members.append(.init("parts", .integer(Int64(manifest.count))))
            rest = manifest.encode()
        }
        let head = JSONValue.object(members).jsonBytes
        return Array("\(head.count)\n".utf8) + head + rest
    }

    init(milliseconds: Int64, metrics: [String: Double], body: Body) {
        self.milliseconds = milliseconds
        self.metrics = metrics
        self.body = body
    }

    init(cacheBytes: [UInt8]) throws {
        guard let line = cacheBytes.prefix(12).firstIndex(of: 0x0A),
            let length = Int(String(decoding: cacheBytes[..<line], as: UTF8.self)), length > 0, line + 1 + length <= cacheBytes.count,
            let head = try? JSONValue(parsing: Array(cacheBytes[(line + 1)..<(line + 1 + length)])), let milliseconds = head["ms"]?.integer
        else { throw UnreadableCacheValue(schema: Self.cacheSchema) }
        self.milliseconds = milliseconds
        self.metrics = Dictionary(
            (head["metrics"]?.members ?? []).compactMap { member in member.value.number.map { (member.name, $0) } }
        ) { $1 }
        let rest = Array(cacheBytes[(line + 1 + length)...])
        guard head["parts"] != nil else {
            self.body = .whole(rest)
            return
        }
        guard let manifest = CacheManifest(decoding: rest) else { throw UnreadableCacheValue(schema: Self.cacheSchema) }
        self.body = .parts(manifest)
    }
}
