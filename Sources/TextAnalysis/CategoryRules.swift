/// The signs by which categories are told. Phrases are folded (lower case, no accents, no punctuation).
enum CategoryRules {
    struct Phrase {
        let category: DocumentCategory
        let phrase: String
        let weight: Double
    }

    static let phrases: [Phrase] = [
        make(.invoice, 4, ["invoice", "rechnung", "facture", "factura", "rechnungsnummer", "invoice number", "invoice no", "tax invoice"]),
        make(
            .invoice, 2,
            [
                "amount due", "balance due", "bill to", "subtotal", "total due", "payment terms", "zwischensumme", "gesamtbetrag",
                "mehrwertsteuer", "mwst", "ust", "vat", "iban", "zahlbar", "montant total", "tva", "importe total", "unit price",
                "remittance",
            ]),
        make(
            .contract, 4,
            [
                "this agreement", "the parties agree", "hereinafter", "vertrag", "contrat", "contrato", "lease agreement",
                "mietvertrag", "arbeitsvertrag", "employment agreement", "service agreement",
            ]),
        make(
            .contract, 2,
            [
                "whereas", "in witness whereof", "governing law", "force majeure", "termination", "vertragspartner", "kundigung",
                "confidentiality", "indemnify", "shall not", "entre les soussignes", "las partes", "party of the first part",
                "effective date",
            ]),
        make(
            .letter, 4,
            [
                "dear sir", "dear madam", "dear mr", "dear ms", "dear mrs", "sehr geehrte", "sehr geehrter", "sehr geehrte damen",
                "madame monsieur", "estimado", "estimada", "to whom it may concern",
            ]),
        make(
            .letter, 2,
            [
                "yours sincerely", "yours faithfully", "sincerely", "best regards", "kind regards", "mit freundlichen grussen",
                "veuillez agreer", "cordialement", "atentamente", "dear", "enclosed",
            ]),
        make(.email, 3, ["wrote", "original message", "forwarded message", "unsubscribe", "sent from my"]),
        make(.email, 1, ["regards", "hi", "hello", "attached", "cc"]),
        make(
            .report, 3,
            [
                "executive summary", "annual report", "quarterly report", "management summary", "jahresbericht", "rapport annuel",
                "informe anual", "progress report", "incident report", "status report", "audit report", "field report",
            ]),
        make(
            .report, 1.5,
            [
                "findings", "recommendations", "this report", "year on year", "key figures", "fiscal year", "quarter", "dieser bericht",
                "ce rapport", "report",
            ]),
        make(
            .resume, 4,
            [
                "curriculum vitae", "resume", "lebenslauf", "work experience", "professional experience", "berufserfahrung",
                "experience professionnelle", "experiencia laboral",
            ]),
        make(
            .resume, 2,
            [
                "education", "skills", "references available", "languages", "date of birth", "ausbildung", "kenntnisse", "formation",
                "competences", "employment history", "certifications", "hobbies",
            ]),
        make(.paper, 4, ["abstract", "doi", "arxiv", "et al", "zusammenfassung", "related work"]),
        make(
            .paper, 2,
            [
                "references", "introduction", "conclusion", "conclusions", "methodology", "methods", "we propose", "our results",
                "experiments", "theorem", "lemma", "proof", "hypothesis", "keywords", "acknowledgements", "journal", "proceedings",
                "we show",
            ]),
        make(
            .legal, 4,
            [
                "plaintiff", "defendant", "court of", "supreme court", "bundesgerichtshof", "urteil", "in the matter of", "statute",
                "tribunal", "regulation eu", "hereby ordered",
            ]),
        make(
            .legal, 2,
            [
                "pursuant to", "section", "article", "court", "judgment", "jurisdiction", "gesetz", "verordnung", "paragraph", "absatz",
                "la loi", "decret", "ley", "act of", "appeal", "appellant", "counsel", "herein",
            ]),
        make(
            .manual, 4,
            [
                "user manual", "user guide", "instruction manual", "operating instructions", "bedienungsanleitung",
                "betriebsanleitung", "mode d emploi", "manual de usuario", "installation guide", "troubleshooting", "getting started",
            ]),
        make(
            .manual, 2,
            [
                "warning", "caution", "press the", "click", "install", "configure", "step 1", "note", "press", "make sure", "switch on",
                "usage", "synopsis", "options", "command", "safety instructions",
            ]),
        make(
            .form, 4,
            [
                "please fill in", "application form", "registration form", "antragsformular", "antrag auf", "formulaire", "formulario",
                "for office use only", "please print", "fill out",
            ]),
        make(
            .form, 2,
            [
                "signature", "unterschrift", "tick", "check one", "date of birth", "first name", "last name", "vorname", "nachname",
                "applicant", "prenom", "nombre",
            ]),
        make(
            .news, 3,
            [
                "reuters", "press release", "pressemitteilung", "for immediate release", "communique de presse", "breaking news", "dpa",
                "nota de prensa",
            ]),
        make(
            .news, 1.5,
            [
                "said on", "told reporters", "according to", "spokesman", "spokesperson", "spokeswoman", "police said", "sagte",
                "officials said", "journalists", "on monday", "on tuesday", "on wednesday", "on thursday", "on friday", "on sunday",
                "residents",
            ]),
        make(
            .presentation, 3,
            [
                "agenda", "next slide", "thank you for your attention", "any questions", "questions and answers", "q a",
                "vielen dank fur ihre aufmerksamkeit",
            ]),
    ].flatMap { $0 }

