import Compression
import FlotillaCache
import Testing

/// Bytes that nobody of ours wrote: whoever can write to the server, a disk that forgets, a release that is not out yet.
@Suite struct EntryCodecHostileTests {
    private static let key = EntryCodecTests.key
    private static let policy = EntryCodecTests.whenKeyed

    /// Entries of every shape: plain, compressed, padded, absent, and all of them encrypted.
    private static func samples() throws -> [(codec: EntryCodec, bytes: [UInt8], entry: CacheEntry)] {
        let entries = [
            EntryCodecTests.entry([]), EntryCodecTests.entry(Array("short".utf8)), EntryCodecTests.entry(EntryCodecTests.prose(1_500)),
            EntryCodecTests.entry([UInt8](repeating: 0, count: 20_000)),
            CacheEntry(content: .absent, createdMilliseconds: 1, freshUntilMilliseconds: 2, endsMilliseconds: 3),
        ]
        return try [EntryCodec(), EntryCodec(cipher: EntryCodecTests.cipher("k1"))].flatMap { codec in
            try entries.map { (codec, try codec.encode($0, key: Self.key, policy: Self.policy), $0) }
        }
    }

    /// A plain entry with a checksum that is right: the writer knows the format.
    private static func forged(flags: UInt8, rawLength: UInt32, payload: [UInt8], times: (Int64, Int64, Int64) = (1, 2, 3)) -> [UInt8] {
        func big(_ number: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }
        let header =
            Array("FCE".utf8) + [1, flags, 0] + big(UInt32(0)) + big(times.0) + big(times.1) + big(times.2) + big(Int64(0)) + big(UInt64(0))
            + big(rawLength)
        let covered = big(UInt32(Self.key.utf8.count)) + Array(Self.key.utf8) + header + payload
        return header + big(covered.withUnsafeBytes { checksum($0) }) + payload
    }

    @Test func `a change of any bit is noticed`() throws {
        for (codec, bytes, _) in try Self.samples() {
            for bit in 0..<bytes.count * 8 {
                var changed = bytes
                changed[bit / 8] ^= 1 << (bit % 8)
                if case .entry = codec.decode(changed, key: Self.key, policy: Self.policy) { Issue.record("bit \(bit) changed unnoticed") }
            }
        }
    }

    @Test func `an entry that was cut is noticed, wherever it was`() throws {
        for (codec, bytes, _) in try Self.samples() {
            for length in 0..<bytes.count {
                if case .entry = codec.decode(Array(bytes[..<length]), key: Self.key, policy: Self.policy) {
                    Issue.record("\(length) of \(bytes.count) bytes were enough")
                }
            }
        }
    }

