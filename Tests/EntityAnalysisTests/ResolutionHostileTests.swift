import EntityAnalysis
import Testing

@Suite struct ResolutionHostileTests {
    /// Debug builds and busy machines are many times slower than what is promised.
    private static let patience = Duration.seconds(40)

    @Test(arguments: EntityType.allCases)
    func `names that are no names are equal only to themselves`(_ type: EntityType) {
        let names = [
            "", " ", "...", "--", ",", "🙂", "🙂🙂", "Mr", "Jr.", "the", "Ltd", ", ,", "\u{301}\u{301}", "A", "1", "\0", "“”", "(",
            "Dr. Dr. Dr.",
            String(repeating: "x", count: 10_000), String(repeating: "x ", count: 5_000), String(repeating: "x", count: 10_001),
            String(repeating: "e\u{301}", count: 3_000), "Mr. Jr.", "Smith, , ,", ", Smith",
        ]
        let resolution = EntityResolver().resolve(names.map { NameForm(type: type, name: $0, count: .max) })
        #expect(resolution.clusters.flatMap(\.forms).sorted() == Array(names.indices))
        #expect(Set(resolution.clusters.flatMap(\.forms)).count == names.count)
        if !type.isNamed { #expect(resolution.clusters.count == names.count) }
        let emoji = resolution.clusters.filter { $0.forms.contains(5) || $0.forms.contains(6) }
        #expect(emoji.count == 2)
    }

    @Test func `nothing gives nothing`() {
        #expect(EntityResolver().resolve([]) == Resolution(clusters: []))
    }

    @Test func `twenty thousand people of one surname take no longer than others`() {
        let given = (0..<20_000).map { index in
            String(
                String.UnicodeScalarView(
                    [index % 26, index / 26 % 26, index / 676 % 26, 4, index % 17].map { Unicode.Scalar(UInt8(97 + $0)) }))
        }
        let forms =
            given.map { NameForm(type: .person, name: "\($0) Smith", documents: ["d\($0.prefix(2))"]) } + [
                NameForm(type: .person, name: "Smith")
            ]
        let clock = ContinuousClock()
        var resolution = Resolution(clusters: [])
        let duration = clock.measure { resolution = EntityResolver().resolve(forms) }
        #expect(duration < Self.patience)
        #expect(resolution.clusters.reduce(0) { $0 + $1.forms.count } == forms.count)
        // A surname among thousands is nobody's.
        #expect(resolution.clusters.contains { $0.forms == [20_000] })
    }

    @Test func `twenty thousand different names are quickly resolved`() {
        var random = SeededNumbers(state: 3)
        let syllables = [
            "ka", "lo", "mi", "ren", "tas", "vo", "bel", "dur", "fen", "gal", "hor", "jin", "pel", "quo", "sil", "wex", "zan", "ost", "ur",
            "ael",
        ]
        func word() -> String { (0..<3).map { _ in syllables.randomElement(using: &random) ?? "" }.joined().capitalized }
        let forms = (0..<20_000).map { index in
            NameForm(
                type: [.person, .organization, .place][index % 3], name: "\(word()) \(word())", documents: ["d\(index % 300)"],
                context: [word(), word()])
        }
        let clock = ContinuousClock()
        let duration = clock.measure { _ = EntityResolver().resolve(forms) }
        #expect(duration < Self.patience)
    }
}

extension String {
    fileprivate var capitalized: String { self.prefix(1).uppercased() + self.dropFirst() }
}
