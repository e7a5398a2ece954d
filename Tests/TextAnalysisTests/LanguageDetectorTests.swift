import Testing

@testable import TextAnalysis

@Suite struct LanguageDetectorTests {
    static let samples: [(String, String)] = [
        ("en", "The committee will meet again next Tuesday to decide on the budget."),
        ("en", "Please find attached the signed contract."),
        ("de", "Der Ausschuss trifft sich am nächsten Dienstag, um über den Haushalt zu entscheiden."),
        ("de", "Rechnung zahlbar innerhalb von dreißig Tagen"),
        ("fr", "Le comité se réunira mardi prochain pour décider du budget."),
        ("fr", "Veuillez trouver ci-joint le contrat signé."),
        ("es", "El comité se reunirá el próximo martes para decidir sobre el presupuesto."),
        ("it", "Il comitato si riunirà martedì prossimo per decidere sul bilancio."),
        ("pt", "O comitê se reunirá na próxima terça-feira para decidir sobre o orçamento."),
        ("nl", "De commissie komt volgende week dinsdag bijeen om over de begroting te beslissen."),
        ("pl", "Komisja spotka się w przyszły wtorek, aby podjąć decyzję w sprawie budżetu."),
        ("sv", "Utskottet träffas igen nästa tisdag för att besluta om budgeten."),
        ("da", "Udvalget mødes igen næste tirsdag for at træffe beslutning om budgettet."),
        ("no", "Komiteen skal møtes igjen neste uke, og vi vet ikke hvordan den vil bestemme etter det som har blitt sagt."),
        ("fi", "Valiokunta kokoontuu uudelleen ensi tiistaina päättämään talousarviosta."),
        ("cs", "Výbor se sejde příští úterý, aby rozhodl o rozpočtu."),
        ("ro", "Comitetul se va întruni marțea viitoare pentru a decide asupra bugetului."),
        ("hu", "A bizottság jövő kedden ül össze, hogy döntsön a költségvetésről."),
        ("tr", "Komite bütçeye karar vermek için gelecek salı günü tekrar toplanacak."),
        ("ru", "Комитет соберётся в следующий вторник, чтобы принять решение о бюджете."),
        ("uk", "Комітет збереться наступного вівторка, щоб ухвалити рішення щодо бюджету."),
        ("bg", "Комисията ще се събере следващия вторник, за да вземе решение за бюджета."),
        ("el", "Η επιτροπή θα συνεδριάσει ξανά την επόμενη Τρίτη."),
        ("ar", "ستجتمع اللجنة يوم الثلاثاء المقبل لاتخاذ قرار بشأن الميزانية."),
        ("he", "הוועדה תתכנס שוב ביום שלישי הבא."),
        ("zh", "委员会将于下周二再次开会决定预算。"),
        ("ja", "委員会は来週の火曜日に再び開かれ、予算を決定する。"),
        ("ko", "위원회는 다음 주 화요일에 다시 회의를 열어 예산을 결정한다."),
        ("hi", "समिति अगले मंगलवार को बजट पर निर्णय लेने के लिए फिर से बैठक करेगी।"),
    ]

    @Test(arguments: Self.samples) func `a sentence is enough`(_ code: String, _ text: String) {
        let guess = LanguageDetector().detect(text)
        #expect(guess.code == code)
        #expect(guess.confidence >= 0.6 && guess.confidence <= 1)
    }

    @Test(arguments: ["", "42 17.5 2024", "xkq zzt pfw qqq vbn", "aGVsbG8gd29ybGQgdGhpcyBpcyBhIHRlc3Q", "OK"])
    func `what is no language is undetermined`(_ text: String) {
        #expect(LanguageDetector().detect(text).code == "und")
    }

    @Test(arguments: HostileText.all) func `hostile text does not trap`(_ text: String) {
        let guess = LanguageDetector().detect(text)
        #expect(guess.confidence >= 0 && guess.confidence <= 1)
    }
}