    private static func make(_ category: DocumentCategory, _ weight: Double, _ phrases: [String]) -> [Phrase] {
        phrases.map { Phrase(category: category, phrase: $0, weight: weight) }
    }

    /// Evidence from shapes and from the kind of file.
    static func structure(
        _ features: StructureFeatures, mimeType: String?, pageCount: Int?
    ) -> [(DocumentCategory, Double, String)] {
        var found: [(DocumentCategory, Double, String)] = []
        let lines = Double(max(1, features.lines))
        if features.mailHeaders >= 2 { found.append((.email, 3 + Double(features.mailHeaders), "mail header lines")) }
        if features.lines >= 3, Double(features.tableLines) / lines > 0.6 { found.append((.table, 6, "mostly columns")) }
        if features.amounts >= 3 { found.append((.invoice, min(3, Double(features.amounts) * 0.5), "amounts of money")) }
        if features.blankFields >= 2 { found.append((.form, 3 + min(3, Double(features.blankFields)), "blanks to fill in")) }
        if features.lines >= 6, Double(features.fieldLines) / lines > 0.5 { found.append((.form, 2.5, "mostly labelled fields")) }
        if features.citations >= 4 { found.append((.paper, 4, "numbered citations")) }
        if features.numberedHeadings >= 4 {
            found.append((.contract, 1, "numbered sections"))
            found.append((.report, 1, "numbered sections"))
            found.append((.manual, 1, "numbered sections"))
            found.append((.paper, 1, "numbered sections"))
        }
        if let pageCount, pageCount >= 3, features.words / pageCount < 90, Double(features.shortLines) / lines > 0.7 {
            found.append((.presentation, 2, "few words a page"))
        }
        if features.words > 3000, features.headings >= 5 { found.append((.report, 1.5, "long text with headings")) }
        switch mimeType ?? "" {
        case let type where type.contains("presentation") || type.contains("powerpoint"): found.append((.presentation, 8, "slides"))
        case let type
        where type.contains("spreadsheet") || type.contains("ms-excel") || type == "text/csv" || type.contains("tab-separated"):
            found.append((.table, 8, "spreadsheet"))
        case "message/rfc822", "application/vnd.ms-outlook": found.append((.email, 10, "mail message"))
        default: break
        }
        return found
    }
}
