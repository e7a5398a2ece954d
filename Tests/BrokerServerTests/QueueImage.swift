import Flotilla
@testable import FlotillaRedis
@testable import FlotillaTesting
import RedisClient

/// Everything that a broker knows of a queue, in a form that does not depend on the broker. Two brokers that were told the same have equal images.
struct QueueImage: Equatable {
    struct Worker: Equatable {
        /// By sequence number.
        var held: [UInt64: String] = [:]
        var isBeingSwept = false
        var repeated: Set<UInt64> = []
    }

    var ready: [String] = []
    var workers: [String: Worker] = [:]
    var landing: [String: [String]] = [:]
    var swept: Set<String> = []
    /// In the order in which they become due.
    var scheduled: [String] = []
    /// Without what differs between two deaths: the letter's name and time.
    var dead: [String] = []
    /// By payload.
    var suspicions: [String: BrokerState.Suspicion] = [:]
    var deaths = 0
    var pauseReason: String?

    init() {}

    init(_ state: BrokerState, _ letters: inout RestingLetters) {
        self.ready = state.ready.map(\.text)
        for (id, worker) in state.workers {
            self.workers[id.rawValue] = Worker(
                held: worker.held.mapValues(\.text), isBeingSwept: worker.isBeingSwept, repeated: worker.repeated)
        }
        for (id, slot) in state.landing where !slot.isEmpty { self.landing[id.rawValue] = slot.map(\.text) }
        self.swept = Set(state.swept.keys.map(\.rawValue))
        self.scheduled = state.scheduled.map(\.payload.text)
        self.dead = state.dead.map { letters.text(of: $0) }
        for (payload, suspicion) in state.suspicions { self.suspicions[payload.text] = suspicion }
        self.deaths = state.deaths
        self.pauseReason = state.pauseReason
    }

    /// A dead letter without its name and time.
    static func resting(_ payload: [UInt8]) -> String {
        guard let envelope = try? Envelope(payload), let metadata = envelope.deadLetterMetadata else { return payload.text }
        return "\(envelope.producerBytes.text) \(metadata.reason) \(metadata.failureCount) \(metadata.errorMessage)"
    }
}

/// What dead letters say, each read once.
struct RestingLetters {
    private var known: [[UInt8]: String] = [:]

    mutating func text(of payload: [UInt8]) -> String {
        if let text = self.known[payload] { return text }
        let text = QueueImage.resting(payload)
        self.known[payload] = text
        return text
    }
}

/// Reads a queue's keys, and writes their times.
///
/// Redis's clock cannot be set. So each time that a transition wrote is checked against the clock and then replaced: by one that is long past where
/// the model's is, by one far ahead where it is not, in the model's order.
final class RedisQueue {
    let broker: RedisBroker
    private let client: RedisClient
    private var digests: [String: String] = [:]
    private var learnt: Set<String> = []
    private var letters = RestingLetters()
    /// Times as they were last written here, by set and member.
    private var written: [String: [String: Double]] = [:]

    init(_ broker: RedisBroker, client: RedisClient) {
        self.broker = broker
        self.client = client
    }

    private var keys: RedisKeys { self.broker.keys }

    /// Registers payloads whose digests will be met.
    func learn(_ payloads: some Sequence<String>) async throws {
        for payload in payloads where self.learnt.insert(payload).inserted {
            let reply = try await self.client.send(["EVAL", "return redis.sha1hex(ARGV[1])", 0, .text(payload)] as RedisCommand)
            self.digests[reply.string ?? ""] = payload
        }
    }

