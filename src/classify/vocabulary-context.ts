/**
 * Words that give other words their meaning: abbreviations, people and places that something belongs to, and data sets that
 * are about things. Data only; `score.ts` and `things.ts` read it.
 */

/** Short forms and their words, of one word each; a name is read both as written and spelled out. */
export const ABBREVIATIONS =
  // English
  'acct account, circ circumference, appt appointment, bag baggage, bldg building, cd code, cntry country, ' +
  'conf confirmation, dri driver, ctry country, cust customer, doc document, dr doctor, drv driver, dt date, emp employee, ' +
  'freq frequent, hist history, lic license, lice license, mbr member, med medical, mob mobile, nbr number, ' +
  'nm name, nmbr number, ord order, pat patient, pax passenger, pcode postcode, pmt payment, pymt payment, ' +
  'pstl postal, ref reference, reg registration, resv reservation, rsvn reservation, stu student, ' +
  'surn surname, tel telephone, tkt ticket, trx transaction, txn transaction, twn town, usr user, veh vehicle, ' +
  'wt weight, ht height, ' +
  // ISO 20022
  'cdtr creditor, dbtr debtor, ultmtdbtr debtor, ultmtcdtr creditor, ' +
  // Spanish, Portuguese, Italian, French
  'ape apellido, cel celular, cod codigo, fec fecha, fech fecha, nac nacimiento, nasc nascimento, nom nombre, ' +
  'nro numero, num numero, pob poblacion, tp tipo, ss seguridad social, ' +
  // German, Dutch, Scandinavian, Polish
  'geb geburtsdatum, gesl geslacht, tlf telefon, nr nummer';

/** Whoever a name, a birthday or a display text may belong to: `debtor_name`, `guardiansname`, `patient.display`. */
export const PERSONS =
  'person user customer client member account holder owner patient employee driver rider passenger guest visitor student pupil teacher tutor ' +
  'parent mother father guardian spouse husband wife child kid partner relative kin contact recipient sender author creator editor maintainer ' +
  'contributor reviewer reporter assignee requester approver manager supervisor physician doctor nurse practitioner performer asserter recorder ' +
  'informant donor attendee participant delegate speaker applicant candidate claimant insured policyholder beneficiary buyer shopper payer payee ' +
  'creditor debtor cardholder accountholder consignee tenant landlord renter lessee resident citizen voter subscriber follower friend player ' +
  'athlete traveler traveller actor operator courier witness victim nominee signatory referrer inviter borrower lender cardmember ' +
  'clinician caregiver caretaker counselor counsellor therapist prescriber surgeon plaintiff defendant judge attorney lawyer patron coach trainer instructor ' +
  'officer captain seller worker staff volunteer caller callee counterparty respondent interviewee colleague neighbour neighbor committer learner taxpayer shareholder licensee trustee heir';

/** Whom records are kept of, in the languages of the vocabulary: names of data sets and of keys. */
export const PEOPLE_RECORDED =
  'user users customer customers client clients member members patient patients passenger passengers guest guests employee employees ' +
  'subscriber subscribers person persons people account accounts profile profiles rider riders driver drivers student students contact contacts ' +
  'traveler traveller buyer shopper donor subject owner player kunde kunden benutzer nutzer mitarbeiter utilisateur utilisateurs cliente ' +
  'clientes usuario usuarios paciente pacientes utente utenti klant klanten gebruiker gebruikers klient uzytkownik pacjent kund anvandare kunder ' +
  'asiakas uzivatel zakaznik kullanici musteri 用户 客户 顧客 ユーザー 회원 pelanggan pengguna applicant insured holder author follower friend';

/** What is said of them alone makes identity: `<person> name`, `<person> surname`. */
export const NAMES = 'name names nm fullname surname displayname nickname display nom nombre nome naam nama namn navn';

/** Places of business and of public transport: their address, coordinates and telephone are nobody's. */
export const PLACES =
  'store stores shop shops branch branches outlet outlets venue venues stop stops station stations platform warehouse warehouses depot depots ' +
  'schedule schedules fahrplan fahrplaene weather forecast forecasts terminal terminals agency agencies restaurant restaurants facility facilities poi pois landmark landmarks kiosk locker office offices ' +
  'merchant merchants supplier suppliers vendor vendors company companies organization organisation organizations organisations city cities country countries region regions ' +
  'airport airports timetable timetables gtfs netex filiale filialen filiali tienda tiendas loja lojas magasin magasins negozio negozi winkel ' +
  'haltestelle haltestellen haltes sklep sklepy butik butiker magaza toko parking museum museums ' +
  'court courts lab labs laboratory hospital hospitals clinic clinics pharmacy pharmacies school schools university theatre theater cinema club gym hotel hotels hostel hostels resort resorts cafe cafes';

/** Fields that only a place of business or a timetable has. */
export const MARKS_OF_PLACES =
  'opening hours, opening times, open hours, business hours, store hours, oeffnungszeiten, horaires ouverture, horario apertura, orari apertura, openingstijden, ' +
  'trip headsign, stop sequence, parent station, stop name, stop timezone, wheelchair boarding, shape dist traveled, route short name, block id, ' +
  'store number, store name, branch name, parking spaces, charging points';

/** Data sets of things: what is called a name or a location there is the thing's. */
export const THINGS =
  'product products item items article articles sku skus stock stocks inventory inventories catalog catalogs catalogue catalogues category categories ' +
  'device devices sensor sensors machine machines asset assets equipment part parts host hosts server servers node nodes cluster clusters container containers ' +
  'channel channels room rooms group groups team teams project projects repository repositories package packages release releases build builds ' +
  'course courses lesson lessons book books film films movie movies song songs album albums game games recipe recipes food foods plan plans ' +
  'menu menus dish dishes topic topics tag tags template templates setting settings config configs configuration configurations file files media image images ' +
  'produit produits producto productos produto produtos prodotto prodotti produkt produkte produkty artikel barang shohin urun urunler tuote vara varor';

/** Things to eat and to do: their calories and allergens are nobody's. */
export const FOODS =
  'recipe recipes food foods menu menus dish dishes meal meals ingredient ingredients exercise exercises product products item items article articles ' +
  'rezept rezepte gericht gerichte speise speisen receta recetas plato platos recette recettes plat plats ricetta ricette piatto piatti receita receitas';

/** What comes first in Romance languages and says what the rest is about: `tipo_direccion`, `statut_commande`. */
export const LEADING_DESCRIBERS =
  'tipo tipologia type typ status statut estado estatus etat stato situacao situazione categoria categorie nb nbre cantidad quantite quantita ' +
  'qtd quantidade jumlah jenis durum liczba ilosc antal anzahl aantal versao version versione modelo modele modello formato format ' +
  'plantilla gabarit idioma langue lingua moneda devise valuta motivo motif validez duracion duree durata duracao';

/** Data sets of settings: what they name is what an application may do, not whose anything is. */
export const SETTINGS =
  'setting settings config configs configuration configurations flag flags toggle toggles experiment experiments parameter parameters constants ' +
  'einstellungen parametres ajustes configuracion impostazioni instellingen configuracoes ustawienia installningar ayarlar';
