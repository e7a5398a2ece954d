/// A kind of cached value: its name in keys, and everything that is decided about values of its kind.
///
/// Two types with the same name are the same type; ``CacheTypes/all`` lists those of Flotilla.
public struct CacheType: Sendable, CustomStringConvertible {
    /// In keys, settings and metrics: lower-case letters, digits and `_`, at most 40, such as `ocr_result`.
    public let name: String
    public var policy: CachePolicy

    public init(_ name: String, _ policy: CachePolicy) {
        precondition(
            (1...40).contains(name.utf8.count)
                && name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F },
            "\(name) cannot name a cache type: lower-case letters, digits and _, at most 40")
        self.name = name
        self.policy = policy
    }

    public var description: String { self.name }
}

extension CacheType: Hashable {
    public static func == (left: Self, right: Self) -> Bool { left.name == right.name }
    public func hash(into hasher: inout Hasher) { hasher.combine(self.name) }
}
