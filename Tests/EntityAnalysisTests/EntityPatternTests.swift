import EntityAnalysis
import Testing

@Suite struct EntityPatternTests {
    private func normals(_ type: EntityType, _ text: String, _ language: String = "en") -> [String] {
        EntityExtractor().mentions(in: text, language: language).filter { $0.type == type }.map(\.normal)
    }

    @Test(arguments: [
        ("on 1 March 2024,", "2024-03-01"), ("March 1st, 2024", "2024-03-01"), ("01.03.2024", "2024-03-01"),
        ("the 1st of March 2024", "2024-03-01"),
        ("March 2024", "2024-03"), ("2024-03-01T10:20:30+02:00", "2024-03-01"), ("8-12 January 2024", "2024-01-08/2024-01-12"),
        ("13/2/2024", "2024-02-13"), ("2/13/2024", "2024-02-13"), ("in 1962.", "1962"), ("1914-1918", "1914/1918"),
        ("Nov. 22, 1963", "1963-11-22"),
        ("1er mars 2024", "2024-03-01"), ("1. März 2024", "2024-03-01"), ("1 de marzo de 2024", "2024-03-01"), ("14 July", "--07-14"),
        ("march nineteen ninety", "1990-03"), ("the ninth day of April, 1962", "1962-04-09"),
        ("december twenty fifth two thousand and four", "2004-12-25"),
        ("29 February 2024", "2024-02-29"), ("5\u{A0}May\u{A0}2020", "2020-05-05"),
        ("a line that was long enough to be broken by the page, on 3 May\n2021", "2021-05-03"),
    ])
    func `dates get their ISO form`(text: String, normal: String) {
        #expect(self.normals(.date, text) == [normal])
    }

    @Test(arguments: [
        "Tuesday", "tomorrow", "you may go", "30 February 2024", "1800 tonnes in 2000 boxes", "version 1.2.2024", "march on", "10:45",
        "section 12.1.2",
    ])
    func `what is no date is not found`(text: String) {
        #expect(self.normals(.date, text) == [])
    }

    @Test func `an ambiguous date follows the other dates of the text, then the language`() {
        #expect(self.normals(.date, "3/1/2024") == ["2024-03-01"])
        #expect(self.normals(.date, "3/1/2024", "fr") == ["2024-01-03"])
        #expect(self.normals(.date, "25/12/2023 and 3/1/2024") == ["2023-12-25", "2024-01-03"])
    }

    @Test func `the year of the second date counts for the first`() {
        #expect(self.normals(.date, "between 8 January and 2 February 2024") == ["2024-01-08", "2024-02-02"])
    }

    @Test(arguments: [
        ("€1,200", "EUR 1200.00"), ("1.200,00 EUR", "EUR 1200.00"), ("$3.5 million", "USD 3500000.00"), ("USD 20m", "USD 20000000.00"),
        ("forty dollars", "USD 40.00"), ("£0.50", "GBP 0.50"), ("CHF 1'250.75", "CHF 1250.75"), ("1 200 000,50 €", "EUR 1200000.50"),
        ("12,5 Mio. Euro", "EUR 12500000.00"), ("310,000 pounds", "GBP 310000.00"), ("US$ 99", "USD 99.00"),
        ("three point two billion euros", "EUR 3200000000.00"),
        ("$1,234,567.89", "USD 1234567.89"), ("10 million US dollars", "USD 10000000.00"), ("¥5000", "JPY 5000.00"),
        ("$99999999999999999999", "USD 99999999999999999999.00"),
    ])
    func `amounts are exact and carry their currency`(text: String, normal: String) {
        #expect(self.normals(.money, text) == [normal])
    }

    @Test(arguments: ["1,200 people", "4 %", "GB29 NWBK 6016 1331 9268 19", "192.168.10.25", "five men", "$", "€ and $"])
    func `what is no money is not found`(text: String) {
        #expect(self.normals(.money, text) == [])
    }

