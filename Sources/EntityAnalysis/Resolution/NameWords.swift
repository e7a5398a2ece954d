/// Words of names that are no part of who or what is named: titles, generations, legal forms, articles. Folded, without full stops.
enum NameWords {
    static let maleTitles: Set<String> = [
        "mr", "mister", "herr", "hr", "monsieur", "m", "sr", "senor", "signor", "sig", "don", "sir", "lord", "king", "prince", "count",
        "pan", "messrs",
    ]
    static let femaleTitles: Set<String> = [
        "mrs", "ms", "miss", "frau", "fr", "madame", "mme", "mlle", "mademoiselle", "sra", "srta", "senora", "senorita", "signora", "dona",
        "dame", "lady", "queen", "princess", "countess", "pani", "sister",
    ]
    static let otherTitles: Set<String> = [
        "dr", "doctor", "doktor", "docteur", "doctora", "dra", "prof", "professor", "professeur", "profesor", "professora", "rev",
        "reverend",
        "father", "hon", "honorable", "honourable", "judge", "justice", "senator", "sen", "congressman", "congresswoman", "representative",
        "rep", "governor", "gov", "president", "mayor", "minister", "ambassador", "captain", "capt", "major", "maj", "colonel", "col",
        "general", "gen", "lieutenant", "lt", "sergeant", "sgt", "officer", "detective", "det", "inspector", "insp", "admiral", "adm",
        "commander", "cmdr", "chief", "sheriff", "attorney", "esq", "bishop", "rabbi", "imam", "sheikh", "dipl", "ing", "mag", "maitre",
        "mtre",
    ]
    /// May follow a name.
    static let degrees: Set<String> = [
        "phd", "md", "mba", "jd", "llm", "llb", "esq", "obe", "mbe", "cbe", "kbe", "dds", "rn", "cpa", "qc", "kc", "mp", "frs", "msc",
        "bsc", "ma", "ba",
    ]
    /// A generation as it is compared. `sr` is one only at the end of a name; before it it is a Spanish title.
    static let generations: [String: String] = [
        "jr": "jr", "jun": "jr", "junior": "jr", "sr": "sr", "sen": "sr", "senior": "sr", "ii": "ii", "2nd": "ii", "iii": "iii",
        "3rd": "iii",
        "iv": "iv", "4th": "iv", "fils": "jr", "pere": "sr", "filho": "jr",
    ]
    /// Stand before a surname and belong to it.
    static let particles: Set<String> = [
        "van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "das", "du", "la", "le", "el", "al", "bin", "ibn", "ben",
        "ter", "ten", "zu",
        "af", "av", "st", "san", "y", "e",
    ]
    /// Legal forms as they are compared: forms with one value are one form.
    static let legalForms: [String: String] = [
        "ltd": "ltd", "limited": "ltd", "inc": "inc", "incorporated": "inc", "corp": "corp", "corporation": "corp", "co": "co",
        "company": "co",
        "cie": "co", "cia": "co", "llc": "llc", "llp": "llp", "lp": "lp", "plc": "plc", "pllc": "pllc", "gmbh": "gmbh", "mbh": "gmbh",
        "ggmbh": "gmbh",
        "ag": "ag", "aktiengesellschaft": "ag", "kg": "kg", "ohg": "ohg", "ug": "ug", "ev": "ev", "eg": "eg", "se": "se", "sa": "sa",
        "sas": "sas", "sarl": "sarl",
        "eurl": "eurl",
        "srl": "srl", "spa": "spa", "sl": "sl", "slu": "sl", "sau": "sa", "bv": "bv", "nv": "nv", "ab": "ab", "as": "as", "asa": "asa",
        "aps": "aps",
        "oy": "oy", "oyj": "oyj", "sro": "sro", "zoo": "spzoo", "spzoo": "spzoo", "kft": "kft", "zrt": "zrt", "doo": "doo", "ooo": "ooo",
        "oao": "oao",
        "zao": "zao", "pao": "pao", "ao": "ao", "tov": "tov", "lda": "lda", "ltda": "ltda", "pty": "pty", "pvt": "pvt", "kk": "kk",
        "pte": "pte",
        "ae": "ae", "epe": "epe",
    ]
    /// May stand before the name: `ООО Ромашка`.
    static let leadingLegalForms: Set<String> = ["ooo", "oao", "zao", "pao", "ao", "tov", "pt"]
    /// Left out of what is compared, and of the letters of an acronym where these leave them out.
    static let connectives: Set<String> = [
        "of", "and", "for", "the", "in", "on", "at", "a", "an", "de", "la", "le", "les", "du", "des", "et", "del", "los", "las", "el", "y",
        "e", "do", "da",
        "dos", "das", "der", "die", "und", "fur", "fuer", "im", "am", "zu", "van", "het", "en", "di", "della", "per", "i", "po", "na",
    ]
    static let articles: Set<String> = ["the", "der", "die", "das", "le", "la", "les", "el", "los", "las", "il", "lo", "de", "het"]
    /// Abbreviated words of organisations, and spellings of two sides of an ocean.
    static let organizationWords: [String: String] = [
        "univ": "university", "dept": "department", "natl": "national", "nat": "national", "intl": "international", "assn": "association",
        "assoc": "association", "bros": "brothers", "mfg": "manufacturing", "govt": "government", "inst": "institute", "comm": "commission",
        "auth": "authority", "dist": "district", "svcs": "services", "svc": "service", "mgmt": "management", "tech": "technology",
        "eng": "engineering", "hosp": "hospital", "fdn": "foundation", "cttee": "committee", "cmte": "committee", "bd": "board",
        "bk": "bank",
        "harbour": "harbor", "labour": "labor", "centre": "center", "theatre": "theater", "defence": "defense", "grp": "group",
        "hldgs": "holdings",
        "holding": "holdings", "ges": "gesellschaft", "cntr": "center", "st": "saint", "mt": "mount", "ft": "fort", "dpt": "department",
    ]
    /// Names of organisations that differ only by one of these name different parts of a group.
    static let partWords: Set<String> = [
        "north", "south", "east", "west", "northern", "southern", "eastern", "western", "new", "upper", "lower", "old", "junior", "senior",
        "holdings",
        "foundation", "union", "nord", "sud", "ost", "norte", "sur",
    ]
}
