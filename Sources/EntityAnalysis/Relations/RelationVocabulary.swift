/// The words that patterns know, each with a number. All other words are one word.
struct RelationVocabulary: Sendable {
    static let unknown: Int32 = -1

    private var ids: [String: Int32] = [:]

    func id(_ word: String) -> Int32 { self.ids[word] ?? Self.unknown }

    mutating func add(_ word: String) -> Int32 {
        if let id = self.ids[word] { return id }
        let id = Int32(self.ids.count)
        self.ids[word] = id
        return id
    }

    /// The words of a class, empty when there is no such class.
    mutating func members(of name: String) -> [Int32] {
        (Self.classes[name] ?? []).map { self.add($0) }
    }

    private static func words(_ text: String) -> [String] { text.split { $0 == " " || $0 == "\n" }.map(String.init) }

    static let classes: [String: [String]] = [
        "be": Self.words("is was are were be been being becomes became remains"),
        // What people are to organisations, in the singular.
        "role": Self.words(
            """
            director engineer manager president chairman chairwoman chair chairperson ceo cfo cto coo executive officer secretary treasurer \
            head chief leader boss partner associate analyst adviser advisor consultant counsel lawyer attorney solicitor accountant auditor \
            clerk inspector superintendent supervisor administrator coordinator commissioner controller comptroller editor reporter \
            journalist correspondent columnist professor lecturer teacher principal dean rector researcher scientist chemist biologist \
            physicist economist librarian curator archivist pilot captain master harbourmaster harbormaster surveyor architect planner \
            designer developer programmer technician mechanic foreman surgeon physician doctor nurse pharmacist spokesman spokeswoman \
            spokesperson representative agent broker banker trader salesman buyer minister mayor governor ambassador envoy employee worker \
            staffer intern trainee apprentice cashier assistant deputy vice-president vp coach conductor cook chef driver guard detective \
            sergeant lieutenant colonel general admiral judge prosecutor investigator specialist translator interpreter photographer \
            geologist hydrologist oceanographer statistician mathematician
            """),
        "staff": Self.words(
            "assistant secretary lawyer attorney bodyguard driver chauffeur employee accountant agent aide butler gardener housekeeper"),
        "spouse": Self.words(
            "wife husband spouse widow widower bride groom ex-wife ex-husband frau ehefrau ehemann gattin gatte witwe"
                + " femme epouse mari epoux veuve esposa esposo marido mujer viuda"),
        "kin": Self.words(
            """
            father mother son daughter brother sister cousin uncle aunt nephew niece grandfather grandmother grandson granddaughter stepson \
            stepdaughter stepfather stepmother twin sibling child parent son-in-law daughter-in-law brother-in-law sister-in-law dad mum mom \
            vater mutter sohn tochter bruder schwester cousine onkel tante neffe nichte enkel enkelin grossvater grossmutter \
            pere mere fils fille frere soeur oncle neveu niece hijo hija hermano hermana padre madre primo prima tio tia sobrino sobrina
            """),
        "site": Self.words(
            "headquarters headquarter office offices plant factory warehouse campus branch branches base laboratory workshop yard depot shipyard"
        ),
        "placenoun": Self.words(
            "city town village port capital suburb district neighbourhood neighborhood island county municipality seaport hamlet province state region"
        ),
        "pay": Self.words("paid pays wired transferred sent gave donated remitted handed contributed advanced lent loaned awarded granted"),
        "payment": Self.words("payment payments transfer transfers donation donations remittance deposit loan grant bribe"),
        "role_de": Self.words(
            """
            direktor direktorin leiter leiterin chef chefin vorsitzender vorsitzende geschaftsfuhrer geschaftsfuhrerin ingenieur ingenieurin \
            chefingenieur chefingenieurin professor professorin vorstand prasident prasidentin sprecher sprecherin mitarbeiter mitarbeiterin \
            sekretar sekretarin anwalt anwaltin richter richterin minister ministerin burgermeister burgermeisterin redakteur redakteurin \
            journalist journalistin arzt arztin lehrer lehrerin buchhalter buchhalterin berater beraterin hafenmeister hafenmeisterin
            """),
        "role_fr": Self.words(
            """
            directeur directrice president presidente ingenieur ingenieure chef responsable gerant gerante professeur professeure avocat \
            avocate secretaire tresorier comptable redacteur redactrice journaliste medecin chercheur chercheuse ministre maire juge \
            conseiller conseillere employe employee porte-parole pdg
            """),
        "role_es": Self.words(
            """
            director directora presidente presidenta ingeniero ingeniera jefe jefa gerente profesor profesora abogado abogada secretario \
            secretaria tesorero contador contadora redactor redactora periodista medico medica investigador investigadora ministro ministra \
            alcalde alcaldesa juez jueza asesor asesora empleado empleada portavoz
            """),
        // Passed over before a name, with up to three words before them: "the shipping company X", "his colleague Y".
        "leadin": Self.words(
            """
            the a an of dr mr mrs ms miss mister doctor professor prof captain capt sir madam lady lord senator judge justice sergeant father reverend \
            company firm group corporation bank agency city town village port island state county rival maker publisher manufacturer operator \
            startup start-up business charity newspaper shipper shipyard supplier contractor colleague neighbour neighbor friend former late \
            der die das dem den des herr herrn frau firma stadt unternehmen gesellschaft \
            le la les l d monsieur madame societe entreprise ville el los las senor senora empresa compania ciudad
            """),
        "adverb": Self.words(
            """
            has had have also later then once formerly now long since still both already soon herself himself who which that ly \
            auch spater heute damals die der das a ont aussi ha tambien se
            """),
        "connective": Self.words("and und et y e &"),
        "relative": Self.words("who which that whose"),
        "negation": Self.words(
            """
            not never no neither nor without cannot nobody none denied denies deny denying refused refuses declined failed if whether unless would could \
            might should falsely false untrue suppose supposing imagine will shall wants wanted hopes hoped plans planned planning intends intended tried \
            offered considered considering almost nearly hardly may nothing rumoured rumored rumours rumors hypothetical hypothetically instead ought pretended \
            nicht nie niemals kein keine keinen keiner keinem weder ohne wenn falls ob wuerde bestritt bestreitet wird \
            ne pas jamais aucun aucune ni sans si nunca jamas tampoco sin nego niega nie habria aurait serait
            """),
    ]
}
