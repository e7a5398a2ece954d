internal import Threading

/// A value as the tiers keep it: what it is, and until when it counts.
///
/// Times are milliseconds of the wall clock since 1970. They are in order, `created <= freshUntil <= ends`, and below 2^53: whoever makes an
/// entry, or changes its bytes, cannot make arithmetic on them overflow.
public struct CacheEntry: Sendable, Hashable {
    /// What is known.
    public enum Content: Sendable, Hashable {
        /// The value's own bytes; there may be none.
        case value([UInt8])
        /// That there is no such value. Not the same as knowing nothing.
        case absent
    }

    /// What an entry is good for at some time.
    public enum Freshness: Sendable, Hashable {
        case fresh
        /// Its time is over; it may be served while a new one is made.
        case stale
        /// It must not be served.
        case ended
    }

    public let content: Content
    public let createdMilliseconds: Int64
    /// The first at which it is not fresh.
    public let freshUntilMilliseconds: Int64
    /// The first at which it must not be served even stale.
    public let endsMilliseconds: Int64
    /// What it took to make, in whole nanoseconds; decides how early it is worth making again.
    public let load: Duration
    /// Hash of the schema of the Swift type it was encoded from; 0 for none. An entry of another schema is a miss.
    public let schema: UInt32
    /// Of what it was made from; 0 for none.
    public let version: UInt64

    private static let latest: Int64 = 1 << 53 - 1

    /// Times out of order are moved to the time before them; `load` is cut to whole nanoseconds from 0.
    public init(
        content: Content, createdMilliseconds: Int64, freshUntilMilliseconds: Int64, endsMilliseconds: Int64, load: Duration = .zero,
        schema: UInt32 = 0, version: UInt64 = 0
    ) {
        self.content = content
        self.createdMilliseconds = min(max(createdMilliseconds, 0), Self.latest)
        self.freshUntilMilliseconds = min(max(freshUntilMilliseconds, self.createdMilliseconds), Self.latest)
        self.endsMilliseconds = min(max(endsMilliseconds, self.freshUntilMilliseconds), Self.latest)
        self.load = .nanoseconds(max(load.inNanoseconds, 0))
        self.schema = schema
        self.version = version
    }

    /// - Parameter milliseconds: the time now.
    public func freshness(at milliseconds: Int64) -> Freshness {
        if milliseconds < self.freshUntilMilliseconds { return .fresh }
        return milliseconds < self.endsMilliseconds ? .stale : .ended
    }
}
