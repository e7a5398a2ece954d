// Made by scripts/make-language-profiles.py; do not edit.
//
// Derived from the language profiles of libexttextcat, Copyright (c) 2003, WiseGuys Internet B.V., used under the 3-clause BSD licence:
// redistribution and use in source and binary forms, with or without modification, are permitted provided that this notice, the
// conditions and the disclaimer of that licence are kept; the name of WiseGuys Internet B.V. may not be used to endorse products derived
// from it; THE SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" WITHOUT ANY EXPRESS OR IMPLIED WARRANTY.
// The full text is in Debian's /usr/share/doc/libexttextcat-data/copyright.

/// Frequent letter groups by language: each group is followed by one letter for its frequency.
enum LanguageProfiles {
    static let groups: [(code: String, groups: String)] = [
        (
            "en",
            """
            e_e _te thf hef _thf _ag theg _theg s_g erh _oh he_h d_h t_h the_h _the_h onh inh n_h reh anh _ii eni f_i y_i ofi _ofi \
            esi tii _of_i of_i ndi ati r_j _wj itj edj _pj ntj _cj o_j ioj _anj tej orj _bj nd_k tok stk isk _sk _ink ionk andk dek \
            vek hak ark _mk and_k _andk _and_k sek _tok mek to_k ed_k bek _fk _to_k cok ick nsk alk lel oul cel entl l_l _col tiol \
            on_l _dl tionl ril _el ngl hil er_l eal asl _bel pel h_l _rl ecm chm rom ctm _hm prm in_m nem llm rtm lim ram whm a_m \
            acm _whm _nm tsm dim es_m sim re_m at_m ncm iem _a_m _in_m ingm usm _rem g_m ng_m opm conm tham _lm _tham verm mam ion_n \
            _conn cin onsn _itn pon eren is_n tan lan _prn fon hon irn ssn menn be_n unn tyn _be_n ing_n omn otn hatn lyn _gn emn \
            _tn rsn mon ch_n win wen adn ts_n resn _win hat_n ein ly_n nin osn can urn utn thatn _thatn atin _fon st_n iln or_n forn \
            pan uln aten tern it_n nt_n that_n _hao al_o elo as_o ll_o _mao noo mento an_o tion_o suo blo _deo nceo plo feo tro soo \
            into ovo _uo ent_o tho hero atioo ationo _tho le_o aio _it_o _ono _foro ecto hico esto dero tuo nao _by_o by_o byo _byo \
            ve_o _dio en_o vio m_o _whio ivo whio ns_o _ao icho geo proo esso _whico erso hicho ce_o whicho whico allo oveo _iso \
            ich_o eeo hich_o imp ir_p heip ionsp stip se_p perp thep _pap heirp idp eirp eir_p igp heir_p _nop evp erap _intp tedp \
            _thep iesp artp theip _arp _theip theirp _prop etp _pep _mop therp ghp _is_p olp ty_p _ip ndep amp rnp ntep mpp _sup \
            _wep parp _vp pup hisp owp mip gop uep plep epp abp exp ainp overp _unp qup ppp ithp ryp _asp berp ubp avp ucp encp arep \
            itip grp his_p uap partp ffp evep reap ousp iap the_p agp mbp _gop faq ernq _meq
            """
        ),
        (
            "de",
            """
            ere ene n_f chg e_g r_g _dg deh en_h eih er_h inh teh ieh t_h gei s_i uni ndi hej stj _sj _dej _ej nej derj bej esj icj \
            _aj ie_j isk ichk ank rek dik eink sek ngk _ik sck schk itk der_k h_k ch_k lek auk chek _wk d_k diel _dil m_l _diel ell \
            _sl _derl lil _der_l sil all nsl onl orl til tenl htl die_l _die_l rtl nd_l _ul ntl in_l denl chtl undl mel _zm ungm llm \
            _unm _eim _nm hrm inem _am _einm arm ram _vm _gm asm zum etm emm _dm einem genm g_m dam wem ltm ndem nim und_m urm _mm \
            rim ham ehm ten_m es_m _km _undm igm _bm henm _und_m _aum _bn _dan _zun _inn atn usn win nnn te_n eitn _hn tern ng_n \
            schen rsn den_n _sin imn _gen chenn rdn _en ichtn rnn ufn ischn iscn nenn _in_n _mn _ern ich_n acn licn _gn bern lan von \
            ebn ken as_n hen_n acho ung_o licho steo _ko beno _fo _beo it_o _seo mio veo nao on_o sso isto ht_o ruo st_o _fo tso abo \
            olo _eineo hio soo em_o reno chen_o tao ereo ischeo erso erto _po tro edo zeo ego enso üro aho _voo ne_o cht_o uco _wio \
            ngeo lleo feo _lo vero hlo mao wao aufo _wo nteo ucho l_o seio nen_o u_o _deno _alo _vo lteo uto entp sichp sicp ilp \
            ierp amp gen_p senp füp ump f_p he_p nerp nstp lsp _seip rop irp ebep mmp agp ernp eup ftp icht_p hrep bep nzp nderp _tp \
            _den_p ichep ttp zu_p andp rdep reip _wep _hp igep _bep rtep heip dasp ausp che_p _dasp _zu_p tzp _nip das_p _rp desp \
            _vep _jp _das_p menp _sop _verp _aufp ine_p _hap rgp indp ebenp ktp mitp _anp herp gep scp _sichp schp _sicp endp dip \
            abep ckp ssep ür_p ellp ikp o_p nicp nichp sap _füp hnp zip nop nichtp im_p von_p vonp _nicp _nichp eine_p ocq weiq ioq \
            schenq gtq
            """
        ),
        (
            "fr",
            """
            e_d s_f _df esg t_g _lg deg onh _deh enh _ph nth leh es_h rei n_i de_i ani _de_i _si r_i _ci erj aij _aj _ej ouj quj isj \
            tej tij urj itj a_j laj inj _lek mek nt_k rak iok entk nek nsk ionk uek sek le_k ark iek cok atk trk etk prk cek aul u_l \
            ill _rl _lal unl eul stl re_l rol la_l on_l _ml _la_l quel _qul _ql pol tiol tionl pal lil _tl ncl sil _prl ril all uil \
            _col i_l tal é_l emm l_m et_m lesm ns_m irm _le_m ent_m orm rém _fm ne_m vem chm it_m dim oim nim à_m les_m elm ssm _nm \
            utm ourm desm ur_m ndm er_m aitm ion_m rsm _enm _etm llm _desm des_m _pam tém _et_m _àm _à_m omm mam atim _des_m som _un \
            san _pon tren dén ue_n pen en_n ontn _unn _ln usn _lesn _les_n rtn is_n _in dun nan asn menn ait_n vin cin antn _aun dan \
            _mn ationn ation conn que_n onsn eurn estn me_n min parn tion_n _son te_n resn lon mentn ésn ansn _dun du_n uxn un_n \
            proo _du_o _déo ce_o _seo _reo plo geo ico suo x_o ieno nceo aco il_o quio _proo noo avo _vo _oo rs_o ans_o emeo blo \
            emeno _en_o iquo cto iqo lleo nno tso emento éto éro té_o _ceo mpo ireo ui_o too heo _éo cao _jo eco vao _paro éeo _cono \
            se_o tre_o iqueo dano éco hao uneo luo ux_o _bo pouo _pouo iero aiso ainp _un_p ntep mop mmp ment_p une_p comp _pp _map \
            dop ant_p ancp chep app ont_p _quep osp ursp _dip fip imp pourp _pourp ts_p _gp our_p _sap ntrp _dap _rép raip rmp _quip \
            amp _comp uvp _cp qui_p pup _qui_p iap _danp _dansp dansp terp fop sonp dans_p idp agp inep tup ranp au_p olp ocp est_p \
            st_p encp _trp taip ellp _sup ionsp prép séq abq néq _que_q _inq _avq pour_q faq rrq airq _chq _a_q baq _plq grq ttq \
            ssiq rdq pasq biq
            """
        ),
        (
            "es",
            """
            a_e e_e s_f def _df _deg n_g o_g eng _eh esh _lh de_h lah osh _de_h _ph l_i cii _ci _ai os_i ari eri asi rai nti _lai \
            rei eli tai uei onj alj _sj coj anj la_j orj tej stj el_j _la_j toj r_j adk dok rok sek as_k quk en_k cak ink unk _cok \
            es_k ick _enk ack quek nak lok _mk entk dak ue_k pok lek _qk _quk que_k _quek iek pal y_l til _que_l _en_l _yl trl _ell \
            ril ial _el_l _sel iól _y_l iol prl ónl ecl nol idl mil _tl iónl ntel mem acim do_m lim conm ndm estm nim dim _esm _lom \
            cióm mam ón_m _prm _rm ciónm ra_m sim ión_m ocm ncm _um _pom losm or_m _conm ism delm _delm adom se_m _im los_m _rem \
            porm _del_m stam del_m al_m nem _hm cum _nm _a_m _vm _unm cem som ción_m resm vim omn te_n _pan ienn _losn _los_n to_n \
            oln itn amn ación rtn aciónn pen han _se_n nton _on _en on_n san na_n ta_n sun cian mon ctn parn _fn _porn egn _inn urn \
            ven imn gan _esto ar_o abo _lo tuo ato no_o _por_o por_o laso bao entoo eto _hao trao iento _alo icao proo ado_o icio \
            _cao an_o las_o arao ncio enteo rro iro da_o emo llo ilo íao ivo _suo _paro ulo anto _ao mpo _las_o _laso _co _proo meno \
            deso como iono erao edo idao spo guo nte_o nso zao doso cioo leso _po blo _como _mp uap ntap mup _nop dadp un_p vap istp \
            nesp ientop onep ara_p adap _un_p fip prep tosp terp otp estap _mep idop obp _gp brp gop eap nto_p onap pup dos_p trop \
            ierp parap mentp agp erop grp recp bip ia_p unap nicp nciap ía_p tos_p ranp lo_p onesp rmp lup ronp con_p ó_p nes_p _cip \
            antep chp _con_p _parap ntrp una_p para_p miep icop fep les_p ucp ipq stoq _maq uiq sta_q _veq cionq opq calq _muq _sq \
            ro_q _peq steq rasq plq _unaq _diq ento_q itaq ioneq ectq _una_q mienq tanq duq denq ndoq perq eriq
            """
        ),
        (
            "it",
            """
            a_e e_e i_f o_f _cg _sg _dh anh erh _ah _ph lai _li rei ari noi coi vai _ei n_i oni rai toi dij _ij chj llj l_j la_j taj \
            elj inj _mj enj rij _coj _nj _dij lij avj alj lej iaj sej olk _fk ork tek _e_k vek atk dek nek va_k cak ttk re_k ntk iok \
            _vk pek to_k _chk nak sik hek no_k cik _lak rok _gk stk cck he_l di_l mal evl chel esl mel pal _tl til _di_l ssl che_l \
            ndl elll gll sal ill glil dal asl dol _chel _che_l eval _la_l llal le_l unl _pel _del qul aval pol on_l r_l li_l _bm \
            _ilm _il_m il_m lom omm nim trm som ra_m osm _inm _um perm arem etm _sem anom si_m _cam _qum lla_m _qm _a_m acm _rm icm \
            _nom iem fam him delm uam _perm cem _mam scm _delm mim _unm chim eram sun andn von _fan eva_n ano_n gli_n nonn pin vin \
            er_n _aln se_n _nen _nonn amn isn ava_n _non_n non_n in_n entn _sin _pan comn _len _sun uon el_n uen te_n _comn are_n \
            prn _in_n vann mon ta_n gnn eren na_n tton itn _per_n per_n alln essn utn coln accn gin lo_n ocn vanon io_n _avo ndoo \
            é_o atoo aveo _sto me_o ia_o cono mpo fio etto _si_o _pio era_o ti_o vano_o _glo quao ellao stao omeo _glio _so ado _veo \
            anto ne_o ó_o spo do_o _poo ro_o ovo _le_o ella_o sseo _cono iro _vio igo _gli_o _aveo vevo un_o oto vevao dello queo \
            _oo tuo ciao zao _queo _dao paro _pro ccho _dello ego _sao _colo lto _un_o rto uro _voo _meo ome_o apo _lo zio ntoo ogo \
            _ano _soo emp agp bep ni_p imp cchip verp llep nzp ccip _rip ncp _erp come_p comep avevap uip avevp tto_p _comep edp \
            manp _pp rsp occp ndo_p ato_p _quap _erap arip bap _mop nelp idp menp _fip _allp rrp _dop _avevp attp eip zzp volp ppp \
            trap ere_p lle_p ndap uttp estp _nelp ulp olap ivp andop alep lup rnp ttap ntep uelp
            """
        ),
        (
            "pt",
            """
            o_e a_f e_f s_f _df _ag deg _eh esh osh rah _ph nth _dei doi eni rei asi m_i de_i eri _ci dai coi os_i tei arj orj quj \
            _sj taj _de_j _oj sej uej toj adj quej emj anj r_j stk isk alk _quk _qk ink as_k do_k entk ãok _nk _cok _a_k _mk onk rik \
            _quek mak pok iak ão_k nak mek rok _tl pal da_l ue_l cal que_l ntel nol trl aml em_l _que_l _sel oml iol _dol til cil \
            _dal ndl eil ra_l prl _rl _e_l _fl ssl es_l elm idm _o_m _pam umm pem _pom lam irm icm dim lim _rem vem mom oum comm sam \
            sim menm rtm _im conm _da_m se_m _comm adom to_m aim itm ecm dosm _emm çãom açm çãm aran son tun resn imn _prn min uan \
            nton mentn parn _do_n cen estn u_n enten l_n _un nin stan ncn _em_n ção_n _vn atn dos_n _esn te_n van len urn _umn vin \
            _parn _conn antn lon ia_n gun ar_n acn no_n egn iln nsn er_n _mao poro _ino _lo onto _noo _po trao idao is_o olo ação \
            tero açãoo _ao uno _teo or_o ma_o _peo ara_o isto parao ntao aiso uto nte_o dado _nao am_o adeo icao al_o deso _parao \
            adao nho _se_o mpo ndoo _poro ação_o para_o eiro uio voo ou_o ta_o riao toso rro io_o bro _dio õeo foo õesp _cp mo_p ovp \
            prop _os_p _osp dasp ivp umap grp sup fip um_p na_p gap ais_p _sp lhp ortp ciap _estp contp igp á_p ranp çap om_p _enp \
            dadep _asp hop ntrp nto_p fep das_p uma_p essp é_p ndo_p obp ulp ente_p gop entop verp _desp gip hap cup idadp avp ões_p \
            _prop urap app _com_p _cap com_p aop nep odp _mp prep rasp _mep _aop _no_p ocp strp tesp _bp andp _gp ro_p omop _dosp \
            _fop _dos_p rnp mentop itop evp riop assp eup beq spq _umaq epq tadq _uma_q _eq idadeq _um_q nãq nãoq ctq ramq ado_q \
            elaq omo_q izq _anq
            """
        ),
        (
            "nl",
            """
            n_d end e_e en_f def erf t_f _dg anh teh inh _vh r_i de_i eei eti gei aai _ei sti iei _dei s_i _de_j _hj elj ijj et_j \
            an_j hej _oj ndj _ij arj _mj rej vej ork ngk atk _sk ook _zk lek _bk _ak _hek vak er_k mek _wk onk _tk _vak _gk dik ntk \
            g_k vank chk isk ingl bel nil itl eenl _vanl all denl til van_l oel kel _van_l aarl d_l wel dal tul _eel udl een_l lil \
            esl _stl verl tenl ril ndel derl _inl k_l vol hetl oorl _hetl het_l _het_l _eenl l_l zel _nl rol genm _een_m at_m opm \
            _enm rsm _dam stum in_m _bem _gem _km rdm tudm _en_m te_m eim entm _mem lam ekm edm ram studm ie_m stem _vom _in_m _stum \
            zim omm uim ten_m _studm udem diem nsm _jn aann sen man _ven nen _pn egn p_n ar_n aar_n _ten ng_n _wen _dn ersn _opn \
            datn dat_n ign eren eern _zin voorn voon ngen ndern nten or_n tan jen ing_n lln _vern jkn oor_n _datn ijkn renn is_n \
            _dat_n _ln andn lijn tern nan udenn tuden _vooro _vooo ondo keno chto _alo hto wao hoo emo den_o peo sco uno uro _dio \
            gen_o zoo rto evo moo lijko _iso studeo hao too el_o ogo op_o scho olo enteo _uo pro endo mio ieto _aao elio dento ijno \
            jno ouo meno tieo _is_o nieo tro ako ido udento tudeno uito _te_o aan_o ldo _aano edeo jao nteno it_o je_o tso erdo esto \
            _op_o ado al_o _zeo _ono rko lleo enso gelo m_o leno _rp ecp ingep metp _metp sip die_p usp ondep _nip dep eup dentep \
            entenp icp _met_p f_p met_p nop kop voor_p rdep ngenp lop otp asp zijp _niep vip ebp _dep _zijp epp wip _zop ktp egep \
            bip j_p ij_p ze_p dop lanp ovp udip ordp onderp elijp _wap elijkp efp _diep agp erkp erenp ikp _map grp amp _mop ulp nnp \
            evep de_p maap ingenp wop tudip nt_p tudiep venp udiep nten_p _die_p jaap kap ekep itep a_p _jep acp jaarp _je_p _hp \
            _zijnp zijnp nenp ijn_q
            """
        ),
        (
            "pl",
            """
            ief nig e_h _ph a_h o_h _wi i_i _si zei _nj niej czj rzj _zj owj ie_j y_j naj chj poj prj wij stj anj raj zyk iak zak \
            _tk wak rok _dk _prk w_k szk _pok _ok m_k lik dzk kik enk mik tal cil ejl nie_l _ml _kl arl gol _il eml odl ycl ałl rzel \
            dol egl kol acl tol _nal _nil h_l ch_l ięl _bl onl u_l zil kal erl skl sil wyl tel akm ę_m _jm jem z_m nym awm nem ówm \
            _w_m _cm egom przm _rm alm łam rem esm _niem dzim tym j_m icm _przm adm ej_m lem ć_m edm ychm _zam _dom znm go_m anim \
            _i_m nom orm łom trm osm amm dam ecm oln ą_n byn ego_n atn żen ymn wien ł_n na_n _sin asn won pan sięn nian owan ośn _pn \
            eln _sięn jan rzyn przen _wyn ię_n inn den kien dnn obn _un ych_n ezn ścn wsn ścin em_n _się_n się_n _nie_n ktn skin wen \
            _gn _wn t_n _przen _jen ajn _an że_n _żo ia_o enio omo lao k_o moo pio iso czeo _z_o nto ceo stao ryo mao cjo zieo eko \
            oco dyo owio spo tóo udo iero prao czno yso nia_o jąo _żeo ozo zoo dzieo kuo ów_o czyo _mio _że_o mieo do_o iejo ym_o \
            _do_o cyo _pap yłp _na_p zy_p ewp _lp _czp _byp rup to_p ącp _wip lnp _kp okp otp rawp nychp nycp azp ikp bip _tep tup \
            wanp etp órp ciep _odp bap ojp oścp iłp _rop ogp mup ościp d_p twp iop grp _jp _np _top usp ż_p aćp achp ydp _ktp _kop \
            _stp powp ytp krp _sp ał_p ak_p li_p urp sap opp ywp entp bop _spp iemp któp prawp wnp tórp iąp łyp zup dnip imp iczp \
            róp łep którq myq estq awiq przyq nych_q ki_q proq _któq _którq _przyq _jaq szyq iałq poq aniaq ze_q ne_q ńsq _tyq szeq \
            ażq nnq podq ać_q za_q czaq ło_q _to_q iuq zcq eszq skieq _kaq soq trzq ożq iegq nikq gaq
            """
        ),
        (
            "sv",
            """
            enf n_f t_g deg r_g _sh erh en_h a_h anh eti sti ari _di e_i ini _fi tej _aj s_j raj ttj _ij _mj llj taj _oj _ej ndj tij \
            skj rej atj _dej omk m_k örk ngk lik kak ock _hk onk et_k chk nsk isk er_k ärk _vk _tk nik i_k _ock tt_k nak lak _bk h_k \
            ktk ch_k igk föl ochl orl _ochl och_l _och_l mel denl om_l _i_l d_l ikl de_l förl gel adl _kl _föl ril ell ill sol all \
            g_l lel an_l _förl sil ar_l attl _pl esm ingm sem tom _um _enm andm den_m ndem nnm _lm å_m änm ntm l_m trm _dm vam amm \
            sam _som gam _en_m är_m ckm avm v_m edm mam dam somm rsm som_m vem term att_m ham nem utm asm skam _atm _attm _somm \
            _att_m _som_m vim iktm _avn detn _denn hen ssn unn ken _gn usn din _stn rnn _men _än aden _han av_n illn _nn _inn ion \
            _rn dern itn _av_n stan genn iskn _tin idn na_n ns_n kon _den_n agn det_n lign eran ll_n _detn _ärn ben _är_n ra_n ionn \
            prn onio tilo teno _sio k_o påo fro roo tillo ivo lso andeo ör_o _det_o älo _påo tso enso medo mmo rto _tillo _tilo _vao \
            _fro _sko varo nino ningo olo ka_o lleo etto rdo emo på_o rko _uto steo dso _vio åro nde_o areo vero _på_o niso kro \
            _medo allo åno ngeo moo oso ldo ade_o _so ed_o räp dep kanp ta_p ng_p väp för_p ill_p hanp _dep ppp ltp samp ntep ansp \
            tonp urp mip essp klp ig_p ksp as_p undp menp med_p _med_p akp dip otp rnap ulp _varp te_p gen_p hetp ktop strp _dip \
            tadp lanp ga_p iskap fap fip såp diktp dikp pep ska_p jap resp kup iup ande_p till_p ernp rmp _diktp _dikp iep blp odp \
            _hp istp _dip iusp la_p slp manp renp _för_p tonip ktonp ktonip iktonp iktop niusp ten_p oniusp oniup toniup ing_p \
            diktop niup _kop icp _sap _hanp ett_p smp bap grp läp exp spp llap _etp _mp drp röp radp ekp _bep tarp _omp rlp mäq
            """
        ),
        (
            "da",
            """
            ere e_f enf deg r_g t_h n_h er_h gei rei eti tei ini ori _si _ai en_i _ei tii ani _fj _dj elj ngj ndj g_j sej lej stj \
            s_j _oj nej lij et_j esj _ij rij skj _dek ark edk igk atk _mk isk fok vek _kk derk kek ingk ogk _bk mek ilk fork nsk _hk \
            _tl onl d_l all bel _fol afl de_l _ogl _pl og_l oml _forl _og_l l_l ngel i_l _vl terl llm nim ndem rsm _afm unm ram kom \
            denm _i_m idm tilm vim erem mam sim f_m af_m _af_m ikm m_m å_m _tim _dm _um _erm ntm _enm lsm es_m ligm germ re_n agn \
            _men at_n llen ge_n _tiln igen _er_n der_n emn dsn ion udn _atn _at_n tan elsn _ln han il_n or_n ke_n rtn genn kan rkn \
            ningn oln ninn lan ldn den itn eden ed_n _kon lsen ekn elsen ingen pån ng_n _pån ivn ørn son hen ensn sken indn til_n \
            rnn iden evn den_n ton senn _ben san blo _go an_o deto om_o ruo vao _til_o steo rdo _på_o k_o på_o dio kro _deo for_o \
            te_o kono vero mmo amo _en_o _ro ne_o ing_o tro le_o delo _ino gto _sto ego gso tto sero roo _for_o ento kto erio uro \
            lino stio nero dao riso iono _ko erno erso isto æro ige_o _sio tteo _no nno _bo _hao rneo _udo rino nao undo fto _dero \
            kuo _ao lero ando endo ns_o rgp opp ar_p _sp _hp ovp ernep tiop medp tionp _ep _pp det_p prp ter_p kkp odp kkep tenp \
            lingp mip elip lop somp _denp rbp se_p ellp sidp nnep fip ltp v_p _de_p arkp ligep ngenp iep _medp _der_p ringp a_p _vip \
            ysp gelp _sop iap ivep ejp atip renp _detp sidep ske_p brp gip ulp iskp menp agep frp tup tsp _map nderp otp dtp med_p \
            hop ansp _konp pep cep grp mmep retp lige_p mup _med_p hvp væp detp ens_p klp _mp ingenp rmp illq elleq efq eneq ndsq \
            oveq som_q _den_q
            """
        ),
        (
            "no",
            """
            erf r_f e_f eng etg g_h t_h elh _sh reh er_h _oh tei tii l_i dei _fi n_i tti _ei og_i ogi _og_i _ogi lij lej _hj inj nej \
            kej _tj orj _aj skj nnj vej ngj ilj ank igk _dk ark en_k esk ndk rik hak _mk _rk tilk llk å_k hek stk fok ettk mek _tik \
            gek _hak _till ikl all _rel forl sel oml ingl _il retl _del rettl s_l _fol til_l _til_l il_l llel hetl et_l verl _forl \
            tt_l _bl _retl _rettl ar_l sol nnel ellm bem m_m avm rtm har_m _har_m harm _harm nsm om_m ism ennm _um i_m _mem d_m kkm \
            term frm v_m ellem ligm kkem atm _som hvm _vm _pm _frm ram lerm unm _lm ntm av_m onm edm ikkem lsm _ån ikkn le_n _en \
            el_n ng_n vin andn _nn sin _i_n kan llern keln somn hven _å_n hvern _gn ler_n ellern de_n or_n tan ett_n _som_n rett_n \
            elsn som_n _an ller_n _somn amn nhn _avn ennen _eln lsen din nden eskn ngen asn ing_n _ellen skan lan elsen for_n _elln \
            ghetn kkeln eten ghn denn hver_o ver_o gheo _ero _sto heteo _beo ito ne_o _av_o teno ter_o rtio frio artiko _aro igheto \
            kel_o nhvo tikko kkel_o tiko rtikko tikkeo _for_o artio meno _arto ikkelo igho nhveo nhvero _artio rtiko re_o _ko aro \
            arto igheo sao rso eno tteo _eno enho joo _frio geno _enhvo _enho ig_o skeo enhveo olo enhvo _sko ke_o ido gro æro te_o \
            _er_o uto al_o nao jono trp nip sjonp pep derp _utp påp _påp sjp ktp sjop asjop heterp unnp nerp rinp rdp på_p asjp \
            eterp _på_p hanp asjonp emp ekp _denp rkp _enp entp samp _medp k_p jep tigp lle_p ed_p medp egp ge_p elip tighp nesp \
            _skap ttigp a_p tighep es_p se_p ttip eligp mennp ttighp enep krp _menp _sap _anp ngenp ingep fep _hanp ningp eip iskp \
            ensp ninp endp klp rihp ringp lingp den_p kalp iep rihep ihep ittp rihetp skalp linp likp eter_p _skalp _samp skal_p ihp \
            ihetp ghetep kal_p rup nnesp frihep rettiq ennesq neskq nneskq neskeq _siq tsq eskeq frihq _mennq _veq ettiq nteq _de_q \
            mmq ettigq mmeq lanq noq blq _dq
            """
        ),
        (
            "fi",
            """
            n_e a_g tag enh ish sth inh ani sii tti tei en_i _ki iti lli aai ä_i vaj elj _tj kaj i_j sej lij täj oij aij tuj _oj mij \
            alj onj _vj etk _jk t_k tik _mk _sk jak mak sak lak istk _ek tok ksk in_k esk ilk an_k kik kuk usk ask ntk rik kel atl \
            _pl lel ikl ssl utl stal eel uul oll ta_l nel ääl eil uol kol unl lul iil e_l nnl _hl arl erl änl ja_l iml on_m _vam \
            aanm _am mem akm ssam nam iem pam _jam iam tä_m _lm vim isem ttam dem osm llim _ja_m jom väm sum aum lism _onm säm ukm \
            amm otm tyn ettn ttän nin län ksin nkn htn uln elln sa_n han senn isin sten aan_n _on_n _kan skn kkn ittn okn alln ytn \
            män mun avn _yn llan taan aisn eenn ltn s_n astn ivn ssa_n ran ksen oitn omn _kun än_n aa_n at_n teln uin si_o rko sta_o \
            _joo käo _ko esto emo heo _no voo _tao eho _olo ntao _koo jeo stäo äro usto miso nso puo neno äto toio iino teno mino \
            istao hdo sen_o lleo vato illo noo päo lmo lliso ioo ineo pio ukso avao ääno nen_o aho _muo tuso mmo _too eko into _ro \
            lino oimo _to imio töo la_o jäo ajp yhp o_p lop olip een_p le_p _sip aikp vat_p urp ti_p siap itep inenp ainp stip lla_p \
            ysp _mip valp stup ämp allip pep uttp et_p _tup erip _ep nkip irp lläp upp äip amap _hap idp _sep pop inen_p ttep nnap \
            ten_p orp tsp näp ykp äsp _sp sesp vep essp älp itap laip vanp äkp kinp _tep denp teep kaap iin_p kunp oisp sitp ohp yöp \
            ävp tavp voip ia_p ollp maap ihp ojp rjp rop ikkp sop oop oimip dop ppp _eip toimp opp uutp tetp _ip _maq vaiq lä_q u_q \
            syq kauq uttaq un_q euq ssäq ttiq _saq mpq eisq ka_q ettäq taa_q _etq huq ituq suuq den_q ksenq apq _keq uvq tamq yvq \
            aupq stä_q astaq äyq kanq nuq ukseq _toiq ienq hiq issq
            """
        ),
        (
            "cs",
            """
            _ph e_h a_h _sh o_h _vi sti _ni í_i níj ovj _zj i_j u_j roj enj poj chj naj _ak skk hok _dk rak m_k y_k _tk kok _kk lek \
            _jk _ok tok prk nek ní_k jek é_k tik odl lil val _pol _ml all tel oul edl sel lal nol osl lol anl _prl v_l řel _a_l eml \
            atl tal dol t_l _bl orl h_l _v_l ch_m cem avm přm nim kém erm něm _nam na_m _nem dem icm inm _sem l_m dnm zam _přm ě_m \
            olm _jem obm ism vem ho_m esm otm akm vom nám ilm se_m itm etm adn byn _rn k_n ostn _se_n trn men pron žen kan _zan omn \
            eln _pn onn _pron ou_n tun min kun _un _don _ln _na_n skén ímn ícn ý_n měn _sn ozn zen dan sln á_n ovan mon reo soo vyo \
            ejo ráo aro s_o věo ruo _sto ého éhoo kto tno boo ezo cio kýo néo áno aso vio řio aco že_o ýco ž_o cko ýcho váo _co \
            ého_o enío láo _žo řío přeo eco ů_o vno _ho ké_o oko stao to_o výo nto ých_o lo_o _byo dyo _přeo ce_o n_o ádo pao véo \
            amo muo nýo udo _čo _bp terp ně_p čep šep _vp _kop li_p děp hlp je_p jip istp jíp ikp sip álp em_p _top _vyp spp utp _jp \
            _žep _mp dip konp la_p típ _rop nsp ekp ickp ylp čnp rnp _že_p opp stip ktep ředp ednp usp ím_p z_p strp ti_p émp vatp \
            d_p _vep ávp ení_p ivp ojp _ktp ělp valp ebp _kp třp _ktep átp _ip _np klp nyp bylp evp rip kyp smp ohp map ětp skýp \
            kterp nup le_p jap záp těq táq znq letq ajq stoq šíq me_q svq _leq polq lnq podq ziq kéhq kéhoq _náq entq _odq né_q al_q \
            _kterq do_q nosq cíq ravq ranq _svq káq ečq nímq buq _z_q íchq _bylq áníq rovq krq dáq ovéq dlq ujq nostq ém_q echq lyq \
            ocq vé_q _o_q dy_q ak_q nskq _soq _obq ncq
            """
        ),
        (
            "sk",
            """
            a_g _pg o_h _ah _sh e_h prh _pri _vi _ni roi voi sti noi eni _a_j odj ovj poj u_j ráj anj nej nij ávj boj _mj i_j chj \
            _zk iek nak vak tok hok osk prák _kk _prák k_k právk obk ť_k rávk _právk _ok nék ink okk jek mik ial _pol é_l m_l v_l \
            ý_l lel orl nýl y_l lal lol oml ral _bl cil _rl til ostl á_l _tl sll rel h_l nál _rol _nal ie_l ch_l dol ho_m anim akm \
            na_m zam ebm ažm _nem alm lám nosm ok_m kom ojm bym _dm mám _na_m edm ocm ktom ktm vo_m ejm aždm ajm vem ždm právom ú_m \
            má_m olm dem rávom ávom dnm _mám ebom _má_m _alem nok_m bo_n alebn lebn alen ebo_n _jn ánn dýn _aln _alebn alebon _v_n \
            zán nokn lebon lebo_n _zan ždýn ýchn adn esn aždýn _čn _jen ýcn _čln _sln člán lánokn čln _člán článon skn článn ovan \
            ánok_n _článn lánn ánon ánokn lánon stin aždý_n ávo_n _kn _každn kan rávo_n _kažn každn nostn _kan tro kažo ždý_o dý_o \
            vano to_o ávao nieo každýo né_o žeo tno ýmo svo éhoo sloo _sloo om_o ne_o lobo sao enio j_o _slobo ého slobo toro vno \
            avo ktoro spo rodo ostio ých_o _ktoo oto _kto bodo sloboo rio oboo soo niao _svo rovo loboo _ktoro mi_o _záo obodo vojo \
            lobodo teo ého_o meo áro vyo _náo lio beo muo udo _čo eto tao nostio je_o nuo amo _vyo map vip lnp nie_p čip _sap šep \
            asp aťp árop _up _ip _spp klp svop ej_p ti_p ať_p _byp _ľp ácp nárop _svojp miep klap nárp ozp svojp _svop odnp dzp júp \
            iťp rozp níp ľup vanip ovnp tvp _úp ľudp ia_p kép kýp _ľup ocip iť_p _žp _rozp prep atp mu_p néhp _map aniep néhop _prep \
            _ľudp elp ného_p sa_p enýp _sa_p erp onp krp národp _rovnp _dop nyp kep ákp ovanp _rovp nýmp anie_p núp nesp by_p ožp \
            ivp mop hrp očp árodp žip podp ezp _k_p rovnq táq nýchq byť_q ehq _podq yť_q í_q spoq yťq štq smq ehoq zákq ajúq ný_q \
            _byť_q nýcq _nároq arq eho_q
            """
        ),
        (
            "ro",
            """
            e_e a_e i_f inf _cg _sg _dg reh arh _ph deh _ah tei _ii ati tii cai n_i tai sii _dei sti rii u_i nti raj _mj ulj de_j \
            _inj _de_j lej l_j unj _sij esj trj eaj t_j cej mak cuk erk _cak si_k _fk _lk lak nek sak ask _ek in_k ank itk te_k ork \
            elk cik _si_k _nk arek pek re_k alk _tk sel icl iel _ul ul_l nil intl _ol enl ta_l url pal col _pel ial mil prl _mal oal \
            mel lul lil iml _in_l dal nal _sal acl iil estl r_l _cul le_m aim ca_m ilm rum scm _vm num tum _unm ndm dim are_m tom \
            amm onm o_m ism sa_m la_m _bm stem etm ecm _rm carm uim un_m lom cu_m eim pe_n m_n _lan _cen rtn _con entn ron elen \
            _pe_n pon ea_n ntrn _cu_n _prn utn ncn atan caren umn aun van _o_n _carn ii_n indn _un_n osn adn _la_n esten ste_n \
            care_n irn gan apn oln ra_n _din _caren se_n omn aran atin fin _sa_n zin vin _ca_n _seo _nuo ai_o cho pio veo fao oto \
            _a_o este_o duo ineo s_o foo _cio ui_o bao ne_o uso _go feo puo ce_o ar_o _pao oco stao luio nso emo oaro dino iuo _into \
            ateo muo hio ele_o mpo _do stio bio ata_o ti_o trao c_o treo _alo reao maio gio d_o _fao moo at_o _e_o nteo lto spo zao \
            mai_o suo na_o tato sino ezp trup ie_p ia_p _rep tulp _fop inap artp _cp nop nu_p _esp _pop crp incp _dap _maip lui_p \
            _dinp _estp prep _mai_p iop chip gep prip eup urip azp _nu_p _mep ctp au_p escp evp ei_p minp acep opp ngp icip _lup \
            arip _mip itap _sp _trp erep or_p astp istp nt_p _se_p oup tinp intrp conp dop _fip strp am_p ratp ru_p ri_p parp oip \
            ucp zep plp resp _acp ulup din_p va_p adap uluip _conp idp intep ilep citp _din_p lorp igq rinq da_q _stq it_q aniq nd_q \
            ci_q agq eriq tru_q _neq rmq _esteq ntaq buq uneq ma_q ntiq impq ivq ind_q
            """
        ),
        (
            "hu",
            """
            _ag a_h t_h szh eli k_i eti gyi s_i _mi _a_i eni n_i _ki i_j egj _ej lej erj ekk tek ésk _sk alk tak _hk _tk ank zek mek \
            atk l_k esk y_k z_k ttk kek _vk ásk akk _ék nyk tál rel tol e_l nel osl áll _fl azl ztl árl _nl kol _al _szl isl vel \
            gy_l ítl _bl ral orl oll _il eml _ll lam ezm bem ltm okm yem _mem onm en_m arm _azm inm ánm sem égm egym ham r_m tém érm \
            szem énm lym g_m llm izm dem ek_m mim rtm bam hom a_m és_m az_m vam agn kan nan ogn ikn ntn _a_n tt_n _az_n nin csn kin \
            kön átn _egn ndn fen _ésn lán bin nkn _len an_n _és_n tásn kén megn _egyn man asn san sín gen otn zan m_n _megn _eln bbn \
            ron zán hen mán sén _rn sítn tosn tin stn _jn éln itn _hon üln _han vén amo ozo eleo yao ztoo bizo soo et_o iztoo izto \
            apo edo sso bizto éko biztoo iztoso éto ztoso osíto zeto osío méo _iso tosíto tosío ó_o agyo ztosío lio omo _feo ereo \
            ágo neko vio _do zoo _köo _po leto ak_o jáo etto sio észo _eo épo váo ráo is_o ításo ítáo koro aio felo dao _mio peo \
            ogyo bano ado gao _vao ottp _nep _kip örp zép benp _tep zip sáp ségp dop tóp em_p _tap _mp ogy_p _áp ólp _kep _gp gyep \
            ákp hogp rip mop ok_p hogyp ilp el_p zerp etep nnp nakp jep sítáp száp yop osítáp sításp _kép _hogp lép _sp _hogyp igp \
            hogy_p ban_p esep _bip fop jap ulp õ_p _cp káp es_p náp ényp gép ás_p egy_p ábp rdp ányp _bizp _felp övp alap szerp pop \
            _map legp töp ketp unp dip ai_p nek_p rmp talp évq _is_q nemq ti_q özq sztq utq terq déq kkq or_q b_q néq os_q re_q rsq \
            _biztq minq ben_q ra_q ik_q goq lenq lmq ötq elyq ajq ölq _szeq _beq evq réq sszq nt_q gyaq si_q szaq
            """
        ),
        (
            "tr",
            """
            n_g e_h arh lah a_h i_h inh _bi ani eri lei dei _kj enj r_j _yj daj ilj k_j ndj raj _aj _dj _sj _ij kaj _gk rik lark lik \
            mak yak lerk rek alk _tk irk akk bik in_k dik ell etl ekl _ol oll da_l nil til de_l an_l eril mel tel ayl nel _bil _kal \
            u_l asl _el tal ndam kim nam sim _vm vem aram en_m onm unm lerim bam _mm ikm mim sam _hm ldm _vem l_m gem ism edm _yam \
            _olm nlm klm ilem orm iym adn yen han esn inin ürn sen _gen bun _ban _den atn amn nda_n ar_n ve_n rinn _ve_n _bun imn \
            urn yon uln ak_n ken nun erinn lann birn nden rln kon can m_o rdo t_o er_o sto emo _sao lmo rto _üo üno olao lerino ceo \
            azo rko yüo _biro ir_o ruo luo _ço _hao _koo esio _öo apo ni_o tüo deno indo di_o beo nino üzo ri_o _po nin_o edio ylo \
            le_o indeo etio alao elep ek_p erep çip dup önp z_p na_p eri_p ecp göp bir_p ahp _göp lar_p elip danp acp içp _yüp pap \
            itp _olap _bir_p örp ne_p ini_p lmap kanp abp top karp _arp ilip li_p ki_p bu_p anlp düp ler_p konp llp tlp inep _ilp \
            _bu_p re_p bilp edep zdp _dap _tüp retp masp dan_p leri_p evp
            """
        ),
        (
            "hr",
            """
            a_e i_f jeg _ig _ph _sh rah o_h e_h u_h vai nai pri _ni _pri avi nji noi imi _i_i koi voi ani _oj _dj stj tij maj ovj \
            nij odj ravj _uj praj osj pravk imak _nak enk jak _prak je_k _pravk atk ojk pok obk ma_k m_k _kk na_k dak _bk lok njek \
            itk ljk juk ti_k _pol anjl lil nel ill ima_l _zl edl zal akl _ml ko_l vo_l bil ijl rel ćil ućl vatl rol kal vil ril drl \
            sll _zal avol pravol va_l tkm tvm ravom da_m ravo_m _imm avo_m _bim _u_m ćem dnm tkom arm mom _na_m bom _imam tko_m no_m \
            _rm jim ihm li_m ilim svm _svm avam ćam vanm ivm _slm ja_m _sm vem _svm svm omm ten ili_n ogn ijen ostn ih_n lan _tn \
            _drn vanjn din lan h_n _svan ajn _ćn emn nan svan _jn ju_n jedn run anak_n inn _ćlann ćlan _ran ćln lobon _slon nak_n \
            lanan tun slobn ćlanan ovan ann anakn slobon nakn _kon ne_n slon ak_n _ćln anan obodn lobodn eln _slobn njan lanakn _dao \
            oboo k_o bodo _ćlao lano ako ćlano lobo _oso _kojo vatko _neo vatkoo što tao kojo atkoo atko _da_o _ima_o mio svato \
            _ili_o ećo _ilio oro _svato atko_o _ilo suo svatko vno itio stvo prio azo _ćo _prio udo duo im_o cio seo ado iti_o _jeo \
            _suo ićo anjeo oto _kao om_o vojo druo vjeo _vo nje_o vjo atio bito enjo ćeno ućio nja_o _obo ati_o ava_o anjap _sep unp \
            se_p stip gop _se_p erp ćup ednp top sap onp djep ćavp skp ravap djp _mop izp isp ranp _odp olp opp razp rćp alp jednp \
            lo_p drćp arop mijep rava_p svop vanjep drćap g_p rodp ovanp mijp akop ovanjp _svop anje_p dop rćap pravap _drup enop \
            enip oćp brp su_p prep anja_p _njp posp nihp odap ni_p aćp svojp arodp ćivp nih_p nup vrp ćnp ekp egp snp narodp sop \
            _svojp narp narop ojep amp app vatip _bitp ovop _bilp nimp n_p mep drćavp avnp vati_p rćavq klq ajuq novq nosq bilq ivaq \
            _proq j_q upq proq tvaq trq redq biti_q oviq braq staq ilo_q acq iloq
            """
        ),
        (
            "sl",
            """
            a_f i_g e_g _pg o_g _sh jeh nii _vi _di pri rai _ni sti ani poj rej naj ovj _prj lij alj _zj je_j laj nej enj koj inj \
            tij v_j _pok nok vek _kk _ik dak _jk rik jak _tk sek edk emk tek zak odk avk lok njk _ok _jek ilk ork kak skk _bk _je_k \
            ihk n_k _zal h_l erl osl _nal val tal lel m_l evl ijl arl dol tol ell _ml rol oll _v_l ajl dil atl ih_l kil del _inl vol \
            gal mem in_m vim omm _in_m etm prem bim da_m ikm mam som bom itm anjm egm ni_m mim kem na_m u_m ljm izm obm _dam li_m \
            ism imm redm _prem drm mom _sem jin r_n adn prin _ln trn pan no_n j_n ki_n ti_n _prin dnn _pn ejn _da_n ne_n egan _rn \
            _bin l_n em_n gon sln ekn alin oven ačn akn cin ga_n ko_n se_n _sn jon otn ja_n _son lovn asn _don amn njen esn za_n \
            _pan tun _za_o stio _dro la_o _no _deo ega_o _koo ogo nso čeo dso _boo orao vno osto _neo ičo veno z_o čio _teo ceo \
            _se_o čao očo _uo uno lno poso juo stao opo di_o udo vso t_o nsko tvo ono skio pa_o _kao so_o _izo _pa_o s_o proo delo \
            ravo enio olio rjo šeo ilio vro d_o _leo predo jo_o niko loveo _predo skeo er_p strp čnp prap _šp ovenp _rap tnp _na_p \
            _so_p nihp lovenp sip ke_p _gp icp udip bi_p edsp ojp rup _prop _posp ncp nih_p čup _ap azp okp letp udi_p _odp _kp aj_p \
            _bi_p _vep račp _tup ijap terp istp redsp ndp ali_p a_p itip bilp _obp atip tudp tudip _kip k_p bep ašp irp žap do_p spp \
            _ki_p _stp epp _delp tudi_p ržp ačup _nip ahp račup računp išp _mop avnp _tudp čunp ačunp _tudip _top razp krp ovap _ep \
            ogop anip ev_p brp ebp sap mi_p temp ta_q pravq slovq ensq bo_q žeq _tq _letq odoq sloq enskq ka_q negq ezq nosq ečq \
            _slq _vq ržaq negaq ili_q
            """
        ),
        (
            "et",
            """
            a_f e_g i_g _kg s_h _th ish sth seh _si asi d_i lei tai ini _mi t_i mai _pi sii _vi esi ali usj elj _oj _ej jaj _jj tej \
            lij vaj idj olj tuj daj _nj kuj udk nuk nak eik ksk mik eek u_k kak n_k gak _lk _ak ank ja_k etk mek l_k atl lal adl \
            st_l nel lll _tal ral _jal ikl enl nil ull sal _oll ndl _ja_l nudl iil kol _sel le_l aal is_l gil _tel agl _val _kul edl \
            emm _mim ma_m tim rim _hm gum id_m astm itm ga_m unm dem ud_m ham akm ahm uum ilm ôim as_m kem arm amm _kom _kam aim egm \
            sinm estm uim hem ks_m oom jum ärm utm in_m olim kim sum es_m ltm istn li_n ean vin imn mun se_n tsn onn isen ta_n ekn \
            _olin seln nud_n _ün nnn eman ngn lun gen _sin _ein _in _ei_n ei_n _rn olen pan llen ustn dun ern vôn da_n minn et_n _mn \
            htn kuin _eto _ko peo gi_o _vôo oro _tuo lt_o _mao asio veo us_o igo sin_o uro _ta_o dio _et_o taso _kuio sko reo poo \
            oli_o omo äio inuo _nao _oli_o _sao ajo miso ui_o _meo _pao tuso pio te_o ülo est_o _ono kko tto agao na_o _to b_o al_o \
            stao _muo _juo idao akso gu_o _nio ad_o _peo ekso evo endo useo ärao _poo _minp ajap _lap elep el_p on_p abp _sp avp \
            ingp kui_p _on_p aup ne_p ti_p ellp aep kôp ed_p _kep atap iisp sidp ndap ehp lle_p pup ääp vôip inep alep _vôip edap \
            ukp ast_p ldp _kui_p _selp _kôp tulp egap lgp siip valp _sup ugp ohp küp ee_p seep ööp omap _olep sesp stup ôtp üüp _omp \
            me_p otp _siip top _enp atup peap jäp _ap _seep imep _pip _hap môp näp _jp lesp step kasp _äp väp päp _vep _ep eisq _jäq \
            _peaq _môq umq _küq ikuq üdq allq eidq baq _väq inaq ljq sid_q huq tunq läq _omaq aguq uhq lmq rasq ssq käq eesq
            """
        ),
        (
            "lt",
            """
            s_f o_h aih _ph _kh i_h ash aui isi _ni kai sii _si iai tai iei tii _tj inj _ij usj paj irj arj _aj r_j nej a_j rij _vj \
            _pak alk rak lik u_k vik _kak dak _nek _jk enk ù_k osk kik ank ikk mak as_k stk _dk ai_k aml is_l _irl jol ir_l atl \
            _ir_l nil gal _bl nal e_l tol prl _gl _ml iol eil ý_l sul ßil uol lal erm vam vom ýim esm ó_m _vim kom iaum sam ium etm \
            num jam õ_m _tam elm ójm os_m imm itm _prm nom avm urm mim vem akm kum ekm tum _ým adm _lm us_m _sum ojm au_m ban ntn \
            men ten jo_n ron ósn iùn tain _õn lón pasn ipn iain din usin vo_n kain skn _rn ausn apn gin mon ukn t_n _dan ben ienn \
            iln ti_n ren _nuo ßiao _paso prio oko dóo ólo buo ono asio ido ulo jio aipo ia_o _sao oto galo nko omo p_o _prio odo \
            viso _ato vieo uvo abo iù_o amao nóo stao kro _ao aiso rto _jo ójoo _õ_o _ko pio avoo ngo maso duo ugo _gao olo tiko \
            alio _viso ieko inio kado leo kóo tóo _to dýo goo ip_o aip_o róo dýio kep k_p d_p ad_p _tip _map _vap iau_p m_p karp ump \
            tùp _kadp uýp trp _kaip ogp kad_p _jip riep ytp _jap _kop vóp ysp jaup ar_p prap aýp antp klp tasp gup _kup si_p pep ebp \
            ójo_p _kad_p sep _kip orp lyp lop iai_p _lap tsp ñsp igp _np utp _up ós_p avo_p ie_p ktp emp dop jep ksp atsp _bep risp \
            l_p _viep tinp agp damp _stp _bup io_p kasp _jop vienp _galp ótp kiap liaq uriq _vq uvoq ruq tyq epq ndq laiq _taiq juq \
            manq buvq týq _toq biq upq poq rsq _prieq aikq uiq _tikq ijq patq prieq iesq tai_q n_q pasiq iusq eikq _meq inaq
            """
        ),
        (
            "lv",
            """
            s_f ieg asg u_h _ph a_h as_h ari tii _ai jaj stj _ij _vj paj _tj umj _kj â_j _nj esj i_j atj isj _sj aij tak ank kak r_k \
            îbk ijk _uk _pak unk nok vak mak rak rik izk ink vik prk sak juk tâk ikl n_l aml enl tiel nal ðal tul ijal irl o_l m_l \
            lil cil kul mil _nol ekl _unl t_l _ll un_l _dl otl _un_l iesl ar_l nâl dal eil eml _til pil all bam tsm _izm apm jasm \
            kom aum ðanm rem nim kâm rom etm rîm gam mum jas_m trm _vam tem _prm spm skm nem îbam âsm ijasm _arm lam tom adm dzm îgm \
            tîm çjm _sam jâm _mm tiesm lîm ijas_n _atn edn _pin çrn gun sin mân ntn tu_n _rn run âjn jumn âs_n âtn iemn _bn _vin \
            parn pien rtn vçn _nen ârn ai_n _jn usn _kan ern basn _tien _parn din msn âdn îbasn omn bun umun iekn ktn itn rân _kon \
            anan âkn orn den inân dîn urn prin _co ta_o bas_o es_o _pieo ilo oso ðanao ido _ieo bio ako ja_o îbas_o çto îbuo _go \
            ma_o ieno kumo _iro ono _tieso zîo ceo iedo isto ts_o âmo vieo cijo ka_o _apo sîo ir_o zio umao âlo _ir_o oðo _dao î_o \
            arîo doo veo lso bu_o valo mu_o isko uzo avo par_o _vço _par_o vçro _ar_o rieo _uzo ajo îbu_o ojo kâ_o ldo ieto ikuo kso \
            duo epo ms_o eco aisp strp niep am_p umsp ju_p z_p ru_p îjp gump iòp uma_p çrtp îgup mep dâp îtp entp ikump pâp em_p _lp \
            liep stap rî_p lstp eikp sep prop rsp tikp lçp skap papp kasp rmp âjup pîp nup pçp teip nasp _vp jop lîgp utp iem_p rasp \
            pup _lip _gap darp _kâp umu_p îvp îgump kas_p tîbp vaip lîgup arî_p evp laip îrp lîgump tvp aðp _arî_p _arîp _viep _tp \
            îjup teikp cijap rbp _ðp jâ_p nas_p tâjp vçrtp iecp _lap îdp _vaip îjump vienp alsp _lîp apîrp rtsp isip pîrp papîp \
            papîrp apîp tspp mçp imp bep is_p alstp _jap rtspaq
            """
        ),
        (
            "id",
            """
            anc n_f an_f ngg _dg erg dah a_h akh angh enh ath tai kai asi _mi rai ari sai yai i_i gai k_i dii _daj _pj g_j mej ng_j \
            _sj _kj _bj laj pej bej kej haj ang_j _mej maj alk bak sek unk _kek atak ink _dik _pek dank _ak iak ak_k tuk tik kank \
            amk nak dan_k _dan_k _tk _dank _sel _bel ril asal ahl berl eml ukl ngal engl kan_l ranl nyl ebl ntl _berl menl apl yanl \
            h_l _yal _yl yangl ual _yangl _yanl yang_l ganl sil aral nyam pam hakm _menm s_m tem _pm perm ndm t_m l_m ikm u_m nganm \
            _hm orm elm rangm jam alam m_m hak_m nim adm ngan_m gan_m tanm engam aim lim _atm al_m etm _um p_m at_m _atam _im usn \
            sann _ten den ap_n tern kun penn oran orann iln sun rhn uk_n aan orangn umn erhn bun _man _pern rang_n ntun di_n itn _on \
            akan _han erhan _sn rhan _penn eban aann aun as_n run _den ekn oln aman ah_n idn tasn dun tukn atann ntukn esn tuk_n \
            etin ntuk_n _ban engano _oro _tero ikao r_o ario lamo berho _uno _memo tiao memo rto _di_o elao puo uro erio erao berhao \
            salo _orano asano _berho _orao nggo ya_o mpo _seo unto ataso seo am_o untuo cao alamo ggo deno tiap_o dengo muo ndao \
            iap_o erhako dengao rhako etiapo iapo wao tiapo etiao rhak_o _deno _dengo pao ebaso tan_o _unto bebaso mio asio puno \
            kebo _untuo mbo bebao untuko bebo _pao baso aan_p ehp lup dakp lep ebep endp isp nya_p ri_p lam_p ungp dalp alam_p dalap \
            manp adap sal_p atan_p tas_p kebep akanp _dalp asalp _dalap nup _pengp asal_p taup lanp pengp dalamp basap au_p egp \
            pasap kebebp banp _ataup pasp pasalp ebebap enap basanp ia_p _pasp ebebp _inp ataup utp atas_p ebasap _pasap agp setp \
            imp san_p na_p siap setiap _setp setip gep _setip _sap upp apap anap _lp rkp ibp adip garp ta_p tau_p akan_p ersp ukap \
            un_p _atasp ma_p _kebp _kap ra_p rsp juq atau_q req _nq erlq _hakq lakq darq ahaq ari_q garaq rlq dak_q ara_q um_q ilaq \
            asan_q katq atuq ertq pun_q
            """
        ),
        (
            "vi",
            """
            nge _te _ce g_f ng_f _nf n_f i_f nhg _çg c_h _lh chh thi a_i _thi t_i h_i _vi _hi _mi _chi nh_i u_i à_i trj _trj _nhj \
            _bj m_j _sj o_j y_j _kj _ngj hik _gk khk _khk _tk làk _làk anl _dl onl ó_l ônl phl _pl _phl hül hol vàl _vàl gül _rl \
            _là_l là_l ànm ênm ôngm ham gim _gim ông_m ngüm _ngüm ácm ûam cûm _cûm cûam ên_m _cûam cóm ûa_m _cóm cûa_m _cûa_m _nm \
            có_m _có_m _cm p_m ìnm tim ìnhn và_n _và_n qun _hn _qn _qun ongn ong_n hán hôn ron ình_n ì_n _xn ã_n _tin inn ânn önn \
            ronn rongn rong_n ác_n hônn åin ayn _vo hào àyo ãto uyo çüo _çüo cáo _cáo nào húo _nào rao hôngo ho_o ân_o áno åi_o aio \
            huo choo óno _choo troo àoo _troo _trono trono trongo khôo âuo _khôo cho_o _cho_o hông_o ay_o ch_o ção ãt_o _ção khôno \
            _ño _khôno çã_o _çã_o åno khôngo ào_o nhüo ü_o _nhüo tho hìo iêo gho tao anho ai_o àngo ày_o üöo e_o î_p uap ænp àip \
            _thp _mp úcp üönp _hap öngp üöngp an_p ài_p sóp on_p _sóp cácp àng_p _cácp anh_p nghp _tap hi_p hànp âu_p ànp _nghp iap \
            êup ùcp nhip óngp ª_p cop _nhip iênp trp _sp hü_p ònp hãp hæp öng_p ôip üöng_p àn_p _cop håp äip yêp ûnp ûngp _lp ûng_p \
            inhp çip màp _çip angp
            """
        ),
        (
            "ca",
            """
            a_f s_f _df e_g esg deg _deg enh _lh reh _eh de_i eli _de_i _ai eri lai ari _pi l_i cii n_i es_i ani rai nti tai _cj alj \
            onj orj t_j atj r_j i_j la_j _ij _laj _la_k lek tek _sk stk sek uek nak osk quk el_k itk cok rik cak tik ack ink llk ick \
            mel unl quel trl nsl iól _i_l adl entl _ell nel _tl _col _ml _cl en_l lil ial pel _a_l prl ciól ó_l pal rol o_l dim iom \
            lsm _qm _qum _enm acim amm ecm tom asm omm nim dam ió_m sim ls_m mam resm urm _el_m rtm ue_m os_m _quem que_m _rm pom \
            _esm er_m _que_m _sem vam delm ció_m _prm ism _en_m _pen _deln tsn lon _mn ctn _un oln ven _ln ncn menn al_n _fn _ren \
            _pn ación lesn rsn estn tun _en etn _unn na_n _vn ionn pern son emn at_n non brn nt_n ar_n san _nn les_n cen iln elln \
            _pern obn re_n irn _an onsn don uan conn mento guo ts_o sso ns_o anto ra_o coo paro elso tato sco an_o _coo vio els_o \
            icao rano ulo ivo _del_o del_o mbo mio itao ntao _pao _oo _cono ació_o rno _ino ia_o imo rro arto ta_o como treo _ho mpo \
            ieo cioo _leo breo _cao _alo stao _como cuo à_o preo feo bao trao geo proo _leso deso tero _poo _les_o _jo ndo ciono _so \
            urap ncip va_p hap onap ent_p uesp ocp eap ntep ésp _dip uip as_p utp icip res_p usp otp arap ipp rmp abp egp _per_p ngp \
            per_p recp dup _trp ciap _nop b_p _parp epp idp llep rcp _prop gap fop unap elp litp un_p quesp ambp ixp és_p _gp erap \
            crp da_p spp y_p adap torp _tp ment_p _es_p map ucp ectp amep iup _map ornp _bp _dp cap stip _gp escp rdp una_p làq edq \
            amenq moq ionsq _elq _caq joq euq ariq ltq u_q amentq _vq m_q fiq auq evq laq itatq _haq
            """
        ),
        (
            "ru",
            """
            и_h _пh е_h о_h _вi _сi стi _нi тоi _иi ноi а_i наj я_j овj ниj _тj енj _оj раj неj поk коk теk роk _кk й_k етk _и_k таk \
            анk ерk отk ь_k гоk алk _поk реk каk прk ваk тиk лиk _дk _мk есk воk чеk орl тьl осl в_l онl акl огl лоl т_l риl м_l \
            _прl олl льl _неl елl _бl инl одl омl меl ы_l веl скl _наl деl ныl _рm _чm атm емm у_m заm х_m леm то_m итm ойm сеm _в_m \
            _зm киm трm ть_m едm не_m сяm лаm обm моm даm го_m к_m исm _уm ой_n илn маn ннn доn асn амn ияn жеn азn соn на_n _гn миn \
            _аn всn выn огоn имn _коn авn слn иеn _не_n _еn _теn туn ичn руn остn л_n _эn _яn ениn изn екn оваn аниo _всo ийo _каo \
            диo ли_o проo _раo сиo ирo _стo ьнo льнo ся_o _заo боo _лo быo ихo егo твo нияo ятo чтo этo чесo _тоo ия_o икo виo ак_o \
            стаo ого_o _вo ичеo циo чтоo ыхo _этo _чтo _аo ю_o пеo няo _чтоo ляo всеo дуo ескo нтo какo стоo _выo нуo тсo н_o _пo \
            но_o _проo ровo цеo ктp естp шеp с_p _отp _на_p редp ческp ванp адp аяp _я_p тыp _обp _всеp _таp _какp хоp такp альp ожp \
            ых_p овоp ивp _воp муp _нp ейp преp знp ичесp пиp егоp _соp оеp атьp стиp их_p тнp менp тсяp ие_p ическp беp _быp стрp \
            куp _моp ет_p _меp евp приp чиp мнp ния_p арp нноp ованp ксp урp _чеp ольp утp что_p ом_p опp рмp а_p _что_p этоp очp \
            скоp конp ловp ыйp усp от_p ироp ствp ий_p ссp томp аеp еннp езp нойp _этоp саp разp епp _доp олоp стьp удp делp _иp абp \
            сьp альнp окp скиp ныхp _приp чаp _жp _а_p _ниp тся_q ииq знаq _преq _сq ной_q ая_q _оq алиq же_q спq истq ных_q з_q _мq
            """
        ),
        (
            "uk",
            """
            наg _пg о_g а_h і_h и_h раi прi на_i я_i _вi _іi _нi ноi воi _сi ннi _прj стj авj овj _і_j _зj таj ваj инj тиj праj атj \
            ниj коk у_k обk _мk анk заk _дk _праk равk правk виk няk неk боk огk _наk енk _бk поk нняk _правk гоk диl віl одl х_l \
            люl льl _заl ніl огоl роl _оl осl ерl _поl маl е_l ціl юдl ідl ти_l ня_l ожl людl _рl ння_l жнl _лl риl доl свl _людl \
            _люm _тm омm реm ого_m го_m орm _на_m юдиm в_m ьнm ихm _маm _людиm людиm є_m алm льнm во_m аннm равоm правоm абm их_m \
            й_m авоm _неm динm якm _уm днm юдинm буm ттm _свm людинm имm тяm ї_m внm ю_m еннn ожнn ттяn своn раво_n исn _своn аво_n \
            повn м_n езn жнаn татn ацn _аn онn тьn аєn _доn анняn атиn ь_n тоn _повn _сn инаn моn івn юдинаn увn ає_n динаn _стаn \
            стаn аціn _буn _стn туn беn стn соn ття_n піn статn уваn тя_n _статn итn має_n _яn аття_n ожнаn маєo ожна_o _якo _кo \
            таттяo жна_o статтo _маєo не_o таттo обоo аттo _має_o аттяo ілo ійo чиo кожo енняo абоo _кожo спo кожнo них_o _таo _коo \
            нихo _кожнo пеo коo інo миo дина_o _віo акo ина_o альo арo овиo сіo кожнаo ріo альнo _осo _або_o _виo бо_o або_o _абo \
            _абоo руo тіo діo ереo д_o утo ітo _їo ляo приo ення_o ногo ільo нуo ні_o ногоo ання_p винp безp _кp ть_p агp твp оюp \
            та_p бодp леp лаp ного_p вободp щоp _в_p дуp _свобp свобp _беp ободp лоp до_p асp стаp свобоp вобp вобоp оїp остp _до_p \
            ийp _щp снp _спp сяp деp суp _щоp ий_p чеp іїp ванp відp _цp теp овинp жеp _у_p ати_p киp ліp повинp повиp _повиp ствp \
            гаp нанp иннp конp перp виннp озp дноp клp ватp лиp онаp удp новp муp ою_p _не_p акоp но_p _гp чаp нніp _приp підp олp \
            знp безпp зпp ути_p міp іднp езпp _моp ватиp ьноp утиp стіp ахq овиннq льноq амq бутq екq к_q едq _обq адq остіq _та_q \
            есq переq _відq ми_q ся_q ісq що_q аваq ва_q
            """
        ),
        (
            "bg",
            """
            а_e и_e о_f наg _нg е_g _иg _пg раh _сh _наh ваh прi стi на_i ниi воi тоi _на_i _прi _дi енi авj овj _и_j ноj неj анj \
            даj то_j таj отj теj итj _оj равj атj обk да_k веk екk твk _вk реk лиk _даk праk ствk правk _да_k сеk осk одk _чk заk \
            _праk _правk итеk ва_k ияk леl деl т_l н_l риl _тl _кl ениl есl _зl имl киl виl едl _заl та_l _бl поl ванl _рl коl отоl \
            каl ки_l ен_l акl овеl _неl но_m диm иеm _поm не_m аваm етm илm чоm човm човеm во_m анеm ленm _чоm _човеm маm _човm \
            правоm свm авоm равоm роm циm _свm ото_m ни_m те_m азm лнm ичm своm сиm естm векm _своm ите_m овекm човекm имаm _имn трn \
            изn остn илиn ятn твоn _имаn боn аниn ствоn лен_n съn ниеn вотn раво_n _мn _раn аво_n ватn ли_n _еn или_n в_n ма_n _bn \
            елn bсn _в_n екиn еки_n вотоn _обn _bсn секи_n секиn секn _или_n _илиn _има_n ане_n _илn лаn има_n ванеn _чn члn приn \
            членn оваn ъдn _члеo чеo члеo _члo член_o _членo етоo инo _сеo езo меo атаo к_o ацo _свобo вободo bсекиo свобоo _bсекo \
            _bсеo доo bсеo свобo bсекo ободo бодo вобo алo обоo вобоo ациo ърo преo ето_o одиo гоo ат_o _приo беo редo ек_o разo \
            овек_o арo век_o олo _бъo _съo _уo ждo ата_o _се_o лноo тиo _коo бъдo бъo се_o _бъдo _осo нияo ъдеo брo _отo ествo _за_o \
            ие_o асo _преp щеp за_p ятаp внp я_p _е_p ойp _трp дъp ряp моp вото_p телp егp праваp руp явp раваp нитp ия_p де_p жеp \
            ване_p ватаp _бъдеp онp бъдеp орp гаp проp иятp днp жаp алнp ранp твотp твотоp бщp бвp браp _каp ениеp бъде_p ежp общp \
            яваp от_p нитеp ъде_p ствотp цияp _негp негp вата_p денp ята_p скp егоp звp негоp новp _от_p _негоp _изp какp _проp \
            ато_p зиp атоp _доp въp рябp ивp _трябp венp ябваp тряp ществp чиp бва_p ябp трябвp бваp ябва_p предq ябвq рябваq рябвq \
            _тряq щесq трябq _деq щестq клq ацияq ржq нацq миq еноq ържq идq ностq квq държаq дърq
            """
        ),
        (
            "sr",
            """
            а_e и_g _пg _иg е_g о_h раh у_h _сh прh наh ваi авi _прi _нi стi коi _дi _и_i ноi воi _оi имi _уj ниj одj равj овj тиj \
            акj праj правj маj _наj анj поk даk _правk _праk м_k _кk јеk лаk на_k осk _поk ојk имаk реk лиk веk да_k обk _бk неk \
            ма_l едl њеl роl енl заl _зl лоl во_l н_l штl ањl ко_l виl риl има_l акоl _у_l каl ва_l авоl итl _даl _да_l правоl арl \
            слl равоl илl остl ан_l _заm твm огm јаm аво_m раво_m днm дрm омm _имm вакm боm _на_m меm аваm је_m _мm њаm јуm _слm \
            ти_m _имаm _коm циm ако_m _сm ланm _неm _свm свm _јm теm ихm _свm свm вакоm ли_m ијm _чm таn илиn ајn _дрn _рn лан_n \
            слоn _којn обоn сваn диn _сваn којn _члn _слобn ободn лободn х_n _слоn или_n их_n лобоn но_n _чланn члn члаn слобоn \
            слобn емn туn члан_n чланn _вn _члаn бодn лобn не_n биn _има_n ивn _свакn свакn им_n деn свакоn _илn _биn _илиn ом_n \
            ствn _или_n стиo вако_o ичo приo _раo беo моo руo внo ња_o _јеo тоo ју_o једo суo _приo ава_o орo ењo г_o _тo атo езo \
            ог_o икo еднo носo итиo удo отo адo ностo _суo сеo ањеo изo ицo ацo вањo друo проo ње_o саo стаo оваo трo ити_o жаo цијo \
            снo скo ајуo ни_o ерo _осo _обo ањаo врo _проo упo учo се_o _каo _друo онo родo ациo _сеp овеp овоp једнp раваp екp гоp \
            еђp чнp _одp _се_p дуp праваp ениp редp су_p _стp остиp исp ијаp асp рава_p авнp днаp инp жавp опp азp вуp доp ојаp љуp \
            новp ујp држаp штоp баp одиp ржаp војp јиp ање_p ја_p ржp држp дсp тваp ају_p оштоp ранp ностиp однp нимp ацијp оштp егp \
            _њp _не_p куp араp амp ошp _су_p ним_p алp унp них_p ања_p преp _изp жиp ашp нуp сноp пошp поштоp нихp _је_p ржавp авеp \
            д_p разp крp битp _чp државp т_p ењаp поштp ароq ве_q ојиq ичнq еђуq _битq љаq _саq _оснq _трq ло_q говq _пошq нсq нарq \
            штиq вноq ђуq ду_q еднаq
            """
        ),
    ]
}
