import EntityAnalysis
import Testing

@Suite struct EntityTypeTests {
    @Test func `stored names never change`() {
        #expect(
            EntityType.allCases.map(\.rawValue) == [
                "person", "organization", "place", "date", "money", "email", "phone", "url", "law", "case_number",
            ])
    }
}
