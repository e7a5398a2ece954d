internal import Threading

/// What stands before a value's bytes. Numbers are big-endian.
///
///     offset  bytes
///          0      3  "FCE"
///          3      1  format, 1
///          4      1  flags: 1 absent, 2 compressed, 4 encrypted
///          5      1  n, length of the key's id; 0 unless encrypted
///          6      4  schema
///         10      8  created, ms
///         18      8  fresh until, ms
///         26      8  ends, ms
///         34      8  load, ns
///         42      8  version
///         50      4  raw length: of the value, before it was compressed
///         54      n  id of the key of encryption, ASCII
///       54+n         the body:
///
///     plain      checksum 4 (CRC-32 of place, header and payload) | payload
///     encrypted  nonce 12 | payload, encrypted                    | tag 16 (of place, header and payload)
///
///     payload    the value, or deflate (RFC 1951) and then zeros, if it would be smaller than 1/100 of the value
///     place      length 4 and text of the key that it is stored under; not stored
struct EntryHeader: Hashable {
    struct Flags: OptionSet, Hashable {
        let rawValue: UInt8
        static let absent = Flags(rawValue: 1)
        static let compressed = Flags(rawValue: 2)
        static let encrypted = Flags(rawValue: 4)
        static let known: Flags = [.absent, .compressed, .encrypted]
    }

    static let magic = Array("FCE".utf8)
    static let format: UInt8 = 1
    static let fixedBytes = 54

    var flags: Flags
    var schema: UInt32
    var createdMilliseconds: Int64
    var freshUntilMilliseconds: Int64
    var endsMilliseconds: Int64
    var loadNanoseconds: Int64
    var version: UInt64
    var rawLength: UInt32
    var keyID: String

    /// - Parameter rawLength: below 2^32.
    init(of entry: CacheEntry, flags: Flags, rawLength: Int, keyID: String) {
        self.flags = flags
        self.schema = entry.schema
        self.createdMilliseconds = entry.createdMilliseconds
        self.freshUntilMilliseconds = entry.freshUntilMilliseconds
        self.endsMilliseconds = entry.endsMilliseconds
        self.loadNanoseconds = entry.load.inNanoseconds
        self.version = entry.version
        self.rawLength = UInt32(rawLength)
        self.keyID = keyID
    }

    /// Change the reader below too.
    func encoded(reserving bodyBytes: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.fixedBytes + self.keyID.utf8.count + bodyBytes)
        bytes += Self.magic
        bytes += [Self.format, self.flags.rawValue, UInt8(self.keyID.utf8.count)]
        bytes.appendBigEndian(self.schema)
        bytes.appendBigEndian(self.createdMilliseconds)
        bytes.appendBigEndian(self.freshUntilMilliseconds)
        bytes.appendBigEndian(self.endsMilliseconds)
        bytes.appendBigEndian(self.loadNanoseconds)
        bytes.appendBigEndian(self.version)
        bytes.appendBigEndian(self.rawLength)
        bytes += self.keyID.utf8
        return bytes
    }

    /// Reads the beginning of `bytes` and checks what can be checked without the payload.
    init(reading bytes: [UInt8]) throws(Unreadable) {
        guard bytes.count >= Self.magic.count, bytes.prefix(Self.magic.count).elementsEqual(Self.magic) else { throw Unreadable(.foreign) }
        guard bytes.count >= Self.fixedBytes else { throw Unreadable(.truncated) }
        guard bytes[3] == Self.format else { throw Unreadable(.format) }
        self.flags = Flags(rawValue: bytes[4])
        let idBytes = Int(bytes[5])
        guard self.flags.isSubset(of: .known), self.flags.contains(.encrypted) == (idBytes > 0) else { throw Unreadable(.malformed) }
        guard bytes.count >= Self.fixedBytes + idBytes else { throw Unreadable(.truncated) }
        self.schema = bytes.bigEndian(at: 6)
        self.createdMilliseconds = bytes.bigEndian(at: 10)
        self.freshUntilMilliseconds = bytes.bigEndian(at: 18)
        self.endsMilliseconds = bytes.bigEndian(at: 26)
        self.loadNanoseconds = bytes.bigEndian(at: 34)
        self.version = bytes.bigEndian(at: 42)
        self.rawLength = bytes.bigEndian(at: 50)
        let id = bytes[Self.fixedBytes..<Self.fixedBytes + idBytes]
        guard id.allSatisfy(CacheCipher.isIDByte) else { throw Unreadable(.malformed) }
        self.keyID = String(decoding: id, as: UTF8.self)
    }

    /// Bytes of the header in an entry.
    var count: Int { Self.fixedBytes + self.keyID.utf8.count }

    /// - Returns: nil when times are not what ``CacheEntry`` makes of them: then nobody of ours wrote this.
    func entry(_ content: CacheEntry.Content) -> CacheEntry? {
        let entry = CacheEntry(
            content: content, createdMilliseconds: self.createdMilliseconds, freshUntilMilliseconds: self.freshUntilMilliseconds,
            endsMilliseconds: self.endsMilliseconds, load: .nanoseconds(self.loadNanoseconds), schema: self.schema, version: self.version)
        let isSame =
            entry.createdMilliseconds == self.createdMilliseconds && entry.freshUntilMilliseconds == self.freshUntilMilliseconds
            && entry.endsMilliseconds == self.endsMilliseconds && self.loadNanoseconds >= 0
        return isSame ? entry : nil
    }

    /// A reason that can be thrown.
    struct Unreadable: Error {
        let reason: UnreadableEntry
        init(_ reason: UnreadableEntry) { self.reason = reason }
    }
}

extension [UInt8] {
    mutating func appendBigEndian(_ number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.bigEndian) { self.append(contentsOf: $0) }
    }

    /// - Precondition: the number ends within the array.
    func bigEndian<Number: FixedWidthInteger>(at offset: Int) -> Number {
        precondition(offset >= 0 && offset <= self.count - MemoryLayout<Number>.size, "a number beyond the end")
        return self.withUnsafeBytes { Number(bigEndian: $0.loadUnaligned(fromByteOffset: offset, as: Number.self)) }
    }
}
