/// What kind of thing a text names. The raw values are stored, and shown to people.
public enum EntityType: String, Sendable, Hashable, CaseIterable, Comparable {
    case person, organization, place, date, money, email, phone, url, law
    case caseNumber = "case_number"

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// Whether different spellings may mean one thing. The others are equal exactly when their normal forms are.
    public var isNamed: Bool { self == .person || self == .organization || self == .place }
}
