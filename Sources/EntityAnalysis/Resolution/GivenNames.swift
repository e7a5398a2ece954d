/// Common given names: which are short for which, and which are no longer open to doubt as two names. A short list of our own.
enum GivenNames {
    /// Names that one person may go by. A name may stand in several lines.
    private static let nicknameLines = """
        robert rob robbie bob bobby bert roberto
        william will willie bill billy liam wm
        elizabeth elisabeth liz lizzie beth betty eliza lisa elsie libby elise
        margaret maggie meg peggy marge greta margarete margret margie
        katherine catherine kathryn katharine kate katie kathy cathy kat kitty
        richard rich rick ricky dick
        james jim jimmy jamie
        john johnny jack
        johann johannes hans
        jonathan jon jonny nathan
        joseph joe joey
        jose pepe
        francisco paco pancho
        thomas tom tommy
        michael mike mick mickey mikey
        mikhail misha
        charles charlie chuck chas carlos
        edward ed eddie ted teddy ned
        edmund ed eddie
        theodore ted teddy theo
        alexander alex alec sandy sasha xander
        alexandra alex sandra sasha lexi
        anthony tony
        antonio tony toni
        andrew andy drew
        andreas andi
        daniel dan danny
        david dave davey
        matthew matt
        nicholas nick nicky klaus
        christopher chris kit
        christine christina chris tina chrissie
        samuel sam sammy
        samantha sam
        benjamin ben benny
        stephen steven steve
        patrick pat paddy
        patricia pat patty trish tricia
        peter pete
        philip phillip phil
        gregory greg
        lawrence laurence larry
        frederick fred freddie
        friedrich fritz
        henry harry hank
        heinrich heinz
        harold harry hal
        george georgie
        gerald gerry jerry
        jeffrey geoffrey jeff geoff
        kenneth ken kenny
        leonard len lenny leo
        ronald ron ronnie
        donald don donnie
        raymond ray
        timothy tim timmy
        vincent vince vinny
        walter walt wally
        zachary zach zack
        abigail abby
        amanda mandy
        barbara barb babs
        deborah debra deb debbie
        dorothy dot dottie dolly
        eleanor ellie nell nora
        frances fran franny
        gabriella gabrielle gabby
        jacqueline jackie
        jennifer jen jenny
        jessica jess jessie
        judith judy
        josephine jo josie
        katarzyna kasia
        malgorzata gosia
        lillian lily
        madeline maddie
        nancy nan
        pamela pam
        rebecca becky becca
        sarah sara sally
        susan susanne suzanne sue susie
        teresa theresa terry tess
        victoria vicky tori
        virginia ginny
        ivan vanya
        dmitri dmitry dima
        vladimir volodya vova
        sergei sergey seryozha
        yevgeny evgeny zhenya
        tatiana tatyana tanya
        nikolai nikolay kolya
        guillermo memo
        ignacio nacho
        manuel manolo
        dolores lola
        concepcion concha
        giuseppe peppe beppe
        """
    private static let maleLine = """
        robert william richard james john jonathan joseph jose francisco thomas michael mikhail charles edward edmund theodore alexander anthony \
        antonio andrew andreas daniel david matthew nicholas christopher samuel benjamin stephen steven peter philip gregory lawrence frederick \
        friedrich henry heinrich harold george gerald jeffrey kenneth leonard ronald donald raymond timothy vincent walter zachary ivan dmitri \
        vladimir sergei nikolai paul mark luke adam alan albert arthur brian bruce carl karl kevin eric frank gary jason justin keith larry martin \
        neil oliver oscar owen ralph roger roy russell ryan scott sean simon stanley victor wayne juan luis pedro pablo miguel jorge manuel carlos \
        diego rafael pierre jean jacques francois louis michel henri andre philippe hans klaus jurgen wolfgang stefan stephan dieter uwe lars sven \
        bob bill jim joe tom mike dick jack fritz igor boris oleg yuri pavel marco paolo giovanni luca mario omar ali ahmed mohamed hassan
        """
    private static let femaleLine = """
        elizabeth elisabeth margaret katherine catherine patricia barbara deborah dorothy eleanor frances gabriella jacqueline jennifer jessica judith \
        josephine lillian madeline nancy pamela rebecca sarah susan teresa victoria virginia tatiana mary maria marie anna anne ann jane joan jean june \
        janet janice alice amy angela brenda carol caroline cheryl cynthia diana diane donna emily emma evelyn gloria grace hannah heather helen \
        irene isabel julia julie karen kathleen kelly laura linda lisa louise lucy martha megan melissa michelle monica nicole olga olivia rachel \
        rosa rose ruth sandra sharon sophia stephanie sylvia ursula vanessa wendy yvonne carmen elena lucia pilar ana claire camille juliette ingrid \
        heike petra sabine monika natasha svetlana irina ekaterina fatima aisha leila liz kate maggie peggy
        """

    private static let groups: [String: Set<Int>] = {
        var groups: [String: Set<Int>] = [:]
        for (line, names) in nicknameLines.split(separator: "\n").enumerated() {
            for name in names.split(separator: " ") { groups[String(name), default: []].insert(line) }
        }
        return groups
    }()
    private static let male = Set(maleLine.split { $0 == " " || $0 == "\n" }.map(String.init))
    private static let female = Set(femaleLine.split { $0 == " " || $0 == "\n" }.map(String.init))

    static func areNicknames(_ left: String, _ right: String) -> Bool {
        guard let first = Self.groups[left], let second = Self.groups[right] else { return false }
        return !first.isDisjoint(with: second)
    }

    /// A key under which a name and its nicknames meet: the number of the first line that has it.
    static func nicknameKeys(_ name: String) -> [Int] { Self.groups[name].map { $0.sorted() } ?? [] }

    /// The first letters of a name's nicknames and of the names that it is one of.
    static func initials(_ name: String) -> Set<UInt32> {
        (Self.groups[name] ?? []).reduce(into: []) { $0.formUnion(Self.letters[$1] ?? []) }
    }

    private static let letters: [Int: Set<UInt32>] = .init(
        uniqueKeysWithValues: nicknameLines.split(separator: "\n").enumerated().map { line, names in
            (line, Set(names.split(separator: " ").compactMap { $0.unicodeScalars.first?.value }))
        })

    /// Known as a given name: two known names are no misspellings of each other.
    static func isKnown(_ name: String) -> Bool {
        Self.male.contains(name) || Self.female.contains(name) || Self.groups[name] != nil
    }

    static func gender(_ name: String) -> Gender? {
        switch (Self.male.contains(name), Self.female.contains(name)) {
        case (true, false): .male
        case (false, true): .female
        default: nil
        }
    }
}

/// What a title or a given name says about the person.
enum Gender: String {
    case male = "m"
    case female = "f"
}
