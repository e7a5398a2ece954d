public import Flotilla
internal import RedisClient

/// The names of all keys in Redis.
///
/// docs/wire-format.md lists them for people; change the two together. The private keys of a queue begin with its name in braces: on Redis
/// Cluster they then share the slot of the plain name, so that producers need to know nothing of it.
public struct RedisKeys: Sendable {
    let names: QueueNames
    /// What the queue's private keys begin with.
    let prefix: String
    let queue: String
    let workers: String
    let workerInfo: String
    /// Workers that were swept: their landing slots are looked at once more.
    let swept: String
    let crashes: String
    /// How many workers died.
    let deaths: String
    let paused: String

    /// What the keys of dead letters' metadata begin with.
    private let metadataPrefix: String

    /// - Parameter isCluster: keep the metadata of dead letters in the queue's slot, too.
    public init(_ names: QueueNames, isCluster: Bool = false) {
        self.names = names
        let queue = names.queue.rawValue
        // A name with a hash tag of its own keeps it.
        self.prefix = queue.contains("{") ? queue : "{\(queue)}"
        self.queue = queue
        self.workers = "\(self.prefix):workers"
        self.workerInfo = "\(self.prefix):worker_info"
        self.swept = "\(self.prefix):swept"
        self.crashes = "\(self.prefix):crashes"
        self.deaths = "\(self.prefix):deaths"
        self.paused = "\(self.prefix):paused"
        self.metadataPrefix = isCluster ? "\(self.prefix):dlq:metadata" : "dlq:metadata"
    }

    /// Where the retries and dead letters of a queue are on a cluster, unless somebody says otherwise.
    public static func clusterNames(_ queue: QueueName) -> QueueNames {
        let prefix = RedisKeys(QueueNames(queue: queue, retry: "", deadLetter: "")).prefix
        return QueueNames(queue: queue, retry: "\(prefix):retry", deadLetter: "\(prefix):dlq")
    }

    /// The first key that a transition needs beside the queue and that lies in another slot of a cluster; nil when all lie together.
    public static func stray(_ names: QueueNames) -> String? {
        let slot = ClusterSlot.of(names.queue.rawValue)
        return [RedisKeys(names).prefix, names.retry, names.deadLetter].first { ClusterSlot.of($0) != slot }
    }

    func inflight(_ worker: WorkerID) -> String { "\(self.prefix):inflight:\(worker.rawValue)" }
    func landing(_ worker: WorkerID) -> String { "\(self.prefix):land:\(worker.rawValue)" }
    func repeats(_ worker: WorkerID) -> String { "\(self.prefix):repeats:\(worker.rawValue)" }

    /// `dlq:metadata:<job>:<file>`, on a cluster `{queue}:dlq:metadata:<job>:<file>`. A message without either is known by its letter's id
    /// alone.
    func metadata(job: String?, filename: String?, letter: String) -> String {
        if job == nil, filename == nil { return "\(self.metadataPrefix):\(Self.encoded(letter)):" }
        return "\(self.metadataPrefix):\(Self.encoded(job ?? "")):\(Self.encoded(filename ?? ""))"
    }

    /// The key of a distributed lock: `lock:` and the parts, such as a document's UUID, a stage and a version.
    public static func lock(_ parts: String...) -> String {
        "lock:" + parts.map { self.encoded($0) }.joined(separator: ":")
    }

    /// A part of a key that others chose, made harmless: `{ } : %`, blanks and control bytes are percent-encoded, so that it can neither
    /// choose a cluster slot nor pass for another key. What is longer than 200 bytes ends in a digest of the whole.
    static func encoded(_ part: String) -> String {
        let digits: StaticString = "0123456789ABCDEF"
        var bytes: [UInt8] = []
        bytes.reserveCapacity(part.utf8.count)
        for byte in part.utf8 {
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ":"), UInt8(ascii: "%"), 0...0x20, 0x7F:
                bytes += [UInt8(ascii: "%"), digits.utf8Start[Int(byte >> 4)], digits.utf8Start[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        guard bytes.count > 200 else { return String(decoding: bytes, as: UTF8.self) }
        var head = bytes[..<160]
        // Cut between characters and between escapes.
        while let last = head.last, last >= 0x80 { head.removeLast() }
        if let percent = head.suffix(2).lastIndex(of: UInt8(ascii: "%")) { head = head[..<percent] }
        let digest = SHA256.digest(of: part.utf8).prefix(16).flatMap {
            [digits.utf8Start[Int($0 >> 4)], digits.utf8Start[Int($0 & 15)]]
        }
        return String(decoding: head + [UInt8(ascii: "%"), UInt8(ascii: "~")] + digest, as: UTF8.self)
    }
}
