@testable import EntityAnalysis
import Testing

@Suite struct ResolutionTests {
    private func person(_ name: String, _ documents: Set<String> = [], _ context: Set<String> = []) -> NameForm {
        NameForm(type: .person, name: name, documents: documents, context: context)
    }

    private func organization(_ name: String) -> NameForm { NameForm(type: .organization, name: name) }

    private func isOne(_ forms: [NameForm], _ decisions: ResolutionDecisions = .init(), left: Int = 0, right: Int = 1) -> Bool {
        EntityResolver().resolve(forms, decisions: decisions).clusters.contains { $0.forms.contains(left) && $0.forms.contains(right) }
    }

    private func isOne(_ left: NameForm, _ right: NameForm) -> Bool { self.isOne([left, right]) }

    @Test(arguments: [
        ("John Smith", "Jane Smith"), ("John A. Smith", "John B. Smith"), ("John Smith Jr.", "John Smith Sr."),
        ("John Smith III", "John Smith II"),
        ("Mr Smith", "Mrs Smith"), ("Martin Oduya", "Martina Oduya"), ("Mr John Smith", "Mrs Jane Smith"), ("John Smith", "John Smith Jr."),
    ])
    func `two people stay two`(_ pair: (String, String)) {
        #expect(!self.isOne(self.person(pair.0, ["a"], ["Acme", "Port Alder"]), self.person(pair.1, ["a"], ["Acme", "Port Alder"])))
    }

    @Test(arguments: [
        ("J. Smith", "John Smith"), ("Smith, John", "John Smith"), ("Dr Hale", "Margaret Hale"), ("Bob Reed", "Robert Reed"),
        ("Liz Hale", "Elizabeth Hale"), ("Gorbatschow, Michail", "Mikhail Gorbachev"), ("Михаил Горбачёв", "Mikhail Gorbachev"),
        ("Jürgen Müller", "Juergen Mueller"), ("Jürgen Müller", "JURGEN MULLER"), ("Łukasz Wałęsa", "Lukasz Walesa"),
        ("M. A. Hale", "Margaret Anne Hale"), ("Catherine O'Neill", "Catherine O’Neill"), ("Ludwig van Aarden", "Ludwig Aarden"),
    ])
    func `spellings of a person are one`(_ pair: (String, String)) {
        #expect(self.isOne(self.person(pair.0), self.person(pair.1)))
    }

    @Test(arguments: [
        ("PAHA", "Port Alder Harbour Authority"), ("Acme Ltd", "The Acme Limited"), ("Hale & Sons", "Hale and Sons Ltd"),
        ("Port Alder Harbor Authority", "Port Alder Harbour Authority"), ("Société Générale", "Societe Generale SA"),
    ])
    func `spellings of an organisation are one`(_ pair: (String, String)) {
        #expect(self.isOne(self.organization(pair.0), self.organization(pair.1)))
    }

    @Test(arguments: [
        ("Hale GmbH", "Hale AG"), ("Fund I", "Fund II"), ("North Alder Bank", "South Alder Bank"), ("First Bank", "Second Bank"),
    ])
    func `two organisations stay two`(_ pair: (String, String)) {
        #expect(!self.isOne(self.organization(pair.0), self.organization(pair.1)))
    }

    @Test func `a place with a qualifier is the place without, unless there are two`() {
        let places = ["Port Alder", "Port Alder, Maine", "Port Alder, Oregon"].map { NameForm(type: .place, name: $0) }
        #expect(self.isOne(places[0], places[1]))
        #expect(EntityResolver().resolve(places).clusters.count == 3)
    }

    @Test func `one name of two types is two things`() {
        #expect(!self.isOne(NameForm(type: .place, name: "Marrowstone"), NameForm(type: .organization, name: "Marrowstone")))
    }

    @Test func `what is not named is equal or not`() {
        let forms = ["a@x.example", "a@x.example", "b@x.example"].map { NameForm(type: .email, name: $0) }
        #expect(EntityResolver().resolve(forms).clusters.map(\.forms) == [[0, 1], [2]])
    }

    @Test func `a surname that fits two people is neither of them`() {
        let forms = [
            self.person("John Smith"), self.person("Anna Smith"), self.person("Smith"), self.person("J. Smith"), self.person("Jane Smith"),
        ]
        let resolution = EntityResolver().resolve(forms)
        #expect(resolution.clusters.count == 5)
        #expect(resolution.candidates.count >= 4)
    }

    @Test func `a shared document decides whom a surname means`() {
        let forms = [self.person("John Smith", ["a"]), self.person("Anna Smith", ["b"]), self.person("Smith", ["b"])]
        #expect(!self.isOne(forms, left: 0, right: 2))
        #expect(self.isOne(forms, left: 1, right: 2))
    }

