/// The commonest small words of each language: a few of them tell neighbours apart where letter groups do not.
enum FunctionWords {
    /// Letters that a language uses and most of its neighbours do not.
    static let letters: [(code: String, letters: String)] = [
        ("de", "ß"), ("fr", "çœèêùîâ"), ("es", "ñ¿¡"), ("pt", "ãõ"), ("it", "òìùè"), ("pl", "łąęńśźż"), ("cs", "ěřů"), ("sk", "ľĺŕôä"),
        ("hu", "őű"), ("ro", "țșăşţ"), ("tr", "ğışİ"), ("sv", "äöå"), ("fi", "äö"), ("et", "õäöü"), ("da", "æøå"), ("no", "æøå"),
        ("hr", "ćđ"),
        ("lt", "ėįųūą"), ("lv", "āēīļķņģū"), ("vi", "ơưđạảấầếềểộớợụứựữ"), ("ca", "ç·ïò"), ("ru", "ыэё"), ("uk", "іїєґ"), ("bg", "ъщ"),
        ("sr", "ђћљњјџ"),
    ]
    static let lists: [(code: String, words: String)] = [
        (
            "en",
            "the of and to in is that for it with as was on are be this by at from or have an not which you were but they all has their can will been would there we our your its if more about when who what do may must should any each into only other no he she his her"
        ),
        (
            "de",
            "der die und das den von zu mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr durch kann wenn ich wir sein diese dieser unter ihre"
        ),
        (
            "fr",
            "le la les de des et à un une du en est que qui dans pour pas sur au par il ce plus ne se avec son sont aux ou cette mais ont comme nous vous leur être fait était elle ils ces si tout sans deux même peut été entre sa ses dont où l d qu n s c j"
        ),
        (
            "es",
            "el la los las de y en que a un una por con no se para del al es lo como más su sus o este está pero sobre entre cuando ser son también fue ha hasta desde sin muy ya sido era esta todo han hay nos porque donde quien puede le les yo"
        ),
        (
            "it",
            "il lo la i gli le di e che in un una per non è con si da del della dei delle al alla nel nella sono come più ma anche su ha questo questa o se ci essere dal dalla stato hanno cui tra era suo loro ed fra degli ai quando dopo sia può l dell all entro nell sull trova"
        ),
        (
            "pt",
            "o a os as de e do da em um uma que para com não por no na dos das se mais ao como é foi são à ou seu sua pelo pela também entre já está até isso ser tem mas nos nas quando muito há depois você eu ele foram sobre aos às qual seus"
        ),
        (
            "nl",
            "de het een en van in is dat op te zijn met voor niet die aan er om als bij ook maar door naar uit heeft over tot wordt deze dit of hij zij we wij worden werd kan geen nog meer dan was hebben moet onder tussen tegen hun al ze je na zo"
        ),
        (
            "pl",
            "i w na z się do nie że to jest o jak po za od przez dla oraz a co ale jego są czy być był było tym który która które tego może tak już ich także lub przy ze bez pod nad tylko jako więc przed między można u jej by"
        ),
        (
            "sv",
            "och att det i en som är av på för med den till har inte om ett men var jag de så från kan vid eller när ska efter också upp vi under där han nu sig skulle hade alla vara detta mot blir finns hur man över än bara ut må dess mellan"
        ),
        (
            "da",
            "og at det i en den er af på til for med der ikke som de et har var han fra men om så vi kan eller blev også efter være ved skal jeg hvor nu havde over blive sig vil ud når alle kun op denne hun meget deres dette mod mellem uden hvad af"
        ),
        (
            "no",
            "og i det er på en som for med at av til den har de ikke et om var fra men kan så han vi eller ble også etter være ved skal jeg hvor nå hadde over bli seg vil ut når alle bare opp denne hun mye deres dette mot mellom uten hva blir hos disse noen å hvordan noe oss ingen vært nye år vedlagt"
        ),
        (
            "fi",
            "ja on ei että se oli hän ovat myös mutta kun tai joka niin kuin sen olla ole hänen voi tämä jo vain ne sitä mitä jos nyt sekä mukaan kanssa ennen vielä ovat jotka eivät olisi tämän joita minä me he sillä kuitenkin sekä yli jälkeen"
        ),
        (
            "cs",
            "a v se na je že s z do o to i ve jsou k pro za by od ale jako po při podle tak jeho které který která bylo byl být až nebo má jen také není před si mezi však už ze může aby pod nad jsem tím jejich kde co když této"
        ),
        (
            "sk",
            "a v sa na je že s z do o to i vo sú k pre za by od ale ako po pri podľa tak jeho ktoré ktorý ktorá bolo bol byť až alebo má len aj nie pred si medzi však už zo môže aby pod nad som tým ich kde čo keď tejto"
        ),
        (
            "ro",
            "și în de la a cu pe care din că nu este o un mai al se pentru sau lui ale au fost prin sunt ca dar ce fi după între dacă cel această acest sa iar până când toate ei le ar va fără asupra acestea său unei unui îi am cei"
        ),
        (
            "hu",
            "a az és hogy nem is egy volt ez azt de van meg mint csak már el ki ha még fel vagy minden sem pedig után alatt lehet kell azonban között illetve szerint ami aki amely lesz volna ezt ezek nagyon be le mert így itt ott által való"
        ),
        (
            "tr",
            "ve bir bu için ile de da olarak çok daha olan gibi en kadar sonra ne o ya var ama her olduğu ise değil mi olduğunu tarafından göre iki tüm yok veya ben şu hem ki kendi diye bunu nasıl önce içinde oldu eden şey biz siz"
        ),
        (
            "hr",
            "i u je se na da su za od s a o kao koji koja koje nije ili iz te sa do što po bi ali biti samo još nakon bio ne sve može kako prema među te ako već kada njegov također dok ovaj bez zbog pri tijekom tko će ćemo ću smo ste kakav tijekom svoj"
        ),
        (
            "sl",
            "in je v na se da za so z s ki pri po kot o tudi iz do ne bi pa ali od bil bila bilo med še lahko biti ter kjer ker če več vse tem pred zaradi tega ni kako samo nad jih ga ob saj njihov kateri"
        ),
        (
            "et",
            "ja on ei et see ka oli kui ta mis või nii aga ning oma kes ma seda selle olid siis veel pärast mida olla kuid juba nad nende välja ole üle eest ainult kõik meie teie sest enne ühe"
        ),
        (
            "lt",
            "ir yra į su kad iš tai ne kaip bet jo per apie buvo arba už jau taip nuo kai dėl po prie tik dar gali būti jie kuris kurie savo ar šis ji tarp bei pagal iki taip pat kur šio jos mes jis"
        ),
        (
            "lv",
            "un ir uz no ar ka par kas tas kā to vai pie pēc bet arī ne līdz tika nav bija gan pa var viņš tā lai kad jau ja vēl būt savu tikai starp šo kuri tiek jo viņa pret bez šajā mēs"
        ),
        (
            "id",
            "yang dan di dari untuk dengan ini itu pada tidak dalam adalah ke akan oleh juga atau sebagai ada telah dapat bahwa saya mereka bisa kami tersebut karena lebih seperti sudah kepada hanya harus antara saat setelah anda para secara"
        ),
        (
            "vi",
            "và của là có trong được cho không các một những với người đã này từ khi để về đến như ra cũng vào sẽ ở tại theo nhưng nhiều trên bị còn hay năm tôi chúng phải làm đó thì lại nếu"
        ),
        (
            "ca",
            "el la els les de i en que a un una per amb no es del dels al als és com més seva seu o aquest aquesta però sobre entre quan ser són també va fins des sense molt ja era tot han hi ha perquè on pot l d s n ho això"
        ),
        (
            "ru",
            "и в не на что с по как это из он к у за от но для же так его о бы все то был при или до была если только были также быть их она после мы может когда можно который которые этого под чтобы без лет того где есть со"
        ),
        (
            "uk",
            "і в не на що з та до у як за по це від для його й або був при про але є які також бути їх вона після ми може коли можна який які цього під щоб без років того де зі була було лише так вони він між через"
        ),
        (
            "bg",
            "и в на да се от за не е са по с като че до при които който която или но ще това след във му той те бе има само може през което както към със без под си ако още тази този са бил"
        ),
        (
            "sr",
            "и у је се на да су за од с а о као који која које није или из те са до што по би али бити само још након био не све може како према међу ако већ када његов такође док овај без због при током ко"
        ),
    ]
}
