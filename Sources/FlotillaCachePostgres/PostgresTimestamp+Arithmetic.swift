package import PostgresClient
internal import Threading

extension PostgresTimestamp {
    package static func + (left: Self, right: Duration) -> Self { Self(microseconds: left.microseconds + right.inNanoseconds / 1_000) }
    package static func - (left: Self, right: Duration) -> Self { Self(microseconds: left.microseconds - right.inNanoseconds / 1_000) }
    package static func - (left: Self, right: Self) -> Duration { .microseconds(left.microseconds - right.microseconds) }

    /// The beginning of the stretch of this length, counted from 1970, that the moment lies in.
    package func floored(to length: Duration) -> Self {
        let unit = max(1, length.inNanoseconds / 1_000)
        let rest = self.microseconds % unit
        return Self(microseconds: self.microseconds - (rest < 0 ? rest + unit : rest))
    }
}
