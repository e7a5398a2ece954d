/// Why bytes under a key are no entry. Always a miss for the reader, and counted.
public enum UnreadableEntry: String, Sendable, Hashable, CaseIterable {
    /// Not written by this cache.
    case foreign
    /// Written by a newer one.
    case format
    /// It ends too early.
    case truncated
    /// It contradicts itself: lengths, flags, times.
    case malformed
    /// The checksum is wrong: changed by accident, or stored under another key.
    case damaged
    /// Encrypted with a key that is not in the ring.
    case unknownKey = "unknown_key"
    /// Encrypted, and changed since, or moved here from another key.
    case forged
    /// In the clear, although values of this type must not be.
    case notEncrypted = "not_encrypted"
    /// It would unpack to more than is allowed, or to more than its bytes can honestly hold.
    case tooLarge = "too_large"
}

/// What bytes turned out to be.
public enum DecodedEntry: Sendable, Hashable {
    case entry(CacheEntry)
    case unreadable(reason: UnreadableEntry)
}
