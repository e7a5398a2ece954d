/// The answer to a read. An error is none of them: it is thrown.
public enum CacheLookup<Value: Sendable>: Sendable {
    /// - Parameter isStale: past its time, and served while a new one is made.
    case value(Value, isStale: Bool)
    /// It is known that there is no such value.
    case absent
    /// Nothing is known.
    case miss

    /// The value, however old; nil for both absence and a miss.
    public var value: Value? {
        if case .value(let value, _) = self { return value }
        return nil
    }

    public var isMiss: Bool {
        if case .miss = self { return true }
        return false
    }
}

extension CacheLookup: Equatable where Value: Equatable {}