    @Test(arguments: [
        ("+49 30 1234567", "+49301234567"), ("+44 (0)117 496 0123", "+441174960123"), ("(212) 555-0188", "2125550188"),
        ("Tel.: 030/5550199", "0305550199"),
        ("555-123-4567", "5551234567"), ("01 23 45 67 89", "0123456789"), ("0049 30 123 4567", "+49301234567"),
        ("phone 0161 496 0000", "01614960000"),
    ])
    func `telephone numbers become digits`(text: String, normal: String) {
        #expect(self.normals(.phone, text) == [normal])
    }

    @Test(arguments: [
        "DE89 3704 0044 0532 0130 00", "GB29NWBK60161331926819", "192.168.10.25", "2024-03-01", "1,800,000", "ISBN 978-3-16-148410-0",
        "10.5.2023", "AHT-88120",
        "1234567890123456789012", "0.25 0.75",
    ])
    func `other numbers are no telephone numbers`(text: String) {
        #expect(self.normals(.phone, text) == [])
    }

    @Test func `addresses lose the punctuation around them`() {
        #expect(self.normals(.url, "(see HTTPS://Example.ORG/Path_(x)?a=1).") == ["https://example.org/Path_(x)?a=1"])
        #expect(self.normals(.url, "www.example.org/files, and more") == ["www.example.org/files"])
        #expect(self.normals(.url, "„https://example.org/ä“") == ["https://example.org/ä"])
        #expect(self.normals(.email, "<John.Smith+tag@Example.CO.UK>.") == ["john.smith+tag@example.co.uk"])
        #expect(self.normals(.email, "@home a@b x@y. me@localhost @@@") == [])
        #expect(self.normals(.url, "http:// https://. ://x") == [])
    }

    @Test(arguments: [
        "Section 230 of the Communications Decency Act", "Article 6 GDPR", "18 U.S.C. § 1001", "§ 823 Abs. 1 BGB",
        "Regulation (EU) 2016/679",
        "Data Protection Act 2018", "Art. 6 Abs. 1 lit. f DSGVO", "Directive 95/46/EC", "Civil Rights Act of 1964",
        "artículo 24 de la Constitución",
        "Ley Orgánica 3/2018", "article 1240 du Code civil", "29 C.F.R. § 1614.105(a)", "Treaty of Lisbon", "Pub. L. No. 107-56",
        "Bundesdatenschutzgesetz",
    ])
    func `laws are found whole`(law: String) {
        #expect(self.normals(.law, "He relies on \(law), which applies.") == [law])
    }

    @Test(arguments: ["Section 5 of this report", "Article 9", "Act now!", "The Act of reading", "Chapter 3", "ZIP Code 12345", "Rule one"])
    func `what no reader could look up is no law`(text: String) {
        #expect(self.normals(.law, text) == [])
    }

    @Test(arguments: [
        ("No. 21-1234", "21-1234"), ("Case C-131/12", "C-131/12"), ("2:19-cv-04567", "2:19-cv-04567"),
        ("[2019] EWCA Civ 123", "[2019] EWCA Civ 123"),
        ("1 BvR 16/13", "1 BvR 16/13"), ("Aktenzeichen 3 O 123/20", "3 O 123/20"), ("Az.: VI ZR 45/19", "VI ZR 45/19"),
        ("File No. 123/45", "123/45"),
        ("Case No. 1:20-cr-00012-ABC", "1:20-cr-00012-ABC"), ("ECLI:EU:C:2014:317", "ECLI:EU:C:2014:317"),
        ("Claim No. HQ12X01234", "HQ12X01234"),
    ])
    func `case numbers are found with the word that announces them`(text: String, normal: String) {
        let found = EntityExtractor().mentions(in: "It is filed as \(text) there.", language: "en").filter { $0.type == .caseNumber }
        #expect(found.map(\.text) == [text])
        #expect(found.map(\.normal) == [normal])
    }

    @Test(arguments: ["Invoice No. 12345", "No. 5", "no 12 of them", "room 12-34", "in case 3 men come", "Policy No. 7", "pages 12-14"])
    func `other numbers are no case numbers`(text: String) {
        #expect(self.normals(.caseNumber, text) == [])
    }
}
