/**
 * Words that give other words their meaning: abbreviations, people and places that something belongs to, and data sets that
 * are about things. Data only; `score.ts` and `things.ts` read it.
 */

/** Short forms, as one word each; a name is read both as written and spelled out. */
export const ABBREVIATIONS: Readonly<Record<string, string>> = {
  // English
  ...{ acct: 'account', circ: 'circumference', appt: 'appointment', bag: 'baggage', bldg: 'building' },
  ...{ cd: 'code', cntry: 'country', conf: 'confirmation', ctry: 'country', cust: 'customer', doc: 'document' },
  ...{ dr: 'doctor', drv: 'driver', dt: 'date', emp: 'employee', fax: 'fax', freq: 'frequent', hist: 'history' },
  ...{
    lic: 'license',
    lice: 'license',
    licence: 'license',
    mbr: 'member',
    med: 'medical',
    mob: 'mobile',
    nbr: 'number',
  },
  ...{
    nm: 'name',
    nmbr: 'number',
    ord: 'order',
    pass: 'password',
    pat: 'patient',
    pax: 'passenger',
    pcode: 'postcode',
  },
  ...{
    ph: 'phone',
    pmt: 'payment',
    pymt: 'payment',
    pst: 'postal',
    pstl: 'postal',
    ref: 'reference',
    reg: 'registration',
  },
  ...{ resv: 'reservation', rsvn: 'reservation', res: 'residence', rx: 'prescription', spec: 'specimen', st: 'street' },
  ...{ strt: 'street', stu: 'student', surn: 'surname', tel: 'telephone', tkt: 'ticket', trx: 'transaction' },
  ...{ txn: 'transaction', twn: 'town', usr: 'user', veh: 'vehicle', vac: 'vaccine', wt: 'weight', ht: 'height' },
  // ISO 20022
  ...{ cdtr: 'creditor', dbtr: 'debtor', ultmtdbtr: 'debtor', ultmtcdtr: 'creditor' },
  // Spanish, Portuguese, Italian, French
  ...{
    ape: 'apellido',
    cel: 'celular',
    cod: 'codigo',
    dir: 'direccion',
    fec: 'fecha',
    fech: 'fecha',
    nac: 'nacimiento',
  },
  ...{
    nasc: 'nascimento',
    nom: 'nombre',
    nro: 'numero',
    num: 'numero',
    pob: 'poblacion',
    tp: 'tipo',
    ss: 'seguridad social',
  },
  // German, Dutch, Scandinavian, Polish
  ...{ geb: 'geburtsdatum', gesl: 'geslacht', tlf: 'telefon', str: 'strasse', nr: 'nummer' },
};

/** Whoever a name, a birthday or a display text may belong to: `debtor_name`, `guardiansname`, `patient.display`. */
export const PERSONS =
  'person user customer client member account holder owner patient employee driver rider passenger guest visitor student pupil teacher tutor ' +
  'parent mother father guardian spouse husband wife child kid partner relative kin contact recipient sender author creator editor maintainer ' +
  'contributor reviewer reporter assignee requester approver manager supervisor physician doctor nurse practitioner performer asserter recorder ' +
  'informant donor attendee participant delegate speaker applicant candidate claimant insured policyholder beneficiary buyer shopper payer payee ' +
  'creditor debtor cardholder accountholder consignee tenant landlord renter lessee resident citizen voter subscriber follower friend player ' +
  'athlete traveler traveller actor operator courier witness victim nominee signatory referrer inviter borrower lender cardmember';

/** What is said of them alone makes identity: `<person> name`, `<person> surname`. */
export const NAMES = 'name names nm fullname surname displayname nickname display nom nombre nome naam';

/** Places of business and of public transport: their address, coordinates and telephone are nobody's. */
export const PLACES =
  'store stores shop shops branch branches outlet outlets venue venues stop stops station stations platform warehouse warehouses depot depots ' +
  'terminal terminals agency agencies restaurant restaurants facility facilities poi pois landmark landmarks kiosk locker office offices ' +
  'merchant merchants supplier suppliers vendor vendors company companies organization organisation organizations organisations city cities country countries region regions ' +
  'airport airports timetable timetables gtfs netex filiale filialen filiali tienda tiendas loja lojas magasin magasins negozio negozi winkel ' +
  'haltestelle haltestellen haltes sklep sklepy butik butiker magaza toko parking museum museums';

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
  'topic topics tag tags template templates setting settings config configs configuration configurations file files media image images ' +
  'produit produits producto productos produto produtos prodotto prodotti produkt produkte produkty artikel barang shohin urun urunler tuote vara varor';
