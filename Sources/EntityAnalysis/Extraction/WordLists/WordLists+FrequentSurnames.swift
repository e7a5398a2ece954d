// Made by scripts/make-gazetteers.py.
extension WordLists {
    /// Everyday words that are among the 2,500 commonest surnames: `reed`, `porter`.
    static let frequentSurnames: StaticString = """
        alley angel archer arias ash askew bacon baker ball banks barber baron bass battle beach beam bean beard beaver beavers bell
        bender berry best bird bishop black bland blank bliss block bloom blue bond bonds booth bourgeois bowling branch brand bravo
        bray bridges bright brooks brown browning buck bunch burden burger burns burr burrows bush butcher butler butts call camp cannon
        carpenter carrier case cash castle chambers champagne champion chance chase cheek cherry chin church clay cloud coats colon
        combs cook cooper cope cotton couch cox craft crane crews crisp crook cross crouch crow curry darling day deal dean dent diamond
        dill dodge doe dove dowdy downing downs drew driver duff duke dukes dye earl early eddy elder fair farmer field fields finch
        fish fisher flint flood flowers ford foreman fortune foster fountain fox frank franks french friend frost fry fuller gale gamble
        garland garrison gates gay gee gentry gill givens glass gold golden goldsmith good gore grace grant graves gray green grimes
        gross grove groves guy hacker hale hall ham hammer hand handy harden hardy hare harms harp hart hatch hawk hay hays head heard
        heath helm helms herring hicks high hill hills hinds ho holder hood hook hooks hope hopper horn house huff hull hunt hunter hurt
        ivy jack jolly justice keen key keys king kitchen knight lacy lake lamb land lane law laws lay leach lee lemon lemons levy light
        link little long lopes lord love lynch madden main major manning marks marsh martin mason masters may meadows means medley
        merchant miles miller mills miner minor mock monk moody moon moss newton noble nobles north numbers ogle pace pack pagan page
        painter parish park parks parson parsons pate peacock peck peoples pepper person peters petty pierce pike ponder pool pope
        porter post potter powers price priest prince queen quick ransom ray read rector reed rice rich riddle rider ring rivers roach
        rock roe roman root rose rouse ruff rush rushing salmon salter sample sands savage scales seals seaman sears self sellers sharp
        shaver sheets shell shepherd shields shook short sierra silver singer slaughter small smalls smart smith snider snow sparks
        spears squires staples stark sterling stern steward stokes stone storey story stout strange street strong summers swan sweet
        swift tang tanner temple turner urban valentine vigil villa wade walker wall walls ward warden warren waters watt watts weathers
        weaver weeks wells west white wilder wills wing winter winters wise wolf wood woods woody workman wright young
        """
}