    /// 100,000 of them: several changes at once, of the kinds that break readers.
    @Test func `no bytes stop the reader, and none that were changed are taken for an entry`() throws {
        var generator = SeededGenerator(seed: 2026)
        let samples = try Self.samples()
        var readable = 0
        for _ in 0..<100_000 {
            let (codec, original, entry) = samples.randomElement(using: &generator)!
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 0...max(bytes.count - 1, 0), using: &generator)
                switch Int.random(in: 0..<7, using: &generator) {
                case 0 where !bytes.isEmpty: bytes[index] = UInt8.random(in: 0...255, using: &generator)
                case 1 where !bytes.isEmpty:
                    bytes[min(index, 53) % bytes.count] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &generator)!
                case 2: bytes.removeLast(min(bytes.count, index))
                case 3: bytes += generator.bytes(Int.random(in: 1...40, using: &generator))
                case 4: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: min(index, bytes.count))
                case 5 where bytes.count > 60: bytes.replaceSubrange(50..<54, with: generator.bytes(4))
                default: bytes = generator.bytes(Int.random(in: 0...200, using: &generator))
                }
            }
            switch codec.decode(bytes, key: Self.key, policy: Self.policy) {
            case .entry(let read):
                readable += 1
                #expect(bytes == original && read == entry)
            case .unreadable: break
            }
        }
        // Some changes change nothing. If all did, this test would test nothing.
        #expect(readable < 1_000)
    }

    @Test func `headers that lie about lengths unpack nothing`() throws {
        let codec = EntryCodec()
        func reason(_ bytes: [UInt8]) -> UnreadableEntry? {
            if case .unreadable(let reason) = codec.decode(bytes, key: Self.key, policy: Self.policy) { reason } else { nil }
        }
        let packed = try deflated([UInt8](repeating: 65, count: 50_000), format: .raw)
        // A bomb as it is: a thousand times its bytes.
        #expect(reason(Self.forged(flags: 2, rawLength: 50_000, payload: packed)) == .tooLarge)
        // One that promises to be small is stopped when it passes its promise.
        #expect(reason(Self.forged(flags: 2, rawLength: 1_000, payload: packed)) == .tooLarge)
        #expect(reason(Self.forged(flags: 2, rawLength: .max, payload: packed)) == .tooLarge)
        #expect(reason(Self.forged(flags: 0, rawLength: .max, payload: packed)) == .malformed)
        let honest = packed + [UInt8](repeating: 0, count: 500)
        #expect(reason(Self.forged(flags: 2, rawLength: 50_000, payload: honest)) == nil)
        #expect(reason(Self.forged(flags: 2, rawLength: 49_999, payload: honest)) == .tooLarge)
        #expect(reason(Self.forged(flags: 2, rawLength: 50_001, payload: honest)) == .malformed)
        // A stream that never ends, and one that is none.
        let cut = try Array(deflated(EntryCodecTests.prose(400), format: .raw).dropLast(4))
        #expect(reason(Self.forged(flags: 2, rawLength: 400, payload: cut)) == .malformed)
        #expect(reason(Self.forged(flags: 2, rawLength: 400, payload: [UInt8](repeating: 0xFF, count: 20))) == .malformed)
    }

    @Test func `the limit of unpacking holds when the ratio allows more`() throws {
        var options = EntryCodec.Options()
        options.maximumInflatedBytes = 10_000
        let bytes = try EntryCodec().encode(EntryCodecTests.entry(EntryCodecTests.prose(10_001)), key: Self.key, policy: Self.policy)
        let codec = EntryCodec(options: options)
        #expect(codec.decode(bytes, key: Self.key, policy: Self.policy) == .unreadable(reason: .tooLarge))
        var loose = Self.policy
        loose.compresses = false
        let plain = try EntryCodec().encode(EntryCodecTests.entry(EntryCodecTests.prose(10_001)), key: Self.key, policy: loose)
        #expect(codec.decode(plain, key: Self.key, policy: loose) == .unreadable(reason: .tooLarge))
    }

    @Test func `contradictions with a right checksum are malformed`() {
        let codec = EntryCodec()
        let contradictions: [[UInt8]] = [
            Self.forged(flags: 1, rawLength: 0, payload: [1]),
            Self.forged(flags: 1, rawLength: 1, payload: [1]),
            Self.forged(flags: 3, rawLength: 0, payload: []),
            Self.forged(flags: 8, rawLength: 1, payload: [1]),
            Self.forged(flags: 4, rawLength: 1, payload: [1]),
            Self.forged(flags: 0, rawLength: 2, payload: [1]),
            Self.forged(flags: 0, rawLength: 1, payload: [1], times: (3, 2, 1)),
            Self.forged(flags: 0, rawLength: 1, payload: [1], times: (.min, 2, 3)),
            Self.forged(flags: 0, rawLength: 1, payload: [1], times: (1, 2, .max)),
        ]
        for bytes in contradictions {
            #expect(codec.decode(bytes, key: Self.key, policy: Self.policy) == .unreadable(reason: .malformed))
        }
    }

    @Test func `other things under a key are told apart`() throws {
        let codec = EntryCodec()
        for bytes in [[], [0x46], Array("{\"json\":true}".utf8), [0x80, 0x04, 0x95]] as [[UInt8]] {
            #expect(codec.decode(bytes, key: Self.key, policy: Self.policy) == .unreadable(reason: .foreign))
        }
        var newer = try codec.encode(EntryCodecTests.entry([1]), key: Self.key, policy: Self.policy)
        newer[3] = 2
        #expect(codec.decode(newer, key: Self.key, policy: Self.policy) == .unreadable(reason: .format))
        newer[3] = 1
        #expect(codec.decode(Array(newer.prefix(53)), key: Self.key, policy: Self.policy) == .unreadable(reason: .truncated))
    }
}
