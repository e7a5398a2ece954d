internal import Compression
internal import Cryptography

/// Turns entries into bytes for the shared tier and back: compressed where it pays, encrypted where the type asks for it, checked always.
///
/// Reading trusts nothing. Whatever the bytes are, it gives an entry that was written for this key, or a reason; it allocates no more than
/// the limits allow, and no more than a hundred times what is there.
public struct EntryCodec: Sendable {
    public struct Options: Sendable, Hashable {
        /// Smaller values are not compressed; bytes.
        public var compressionThreshold = 1_024
        /// What compression must save to be kept, as a part of the value.
        public var minimumGain = 0.10
        /// Larger entries are refused; bytes as stored, with the header.
        public var maximumStoredBytes = 1 << 20
        /// Larger values are refused, both ways; bytes. Below 2^32.
        public var maximumInflatedBytes = 64 << 20
        /// How many bytes one stored byte may unpack to.
        public var maximumRatio = 100

        public init() {}
    }

    public let options: Options
    private let cipher: CacheCipher?

    /// - Parameter cipher: nil writes values of `.whenKeyed` types in the clear and refuses those of `.required` ones.
    public init(options: Options = Options(), cipher: CacheCipher? = nil) {
        precondition(
            options.maximumRatio >= 1 && (0...Int(UInt32.max)).contains(options.maximumInflatedBytes),
            "an entry's limits must be positive and below 4 GiB")
        self.options = options
        self.cipher = cipher
    }

    /// Whether values of this policy can be kept in the shared tier at all.
    public func accepts(_ policy: CachePolicy) -> Bool { policy.encryption != .required || self.cipher != nil }

    /// - Parameter key: under which the entry will be stored; it can be read back under this one alone.
    /// - Throws: ``CacheError`` with code `tooLarge`, or `notEncrypted` where there must be a key of encryption and is none.
    public func encode(_ entry: CacheEntry, key: String, policy: CachePolicy) throws(CacheError) -> [UInt8] {
        guard self.accepts(policy) else {
            throw CacheError(.notEncrypted, "values of this type must be encrypted, and no key of encryption is configured")
        }
        let raw: [UInt8] = if case .value(let bytes) = entry.content { bytes } else { [] }
        guard raw.count <= self.options.maximumInflatedBytes else {
            throw CacheError(.tooLarge, "a value of \(raw.count) bytes; the cache takes \(self.options.maximumInflatedBytes)")
        }
        var flags: EntryHeader.Flags = entry.content == .absent ? .absent : []
        var payload = raw
        if policy.compresses, let compressed = self.compressed(raw) {
            payload = compressed
            flags.insert(.compressed)
        }
        let sealer = policy.encryption == .never ? nil : self.cipher?.first
        if sealer != nil { flags.insert(.encrypted) }
        let header = EntryHeader(of: entry, flags: flags, rawLength: raw.count, keyID: sealer?.id ?? "")
        let stored = header.count + payload.count + (sealer == nil ? 4 : AESGCM.overhead)
        guard stored <= self.options.maximumStoredBytes else {
            throw CacheError(.tooLarge, "an entry of \(stored) bytes; the cache takes \(self.options.maximumStoredBytes)")
        }
        var bytes = header.encoded(reserving: stored)
        if let sealer {
            do {
                bytes += try sealer.seal(payload, place: key, header: bytes)
            } catch {
                throw CacheError(.notEncrypted, "cannot encrypt: \(error)")
            }
        } else {
            bytes.appendBigEndian(Self.checksum(place: key, header: bytes[...], payload: payload[...]))
            bytes += payload
        }
        return bytes
    }

    /// - Parameter key: under which the bytes were found.
    public func decode(_ bytes: [UInt8], key: String, policy: CachePolicy) -> DecodedEntry {
        do {
            return .entry(try self.entry(bytes, key: key, policy: policy))
        } catch {
            return .unreadable(reason: error.reason)
        }
    }

    private func entry(_ bytes: [UInt8], key: String, policy: CachePolicy) throws(EntryHeader.Unreadable) -> CacheEntry {
        let header = try EntryHeader(reading: bytes)
        let payload = try self.payload(of: bytes, header: header, key: key, policy: policy)
        let rawLength = Int(header.rawLength)
        let content: CacheEntry.Content
        if header.flags.contains(.absent) {
            guard payload.isEmpty, rawLength == 0, !header.flags.contains(.compressed) else { throw .init(.malformed) }
            content = .absent
        } else if header.flags.contains(.compressed) {
            content = .value(try self.inflated(payload, to: rawLength))
        } else {
            guard payload.count == rawLength else { throw .init(.malformed) }
            guard rawLength <= self.options.maximumInflatedBytes else { throw .init(.tooLarge) }
            content = .value(payload)
        }
        guard let entry = header.entry(content) else { throw .init(.malformed) }
        return entry
    }

    /// The payload, once it is known to be what was written for this key.
    private func payload(
        of bytes: [UInt8], header: EntryHeader, key: String, policy: CachePolicy
    ) throws(EntryHeader.Unreadable) -> [UInt8] {
        let head = bytes[..<header.count]
        let body = bytes[header.count...]
        if header.flags.contains(.encrypted) {
            guard let sealer = self.cipher?.key(header.keyID) else { throw .init(.unknownKey) }
            guard body.count >= AESGCM.overhead else { throw .init(.truncated) }
            do {
                return try sealer.open(Array(body), place: key, header: Array(head))
            } catch {
                throw .init(.forged)
            }
        }
        // Types that may be in the clear are read in the clear even when there are keys: the day the first key is configured
        // must not empty the cache. Types that must not be are not read: whoever can write to the server could plant them.
        guard policy.encryption != .required else { throw .init(.notEncrypted) }
        guard body.count >= 4 else { throw .init(.truncated) }
        let payload = body.dropFirst(4)
        guard bytes.bigEndian(at: header.count) == Self.checksum(place: key, header: head, payload: payload) else { throw .init(.damaged) }
        return Array(payload)
    }

    private static func checksum(place: String, header: ArraySlice<UInt8>, payload: ArraySlice<UInt8>) -> UInt32 {
        let place = EntryHeader.place(place)
        var sum = place.withUnsafeBytes { Compression.checksum($0) }
        sum = header.withUnsafeBytes { Compression.checksum($0, continuing: sum) }
        return payload.withUnsafeBytes { Compression.checksum($0, continuing: sum) }
    }
}
