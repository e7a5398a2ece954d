/// Names of places in several languages and their abbreviations. A short list of our own, of what is often met.
enum PlaceWords {
    /// Names of one place, folded; the first stands for all.
    private static let sameLines = """
        munich|munchen|muenchen|monaco di baviera
        cologne|koln|koeln|colonia
        vienna|wien|vienne|viena
        nuremberg|nurnberg|nuernberg
        hanover|hannover
        brunswick|braunschweig
        moscow|moskva|moskau|moscou
        saint petersburg|sankt peterburg|sankt petersburg
        kyiv|kiev|kiew|kiyiv
        prague|praha|prag
        warsaw|warszawa|warschau|varsovie
        krakow|cracow|krakau
        gdansk|danzig
        wroclaw|breslau
        rome|roma|rom
        milan|milano|mailand
        florence|firenze|florenz
        venice|venezia|venedig
        naples|napoli|neapel
        turin|torino
        geneva|geneve|genf
        zurich|zuerich
        basel|basle|bale
        brussels|bruxelles|brussel|brussel
        antwerp|antwerpen|anvers
        the hague|den haag|hague
        copenhagen|kobenhavn|kopenhagen
        gothenburg|goteborg
        lisbon|lisboa|lissabon
        seville|sevilla
        athens|athina|athen|athinai
        thessaloniki|salonica
        bucharest|bucuresti|bukarest
        belgrade|beograd
        istanbul|constantinople
        beijing|peking
        mumbai|bombay
        kolkata|calcutta
        london|londres|londra
        edinburgh|edimbourg
        new york|new york city|nyc|nueva york
        los angeles|la
        washington dc|washington district of columbia
        united states|usa|us|united states of america|estados unidos|etats unis|vereinigte staaten
        united kingdom|uk|great britain|royaume uni|reino unido
        germany|deutschland|allemagne|alemania|germania
        france|frankreich|francia
        spain|espana|spanien|espagne
        italy|italia|italien|italie
        austria|osterreich|oesterreich|autriche
        switzerland|schweiz|suisse|svizzera
        netherlands|nederland|niederlande|pays bas|holland
        belgium|belgique|belgie|belgien
        poland|polska|polen|pologne
        russia|rossiya|russland|russie|russian federation
        ukraine|ukrayina|ukraina
        greece|ellada|hellas|griechenland|grece
        sweden|sverige|schweden
        norway|norge|norwegen
        denmark|danmark|danemark
        finland|suomi|finnland
        czech republic|czechia|cesko|tschechien
        china|prc|peoples republic of china
        uae|united arab emirates
        bavaria|bayern
        saxony|sachsen
        lower saxony|niedersachsen
        """
    /// States by their postal code.
    private static let stateLine = """
        al:alabama ak:alaska az:arizona ar:arkansas ca:california co:colorado ct:connecticut de:delaware fl:florida ga:georgia hi:hawaii id:idaho \
        il:illinois in:indiana ia:iowa ks:kansas ky:kentucky la:louisiana me:maine md:maryland ma:massachusetts mi:michigan mn:minnesota \
        ms:mississippi mo:missouri mt:montana ne:nebraska nv:nevada nh:new_hampshire nj:new_jersey nm:new_mexico ny:new_york nc:north_carolina \
        nd:north_dakota oh:ohio ok:oklahoma or:oregon pa:pennsylvania ri:rhode_island sc:south_carolina sd:south_dakota tn:tennessee tx:texas \
        ut:utah vt:vermont va:virginia wa:washington wv:west_virginia wi:wisconsin wy:wyoming bc:british_columbia on:ontario qc:quebec ab:alberta
        """
    private static let same: [String: String] = {
        var same: [String: String] = [:]
        for line in sameLines.split(separator: "\n") {
            let names = line.split(separator: "|").map(String.init)
            for name in names where same[name] == nil { same[name] = names[0] }
        }
        return same
    }()
    private static let states: [String: String] = .init(
        uniqueKeysWithValues: stateLine.split { $0 == " " || $0 == "\n" }.map { pair in
            let halves = pair.split(separator: ":")
            return (String(halves[0]), String(halves[1].map { $0 == "_" ? " " : $0 }))
        })

    static let abbreviations: [String: String] = [
        "st": "saint", "ste": "sainte", "sta": "santa", "mt": "mount", "ft": "fort", "pt": "point", "hts": "heights", "is": "island",
        "rd": "road",
        "ave": "avenue",
        "blvd": "boulevard", "sq": "square", "str": "strasse", "co": "county", "cnty": "county", "prov": "province", "twp": "township",
        "harbour": "harbor",
    ]
    /// `City of Port Alder`, `Stadt Köln`: left out before a name.
    static let openings: [[String]] = [
        ["city", "of"], ["town", "of"], ["village", "of"], ["port", "of"], ["state", "of"], ["republic", "of"], ["stadt"], ["ville", "de"],
        ["ciudad", "de"],
    ]

    /// The name that stands for all names of a place.
    static func canonical(_ name: String) -> String? { Self.same[name] }

    /// A state in full, where a qualifier gives its code.
    static func qualifier(_ name: String) -> String { Self.states[name] ?? Self.same[name] ?? name }
}
