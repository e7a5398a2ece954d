// Made by scripts/make-gazetteers.py.
extension WordLists {
    /// The 12,000 commonest surnames of the US Census of 1990.
    static let surnames: StaticString = """
        aaron abad abarca abbate abbey abbott abdullah abe abel abell abels abercrombie abernathy abernethy abeyta ables abner abney
        abraham abrahamson abram abrams abramson abrego abreu abron absher abshire abston acevedo aceves acker ackerman ackley acklin
        acord acosta acree acton acuff acuna adair adam adame adames adamo adams adamski adamson adcock addington addis addison adelman
        adkins adkinson adkison adkisson adler adorno adrian agan agee agnew agosto aguayo aguero aguiar aguila aguilar aguilera aguirre
        agustin ahearn ahern ahlers ahmad ahmed ahn ahner aho ahrens ahumada aiello aiken aikens ainsworth aitken ake aker akers akin
        akins alamo alanis alaniz alarcon alba albanese albano albaugh albee albers albert alberto alberts albertson albin albino
        albrecht albright albritton albro alcala alcantar alcantara alcaraz alcorn aldana alday alden alder alderete alderman alderson
        aldrich aldridge alegria alejandro alejo aleman alessi alex alexander alexis alfano alfaro alfonso alford alfred alger ali
        alicea alkire allain allaire allan allard alleman allen alley alleyne allgood allie allison allman allmon alloway allred almanza
        almaraz almazan almeida almendarez almodovar almon almond almonte alonso alonzo alpert alston alsup alt altamirano alter althoff
        altieri altizer altman altom alton alva alvarado alvardo alvares alvarez alverez alverson alves alvey alvis amado amador aman
        amann amaral amaro amato amaya ambriz ambrose amburgey amerson ames amey amezcua amezquita amick amin ammerman ammons amos
        amundson anaya ancheta anders andersen anderson anderton andes andino andrade andre andreas andreasen andres andresen andress
        andrew andrews andrus andujar ange angel angeles angell angelo angle anglin anguiano angulo angus annis anselmo ansley anson
        anthony antoine anton antone antonelli antonio antonucci anzalone aparicio apodaca aponte appel apple appleby applegate appleton
        applewhite appling aquilar aquino aragon araiza arana aranda arango araujo arbogast arbuckle arce arceneaux archambault archer
        archibald archie archuleta arciniega ard arden ardoin arellano arena arenas arends arevalo argo arguelles arguello argueta arias
        arispe arline armand armbruster armendariz armenta armentrout armes armijo armistead armitage armour arms armstead armstrong
        arndt arneson arnett arnette arnold arnone arocho aron aronson arp arredondo arreola arriaga arrington arriola arrowood arroyo
        arruda arsenault arteaga arthur artis artrip arvin arvizu arwood arzola asberry asbury ascencio ash ashbaugh ashburn ashby
        ashcraft ashe asher ashford ashley ashmore ashton ashworth askew askins aston astorga asuncion atchison atchley atencio atherton
        athey atkin atkins atkinson attaway atterberry atwater atwell atwood au aube aubin aubrey aubuchon aucoin audet audette auer
        auger august auguste augustin augustine augustus auld ault aultman aust austin auten authement autrey autry avalos avant avelar
        avent averett averill avery avila aviles avina awad axtell ayala aycock ayer ayers ayon ayotte ayres azar azevedo aziz azure
        babb babbitt babcock baber babin babineaux baca bach bachman bachmann back backer backes backman backus bacon bade bader badger
        badgett badillo baer baez baeza bagby baggett bagley bagwell bahena bahr baier bailes bailey baillargeon baily bain baines bair
        baird baisden bak baker bakke bakken bakker balch balcom balderas baldridge baldwin bales ball ballance ballard ballenger
        ballentine ballesteros ballew ballinger ballou balsamo baltazar balzer banas bancroft banda bandy bane bang bangs banister bank
        banker bankhead banks bankston banner banning bannister bannon banta banuelos baptist baptiste barahona barajas baran baranowski
        barba barbara barbee barber barbieri barbosa barbour barboza barclay bard barden bardwell bare barefoot barela barfield barge
        barger barham barhorst baril barker barkley barksdale barley barlow barnard barner barnes barnett barnette barney barnhart
        barnhill barns barnum barnwell baron barone barr barragan barraza barre barrera barreras barreto barrett barrette barrick
        barrientos barrier barringer barrington barrios barron barros barroso barrow barrows barry barstow bart barta bartel bartell
        bartels bartelt barter barth barthel bartholomew bartlett bartley barto barton bartz barwick bascom bash basham bashaw basile
        basinger baskerville baskin basnight bass bassett basso bastian batchelder batchelor bateman bates batey batista batiste batres
        batson batt battaglia batten battista battle battles batton batts batty baty baucom bauder bauer baugh baugher baughman baum
        bauman baumann baumgardner baumgartner baur bautista baver baxley baxter bay bayer bayles bayless baylor bayne baynes bays bazan
        bazemore beach beacham beadle beagle beahm beaird beal beale beall beals beam beaman beamer beamon bean beane bear beard bearden
        beardsley beasley beason beaton beattie beatty beaty beauchamp beaudette beaudoin beaudry beaulieu beaumont beauregard beaver
        beavers becerra bechtel bechtold beck becker beckett beckford beckham beckley beckman beckner beckstead beckwith becnel becton
        bedard bedell bedford bednar bedwell bee beebe beech beecher beeler beem beeman beene beer beers beery beesley beeson begay
        beggs begin begley behling behm behnke behr behrens beier beiler bejarano belanger belcher belden belew belisle belk belknap
        bell bellamy bellard belle beller bellinger belliveau bellman bello bellows belmont belt belton beltran beltz bemis ben benally
        benavides benavidez benbow benda bender benedetto benedict benefield benevides benfield benford benge bengtson benham benites
        benitez benjamin benn benner bennet bennett benning bennington benoit benson bent bentley benton bentz benz berard berardi
        berens berg bergen berger bergeron bergeson berggren bergin berglund bergman bergmann bergquist bergstrom berk berkey berkley
        berkowitz berlin berman bermudez bernabe bernal bernard bernardi bernardo berndt berner bernhard bernhardt bernier bernstein
        berrios berry berryhill berryman berthiaume bertram bertrand bertsch berube beshears bess bessette best betancourt bethea bethel
        bethune bettencourt bettis betts betz bevan bever beveridge beverly bevins bevis bewley bey beyer bianchi bianco bias bibb bibbs
        bible bice bickel bickerstaff bickford bickley bicknell biddle bidwell bieber bien bierman bigelow biggers biggerstaff biggs
        bigham bigler bigley bilbrey biles bill biller billings billingsley billington billiot billman bills billups billy bilodeau
        bilyeu binder binette binford bing bingaman bingham binion binkley binns birch birchfield bird birdsall birdsong birdwell birk
        birkholz birmingham birnbaum biron birt bischoff bise bish bishop bissell bisson bissonnette bitner bittle bittner bivens bivins
        bixby bixler bjork black blackburn blackford blackledge blackman blackmon blackmore blackshear blackstock blackstone blackwell
        blackwood blades blagg blain blaine blair blais blaisdell blake blakely blakemore blakeney blakeslee blakey blakley blakney
        blalock blanc blanchard blanchette blanco bland blanding blaney blank blankenship blanks blanton blas blaser blasingame
        blassingame blatt blau blaylock blazer bledsoe blessing blevins bliss blizzard bloch block blocker blodgett blomquist blood
        bloodworth bloom bloomer bloomfield bloomquist blosser blough blouin blount blow blubaugh blue bluhm blum blumberg blume
        blumenthal blunt bly blythe board boardman boatman boatner boatright boatwright boaz bobadilla bobb bobbitt bober bobo bocanegra
        bock boddie bode boden bodie bodine bodnar bodner body boe boehm boes boettcher bogan bogard bogart bogdan boger boggess boggs
        bogle bogue bohanan bohannan bohannon bohl bohn bohon bohrer boisvert bojorquez boland bolanos bolden bolding boldt bolduc bolen
        boles boley bolick bolin boling bolinger bolling bollinger bollman bolt bolte bolton bolyard boman bomar bonanno bonar bond
        bonds bondurant bone boner bones boney bonham bonilla bonin bonneau bonnell bonner bonnett bonnette bonney bono bontrager booher
        book booker bookman bookout boon boone boose booth boothe booze boozer bopp borchardt borchers bordeaux bordelon borden border
        borders boren borg borges boring boris borja bork borkholder borkowski borland borman born borne borowski borrego borrero borst
        borton borum bos bosch bosco bosley boss bosse bost bostic bostick boston bostwick boswell bosworth botelho botello botkin bott
        bottom bottoms botts bouchard boucher boudreau boudreaux bouffard boughton bouie boulanger bouldin boulton boulware bounds
        bourassa bourdeau bourdon bourg bourgeois bourland bourne bourque bousquet boutin bouton boutte boutwell bova bove bow bowden
        bowe bowen bowens bower bowers bowes bowie bowker bowler bowles bowlin bowling bowman bowser bowyer box boyce boyd boyden boyer
        boyes boyett boyette boykin boykins boylan boyle boyles boynton bozarth bozeman braaten bracamonte brace bracey brack bracken
        brackett brackin bracy bradberry bradburn bradbury braddock braddy braden bradfield bradford bradley bradshaw brady bragdon
        bragg braggs brainard braithwaite brake braley bramble bramblett brame bramlett brammer branch brand brandenburg brandes brandon
        brandt branham brann brannan brannen brannon branscum branson branstetter brant brantley branton branum brasfield brashear
        brashears brasher braswell bratcher brathwaite bratton braud brauer braun braunstein bravo brawley brawner braxton bray brayton
        brazell brazelton braziel brazier brazil breault breaux breazeale breckenridge breed breeden breeding breedlove breen brehm
        breland bremer brennan brenneman brenner brent breslin bresnahan bressler breton brett bretz breuer breunig brew brewer
        brewington brewster brewton brian brice briceno brick bricker brickey brickhouse bridge bridgeman bridgers bridges bridgewater
        bridwell brien briggs brigham bright brigman briley brill brim brimmer brindle brink brinker brinkerhoff brinkley brinkman
        brinson brinton briones brisco briscoe briseno brisson brister bristol bristow brito britt brittain britten brittingham britton
        broach broadbent broaddus broadhead broadnax broadus broadwater broadway brochu brock brockington brockman brockway brode
        broderick brodeur brodie brodsky brody brogan brogdon brokaw bromley bronson brook brooke brooker brookins brooks brookshire
        broom broome broomfield brophy brothers brotherton brough broughton broussard brousseau browder brower brown browne brownell
        brownfield browning brownlee brownlow broyles brubaker bruce bruder bruggeman bruhn brumbaugh brumfield brumley brummett
        brundage brune brunelle bruner brunet brunette brunner bruno bruns brunson brush brust bruton bryan bryant bryce bryson bucci
        buchan buchanan bucher buchholz buchman buck buckingham buckles buckley buckman buckmaster buckner budd budde buehler buell
        bueno buenrostro buettner buff buffington bufford buford bugbee bugg buggs bui buie bulger bull bullard bullen buller bullington
        bullins bullis bulloch bullock bulluck bulter bumgardner bumgarner bump bumpus bunce bunch bundy bunker bunn bunnell buntin
        bunting bunton buono burbach burbank burch burcham burchard burchell burchett burchette burchfield burciaga burd burden burdett
        burdette burdick burdine burford burg burge burger burgess burgett burgin burgos burk burke burkes burkett burkey burkhalter
        burkhardt burkhart burkhead burkholder burks burleigh burleson burley burlingame burman burmeister burnell burnett burnette
        burney burnham burnley burns burnside burr burrell burress burris burroughs burrow burrows burrus burruss burse burson burt
        burton burwell busby busch bush bushey bushman bushnell bushong buss bussard busse bussell bussey bustamante buster bustos
        butcher butera butler butt butterfield butters butterworth button butts butz buxton buzzard buzzell byars bybee bye byer byerly
        byers byington byler bynum byram byrd byrge byrne byrnes byron byrum caballero caban cabe cable cabral cabrales cabrera caceres
        caddell cade cadena cadwallader cadwell cady caesar caffey cage cagle cahill cahoon cain caine caines cairns calabrese calabro
        calahan calder caldera calderon caldwell cale calfee calhoon calhoun calkins call callaghan callahan callan callaway callen
        callender callihan callis callison calloway calton calvert calvillo calvin calvo calzada camacho camara camarena camargo
        camarillo cambell camden cameron camire cammack camp campa campagna campbell camper campion campo campos campuzano canada
        canaday canady canale canales canas cancel canchola candelaria candelario candler cane canfield cann cannady canning cannon cano
        canon cansler cantara canter canterbury cantin cantor cantrell cantu cantwell canty cao cape capel capers caples caplinger
        capone capps capuano caputo caraballo caraway carbajal carballo carbaugh carbone card carden cardenas carder cardin cardinal
        cardinale cardona cardone cardoso cardoza cardwell carey cargile cargill carignan carillo carino carl carle carleton carley
        carlile carlin carlisle carlo carlock carlos carlsen carlson carlton carlucci carlyle carmack carman carmen carmichael carmody
        carmon carmona carnahan carnell carner carnes carney caro carollo caron carothers carpenter carpentier carper carpio carr
        carranza carrasco carrasquillo carraway carreiro carrell carreno carreon carrera carreras carrero carrick carrico carrier
        carrigan carrillo carrington carrion carrizales carrol carroll carron carruth carruthers carson carstens carswell cartagena
        carter cartier cartwright carty caruso caruthers carvajal carvalho carver carwile cary casady casanova casares casarez casas
        casavant cascio case casey cash cashion cashman casiano casias casillas caskey cason casper cass cassady cassel cassell cassidy
        cassity casson castaneda castano castanon casteel castellano castellanos castelli castello castellon caster castillo castle
        castleberry castleman casto caston castor castorena castrejon castro caswell catalan catalano cataldo catchings cate cater cates
        cathcart cathey catlett catlin cato caton catron catt caudell caudill caudillo caudle cauley caulfield causey cauthen cavallo
        cavanagh cavanaugh cavazos cave cavender caver cavin caviness cawley cawthon caylor cazares ceasar ceballos cecil cedeno cedillo
        ceja celaya celestine celis centeno center centers cepeda cerda cerna cervantes cervantez cha chabot chacon chadwell chadwick
        chaffee chaffin chaffins chafin chagnon chaidez chaisson chalfant chalmers chamberlain chamberland chamberlin chambers chamblee
        chambless chambliss chamness champagne champion champlin chan chance chancellor chancey chandler chaney chang chao chapa
        chaparro chapin chaplin chapman chappel chappell chapple chaput charbonneau charest charette charland charles charley charlie
        charlton charpentier charron chartier chase chasse chastain chasteen chatfield chatham chatman chau chauvin chavarria chavers
        chaves chavez chavira chavis cheatham chee cheek cheeks cheever chen chenault cheney cheng chenoweth cherry chesley chesney
        chesnut chesser chesson chester chestnut cheung chevalier chew chewning chi chiang chiasson chick chico chidester child childers
        childress childs chiles chilson chilton chin ching chinn chipman chisholm chism chisolm chitwood chiu chivers cho choate choe
        choi choice chon chong choquette chou chouinard chow choy chrisman christ christen christensen christenson christian
        christiansen christianson christie christman christmas christner christofferso christopher christopherso christy chronister chu
        chumley chun chung chunn church churchill churchwell cifuentes cimino cintron cioffi cirillo cisco cisneros claar clack
        claiborne clair clancy clanton clapp clapper clardy clare clark clarke clarkson clary claudio claus clausen claussen clawson
        claxton clay clayborn claycomb claypool claypoole clayton claytor cleary cleaver cleaves cleek clegg cleghorn cleland clem
        clemens clement clemente clements clemmer clemmons clemons cleveland clevenger clever click clifford clift clifton cline
        clinkscales clinton cloninger clontz clopton close cloud clough clouse clouser cloutier clover clow clower clowers cloyd cluck
        cluff clukey clyburn clyde clymer coakley coan coates coats cobb cobbs coble cobos coburn cochran cochrane cockerham cockrell
        coddington cody coe coelho coen cofer coffee coffelt coffey coffield coffin coffman cofield cogan cogburn coggins cogswell cohan
        cohen cohn coil coke coker colangelo colbert colburn colby coldiron cole colella coleman coles coley colgan colin coll collado
        collard collazo collett collette colletti colley collier collin collings collins collinsworth collis collum colman colombo colon
        colquitt colson colston colter colton colucci columbus colunga colvin colwell colyer combs comeau comeaux comer comfort como
        compton comstock conant conard conaway concepcion conde conder condon cone coney confer congdon conger conklin conley conlin
        conlon conn connally connell connelly conner conners connolly connor connors conover conrad conroy constant constantine
        constantino conte conti contreras converse conway conwell conyers cook cooke cooks cooksey cookson cool cooley coolidge coombs
        coomer coomes coon cooney coonrod coons cooper coots cope copeland copenhaver copley coppage copper copple coppock coppola
        corbett corbin corbitt corby corcoran cordeiro cordell corder cordero cordes cordle cordoba cordova core corey coria cork corley
        corliss cormier corn cornejo cornelison cornelius cornell corner cornett cornish cornwell corona coronado coronel corpuz corr
        corrado corral corrales correa correia correll corrigan corriveau corsi corso corson cortes cortese cortez cortinas corum corwin
        cory cosby cosentino cosey cosgrove cosme cosper coss cossey costa costanzo costello coston cota cote cothran cotten cotter
        cottingham cottle cotto cotton cottrell cottrill couch coughlin coulombe coulson coulter council countryman counts cournoyer
        coursey courson courtemanche courtney courtright courville coury cousin cousins couto couture covarrubias covell cover covert
        covey covington cowan cowans coward cowart cowden cowell cowen cowgill cowles cowley cox coy coyle coyne cozart crabb crabtree
        craddock craft crafton craig craighead crain craine cram cramer crampton crandall crandell crane cranford crank cranmer cranston
        crase crass craven cravens craver crawford crawley cray crayton creamer creasy creech creed creek creekmore creel creighton
        crenshaw crespo cress creswell crew crews cribb cribbs crick crider crigger crim crimmins criner crippen crisler crisp criss
        crissman crist criswell critchlow crites crittenden crittendon crochet crocker crockett croft cromer cromwell crone cronin cronk
        crook crooks croom cropper crosby cross crossland crossley crossman crosson croteau crotty crouch crouse crow crowder crowe
        crowell crowl crowley crownover crowson crowther croy crozier cruce cruise crum crumb crumbley crumley crump crumpler crumpton
        cruse crutcher crutchfield cruz cuellar cueto cuevas cuff culberson culbertson culbreath culbreth cull cullen culler culley
        cullinan cullins cullum culp culpepper culver cumberbatch cumming cummings cummins cundiff cunha cunningham cuomo cupp curcio
        cureton curiel curl curlee curley curran current currey currie currier currin curry curtin curtis curtiss curtsinger cusack
        cushing cushman cusick custer cuthbertson cutler cutlip cutright cutshall cutter cutting cutts cyr cyrus dabbs dabney dabrowski
        dacosta dade daggett dagostino dahl dahlberg dahlgren daigle dail dailey daily dake dale dalessandro dalessio daley dalke dallas
        dalrymple dalton daly damato dambrosio dame dameron damian damiano damico damon dampier damron dan dana dance dancy dandrea
        dandridge danford danforth dang dangelo dangerfield daniel daniell daniels danielson danley dann danna danner dansby dantzler
        dao darby dardar darden dark darling darnell darr darrah darrow dart darwin dash dasher dashiell dasilva dates daugherty
        daughtery daughtry daum davalos davenport daves davey david davidson davie davies davila davis davison davisson davy dawes
        dawkins dawson day daye dayton deacon deal dean deanda deane deangelis deangelo deans dear dearborn dearing dearman deas deason
        deatherage deaton deaver deberry deboer debolt debord debose decamp decarlo decastro decicco deck deckard decker decosta
        decoteau dedmon dedrick dee deeds deegan deel deem deemer deen deer deering dees deese deeter defazio defelice deford deforest
        degeorge degraff degraw degroot deguzman dehaan dehart dehaven deherrera deitz dejesus dejong delacruz delafuente delagarza
        delancey delaney delano delao delapaz delapena delarosa delatorre delay delcastillo deleo deleon delgadillo delgado delia
        delisle delk dell dellinger deloach deloatch delong delorenzo delosreyes delossantos delozier delp delreal delrio delrosario
        deltoro deluca delucia deluna delvalle delvecchio demaio demarco demars demartino demby demello dement demers deming demoss
        demps dempsey denby dendy denham denis denison denman dennard denney dennie denning dennis dennison denny densmore denson dent
        denton depalma depasquale depew depriest depue derby deroche derosa derose derosier derouen derr derrick derry derryberry desai
        desalvo desantiago desantis deschamps deshields desilva desimone desjardins desmarais desmond desousa desouza despain despres
        desrochers desroches desrosiers destefano detrick detweiler detwiler deutsch devaney devaughn devault deveau dever devers
        deville devine devito devlin devoe devore devries dew dewald dewall dewar dewberry deweese dewey dewitt dews dexter dey deyo
        deyoung dial diamond diana dias diaz dibble dibenedetto dicarlo dick dicken dickens dickenson dickerson dickey dickinson dickman
        dicks dickson dicus diego diehl diemer diep dierking dieter dietrich dietz diez diggins diggs digiacomo digiovanni dilbeck dildy
        dileo dill dillard diller dilley dillinger dillingham dillion dillman dillon dillow dills dilorenzo dilworth dimaggio dimarco
        dimas dimmick dinardo dineen dinger dingess dingle dingman dingus dinh dinkins dinsmore dinwiddie dion dionne diorio dipasquale
        dipietro dirks dishman dismuke disney distefano dittman dittmer ditto divine dix dixon dixson dizon do doak doan doane dobbins
        dobbs dobson doby dockery doctor dodd dodds dodge dodson doe doering doerr doggett doherty doiron dolan dolby dole doll dollar
        dolphin dombrowski domingo dominguez dominick dominquez donahoe donahue donald donaldson donato donegan donelson dones doney
        donley donnell donnelly donner donofrio donoghue donohoe donohue donovan doody dooley doolittle dorado doran dore dorman dorn
        dorr dorris dorsett dorsey dortch dorton doss doster dostie dotson doty doucet doucette doud dougan dougherty doughty douglas
        douglass dove dover dow dowd dowdell dowden dowdle dowdy dowell dowler dowling downer downes downey downie downing downs doyle
        doyon dozier draeger dragon drain drake drakeford drakes draper drayton drees dreher dreiling drennan drennen dressler drew
        drews drexler dreyer driggers drinkard driscoll driskell driskill driver drouin drown drucker drum drumm drummer drummond drury
        dryden drye dryer duarte dubay dube dubin dubois dubose ducharme duck duckett duckworth duclos duda dudek dudley duenas duff
        duffey duffield duffy dufour dufrene dufresne dugan dugas duggan dugger duggins duguay duhon duke dukes dulaney duley dulin dull
        dumas dumont dunagan dunaway dunbar duncan dunford dungan dunham dunigan dunkelberger dunkin dunkle dunkley dunlap dunleavy
        dunlop dunmire dunn dunne dunnigan dunning dunphy dunson dunston dunton duong duplessis dupont dupre dupree duprey dupuis dupuy
        duque duquette duran durand durant durante durbin durden duren durfee durgin durham durkee durkin duron durr durrant durrett
        durso durst dusek dustin dutcher dutra dutton duty duval duvall dvorak dwyer dyal dyar dycus dye dyer dyess dyke dykes dykstra
        dysart dyson eaddy eades eads eady eagan eager eagle eakin eakins ealey ealy eames eanes earhart earl earle earles earley earls
        early earnest earp easley eason east easter easterday easterling easterwood eastman easton eastwood eatmon eaton eaves ebel
        ebeling eberhardt eberhart eberle eberly ebersole ebert ebner eby eccles eccleston echevarria echeverria echols eck eckard
        eckenrode ecker eckert eckhardt eckhoff eckles ecklund eckman eckstein eddings eddington eddins eddy edelman edelstein eden
        edenfield edens eder edgar edge edgerton edgington edington edison edmiston edmond edmonds edmondson edmonson edmunds edmundson
        edson edward edwards eells egan egbert eggen egger eggers eggert eggleston ehlers ehlert ehrhardt ehrlich eichelberger eicher
        eichhorn eichler eide eidson eiland eilers eisele eisenberg eisenhauer eisenman eklund elam elbert elder eldred eldredge
        eldridge eley elgin elias eliason elizalde elizondo elkin elkins elledge ellender eller ellerbe ellinger ellingson ellington
        elliot elliott ellis ellison ellsworth ellzey elmer elmore elms elrod elson elston elswick elton elwell elwood ely emanuel
        emberton embree embrey embry emerick emerson emery emmanuel emmert emmett emmons emory emrich emrick encarnacion encinas enciso
        enders endicott endres endsley eng engel engelhardt engen england engle englehart engleman engler englert english engram
        engstrom enloe enlow ennis enoch enos enright enriquez ensley ensminger ensor epley epp epperson epps epstein erb erdman erdmann
        erickson ericson erikson ernest ernst erskine ervin erving erwin escalante escalera escamilla escobar escobedo escudero eshelman
        eskew eskridge eslinger espada esparza espinal espino espinosa espinoza esposito esqueda esquibel esquivel essary esser essex
        estabrook esteban estep estepp estes esteves estevez estrada estrella etheridge ethridge etienne etter eubank eubanks eudy
        eugene eure evan evangelista evans eveland evens evenson everett everette everhart everitt everly evers eversole everson ewald
        ewell ewers ewert ewing exley exum eye eyler eyre ezell ezzell faber fabian fabrizio fagan fagundes fahey fahy fain fair
        fairbanks fairchild faircloth fairfield fairley fairman faison faith fajardo falco falcon falcone falconer falgoust falgout falk
        falkner fall fallin fallon falls fan fancher fanelli fang fann fannin fanning fant farber faria farias farina faris farkas
        farley farlow farmer farnham farnsworth farnum farr farrar farrell farrer farrington farris farrish farrow farthing farwell
        fasano fason fassett fast faucett faucher faught faulk faulkner faust favela favors fawcett fay fazio feagin fears feaster
        feather feathers featherston featherstone fecteau feder federico fedor fee feeley feeney fehr feinberg feinstein feld felder
        feldman feldmann felice feliciano felipe felix felker fell feller fellers fellows felt feltner felton felts felty fender
        fenderson fendley fenn fennell fenner fenske fenton fenwick ferebee fergerson fergus ferguson ferland fermin fern fernandes
        fernandez fernando ferrante ferrara ferrari ferraro ferree ferreira ferrel ferrell ferrer ferretti ferri ferrin ferris ferro
        ferry fessler fetter fetters fetzer few fewell fey fick fidler fiedler field fielder fielding fields fierro fife fifer fifield
        figueroa fike fikes files fillmore finch fincher findlay findley fine finger fink finke finkel finkelstein finkle finlay finley
        finn finnegan finnell finnerty finney fiore fiorentino firestone firth fischer fiscus fish fisher fishman fisk fiske fitch fite
        fitts fitz fitzgerald fitzgibbon fitzhugh fitzpatrick fitzsimmons fitzwater fix flack flagg flaherty flake flanagan flanders
        flanigan flannery flannigan flatt fleck fleenor fleetwood fleischer fleischman fleischmann fleisher fleming flemming flesher
        fleshman fletcher fleury flick flickinger flinn flint flippen flippo flood flora florence flores florez florio flory flournoy
        flower flowers floyd fluellen fluker flynn flynt fogarty fogel fogg fogle foley folger folk folks follett folmar folse folsom
        foltz fong fonseca fontaine fontana fontanez fontenot fontes foote foran forbes forbis force forcier ford forde fordham fordyce
        fore forehand foreman forest forester foret forman forney forrest forrester forsberg forster forsyth forsythe fort forte
        fortenberry fortier fortin fortner fortney fortson fortuna fortunato fortune foshee foss foster foti foulk fountain fournier
        foust fouts fowler fowlkes fox foxworth foxx foy foye frady fraga fraire fraizer frakes fraley frame frampton france frances
        francis francisco franck franco francois frank franke frankel franklin franko franks frantz franz franzen fraser frasher frasier
        frausto frawley fray frazee frazer frazier frechette fred freda frederick fredericks frederickson fredette fredrick fredricks
        fredrickson free freed freedman freeland freeman freer freese freeze fregoso freitag freitas french frenette freshour fretwell
        freund frew frey frias frick fricke friday fried friedman friedrich friel friend frier frierson fries friesen frink frisbee
        frisbie frisby frisch frison fritch frith fritsch fritts fritz frizzell froehlich fromm frost fruge fry fryar frye fryer fryman
        fu fuchs fudge fuentes fugate fuhrman fujii fujimoto fulbright fulcher fulford fulgham fulk fulkerson fulks fuller fullerton
        fullmer fullwood fulmer fulton fults fultz funches funderburg funderburk fung funk funke funkhouser fuqua furey furlong furlow
        furman furr furry furst furtado fusco fuson fussell futch futrell fye fyfe gabaldon gabbard gabel gable gabriel gabrielson
        gadbois gaddis gaddy gadsden gadson gaffney gafford gage gagliano gagliardi gagne gagnon gailey gainer gaines gainey gaitan
        gaither galan galarza galaviz galbraith galbreath gale gales galicia galindo gall gallagher gallaher gallant gallardo gallaway
        gallego gallegos galligan gallimore gallion gallman gallo galloway gallup galvan galvez galvin gamache gambill gambino gamble
        gamboa gambrell gamez gammage gammon gandy ganey gann gannon gant gantt gantz gaona garay garber garces garcia gard gardea
        garden gardener gardiner gardner garey garfield garibay garica garland garlock garman garmon garner garnes garnett garnica
        garofalo garr garrard garren garretson garrett garrick garrido garris garrison garrity garrow garry garth gartman gartner garton
        garver garvey garvin gary garza gasaway gaskill gaskin gaskins gaspar gaspard gasper gass gassaway gast gastelum gaston gates
        gatewood gathers gatlin gatling gattis gatto gaudet gaudette gaudreau gaughan gaul gault gause gauthier gautreaux gauvin gavin
        gay gayden gayle gaylor gaylord gaynor gaytan gayton gearhart geary gebhardt gebhart geddes gee geer gehring gehrke geier geiger
        geis geise geisler geissler geist gelinas geller gendron geno genovese gentile gentle gentry george georges geraci gerald gerard
        gerber gerdes gerena gerhardt gerhart gerken gerlach germain german germany gerner gerry gerth gertz gervais getchell geter
        getty getz geyer gholston giannini giardina gibb gibbons gibbs gibson giddens giddings gideon giese giffin gifford giglio
        giguere gil gilbert gilbertson gilbreath gilchrist gilder gile giles gilford gilkey gill gillam gillard gilleland gillen
        gillenwater gilles gillespie gillett gillette gilley gilliam gillian gilliard gillies gilligan gilliland gillis gillispie
        gillman gillum gilman gilmer gilmore gilpin gilreath gilroy gilson gilstrap ginder gingerich gingras gingrich ginn ginsberg
        ginsburg ginter giordano gipson girard giron girouard giroux gish gist gittens given givens gladden gladney gladstone glantz
        glasco glaser glasgow glasper glaspie glass glasscock glasser glassman glaze glazer glazier gleason glen glenn glennon glick
        glidden glidewell glisson gloria glover gluck glynn goad gober goble godbey goddard godfrey godin godinez godoy godsey godwin
        goebel goetz goff goforth goggin goguen goin goines goings goins gokey gold goldberg golden goldenberg goldfarb golding goldman
        goldsberry goldsmith goldstein goldston golightly gomes gomez goncalves gonsales gonsalez gonsalves gonzales gonzalez gooch good
        goodale goodall goode goodell gooden goodin gooding goodlett goodloe goodman goodner goodnight goodrich goodrum goodsell goodson
        goodwin goodwyn goodyear goolsby gordan gorden gordon gordy gore goree gorham gorman gormley gorrell gorski gorton gose goshorn
        gosnell goss gosselin gossett gott gottfried gottlieb gottschalk goudeau goudy gouge gough gould goulding goulet gourdine
        gourley gouveia govan gove govea gowan gowdy gowen gower goyette graber grable grabowski grace gracey gracia graddy grady graf
        graff grafton gragg graham grainger grajeda gram grammer grams granado granados granata grandberry grande granger granier
        granillo grant grantham granville grass grasso gratton grau gravel gravely graver graves gravitt gravois gray graybill grayer
        grays grayson graziano greathouse greaves greco greear greeley green greenawalt greenberg greene greenfield greenhaw greenhill
        greening greenlaw greenleaf greenlee greenman greenspan greenstein greenwald greenway greenwell greenwood greer greeson gregg
        greggs gregoire gregor gregorio gregory greig greiner grenier gresham grey gribble grice grider grieco griego grier griffen
        griffey griffie griffin griffis griffith griffiths grigg griggs grigsby grijalva grill grillo grim grimaldi grimaldo grimes
        grimm grimmett grimsley grindle grindstaff griner grinnell grisby grisham grissett grissom griswold grizzle groce groff grogan
        groh grondin groom grooms groover gros grose gross grossman grosso grote groth grove grover groves grow grubb grubbs grube
        gruber grullon grundy gruver guadalupe guajardo guardado guarino guay gudino guenther guerin guerra guerrero guertin guess guest
        guevara guffey guice guido guidry guilford guillen guillermo guillory guillot guimond guin guinn guiterrez gulick gulledge
        gullett gulley gully gum gumbs gumm gump gunderson gunn gunter gunther gupta gupton gurley gurney gurrola gurule gusman guss
        gust gustafson gustin guth guthrie gutierez gutierrez gutirrez gutman gutshall guy guyer guyette guyton guzman gwaltney gwin
        gwinn gwynn ha haack haag haas haase haber haberman habib hack hacker hackett hackler hackman hackney hackworth haddad hadden
        haddix haddock haden hadfield hadley hadlock hafer haffner hafner haga hagan hagans hagar hage hagedorn hageman hagen hager
        hagerman hagerty haggard haggerty haggins hagler hagood hague hagy hahn haider haigh haight haigler hail haile hailey haines
        hair haire hairston haith hake halbert halcomb hale hales haley halford hall hallam hallberg halle hallenbeck haller hallett
        halley halliburton halliday halligan hallman hallmark hallock halloran halloway hallowell halls halpern halpin halsey halstead
        halter halterman halverson halvorsen halvorson ham hamann hamblin hambrick hamby hamel hamer hames hamill hamilton hamlet
        hamlett hamlin hamm hammack hamman hammel hammer hammers hammes hammett hammock hammon hammond hammonds hammons hamner hampson
        hampton hamrick han hance hancock hand handley handy hanes haney hang hanke hankins hanks hanley hanlon hann hanna hannah hannan
        hanner hannigan hannon hannum hanrahan hans hansel hansen hansford hanshaw hanson harada haralson harbaugh harber harbin
        harbison harbour hardaway hardcastle hardee hardeman harden harder hardesty hardie hardiman hardin harding hardison hardman
        hardnett hardt hardwick hardy hare hargett hargis hargrave hargraves hargrove harjo harker harkey harkins harkless harkness
        harlan harless harley harlow harman harmon harms harner harness harney harnish haro harold harp harper harr harrel harrell
        harrelson harrigan harrill harriman harrington harris harrison harrod harrold harry harsh harshman hart harte harter hartfield
        hartford hartigan hartle hartley hartman hartmann hartnett hartsell hartsfield hartshorn hartsock hartung hartwell hartwig harty
        hartz hartzell hartzler hartzog harvell harvey harville harvin harwell harwood hasan hash hashimoto haskell haskin haskins
        haslam hass hassan hassell hassett hassinger hassler hasson hastings hasty hatch hatcher hatchett hatfield hathaway hathcock
        hathorn hatley hatmaker hatten hatter hatton hauck haug hauge haugen haugh haught haun haupt hauser hausman havard haven havens
        haviland hawes hawk hawkes hawkins hawkinson hawks hawley hawn haworth haws hawthorne hay hayashi hayden haydon hayes haygood
        hayman hayner haynes haynie hays hayward haywood hayworth hazard hazel hazelton hazelwood hazen hazlett hazzard he heacock head
        headley headrick heady heald healey healy heaney heard hearn hearne hearns heater heath heatherly heaton hebb hebert hecht heck
        hecker heckman hector hedden hedge hedgepeth hedges hedlund hedrick heffernan heffner hefley heflin hefner hegarty hegwood
        heiden heil heilman heim hein heine heinemann heinrich heins heintz heinz heise heiser heisler heitman held helfrich helgeson
        helland heller hellman helm helman helmer helmick helms helmuth helsel helton helwig hembree hemenway hemingway hempel hemphill
        hendershot henderson hendley hendon hendren hendrick hendricks hendrickson hendrix hendry henke henkel henley henn hennessey
        hennessy hennig henning henninger henriques henriquez henry hensel henshaw hensley henson henton hepburn hepler hepner hepworth
        her herald herb herbert herbst herd heredia hereford hering herman hermann hermanson hermes hermosillo hern hernadez hernandes
        hernandez herndon herod herold heron herr herren herrera herrick herrin herring herrington herrmann herrod herron hersey hersh
        hershberger hershey hertel hertz herzog hess hesse hessler hesson hester heston hetrick hetzel heuer hewes hewett hewitt hewlett
        heyer heyward heywood hiatt hibbard hibbert hibbler hibbs hickerson hickey hickman hickok hickox hicks hickson hidalgo hiebert
        hiers higa higbee higdon higginbotham higgins higgs high highland highsmith hight hightower higley hilbert hilburn hildebrand
        hildebrandt hilderbrand hildreth hile hileman hiles hill hillard hiller hilliard hillis hillman hills hillyer hilson hilt hilton
        himes hinckley hindman hinds hine hiner hines hinkle hinkley hinman hinnant hinojos hinojosa hinrichs hinshaw hinson hinton
        hintz hinz hipp hipps hirsch hirst hirt hise hiser hitchcock hite hitt hively hix hixon hixson ho hoag hoagland hoang hoard
        hobart hobbs hobby hobgood hobson hoch hochstetler hock hockenberry hocker hockett hocking hodgdon hodge hodges hodgkins hodgson
        hodson hoefer hoeft hoekstra hoelscher hoey hofer hoff hoffer hoffman hoffmann hofmann hofmeister hogan hogg hoggard hogue
        hohman hohn hoisington hoke holbert holbrook holcomb holcombe holden holder holdren holeman holguin holiday holifield holladay
        holland hollander hollar hollaway holleman hollenbeck holler holley holliday hollie hollifield holliman hollinger hollingshead
        hollingsworth hollins hollis hollister holloman hollomon hollon holloway hollowell holly holm holman holmberg holmes holmgren
        holmquist holsinger holst holstein holston holt holte holter holthaus holton holtz holtzclaw holtzman holzer holzman hom homan
        homer homes honaker honea honey honeycutt hong hood hook hooker hooks hooper hoopes hoosier hooten hoover hope hopkins hopp
        hoppe hopper hopson horan hord horgan horn hornback hornbeck hornbuckle horne horner horning hornsby hornung horowitz horrell
        horrocks horsley horst horstman horta horton horvath horwitz hosey hoskin hoskins hoskinson hosler hosley hosmer hoss hostetler
        hostetter hotaling hotchkiss houchens houchin houck hough houghtaling houghton houk houle houlihan house householder houser
        housley housman houston hovey hovis howard howarth howe howell howells hower howerton howery howes howie howington howland
        howlett howley howse howze hoy hoye hoyer hoyle hoyos hoyt hsieh hsu hu hua huang hubbard hubbell hubbert hubble hubbs huber
        hubert hubler huck huckaby hudak huddleston hudgens hudgins hudnall hudson hudspeth huebner huerta huertas huey huff huffman
        hufford huges huggins hughes hughey hughley hughs hui huie huizar hulbert hulett huling hull hullinger hulse hulsey humbert
        humble hume humes hummel hummer humphrey humphreys humphries hundley huneycutt hung hungerford hunley hunnicutt hunsaker
        hunsicker hunsinger hunt hunter huntington huntley huntsman huot hupp hurd hurdle hurlburt hurley hurst hurt hurtado hurtt
        hurwitz husband huse huskey huskins huss hussain hussey husted huston hutchens hutcherson hutcheson hutchings hutchins
        hutchinson hutchison huth hutson hutt hutter hutto hutton huynh hwang hyatt hyde hyden hyder hyer hyland hylton hyman hymel
        hynes hysell ibanez ibarra ibrahim ice ickes ide iglesias ignacio ikeda iles im imes imhoff imler infante ingalls ingersoll
        ingham ingle ingraham ingram iniguez inman innes innis inouye iorio ippolito irby ireland irick irish irizarry irons irvin
        irvine irving irwin isaac isaacs isaacson isabell isbell isenberg isham islam islas isley ismail isom ison israel ito iversen
        iverson ives ivey ivie ivory ivy izaguirre izquierdo izzo jablonski jacinto jack jackman jacks jackson jaco jacob jacobi jacobo
        jacobs jacobsen jacobson jacoby jacques jacquez jaeger jaffe jager jaggers jahn jahnke jaime jaimes jalbert jamerson james
        jameson jamieson jamison janes janik janis janke jankowski jansen janson janssen january janzen jaques jaquez jara jaramillo
        jarboe jardine jarman jarmon jarrell jarrett jarvis jason jasper jasso jauregui javier jaworski jay jayne jaynes jean
        jeanbaptiste jeanlouis jeffcoat jefferies jeffers jefferson jeffery jeffords jeffrey jeffreys jeffries jellison jemison jenkins
        jenks jennette jennings jensen jenson jepson jerkins jernigan jerome jeske jesse jessee jessen jessie jessup jester jesus jeter
        jett jetton jewell jewett jiles jim jimenez jimerson jiminez jinks jobe joe johannes johannsen johansen johanson john johns
        johnsen johnson johnston johnstone johson joiner jolin jolley jolly jonas jone jones joplin jordan jordon jorge jorgensen
        jorgenson jose joseph josephson josey joshua joslin jost joubert jourdan jowers joy joyce joyner juan juarez judd jude judge
        judkins judson judy julian julien julius jump jumper june jung junker jurado jurgens jusino just justice justis justus kaczmarek
        kaelin kagan kahl kahle kahler kahn kain kaiser kalinowski kaminski kaminsky kammerer kamp kamps kanagy kane kang kangas kanter
        kantor kao kaplan kapp karas karcher karg karl karnes karns karp karpinski karr kasper kass kasten kastner kates kato katz
        kauffman kaufman kaufmann kaul kautz kavanagh kavanaugh kay kaye kaylor kays kayser kean keane kearney kearns kearse keating
        keaton keck kee keefe keefer keegan keel keele keeler keeley keeling keen keenan keene keener keeney kees keesee keeter keeton
        keever keffer kegley kehoe keil keim keiser keister keith keitt kelch kell kellam kellar kelleher keller kellerman kellett
        kelley kellner kellogg kellum kelly kelm kelsey kelso kelton kemp kemper kempf kempton kendall kendrick kendricks kennard
        kennedy kennelly kenner kennett kenney kennison kennon kenny kent kenworthy kenyon keo keough keown kephart kepler kerber kerby
        kerley kern kerner kerney kerns kerr kerrigan kersey kershaw kershner kerwin kesler kessel kessinger kessler kester kesterson
        ketcham ketchum ketron key keyes keys keyser khan khoury kibler kidd kidder kidwell kiefer kieffer kiel kiely kiernan kifer
        kiger kight kilburn kilby kile kiley kilgore killebrew killen killian killingsworth killion killough kilmer kilpatrick kim
        kimball kimber kimberlin kimble kimbrell kimbro kimbrough kimes kimmel kimsey kimura kinard kincaid kinch kinchen kinder kindle
        kindred king kingery kingsbury kingsley kingston kinlaw kinley kinnard kinney kinsella kinser kinsey kinsler kinsley kinslow
        kinzer kipp kirby kircher kirchner kirk kirkendall kirkham kirkland kirkman kirkpatrick kirksey kirkwood kirsch kirschner
        kirtley kirwan kiser kish kisner kissel kissinger kistler kitchen kitchens kite kitt kittle kittredge kittrell kitts kizer
        klassen klatt klaus klein kline kling klingensmith klinger klink klotz klug kluge knapp knauer knecht kneeland knepp knepper
        knight knighten knighton knights knisely knisley knoll knopp knorr knott knotts knowles knowlton knox knudsen knudson knuth
        knutson ko kobayashi koch kocher koehler koehn koenig koepke koerner koester koger kohl kohler kohn kolar kolb kollar koller
        kong konrad koo koon koonce koons koontz koopman kopec kopf kopp korn kornegay korte koski koss kost koster kovac kovach kovacs
        koval kowal kowalczyk kowalewski kowalski kozak koziol kozlowski kraemer kraft krahn kral krall kramer krantz kranz kratz
        kratzer kraus krause krauss krawczyk krebs kremer kress krick krieg krieger kroeger krohn krol kroll kropp krouse krueger krug
        kruger krull krum krumm krupa krupp kruse ku kubiak kubik kucera kuehl kuehn kugler kuhl kuhlman kuhlmann kuhn kuhns kujawa kull
        kulp kumar kunkel kunkle kuntz kunz kunze kuo kurth kurtz kurz kushner kuster kutz kuykendall kwak kwan kwiatkowski kwok kwon
        kwong kyle kyles kyser labarbera labarge labbe labelle labonte laborde laboy labrecque labrie lacasse lacey lach lachance
        lachapelle lack lackey laclair lacombe lacour lacourse lacroix lacy ladd ladner ladue lady lafave lafayette lafferty laflamme
        lafleur lafollette lafond lafontaine laforge lafountain lafrance lafreniere lagasse laguna lagunas lahr lai lail lain laine
        laing lair laird lajoie lake lakes lakey lakin laliberte lally lalonde lam lamanna lamar lamarre lamas lamb lambert lambrecht
        lamere lamkin lamm lammers lamons lamont lamontagne lamoreaux lamothe lamoureux lamp lampe lamphere lampkin lampley lancaster
        lance land landa landau lander landeros landers landes landin landis landon landreth landrum landry landwehr lane laney lang
        langan langdon lange langer langevin langford langham langley langlois langston lanham lanier lankford lanning lansing lantz
        lanza lao lapierre laplant laplante lapoint lapointe laporte lapp laprade lara large largent larimore larios lariviere lark
        larkin larkins larocca laroche larochelle larock larosa larose larrabee larrison larry larsen larson larue lasalle lasater lash
        lasher lashley laskey laskowski lasky lasley lasseter lassiter laster latham lathan lathrop latimer latimore latorre latour
        latta lattimore lau laub lauderdale lauer laughlin laureano laurence laurent lauria laurie laux lauzon lavallee lavalley lavelle
        lavender lavergne laverriere laverty lavery lavigne lavin lavine lavoie law lawerence lawhorn lawing lawler lawless lawlor
        lawrence laws lawson lawton lawyer lax laxton lay layfield layman laymon layne layton lazar lazaro lazarus lazenby lazo le lea
        leach leader leaf leahy leak leake leaks leal lear leary lease leasure leath leatherman leathers leatherwood leavell leavitt
        lebeau lebel leblanc leboeuf lebron lebrun lechner lechuga leclair leclaire leclerc lecompte ledbetter lederman ledesma ledet
        ledezma ledford ledger ledoux leduc lee leech leeds leedy leek leeper lees lefebvre lefevre leff leffler lefkowitz lefler
        leflore leftwich legault leger legere legette legg leggett legrand lehman lehmann lehr leibowitz leigh leighton leija leiker
        leininger leis leist leister leitch leite leith leitner leiva lejeune leland lema lemaire lemaster lemasters lemay lemieux
        lemire lemke lemley lemmon lemmons lemoine lemon lemons lemos lemus lenard lenhart lenihan lennon lennox lenoir lent lentz lenz
        leo leon leonard leonardo leone leong leonhardt leopold leos lepage lepore leppert lerch lerma lerner leroux leroy lesher lesko
        lesley leslie lesperance lessard lesser lester letendre leto letourneau letson lett leung levan levasseur leveille leverett
        levesque levi levin levine levinson levitt levy lew lewallen lewandowski lewellen lewin lewis ley leyba leyva lheureux li liang
        libby liberatore licata licon liddell liddle lieb lieberman lien liggett liggins light lightfoot lightner lightsey ligon likens
        lile liles lillard lilley lillie lilly lim lima limon lin linares lincoln lind lindahl lindberg linde lindell lindeman lindemann
        linden linder linderman lindgren lindholm lindley lindner lindo lindquist lindsay lindsey lindsley lindstrom lineberry linehan
        liner lines ling lingenfelter lingerfelt lingle lingo link linker linkous linn linton linville lipe lipinski lipp lippert
        lippincott lipps lipscomb lipsey liptak lipton lira lirette liriano liss list lister liston litchfield litten litteral little
        littlefield littlejohn littles littleton litton littrell liu lively livengood livermore livesay livingston lizarraga lizotte
        llamas llanes llanos llewellyn lloyd lo lock lockard locke locker lockett lockhart locklear lockman lockridge lockwood lodge loe
        loeb loeffler loehr loera loesch lofgren loftin loftis lofton loftus logan loggins logsdon logue lohman lohmann lohr loiselle
        lollar lollis lomas lomax lombard lombardi lombardo lomeli london lonergan loney long longley longmire longo longoria longstreet
        loo look loomis looney loop looper loos loper lopes lopez lopresti lor lora lord lore lorenz lorenzen lorenzo loring losey lott
        lotz loucks loudermilk lough loughlin loughran louie louis lounsbury louque louviere lovato love loveday lovejoy lovelace
        lovelady loveland loveless lovell lovely lovett lovette loving lovins low lowder lowe lowell lower lowery lowman lowrance lowrey
        lowrie lowry lowther loy loya loyd loza lozada lozano lozier lozoya lu lubin lucas luce lucero lucey lucia luciano lucien lucier
        lucio luck luckett luckey lucky lucy ludlow ludwick ludwig lueck luedtke luevano luft lugo lui luis lujan lukas luke lukens
        luker lukes lum lumley lumpkin lumpkins lumsden luna lund lundberg lunde lundgren lundin lundquist lundy lung lunn lunsford lunt
        luong luper lupo lusby lusk lussier lust luster lutes luther luttrell lutz luu lux ly lydon lykins lyle lyles lyman lynch lynn
        lyon lyons lytle ma maas mabe mabrey mabry macaluso macarthur macdonald macdougall mace macedo macfarlane macgregor mach machado
        machuca macias maciel mack mackay mackenzie mackey mackie mackin mackinnon macklin maclean macleod maclin macmillan macneil
        macomber macon macpherson macy madden maddock maddox maddux maddy mader madera madewell madigan madison madore madrid madrigal
        madsen madson maeda maes maestas maez magallanes magallon magana magdaleno magee mager magers maggard maggio magill magner
        magness magnuson magoon magruder maguire mahaffey mahan mahaney mahar maher mahler mahon mahone mahoney mahurin mai maiden maier
        maillet mailloux main maine maines mains mair maisonet majewski major majors maki makowski malave malcolm malcom maldonado malek
        maley malick malik malin malinowski mallard mallett mallette malley mallon mallory malloy malone maloney malott maloy malveaux
        manahan manchester mancilla mancini mancuso mandel mandell mandeville maness maney manfredi mangan mangold mangrum mangual
        mangum manigault manion manis manke manley mann manners manning mannino mannion manns manor manos manrique manriquez mansell
        mansfield manske manson mansour mantooth manuel manus manzanares manzano manzi manzo mapes maple maples mapp marable marasco
        marble marcano marceau marcello march marchan marchand marchant marchese marchetti marciano marco marcos marcotte marcoux marcum
        marcus marcy marden mardis marek mares marez margolis maria mariani mariano marin marine marinelli marino marion maris mariscal
        mark markel marker markey markham markle markley markowitz marks markus marlar marler marley marlin marlow marlowe maroney
        marotta marquardt marques marquez marquis marr marra marrero marriott marron marroquin marrow marrs marrufo mars marsden marsh
        marshal marshall marshburn marston marte martel martell martens marti martin martindale martine martineau martinelli martines
        martinez martini martino martins martinson marty martz marvel marvin marx mascarenas mashburn masi mask mason massa massaro
        masse massenburg massengale massengill massey massie masson mast masters masterson mastin mata mateo matheny mather matherly
        matherne mathers mathes matheson mathew mathews mathewson mathias mathieu mathis mathison matias matlock matney matos matson
        matsumoto matt matta matte mattern matteson matthes matthew matthews matthias mattingly mattis mattison mattos mattox mattson
        matus matz mauck mauk mauldin mauney maupin maurer maurice mauricio mauro maus max maxey maxfield maxie maxim maxon maxson
        maxwell may maya mayberry maye mayer mayers mayes mayfield mayhew mayle maynard mayne maynor mayo mayon mayorga mays maze mazur
        mazurek mazza mazzola mazzone mcabee mcadams mcadoo mcafee mcaleer mcalister mcallister mcalpin mcalpine mcanally mcandrew
        mcardle mcarthur mcatee mcauley mcauliffe mcavoy mcbee mcbeth mcbrayer mcbride mcbroom mcbryde mcburney mccabe mccafferty
        mccaffrey mccain mccaleb mccall mccalla mccallister mccallum mccammon mccandless mccann mccants mccardle mccarley mccarroll
        mccarron mccarter mccarthy mccartney mccarty mccarver mccary mccaskill mccaslin mccauley mccay mcchesney mcclain mcclanahan
        mcclary mcclean mccleary mcclellan mcclelland mcclendon mcclintock mcclinton mccloskey mccloud mccluney mcclung mcclure mcclurg
        mccluskey mccollough mccollum mccomas mccomb mccombs mcconnell mccool mccord mccorkle mccormack mccormick mccourt mccowan mccown
        mccoy mccracken mccrae mccraney mccrary mccraw mccray mccrea mccready mccreary mccree mccrimmon mccrory mccubbin mccue mccullar
        mccullen mcculley mcculloch mccullough mccullum mccully mccune mccurdy mccurley mccurry mccusker mccutchen mccutcheon mcdade
        mcdaniel mcdaniels mcdavid mcdermott mcdevitt mcdonald mcdonnell mcdonough mcdougal mcdougald mcdougall mcdougle mcdowell
        mcduffie mcduffy mceachern mcelfresh mcelhaney mcelrath mcelroy mcelveen mcelyea mcentee mcentire mcevoy mcewen mcfadden mcfall
        mcfalls mcfarland mcfarlane mcfarlin mcgaha mcgann mcgarry mcgarvey mcgary mcgaughey mcgee mcgehee mcghee mcgill mcginley mcginn
        mcginnis mcginty mcglone mcglothlin mcglynn mcgough mcgovern mcgowan mcgowen mcgrady mcgrane mcgrath mcgraw mcgregor mcgrew
        mcgriff mcgruder mcguigan mcguinness mcguire mchale mchenry mchone mchugh mcilwain mcinerney mcinnis mcintire mcintosh mcinturff
        mcintyre mciver mcjunkin mckain mckamey mckay mckean mckee mckeehan mckeever mckellar mckelvey mckenna mckenney mckenzie mckeon
        mckeown mckibben mckie mckim mckinley mckinney mckinnie mckinnis mckinnon mckinsey mckinzie mckissick mcknight mckown mckoy
        mclain mclamb mclane mclaren mclaughlin mclaurin mclean mclellan mclemore mclendon mcleod mclin mcloughlin mcmahan mcmahon
        mcmanis mcmann mcmanus mcmaster mcmasters mcmath mcmichael mcmillan mcmillen mcmillian mcmillin mcmillion mcmillon mcminn
        mcmorris mcmullan mcmullen mcmullin mcmurray mcmurry mcmurtry mcnabb mcnair mcnally mcnamara mcnamee mcnary mcnatt mcnaughton
        mcneal mcneely mcneese mcneil mcneill mcnew mcnichols mcniel mcnulty mcnutt mcpeak mcphail mcphee mcpherson mcquade mcquaid
        mcqueen mcquiston mcrae mcreynolds mcroberts mcshane mcsherry mcspadden mcswain mcsweeney mcvay mcveigh mcvey mcvicker mcwhirter
        mcwhorter mcwilliams meacham mead meade meader meador meadors meadows meads meagher meaney means mears mease meaux mebane mecham
        medeiros medellin medford medina medley medlin medlock medrano meece meehan meek meeker meekins meeks mefford mehta mei meier
        meiners meisner meissner meister mejia mejias melancon melanson melcher melchor meldrum mele melendez melgar mellen mello mellon
        mellott melnick melo melson melton melville melvin mena menard menchaca mendelson mendenhall mendes mendez mendiola mendonca
        mendosa mendoza menefee menendez meneses menjivar menke mentzer menzel meraz mercado merced mercer merchant mercier mercurio
        meredith merida merino merkel merkle merrell merriam merrick merrifield merrill merriman merritt merriweather merry merryman
        mertens mertz merwin mesa messenger messer messick messier messina messinger messner mestas metcalf metcalfe metheny metoyer
        metts metz metzger metzler meunier meyer meyers meza miceli michael michaelis michaels michaelson michalak michalski michaud
        michel michell michels michelson mick mickel mickelson mickens mickey mickle middaugh middendorf middlebrook middlebrooks
        middleton midgett midkiff miele mielke mier miguel mike mikel mikell mikesell milam milan milano milazzo milburn miles miley
        milford millan millar millard millen miller millet millett millican milligan milliken milliner million millis millner mills
        millsap millsaps milne milner milo milstead milton mims minard mincey miner mines ming mingo minick mink minnich minnick minnis
        minor minter minton mintz minyard mirabal miracle miramontes miranda mireles miron mishler misner mistretta mitchel mitchell
        mitchem mitchum mitton mix mixon miyamoto mize mizell moats moberg moberly mobley mock modica modlin moe moeller moen moffatt
        moffett moffitt mohamed mohammed mohan mohler mohr moise mojica molina molinaro moline moll moller molloy molnar monaco monaghan
        monahan monarrez moncada moncrief monday mondragon monette money mong monge monger moniz monk monks monreal monroe monroy monson
        montague montalvo montana montanez montano monte monteiro monteith montejano monteleone montelongo montemayor montenegro montero
        montes montez montgomery monti montiel montijo montoya monzon moody moon mooney mooneyham moor moore moorefield moorehead moorer
        moores moorhead moorman moos moose mora morabito morales moralez moran morano more moreau morehead morehouse moreira morel
        moreland morell morelli morello morelock moreno morey morgan mori moriarty morin morita moritz morley morman morningstar morrell
        morrill morris morrison morrissette morrissey morrow morse mortensen mortenson mortimer morton mosby moseley mosely moser moses
        mosher mosier moskowitz mosley mosqueda moss mossman mota mote moten motes motley moton mott motta moua moulton moultrie mounce
        mount mountain mounts mouser mouton mowery mowry moxley moy moya moye moyer moyers moynihan mozingo mraz mucha mudd mudge
        mueller muhammad muir mulcahy mulder muldoon muldrow mulford mulholland mulkey mull mullane mullaney mullen mullenax mullens
        muller mulligan mullikin mullin mullinax mullings mullins mullis mulvaney mulvey mulvihill mumford mummert muncy munday mundell
        munden mundt mundy munford munger munguia muniz munn munos munoz munro munroe munsey munson murakami murchison murdoch murdock
        murguia murillo muro murph murphey murphree murphy murr murray murrell murry muse musgrave musgrove music musick musselman
        musser musso mutchler muth mutter myatt myer myers myhre myles myrick nabors naccarato nace nadeau nader nadler nagel nagle nagy
        nail nair najera nakagawa nakamura nakano nall nalley nalls nally nance napier napoleon napoli napolitano napper naquin naranjo
        narcisse nardi nardone narron narvaez nash nason nasser natal natale nathan nathaniel nation nations natividad natoli naughton
        naugle nault nauman naumann nava navarra navarrete navarrette navarro navas nave naylor nazario neace neal neale nealy neary
        necaise nee needham neel neeley neely neer neese neff negrete negron neher neighbors neil neill neilsen neilson nell nellis
        nelms nelsen nelson nemeth neri nero nesbit nesbitt nesmith ness nester nestor netherton nettles neu neubauer neufeld neuman
        neumann nevarez nevels neves neville nevin nevins new newberg newberry newbold newby newcomb newcomer newell newhouse newkirk
        newland newlin newman newport newsom newsome newson newton ney nez ng ngo nguyen nice nicely nichol nicholas nicholes nicholls
        nichols nicholson nick nickel nickell nickels nickelson nickens nickerson nickles nickols nicks nicol nicolas nicoletti niehaus
        nielsen nielson nieman niemann niemeyer niemi nies nieto nieves nightingale nigro niles nilsen nilson nilsson nimmons nino
        nipper nishimura nissen nivens nix nixon noah noble nobles noblitt nocera nock noe noel nolan noland nolasco nolen noles nolette
        nolin noll nolte noon noonan norberg norcross nord nordin nordstrom norfleet noriega norman normand norris norsworthy north
        northcutt northern northington northrop northrup northup norton norvell norwood noto nottingham novak novotny nowak nowakowski
        nowell nowicki nowlin noyes nugent null numbers nunes nunez nunley nunn nunnally nunnery nuno nurse nuss nussbaum nutt nutter
        nutting nyberg nye nygaard nyman nystrom oakes oakley oaks oates obannon ober oberg oberle oboyle obregon obrian obrien obryan
        obryant ocallaghan ocampo ocasio ochoa ochs oconnell oconner oconnor odaniel oday odea odell oden odle odom odonnell odum
        oestreich offutt ogburn ogden ogg ogilvie ogle oglesby ogletree ogrady oh ohalloran ohanlon ohara ohare ohler ojeda okane okeefe
        okelley olander oldaker oldenburg oldfield oldham olds oleary oleson olguin olin olinger oliphant oliva olivares olivarez olivas
        olive oliveira oliver olivera oliveri olivier olivo oller ollie ollis olmos olmstead olney oloughlin olsen olson olszewski
        olvera omalley oman omar omara omeara oneal oneil oneill oney ong ontiveros oquendo oquinn orange orcutt ordonez ordway orear
        oreilly orellana orlando orman orme ormsby orndorff ornelas orona oropeza orosco orourke orozco orr orsini orta ortega ortego
        orth ortiz orton osborn osborne osbourne osburn osgood oshaughnessy oshea oshiro osman osorio osteen oster osterman ostler
        ostrander ostrom ostrowski osullivan osuna oswald oswalt otani otero otey otis otoole ott otte otten ottinger otto oubre
        ouellette ousley outlaw ovalle overbey overby overcash overman overstreet overton overturf oviedo owen owens owensby owings
        owsley oxendine oxford oxley oyler ozuna pablo pabon pace pacheco pack packard packer paddock padgett padilla padron padula paez
        pagan pagano page pagel pahl paige paine painter pair paiva paiz pak pal palacio palacios palen palermo palladino palm palma
        palmer palmieri palmore palmquist palomares palomino palomo palumbo pan panek pang paniagua pankey pannell pantoja paolucci papa
        pape papenfuss papp pappas paquette paquin parada paradis paradise pardo pardue pare paredes parent parente parenteau parham
        parikh paris parise parish parisi park parke parker parkerson parkhurst parkin parkins parkinson parkman parks parmenter parmer
        parnell parr parra parrett parris parrish parrott parry parsley parson parsons partain partee partida partin partlow parton
        partridge pascal pascale paschal paschall pascoe pascual pasillas pasley pasquale pass passmore pastor pastore pastrana patch
        pate patel paterson patillo patino patnode patrick patten patterson pattison patton patty paugh paul pauley paulin paulino paulk
        paull paulsen paulson paulus pauly pavlik pawlak pawlowski paxton payan payne paynter payton paz peabody peace peach peachey
        peacock peak peake pearce pearcy pearl pearlman pearman pearsall pearson peart pease peaslee peavey peavy peay peck peckham
        pecora pecoraro peden pedersen pederson pedigo pedraza pedro pedroza peebles peek peel peele peeler peeples peer peery peet pegg
        pegram pegues peiffer peirce pelayo pelfrey pelham pelkey pell pellegrini pellegrino pellerin pelletier peloquin peltier pelton
        peluso pemberton pena pence pender pendergast pendergrass pendleton pendley penick penland penley penn pennell penner penney
        pennington pennock penny penrod penson penton peoples pepe pepin pepper peppers perales peralez peralta peraza percival percy
        perdomo perdue perea pereira peres pereyra perez perkins perlman permenter perna pernell pero perrault perreault perreira perri
        perrin perrine perron perrone perrotta perry perryman persaud persinger person persons pesce pesina pete peter peterkin peterman
        peters petersen peterson petit petree petrella petri petrie petrillo petrin petro petrone petry pettaway pettengill petterson
        pettey pettiford pettigrew pettis pettit pettitt pettus pettway petty pewitt peyton pfaff pfeffer pfeifer pfeiffer pfister pham
        phan phares pharr phelan phelps phifer philbrick philbrook philip philips phillip phillips philpot philpott phinney phipps
        phoenix phung piatt piazza picard piccirillo pichardo pickard pickel pickens pickering pickett pickle pieper pier pierce piercy
        pierre pierson pifer pigg pike piland pilcher pilgrim pilkington pillow pilon pimental pimentel pina pinard pinckney pinder pine
        pineda piner pinero pinette ping pinheiro pink pinkard pinkerton pinkham pinkney pinkston pinney pino pinon pinson pinto
        piotrowski piper pipes pipkin pippen pippin pires pirtle pisano pitcher pitchford pitcock pitman pitre pitt pittman pitts pitzer
        pixley pizarro place placencia plaisance plank plant plante plascencia plata platt player plaza pleasant plemmons plemons pless
        plotkin plott plourde plowman plumb plumlee plumley plummer plunk plunkett plyler poche poe poff pogue pohl pohlman poindexter
        pointer poirier poisson polak polanco poland polen poling polite polito polk pollack pollak pollard polley pollock polly polson
        polston pomerleau pomeroy pompey ponce pond ponder pool poole pooler poon poor poore pope popham popovich popp porath porch
        porras port porter porterfield portillo portis posada posey posner poss post poston poteat poteet potter potts poulin pouliot
        poulos poulsen poulson pound pounds powe powell power powers poynter prado prager prater prather pratt pray preble preciado
        preece prejean premo prendergast prentice prentiss prescott presley presnell press pressley preston prevost prewitt price
        prichard prickett priddy pride pridemore pridgen priebe priest priester priestley prieto prill prime primm prince prindle prine
        pringle prins prior prisco pritchard pritchett privett probst prochaska procter proctor proffitt profit prokop proper propst
        prosser proulx prout prouty provencher provenzano province provost pruett pruitt prunty pryce pryor puckett puente puentes puga
        pugh pugliese puleo pulido pullen pulley pulliam pullum pulver puma pumphrey purcell purdy purifoy purkey purnell purser pursley
        purvis puryear putman putnam putney putt pyatt pye pyle pyles pyne quach quackenbush quade qualls quam quan quarles quattlebaum
        queen quesada quesenberry quevedo quezada quick quigley quijano quiles quillen quimby quinlan quinn quinones quinonez quint
        quintana quintanilla quintero quinton quirk quiroga quiroz raab rabb rabe raber rabideau rabinowitz rabon raby race racine
        rackley radcliff radcliffe rademacher rader radford radke radley radtke rae rael rafferty ragan rager raggs ragin ragland raglin
        ragsdale ragusa rahman rahn railey rainbolt rainer raines rainey rains rainwater rakes raleigh raley ralls ralph ralston ramage
        rambo ramer rameriz ramey ramires ramirez ramon ramos ramsay ramsdell ramsey rancourt rand randall randazzo randel randell
        randle randles randolph raney range rangel rank rankin rankins ranney ransdell ransom ranson rao raper raphael raposa rapp
        rasberry rascon rash rashid rasmussen ratchford ratcliff ratcliffe rath rathbone rathbun rathburn ratliff ratzlaff rau rauch
        rausch raven rawlings rawlins rawls rawson ray raya raybon rayborn rayburn rayfield rayford raymer raymond rayner raynor razo
        rea read reader reading ready reagan real reale ream reamer reames reams reardon rearick reason reaves reavis reber recio reck
        record rector red redd redden reddick redding reddy redfern redfield redford reding redman redmon redmond redus redwine reece
        reed reeder reedy reel reep rees reese reeser reeve reeves regalado regan regis register rego rehm reich reichard reichel
        reichert reid reider reidy reif reiff reilly reimer reimers rein reina reiner reinert reinhard reinhardt reinhart reinhold
        reinke reis reiser reisinger reiss reiter reitz rembert remillard remington remy renaud render rendon reneau renfro renfroe
        renfrow renn renner rennie renninger reno renshaw rentas renteria renwick renz repp resendez resnick ressler resto restrepo
        rettig reuter reveles revell revels revis rex rey reyes reyna reynolds reynoso reza rhea rheaume rhee rhine rhinehart rhoades
        rhoads rhode rhoden rhodes rhone rhymes rhyne ribeiro ricard ricci ricciardi riccio rice rich richard richards richardson
        richburg richer richerson richert richey richie richins richman richmond richter rick rickard ricker rickert rickett ricketts
        rickey rickman ricks rico riddell riddick riddle ridenhour ridenour rideout rider ridge ridgeway ridgway ridings ridley riedel
        riegel rieger riehl riendeau ries rife riffe riffle rigby rigdon rigg riggins riggle riggleman riggs rigney rigsby riker riles
        riley rimmer rinaldi rincon rine rinehart rines ring ringer ringler ringo rinker riojas riordan rios rioux ripley rippy riser
        risher risinger risley risner ritch ritchey ritchie rittenhouse ritter ritz rivard rivas rivera rivero rivers rives rizo rizzi
        rizzo roa roach roan roane roark robb robbins roberge roberson robert roberto roberts robertson robeson robey robichaud
        robichaux robidoux robin robinett robinette robins robinson robison robitaille robledo robles robson roby rocco rocha roche
        rochelle rochester rochon rock rockett rockwell rockwood rodarte rodas roddy rode roden roderick rodger rodgers rodiguez rodman
        rodney rodrigez rodrigue rodrigues rodriguez rodriques rodriquez roe roebuck roeder roehl roemer roesch roesler rogan roger
        rogers rogerson rogge rohan rohde rohr rohrbach rohrbaugh rohrer rojas rojo roland roldan rolen rolf rolfe roll rolland rolle
        roller rolling rollins rollo rolon roman romano romans rome romeo romer romero romig romine romo ronan rondeau rondon rone roney
        rood roof rook rooker rooks rooney roop roos root roper ropp roque rorie rosa rosado rosales rosario rosas rosati roscoe rose
        roseberry roseboro roselli roseman rosemond rosen rosenbaum rosenberg rosenberger rosenberry rosenblatt rosenblum rosenfeld
        rosenthal rosier rosner ross rosser rossi rossiter rossman rosson rost roth rothe rother rothman rothrock rothschild rothstein
        rothwell rotz rouleau rounds roundtree roundy rountree rourke rouse roush rousseau roussel routh roux rowan rowden rowe rowell
        rowland rowles rowlett rowley roy royal roybal royce royer royster royston rozell rozier ruano ruark rubalcava ruben rubenstein
        rubin rubino rubinstein rubio ruble ruby ruch rucker ruckman rudd rudder ruddy rude ruder rudnick rudolph rudy rue rueda ruel
        ruelas ruff ruffin ruffner rugg ruggiero ruggles ruhl ruiz rule rummel rumph rumsey rundell runge runion runkle runnels runyan
        runyon rupe rupert rupp ruppert rusch rush rushing rushton rusk russ russel russell russo rust rutan ruth rutherford rutkowski
        rutland rutledge rutter ruvalcaba ryals ryan ryder rye ryerson rymer saad saari saavedra saba sabatini sabb sabin sabo sabol
        sacco sachs sack sackett sacks saddler sadler sadowski saechao saenz saez safford sage sager sagers said sain saito saiz sala
        salas salazar salcedo salcido saldana saldivar sale saleh salem salerno sales salgado salguero salinas salisbury sallee salley
        salmeron salmon salmons salo salomon salsbury salter salters saltsman saltzman salvador salvatore salyer salyers salzman sam
        samaniego sammons samons samora sample samples sampson sams samson samuel samuels samuelson sanabria sanborn sanches sanchez
        sand sandberg sander sanderlin sanders sanderson sandidge sandifer sandler sandlin sandoval sands sandstrom sandusky sandy
        sanfilippo sanford sanger sankey sanmiguel sanner sansom sansone santacruz santamaria santana santangelo santiago santillan
        santini santistevan santo santoro santos santoyo santucci sapp sappington sarabia saravia sargeant sargent sarmiento sarno
        sartain sartin sarver sasaki sass sasser satchell sather sato satterfield satterlee satterwhite sattler sauceda saucedo saucier
        sauer saul sauls saunders sauter sauve savage saville savino savoie savoy sawicki sawyer sawyers saxon saxton sayer sayers
        sayler sayles saylor sayre scaggs scaife scala scales scalf scalise scanlan scanlon scannell scarberry scarborough scarbrough
        scarlett scates schaaf schaal schacht schade schaefer schaeffer schafer schaff schaffer schaffner schall schaller schank schantz
        scharf schatz schaub schauer schechter scheel scheer scheetz scheffler scheid schell scheller schenck schenk scherer
        schermerhorn schexnayder schick schiff schiffer schiffman schiller schilling schillinger schimmel schindler schlegel schleicher
        schley schloss schlosser schlueter schmid schmidt schmit schmitt schmitz schneck schneider schnell schock schoen schoenfeld
        schofield scholl scholz schooley schoonmaker schoonover schorr schott schrader schram schramm schreck schreiber schreiner
        schrimsher schrock schroder schroeder schrum schubert schuck schueler schuetz schuh schuler schuller schulman schulte schultz
        schulz schulze schumacher schumaker schuman schumann schuster schutt schutte schutz schuyler schwab schwartz schwarz schweiger
        schweitzer scofield scoggins scott scoville scranton scribner scrivner scroggins scruggs scudder scull scully scurlock scurry
        seabolt seabrook seager seagraves seal seale seales sealey seals sealy seaman seamon searcy searle searles sears seaton seaver
        seavey seawright seay sebastian sebring sechrist secor seda sedillo see seeger seeley seely segal segarra segars seger segovia
        segura seibel seiber seibert seidel seidl seidman seifert seiler seitz selby self sell sellars sellers sells selman selph
        seltzer semple sena senecal seng senger senior senn senter sepulveda sequeira serafin sergent serio serna serpa serra serrano
        serrato servin session sessions sessoms seth setser settle settles setzer severance severson sevier sevigny sevilla seward
        sewell sexton seymore seymour shackelford shackleford shade shaeffer shafer shaffer shah shahan shamblin shanahan shane shaner
        shank shankle shanklin shanks shannon shapiro sharkey sharma sharp sharpe shatley shattuck shaughnessy shaul shaver shavers shaw
        shawver shay shea shead shealy shearer shearin shears shedd sheehan sheehy sheets sheetz sheffer sheffield shehan sheilds shelby
        sheldon shell shelley shelly shelton shen shenk shepard shepardson sheperd shephard shepherd sheppard sherer sheridan sherlock
        sherman sherrard sherrell sherrer sherrill sherrod sherry sherwin sherwood shetler shewmaker shick shields shifflett shiflett
        shih shilling shim shimizu shin shinault shine shinn shipe shipley shipman shipp shippy shirey shirk shirley shively shiver
        shivers shoaf shockey shockley shoemake shoemaker shoffner shofner shook shoop shope shore shores shorey short shorter
        shortridge shorts shortt shotwell shoulders shoup shouse showalter showers shows shrader shreve shriver shropshire shrout
        shroyer shrum shryock shubert shuck shuey shuler shull shults shultz shumaker shuman shumate shumpert shumway shunk shupe
        shurtleff shuster shute shutt shuttleworth sias sibert sibley siciliano sickler sickles sides sidney sieber siebert siegel
        siegfried sierra sievers sifuentes sigala sigler sigman sigmon sikes sikora sikorski silas silberman siler sill sills silva
        silvas silveira silver silverberg silverman silvers silverstein silvestri silvey silvia sim simard simas simkins simmers simmon
        simmonds simmons simms simon simonds simone simoneau simoneaux simonetti simons simonsen simonson simonton simpkins simpson sims
        sinclair sine sines singer singh singletary singleton singley sink sinnott sipe sipes sipple sirois sisco sisk sisler sisneros
        sisson sistrunk sites sitton siu six sizemore sizer skaggs skeen skeens skelly skelton skiba skidmore skiles skinner skipper
        slack slade slagle slate slater slaton slattery slaugh slaughter slavens slavin slawson slay slayton sledge sleeper slick sliger
        sloan sloane sloat slocum slone slover sluder slusher sluss sly small smalley smalls smallwood smart smedley smelser smeltzer
        smiley smith smither smitherman smithers smithey smithson smock smoot smothers smtih smyth smythe snapp snavely snead sneed
        snell snelling snelson snider snipes snoddy snodgrass snook snow snowden snyder so soares sobel sobers socha soderberg
        soderquist sohn soileau sok sokol solano solares solari solberg soler soles solis soliz sollars soloman solomon solorio
        solorzano somers somerville sommer sommers sommerville son song songer sonnenberg sonnier sons soper sorensen sorenson sorg
        soria soriano sorrell sorrells sorrentino sosa sosebee sotelo soto sotomayor soucy souder souders soukup soule sours sousa south
        southall southard southerland southern southwick southworth souza sowa sowards sowder sowell sowers spaeth spahn spain spalding
        spangler spann spano sparkman sparks sparrow spataro spates spaulding speakman speaks spear spearman spears specht speck spector
        speed speegle speer speicher speight speights spell speller spellman spells spence spencer sperling sperry spicer spiegel
        spielman spiers spies spiker spikes spillane spiller spillers spillman spina spindler spinelli spinks spinner spires spitler
        spitz spitzer spivey spohn spoon spooner spotts spradlin spradling spraggins sprague spratt sprayberry spriggs spring springer
        springfield springs sprinkle sproul sprouse spruill spry spurgeon spurlin spurling spurlock square squire squires sroka staab
        staats stabler stacey stack stackhouse stacy stadler stafford stage stagg staggs stagner stahl stahlman staley stalker stallard
        stallings stallworth stalnaker stalvey stambaugh stamey stamm stamp stamper stamps stancil standard standifer standish standley
        standridge stanek stanfield stanfill stanford stange stanger stanhope stanley stannard stansberry stansbury stanton staples
        stapleton stapp starbuck starcher stark starke starkey starks starling starnes starr starrett staten states statler staton staub
        stauffer stayton stclair stcyr steadman stearns stebbins steck stedman steed steel steele steelman steen stefanski steffen
        steffens steffey stegall steger steib steiger stein steinbach steinberg steiner steinke steinman steinmetz stell stella stelly
        stenberg stenger stennett stenson stephan stephen stephens stephenson stepp sterling stern sternberg sterner sterrett stetson
        steven stevens stevenson steverson steward stewart stgeorge stgermain sthilaire stice stickler stickley stickney stidham stier
        stiff stiffler stiles still stiller stillings stillman stills stillwell stiltner stilwell stimpson stine stines stinnett stinson
        stites stith stitt stiver stivers stjean stjohn stlaurent stlouis stock stockdale stocker stockman stocks stockstill stockton
        stockwell stoddard stoffel stogner stoker stokes stoll stollings stoltz stoltzfus stolz stone stoneking stoner stonge stoops
        storer storey storm storms story stott stotts stouffer stout stovall stover stowe stowell stowers stpeter stpierre strachan
        strader strahan straight strain strait straka straley strand strang strange strasser stratton straub strauch straus strauser
        strauss straw strawn strawser strayer street streeter streets streit stribling stricker strickland strickler stricklin stringer
        stringfellow stringfield stringham stripling strobel strode stroh strom stroman stromberg strong strope strother stroud stroup
        stroupe strouse strout struble struck strunk struthers stuart stubblefield stubbs stuck stuckey studdard studebaker studer stull
        stultz stump stumpf sturdevant sturdivant sturgeon sturges sturgill sturgis sturm sturtevant stutz stutzman styles styron su
        suarez suazo suber sublett sudduth suggs suh suiter sullins sullivan sumlin summer summerlin summers summerville summey sumner
        sumpter sumrall sun sunday sundberg sunderland sundquist sung surber surface surles surratt sussman suter sutherland sutphin
        sutter suttle suttles sutton suzuki svoboda swafford swaim swain swallow swan swaney swanger swank swann swanner swanson swarey
        swart swartz swayze swearingen sweat sweatman sweatt sweeney sweeny sweet sweitzer swensen swenson swett swick swift swiger
        swilley swindell swindle swinehart swiney swinford swing swingle swink swinney swinson swint swinton swisher switzer swope sword
        sydnor sykes sylvester sylvia symonds symons synder szabo szeto szymanski ta tabares tabb taber tabor tack tackett tadlock
        tafoya taft taggart tague tai tait takacs takahashi talamantes talarico talavera talbert talbot talbott taliaferro talkington
        tallant tallent talley tallman tally talmadge talton tam tamayo tamez tamura tan tanaka tandy tang tanguay tankersley tanksley
        tanner tapia tapley tapp tapper tarango tarantino taranto tarbox tardif tardiff tarin tarpley tarr tarrant tart tarter tarver
        tarvin tasker tate tatro tatum tauber tavares tavarez taveras taylor teague teal teasley tedder tedeschi tedesco tedford teed
        teel teeter teeters teets teixeira tejada tejeda telford teller telles tellez tellier tellis tello temple templeton templin
        tennant tenney tennison tennyson tenorio teran terpstra terrazas terrell terrill terry terwilliger tesch teske tessier testa
        tester testerman teter tetreault tew thach thacker thai thames thao tharp tharpe thatcher thaxton thayer theis theisen theiss
        thelen theobald theodore theriault theriot theroux therrien theus thibault thibeault thibodaux thibodeau thibodeaux thiel thiele
        thielen thies thigpen thom thoma thomas thomason thomasson thompkins thompson thoms thomsen thomson thor thorn thornberry
        thornburg thorne thornhill thornton thorp thorpe thorsen thorson thorton thrash thrasher threadgill threatt thrift throckmorton
        throop thrower thurber thurlow thurman thurmond thurston tibbetts tibbs tice tichenor tickle tidwell tiemann tierney tiffany
        tighe tigner tijerina tilghman till tiller tillery tillett tilley tillis tillman tillotson tilton timberlake timm timmerman
        timmins timmons timms timothy tims tincher tindall tindell tindle tiner tingle tingley tinker tinney tinnin tinoco tinsley
        tippett tipton tirado tisdale tittle titus to tobar tobey tobias tobin todd toland tolar tolbert toledo tolentino toler toles
        toliver toll tolle tollefson tolley tollison tolliver tolman tolson tom toman tomas tomaszewski tomblin tomes tomko tomlin
        tomlinson tompkins toms toner toney tong toole tooley toombs toomer toomey toon topete topper topping torain torgerson toro
        torre torrence torres torrey torrez toscano tosh toth totten touchstone toussaint tovar towe tower towers towery towle towne
        towner townes townley towns townsel townsend townsley toy tracey tracy trader trafton trahan trail trainer trainor tramel
        trammel trammell tran trantham trapp trask traub traver travers travis trawick traxler traylor traynor treadway treadwell treat
        treece trejo tremblay trent tressler trevino trexler triana tribble trice trigg triggs trim trimble trinh trinidad triplett
        tripp troche troiano trombley trosclair trost trotman trott trotta trotter trottier troup troupe trout troutman troutt
        trowbridge troxel troxell troxler troy troyer truax trudeau true trueblood truelove truesdale truesdell truett truex truitt
        trujillo trull truman trump truong truss trussell trusty tsai tsang tse tso tsosie tu tubbs tucci tuck tucker tudor tufts tuggle
        tull tullis tully tune tunnell tunstall tupper turcotte turek turgeon turk turley turman turnage turnbow turnbull turner turney
        turpin tussey tuten tutor tutt tuttle tweed tweedy twigg twilley twitchell twitty twombly twomey twyman tye tyler tyndall tyner
        tynes tyre tyree tyrell tyrrell tyson tyus uchida uhl ulibarri ullman ulloa ullrich ulmer ulrich umana underhill underwood ung
        unger unknow unruh upchurch updike upham upshaw upton urban urbanski urbina urena urias uribe urquhart urrutia usher ussery
        utley utter utterback vaca vaccaro vachon vaden vadnais vail vaillancourt valadez valdes valdez valdivia valdovinos vale
        valencia valente valenti valentin valentine valentino valenzuela valera valerio valero valladares valle vallee vallejo vallejos
        valles valley valliere valverde van vanarsdale vanatta vanburen vanbuskirk vancamp vance vancleave vandemark vandenberg
        vandergriff vanderpool vandeusen vandiver vandusen vandyke vanegas vanetten vanfleet vang vangorder vangundy vanhook vanhoose
        vanhorn vanhouten vankirk vanlandingham vanmeter vann vannatta vanness vannoy vanover vanpelt vanscoy vansickle vanslyke
        vantassel vanvalkenburg vanwinkle vanwormer vanzandt vanzant vara varela varga vargas vargo varley varnado varnell varner varney
        vasques vasquez vassallo vassar vasser vaughan vaughn vaught vazquez veach veal veasey veatch vega veilleux vela velarde velasco
        velasquez velazquez velez veliz vella veloz venable venegas venezia vento ventura vera verdin verdugo verduzco vereen vergara
        vermillion verner vernon verret verrill vest vestal vetter via vice vicente vick vickers vickery victor victoria vidal vidrine
        vieira viens viera vierra vigil vigue villa villagomez villalba villalobos villalpando villani villanueva villar villareal
        villarreal villasenor villatoro villegas villeneuve vincent vinci vines vineyard vining vinson vinyard viola violette viramontes
        virgil visser vital vitale viveros vivian vo voelker vogel vogler vogt voight voigt volk volkman vollmer volpe volz vong
        voorhees voss vowell voyles vreeland vroman vu vue vuong wachter wacker waddell waddle wade wadley wadsworth wager wagers wages
        waggoner wagner wagoner wagstaff waguespack wahl wainscott wainwright wait waite waiters waites waits wakefield wakeman walcott
        walczak wald walden waldman waldo waldon waldrep waldron waldrop waldrup wales walk walker walkup wall wallace wallach wallen
        waller walley wallin walling wallis walls walmsley walraven walser walsh walston walter walters walther waltman walton waltz
        walz wampler wamsley wan wanamaker wang wanner ward wardell warden wardlaw wardlow ware warfield wargo waring warman warner
        warnke warnock warr warren warrick warriner warrington warwick wash washam washburn washer washington wasserman wasson watanabe
        waterhouse waterman waters watford wathen watkins watson watt watters watterson watts waugh wax way wayland wayman waymire wayne
        weakley wear weatherby weatherford weatherly weathers weathersby weatherspoon weatherwax weaver webb webber weber webster
        wechsler weddington weddle wedgeworth weed weeden weekley weeks weems weese wegener wegner weibel weidman weidner weigand weigel
        weikel weil weiland weiler weimer weinberg weinberger weiner weinstein weintraub weir weis weisberg weise weiser weisman weiss
        weissman weitzel welborn welch weldon welker weller wellington wellman wells welsh welter welton welty wendel wendell wendling
        wendt wenger wentworth wentz wentzel wenzel werner wert werth werts wertz wescott wesley wesner wessel wessels wesson west
        westberg westberry westbrook westbrooks westcott wester westerfield westerman western westfall westfield westgate westlake
        westlund westman westmoreland weston westover westphal wetherell wethington wetmore wetzel wexler weyant whalen whaley wharton
        whatley wheat wheatley wheaton wheeler wheelock whelan whetstone whetzel whidden whipkey whipple whisenant whisenhunt whisler
        whitacre whitaker whitcomb white whiteaker whited whitefield whitehead whitehouse whitehurst whiteley whiteman whitener
        whitesell whiteside whitesides whitfield whitford whiting whitley whitlock whitlow whitman whitmer whitmire whitmore whitney
        whitsett whitson whitt whittaker whitted whittemore whitten whittier whittington whittle whitton whitworth whorton whyte wible
        wick wicker wickersham wickham wicklund wickman wicks wideman widener widmer widner wiebe wiegand wieland wiener wiens wier
        wiese wiesner wiest wigfall wiggins wigginton wiggs wight wigley wilbanks wilber wilbert wilborn wilbourn wilbur wilburn wilcher
        wilcox wild wilde wilder wildman wilds wile wiles wiley wilfong wilford wilhelm wilhite wilhoit wilhoite wiliams wilk wilke
        wilken wilkens wilkerson wilkes wilkey wilkie wilkins wilkinson wilks will willaims willams willard willcox wille willett
        willette willey willhite william williams williamson willie williford willingham willis willison willman willoughby wills
        willson wilmot wilmoth wilson wilt wilton wiltse wiltshire wimberly wimbish wimbush wimer wimmer winburn winbush winchell
        winchester winder windham windle windley windom windsor wine winebrenner winegar wines winfield winfree winfrey wing wingard
        wingate winger wingert winget wingfield wingo winkelman winkfield winkle winkler winn winner winslow winsor winstead winston
        winter winters winton wireman wirt wirth wirtz wisdom wise wiseman wiser wisner wisniewski witcher witham withers witherspoon
        withrow witkowski witmer witt witte witten witter wittman witty witzel wofford wojciechowski wojcik wolcott wold wolf wolfe
        wolfenbarger wolff wolfgang wolfgram wolford wolfson wolter wolters wolverton womack womble wong woo wood woodall woodard
        woodberry woodbury woodcock woodell wooden woodford woodham woodhouse woodland woodley woodman woodring woodrow woodruff woodrum
        woods woodside woodson woodward woodworth woody woodyard woolard wooldridge woolery wooley woolf woolfolk woolford woolley
        woolridge woolsey woosley wooster wooten wooton worcester word worden work workman works worley worrell worsham worsley worth
        wortham worthen worthington worthy wortman wotring wozniak wray wren wrenn wright wrigley wroblewski wu wulf wulff wunderlich
        wurster wurth wyant wyatt wyche wyckoff wylie wyman wymer wynn wynne wyrick wysocki xiong xu yaeger yager yale yamada yamamoto
        yamashita yan yancey yancy yandell yanez yang yao yap yarber yarborough yarbrough yardley yarnell yates yazzie ybarra yeager
        yearwood yeary yee yeh yelverton yen yeomans yepez yerger yetter yeung yi yim yingling yip yoakum yockey yocum yoder yoho yon
        yoo yoon york yoshida yost youmans young youngblood younger youngman youngs younker yount younts yow yu yuan yuen yun yung
        zabala zabel zacharias zachary zachery zack zackery zahn zajac zak zalewski zamarripa zambrano zamora zamudio zander zapata
        zaragoza zarate zavala zayas zehr zeigler zelaya zeller zellers zellmer zeman zendejas zeno zepeda zerbe zeringue zhang zhao
        zhou zhu ziegler zielinski zigler zimmer zimmerman zimmermann zink zinn zirkle zito zook zorn zuber zucker zuckerman zukowski
        zumwalt zuniga
        """
}
