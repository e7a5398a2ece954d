import EntityAnalysis
import Testing

@Suite struct EntityNameTests {
    private func names(_ text: String, _ type: EntityType, _ language: String = "en") -> [String] {
        EntityExtractor().mentions(in: text, language: language).filter { $0.type == type }.map(\.normal)
    }

    @Test func `a surname is known after the full name`() {
        #expect(self.names("Jane Penrose came. Nobody had seen Penrose before.", .person) == ["Jane Penrose", "Penrose"])
        #expect(self.names("Mr Tolvanen left. The boat was Tolvanen's.", .person) == ["Tolvanen", "Tolvanen"])
    }

    @Test func `an acronym is known once it is defined`() {
        #expect(
            self.names("The West Fen Drainage Board (WFDB) met. The WFDB agreed.", .organization) == [
                "West Fen Drainage Board", "WFDB", "WFDB",
            ])
        #expect(self.names("Bring your XKQZ form.", .organization) == [])
    }

    @Test func `particles, initials and hyphens belong to names`() {
        #expect(
            self.names("We met J. R. Smith, Ludwig van der Velde, Yusuf bin Hassan, Siobhan O'Malley and Anne-Marie Dupont.", .person)
                == ["J. R. Smith", "Ludwig van der Velde", "Yusuf bin Hassan", "Siobhan O'Malley", "Anne-Marie Dupont"])
    }

    @Test func `titles and possessives do not`() {
        #expect(self.names("Dr. Helen Marsh's report reached Judge Marcus Bell.", .person) == ["Helen Marsh", "Marcus Bell"])
    }

    @Test func `a name may be broken over two lines`() {
        let text = "The letter was written in haste and signed by Margaret\nHale, who had never been to the harbour before."
        #expect(self.names(text, .person) == ["Margaret Hale"])
        #expect(EntityExtractor().mentions(in: text).first { $0.type == .person }?.text == "Margaret\nHale")
    }

    @Test func `headings and ordinary words with capitals name nobody`() {
        #expect(
            EntityExtractor().mentions(
                in: "REPORT OF THE INQUIRY INTO THE LOSS OF THE TRAWLER\n\nTerms and Conditions. Step One: Save the File.", language: "en")
                == [])
    }

    @Test func `names in capitals are read as others are`() {
        #expect(self.names("DANIEL FOSTER, Plaintiff, v. HARROW FREIGHT LLC, Defendant.", .person) == ["Daniel Foster"])
        #expect(self.names("DANIEL FOSTER, Plaintiff, v. HARROW FREIGHT LLC, Defendant.", .organization) == ["Harrow Freight LLC"])
    }

    @Test func `storms are not people`() {
        #expect(self.names("Storm Ingrid broke the wall.", .person) == [])
    }

    @Test func `organisations end where their names end`() {
        let text =
            "The University of Nairobi, the Department of Health and Brandt & Daughters wrote to Kestrel Marine Limited and Acme Co., Ltd. in Leeds."
        #expect(
            self.names(text, .organization) == [
                "University of Nairobi", "Department of Health", "Brandt & Daughters", "Kestrel Marine Limited", "Acme Co., Ltd",
            ])
        #expect(self.names(text, .place) == ["Leeds"])
    }

    @Test func `a transcript without capitals has names too`() {
        let text = "in march nineteen ninety doctor margaret whitlock met thomas reed in port alder and later captain jenkins in manchester"
        #expect(self.names(text, .person) == ["Margaret Whitlock", "Thomas Reed", "Jenkins"])
        #expect(self.names(text, .place) == ["Port Alder", "Manchester"])
        #expect(EntityExtractor().mentions(in: "we may go on with the reading of the long bill in the will of the old man").isEmpty)
    }

    @Test func `german nouns are not names`() {
        let text =
            "Die Rechnung ist nicht bezahlt und der Vertrag mit der Firma ist gekündigt. Frau Behrens hat den Brief an Ulrich Krause geschrieben."
        #expect(self.names(text, .person, "de") == ["Behrens", "Ulrich Krause"])
        #expect(self.names(text, .place, "de") == [])
    }
}