    @Test func `a misheard name waits for a person, or for context`() {
        let heard = self.person("margaret hail", ["t"])
        let alone = EntityResolver().resolve([self.person("Margaret Hale", ["a"]), heard])
        #expect(alone.clusters.count == 2)
        #expect(alone.candidates.count == 1)
        let context: Set<String> = ["Port Alder", "Thomas Reed"]
        #expect(self.isOne(self.person("Margaret Hale", ["a"], context), self.person("margaret hail", ["t"], context)))
    }

    @Test func `a chain of small steps does not join its ends`() {
        let names = ["Karl Brandner", "Karl Brandler", "Karl Brandlen", "Karl Bradlen", "Karl Bratlen", "Karl Ratlen"]
        let forms = names.map { self.person($0, ["a"], ["Acme"]) }
        #expect(!self.isOne(forms, left: 0, right: 5))
    }

    @Test func `people decide before the machine`() {
        let forms = [self.person("John Smith"), self.person("Johnny Smith"), self.person("The Boss"), self.person("J. Smith")]
        #expect(self.isOne(forms, .init(same: [.init(0, 2)]), left: 0, right: 2))
        let apart = EntityResolver().resolve(forms, decisions: .init(different: [.init(0, 1)]))
        #expect(!apart.clusters.contains { $0.forms.contains(0) && $0.forms.contains(1) })
        #expect(
            !apart.candidates.contains { candidate in
                Set([candidate.left, candidate.right].flatMap { apart.clusters[$0].forms }).isSuperset(of: [0, 1])
                    && apart.clusters[candidate.left].forms.count + apart.clusters[candidate.right].forms.count == 2
            })
    }

    @Test func `of contradicting decisions the one that tells apart holds`() {
        let forms = [self.person("A One"), self.person("B Two"), self.person("C Three")]
        let decisions = ResolutionDecisions(
            same: [.init(0, 1), .init(1, 2), .init(0, 2)], different: [.init(0, 2), .init(7, -1), .init(1, 1)])
        let resolution = EntityResolver().resolve(forms, decisions: decisions)
        #expect(!resolution.clusters.contains { $0.forms.contains(0) && $0.forms.contains(2) })
        #expect(resolution.clusters.count == 2)
    }

    @Test func `equal names that a person told apart are two`() {
        let forms = [self.person("John Smith"), self.person("John Smith"), NameForm(type: .person, name: "John Smith", qualifier: "2")]
        let resolution = EntityResolver().resolve(forms, decisions: .init(different: [.init(0, 1)]))
        #expect(resolution.clusters.count == 3)
        #expect(EntityResolver().resolve(forms).clusters.count == 2)
    }

    @Test func `a cluster is shown by its fullest frequent name in proper case`() {
        let forms = [
            NameForm(type: .organization, name: "PAHA", count: 30),
            NameForm(type: .organization, name: "Port Alder Harbour Authority", count: 9),
            NameForm(type: .organization, name: "port alder harbour authority", count: 40),
            NameForm(type: .organization, name: "Port Alder Harbour Autority", count: 1),
        ]
        #expect(EntityResolver().resolve(forms).clusters.map(\.name) == ["Port Alder Harbour Authority"])
    }

    @Test func `likeness is explained`() {
        let resolver = EntityResolver()
        #expect(resolver.similarity(self.person("J. Smith"), self.person("John Smith")).reasons == ["same initials"])
        #expect(resolver.similarity(self.organization("PAHA"), self.organization("Port Alder Harbour Authority")).reasons == ["acronym"])
        #expect(resolver.similarity(self.person("John Smith"), self.organization("John Smith")) == (0, ["different types"]))
        #expect(resolver.similarity(self.person("John Smith"), self.person("john SMITH")).score == 1)
    }

    @Test func `the order of the forms changes nothing but indices`() throws {
        let gold = try ResolutionGold(GoldFiles.lines("dev", in: "resolution"))
        let decisions = [(3, 40), (5, 9), (0, 1)]
        var random = SeededNumbers(state: 7)
        func named(_ order: [Int]) -> [String] {
            let forms = order.map { gold.forms[$0] }
            let place = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
            let pairs = decisions.map { ResolutionDecisions.Pair(place[$0.0] ?? 0, place[$0.1] ?? 0) }
            let resolution = EntityResolver().resolve(forms, decisions: .init(same: [pairs[0]], different: [pairs[1], pairs[2]]))
            return resolution.clusters.map { "\($0.name): \($0.forms.map { order[$0] }.sorted())" }
                + resolution.candidates.map { "\($0.left) \($0.right) \($0.score)" }
        }
        let expected = named(Array(gold.forms.indices))
        for _ in 0..<10 { #expect(named(gold.forms.indices.shuffled(using: &random)) == expected) }
    }
}

/// The same numbers in each run.
struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var value = self.state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
