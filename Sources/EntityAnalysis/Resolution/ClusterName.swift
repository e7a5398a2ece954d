/// The name by which a cluster is shown: the fullest of the frequent ones, in proper case where one is.
struct ClusterName {
    let name: String
    let type: EntityType

    /// - Parameter forms: not empty, in an order that depends on their content only.
    init(_ forms: [(form: NameForm, parsed: ParsedName)]) {
        let most = forms.map(\.form.count).max() ?? 0
        // A twentieth: a full name is often written once, then the short one. Of equally full names the frequent one is no misspelling.
        let frequent = forms.filter { $0.form.count >= most / 20 || $0.form.count > 2 }
        let best = (frequent.isEmpty ? forms : frequent).max { Self.rank($0) < Self.rank($1) }
        self.name = best?.form.name ?? ""
        self.type = forms.max { $0.form.count < $1.form.count }?.form.type ?? .person
    }

    private static func rank(_ entry: (form: NameForm, parsed: ParsedName)) -> (Int, Int, Int, Int) {
        let parsed = entry.parsed
        let letterCase = Self.letterCase(entry.form.name)
        return (
            parsed.specificity * 2 - (letterCase == 0 ? 100 : 0), letterCase - (parsed.isInverted ? 1 : 0), entry.form.count,
            -entry.form.name.utf8.count
        )
    }

    /// 2 for proper case, 1 for capitals only, 0 for lower case only.
    private static func letterCase(_ name: String) -> Int {
        var hasUpper = false
        var hasLower = false
        for scalar in name.unicodeScalars {
            if scalar.properties.isUppercase { hasUpper = true }
            if scalar.properties.isLowercase { hasLower = true }
        }
        return hasUpper && hasLower ? 2 : hasUpper ? 1 : hasLower ? 0 : 2
    }
}
