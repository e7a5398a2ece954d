import Testing

@testable import TextAnalysis

@Suite struct DocumentCategorizerTests {
    static let samples: [(DocumentCategory, String)] = [
        (
            .invoice,
            "INVOICE No. 4471\nBill to: Harbour Ltd\n\nPaper\t20\t18.90\nToner\t4\t74.00\n\nSubtotal 674.00\nVAT 19 % 128.06\nAmount due 802.06\nPayment terms: 30 days. IBAN DE89 3704 0044"
        ),
        (
            .invoice,
            "Rechnung Nr. 12\nRechnungsnummer: 2024-12\nZwischensumme 100,00\nMwSt 19 % 19,00\nGesamtbetrag 119,00 zahlbar bis 31.12."
        ),
        (
            .contract,
            "This Agreement is made between Alpha Ltd and Beta Ltd (hereinafter the parties). Whereas the parties wish to cooperate. 1. Term. 2. Termination. 3. Governing law. In witness whereof the parties have signed."
        ),
        (
            .letter,
            "Dear Ms Miller,\n\nthank you for your enquiry of 3 May. Enclosed you will find our brochure.\n\nYours sincerely\nPeter Brown"
        ),
        (
            .email,
            "From: a@example.org\nTo: b@example.org\nSubject: lunch\nDate: Mon, 3 May 2021 10:00:00\n\nHi Bob, are you free at noon? Regards, Ann"
        ),
        (
            .resume,
            "Curriculum Vitae\nJane Doe\nWork experience\n2015-2020 Engineer at Gears Inc.\nEducation\nMSc Physics\nSkills: Swift, C\nLanguages: English, Polish"
        ),
        (
            .paper,
            "Abstract. We propose a method for sorting. Keywords: sorting, search. Introduction. Related work [1] [2] [3] [4]. Our results show that Smith et al. were right. Conclusion. References"
        ),
        (
            .manual,
            "User Manual\n\nSafety instructions\nWarning: hot surface. Press the button to switch on. Make sure the lid is shut.\n\nTroubleshooting\nNote: press the reset key."
        ),
        (
            .legal,
            "In the matter of Smith v Jones. The plaintiff claims damages. The defendant denies liability. The Court of Appeal holds, pursuant to section 12 of the Act of 1990, that judgment be entered."
        ),
        (.table, "name\tprice\tcount\nbolt\t1\t2\nnut\t3\t4\nscrew\t5\t6\nwasher\t7\t8"),
        (
            .form,
            "Application form\nPlease fill in and sign.\nFirst name: ________\nLast name: ________\nDate of birth: ________\nSignature: ________"
        ),
        (
            .news,
            "SPRINGFIELD (Reuters) - A bridge collapsed on Tuesday, police said. According to a spokesman nobody was hurt. Officials said residents had been warned."
        ),
        (
            .report,
            "Annual Report 2023\n\nExecutive summary\nThis report presents the findings and recommendations for the fiscal year. Key figures rose year on year."
        ),
        (.other, "The moon rose over the hills while the dog slept."),
    ]

    @Test(arguments: Self.samples) func `typical documents are told apart`(_ category: DocumentCategory, _ text: String) {
        let guess = DocumentCategorizer().categorize(text)
        #expect(guess.category == category)
        #expect(guess.score >= 0 && guess.score <= 1)
        #expect(guess.reasons.isEmpty == (category == .other))
    }

    @Test func `the kind of file counts`() {
        #expect(DocumentCategorizer().categorize("a b", mimeType: "text/csv").category == .table)
        let slides = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
        #expect(DocumentCategorizer().categorize("Agenda\n- one\n- two", mimeType: slides, pageCount: 3).category == .presentation)
    }

    @Test(arguments: HostileText.all) func `hostile text does not trap`(_ text: String) {
        #expect(DocumentCategorizer().categorize(text).score <= 1)
    }
}