    /// Reads everything in one transaction's worth of commands. `ids` are the workers that may hold something.
    func image(of ids: [WorkerID]) async throws -> (image: QueueImage, times: [String: [String: Double]], clock: Double) {
        var commands: [RedisCommand] = [
            ["TIME"], ["LRANGE", .text(self.keys.queue), 0, -1], ["LRANGE", .text(self.broker.names.deadLetter), 0, -1],
            ["ZRANGE", .text(self.broker.names.retry), 0, -1, "WITHSCORES"], ["ZRANGE", .text(self.keys.workers), 0, -1, "WITHSCORES"],
            ["ZRANGE", .text(self.keys.swept), 0, -1, "WITHSCORES"], ["HGETALL", .text(self.keys.crashes)],
            ["GET", .text(self.keys.deaths)], ["GET", .text(self.keys.paused)],
        ]
        for id in ids {
            commands += [
                ["HGETALL", .text(self.keys.inflight(id))], ["LRANGE", .text(self.keys.landing(id)), 0, -1],
                ["ZRANGE", .text(self.keys.repeats(id)), 0, -1],
            ]
        }
        let replies = try await self.client.pipeline(commands)
        let time = Self.texts(replies[0]).compactMap(Double.init)
        var image = QueueImage()
        // The right end is the next to be claimed.
        image.ready = Self.texts(replies[1])
        image.dead = (replies[2].array ?? []).map { self.letters.text(of: $0.bytes ?? []) }
        image.scheduled = Self.pairs(replies[3]).map(\.0)
        let workers = Self.pairs(replies[4])
        image.swept = Set(Self.pairs(replies[5]).map(\.0))
        image.deaths = Int(replies[7].int ?? 0)
        image.pauseReason = replies[8].string
        for (name, value) in Self.pairs(replies[6]) { try self.note(name, value, in: &image) }
        for (id, deadline) in workers { image.workers[id] = .init(isBeingSwept: Double(deadline) ?? 0 <= 0) }
        for (index, id) in ids.enumerated() {
            let (held, landing, repeats) = (replies[9 + 3 * index], replies[10 + 3 * index], replies[11 + 3 * index])
            let deliveries = Self.pairs(held).map { (UInt64($0.0) ?? 0, $0.1) }
            if !deliveries.isEmpty || image.workers[id.rawValue] != nil {
                image.workers[id.rawValue, default: .init()].held = Dictionary(uniqueKeysWithValues: deliveries)
                image.workers[id.rawValue]?.repeated = Set(Self.texts(repeats).compactMap { UInt64($0) })
            }
            if !Self.texts(landing).isEmpty { image.landing[id.rawValue] = Self.texts(landing) }
        }
        func times(_ reply: RedisValue) -> [String: Double] {
            Dictionary(uniqueKeysWithValues: Self.pairs(reply).map { ($0.0, Double($0.1) ?? .nan) })
        }
        return (
            image,
            [self.broker.names.retry: times(replies[3]), self.keys.workers: times(replies[4]), self.keys.swept: times(replies[5])],
            time[0] + time[1] / 1e6
        )
    }

    private func note(_ name: String, _ value: String, in image: inout QueueImage) throws {
        let parts = name.split(separator: ":").map(String.init)
        guard let payload = self.digests[parts[0]] else { throw Difference(description: "crashes of an unknown message") }
        var suspicion = image.suspicions[payload] ?? .init(crashes: -1)
        switch parts.dropFirst().first {
        case nil: suspicion.crashes = Int(value) ?? -1
        case "since": suspicion.since = Int(value)
        default: suspicion.trial = DeliveryID(value)
        }
        image.suspicions[payload] = suspicion
    }

    /// Brings the times of one sorted set in line with the model's. `unit` is seconds or milliseconds in a second; 0 stands for what is not a time.
    func align(_ key: String, _ found: [String: Double], with model: [String: Duration?], now: Duration, clock: Double, unit: Double)
        async throws
    {
        var command = RedisCommand("ZADD")
        command.append(key)
        command.append("XX")
        var last: [String: Double] = [:]
        var count = 0
        for (member, time) in model.sorted(by: { $0.key < $1.key }) {
            guard let score = found[member] else { continue }
            guard let time else {
                if score != 0 { throw Difference(description: "\(member) in \(key) has \(score), not 0") }
                continue
            }
            let target = (time <= now ? 1e6 + Self.seconds(time) : 5e9 + Self.seconds(time)) * unit
            last[member] = target
            if score == target { continue }
            // A new time, which the server's own clock decided: now and what was asked for. Or one that passed meanwhile.
            if self.written[key]?[member] != score, abs(score / unit - clock - Self.seconds(time - now)) > 5 {
                throw Difference(description: "\(member) in \(key): \(score / unit - clock) s ahead, not \(Self.seconds(time - now))")
            }
            command.append("\(target)")
            command.append(member)
            count += 1
        }
        self.written[key] = last
        if count > 0 { _ = try await self.client.send(command) }
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    private static func texts(_ reply: RedisValue) -> [String] { (reply.array ?? []).map { ($0.bytes ?? []).text } }

    private static func pairs(_ reply: RedisValue) -> [(String, String)] {
        let flat = Self.texts(reply)
        return stride(from: 0, to: flat.count - 1, by: 2).map { (flat[$0], flat[$0 + 1]) }
    }
}

/// The model and the scripts disagree.
struct Difference: Error, CustomStringConvertible {
    let description: String
}
