/**
 * What words in field names say about what a field holds. Data only; `score.ts` reads it.
 *
 * Words are lower case without diacritics, in English, German, French, Spanish, Italian, Dutch and Portuguese; plurals in
 * -s are covered. A phrase is words in order, separated by a space; phrases are separated by commas.
 */
import type { Category, MissionCategory } from '../core/category.ts';

export interface CategoryWords {
  /** Enough alone. */
  strong: string;
  /** Enough together, in this order, side by side. */
  phrases: string;
  /** A hint alone: tentative. */
  weak: string;
  /** Says something only where other fields, or the name of the data set, show this category already. */
  contextual: string;
}

export const VOCABULARY: Readonly<Record<MissionCategory, CategoryWords>> = {
  credentials: {
    strong:
      'password passwords passwd pwd passphrase passcode userpass bcrypt argon scrypt totp otp jwt mfa apikey ' +
      'passwort kennwort contrasena clave senha wachtwoord',
    phrases:
      'pass word, pass phrase, password hash, password salt, password digest, hashed password, mot de passe, mot passe, ' +
      'access token, refresh token, auth token, authentication token, bearer token, session token, login token, id token, ' +
      'remember token, reset token, verification token, activation token, api token, oauth token, personal access token, ' +
      'api key, private key, secret key, access key, encryption key, signing key, client secret, shared secret, app secret, ' +
      'security question, security answer, secret question, secret answer, recovery code, backup code, recovery codes, ' +
      'backup codes, one time code, verification code, login code, pin code, pin hash, session id, session key, session cookie, ' +
      'auth code, mfa secret, otp secret, totp secret, 2 fa, two factor secret, parola chiave, code secret, sms code',
    weak: 'secret credential credentials token cookie session sess pin salt pass parola',
    contextual: '',
  },
  location: {
    strong:
      'lat lng lon latitude longitude latlng latlon gps geohash geopoint geolocation coordinate coordinates waypoint ' +
      'street zip zipcode postcode postalcode suburb ' +
      'strasse hausnummer plz postleitzahl wohnort breitengrad laengengrad standort anschrift ' +
      'rue codepostal calle ciudad citta indirizzo straat huisnummer woonplaats rua cidade endereco cep bairro',
    phrases:
      'geo point, geo location, geo hash, geo lat, geo lon, geo lng, geo coordinates, postal code, post code, zip code, ' +
      'home address, work address, street address, mailing address, postal address, shipping address, billing address, ' +
      'delivery address, residential address, home location, last location, current location, user location, last position, ' +
      'current position, address line, street number, house number, address 1, address 2, code postal, codigo postal, ' +
      'last seen location, home city, code insee',
    weak: 'location city town geo address adresse adres direccion ville stadt coords village county province',
    contextual: 'position country state region district x y place neighborhood neighbourhood land pays pais paese',
  },
  travel: {
    strong:
      'flight itinerary pnr passenger airline hotel boarding layover departure dropoff checkin ' +
      'flug fluggesellschaft buchung buchungsnummer reiseziel passagier abflug ankunft vuelo pasajero aerolinea vol passager ' +
      'volo prenotazione vlucht boeking voo passageiro embarque',
    phrases:
      'check in, check out date, drop off, pick up location, pickup location, pickup time, frequent flyer, boarding pass, ' +
      'seat number, seat no, trip id, trip date, ride id, booking id, booking reference, booking number, booking code, ' +
      'reservation id, reservation number, reservation code, travel date, travel document, arrival date, arrival time, ' +
      'arrival airport, destination airport, origin airport, room number, number of guests, train number',
    weak: 'trip ride booking reservation itineraries journey airport arrival destination travel guest pickup reise voyage viaje viagem viaggio reserva',
    contextual: 'from to origin seat route guests nights room cabin gate',
  },
  payment: {
    strong:
      'iban bic cvv cvc cvv2 ccv pan creditcard debitcard cardnumber cardholder paypal bankaccount sortcode swiftcode ' +
      'kontonummer kreditkarte bankverbindung kontoinhaber rekeningnummer tarjeta cartao cartebancaire',
    phrases:
      'card number, card no, card num, card holder, card token, card expiry, card expiration, card exp, card exp month, ' +
      'card exp year, card last 4, card last four, last 4, last four, credit card, debit card, bank card, card brand, card bin, ' +
      'card fingerprint, cc number, cc num, cc exp, cc cvv, expiry month, expiry year, exp month, exp year, bank account, ' +
      'account holder, routing number, sort code, swift code, iban token, payment method, payment token, payment id, ' +
      'payment card, payment details, payment info, payment intent, stripe customer, stripe customer id, billing account, ' +
      'transaction amount, account balance, wallet balance, wallet address, carte bancaire, carte credit, carta credito, ' +
      'cartao credito, numero tarjeta, numero cartao, numero carte, numero conta, numero cuenta, bank name, credit score, credit limit',
    weak: 'payment payments bank billing salary income wage balance wallet payout iban bsb stripe braintree klarna',
    contextual: 'amount expiry card last4 transaction',
  },
  email: {
    strong: 'email emails emailaddress courriel correo mailaddress',
    phrases:
      'e mail, mail address, correo electronico, adresse mail, adresse email, posta elettronica, indirizzo email, gmail address',
    weak: 'mail gmail',
    contextual: '',
  },
  phone: {
    strong:
      'phone phones telephone cellphone mobilephone msisdn phonenumber mobilenumber whatsapp telefon telefonnummer handynummer ' +
      'mobilnummer telefono telefone telefoonnummer telefoon celular cellulare movil mobiel',
    phrases:
      'mobile number, mobile no, mobile phone, cell phone, cell number, contact number, phone number, fax number, tel no, ' +
      'tel number, home tel, work tel, numero telephone, numero portable, sms number, caller id, caller number',
    weak: 'mobile tel fax handy cell msn',
    contextual: 'portable contact',
  },
  identity: {
    strong:
      'firstname lastname surname fullname givenname familyname middlename maidenname forename birthdate birthday birthplace ' +
      'dateofbirth dob gender ssn passport nationality ethnicity religion citizenship username nickname ' +
      'vorname nachname familienname geburtsdatum geburtstag geburtsort geschlecht staatsangehoerigkeit personalausweis ' +
      'reisepass steuernummer steuerid prenom naissance sexe nationalite apellido apellidos nacimiento sexo pasaporte dni nif ' +
      'cognome nascita sesso codicefiscale voornaam achternaam geboortedatum geslacht bsn paspoort sobrenome nascimento cpf ' +
      'passaporte aadhaar curp nino',
    phrases:
      'first name, last name, full name, given name, family name, middle name, maiden name, sur name, display name, nick name, ' +
      'user name, screen name, login name, real name, legal name, preferred name, customer name, client name, contact name, ' +
      'patient name, employee name, driver name, recipient name, member name, guest name, owner name, holder name, author name, ' +
      'parent name, child name, student name, beneficiary name, sender name, mother name, father name, rider name, nice name, ship name, birth date, date of birth, ' +
      'birth day, birth year, birth month, birth place, place of birth, year of birth, date naissance, date de naissance, ' +
      'lieu naissance, fecha nacimiento, fecha de nacimiento, data nascita, data di nascita, data nascimento, data de nascimento, ' +
      'social security, social security number, national id, national id number, id card, id number, identity number, tax id, ' +
      'tax number, tax file number, driver license, drivers license, driver licence, driving license, driving licence, ' +
      'license plate, licence plate, plate number, marital status, sexual orientation, political opinion, codice fiscale, ' +
      'profile photo, profile picture, profile image, face id, face embedding, finger print, biometric template, f name, l name',
    weak: 'sex avatar recipient ethnic race selfie signature biometric citizen login',
    contextual: 'name nom nome nombre naam age title salutation photo initials suffix prefix anrede occupation',
  },
  orders: {
    strong:
      'purchase cart basket invoice checkout wishlist loyalty refund voucher bestellung bestellnummer warenkorb ' +
      'rechnung rechnungsnummer kundennummer commande facture panier pedido carrito fattura carrello ordine bestelling factuur ' +
      'winkelwagen fatura carrinho',
    phrases:
      'order id, order no, order nr, order number, order date, order total, order status, order amount, order item, order items, ' +
      'order line, order lines, order value, order ref, order reference, order count, order history, order time, order details, ' +
      'last order, total orders, orders count, tracking number, tracking code, shipment id, shipping method, shipping cost, ' +
      'delivery date, delivery id, delivery time, coupon code, gift card, sub total, ' +
      'total amount, total price, grand total, purchase date, loyalty points, return reason',
    weak: 'orders sku subtotal shipment coupon delivery receipt discount shipping',
    contextual: 'order total items qty quantity price product amount importe montant',
  },
  health: {
    strong:
      'diagnosis diagnoses patient medication prescription allergy allergies symptom symptoms glucose insulin pregnancy pregnant ' +
      'menstrual menstruation vaccination vaccine bmi icd snomed hiv disability cholesterol systolic diastolic spo ' +
      'krankheit diagnose blutgruppe medikament versichertennummer krankenkasse maladie medicament ordonnance enfermedad ' +
      'diagnostico medicamento malattia diagnosi farmaco ziekte medicijn doenca remedio paciente paziente',
    phrases:
      'blood type, blood group, blood pressure, blood glucose, blood sugar, heart rate, medical record, medical history, ' +
      'medical condition, medical notes, health record, health insurance, health data, health condition, insurance number, ' +
      'medical id, mental health, sexual health, sleep score, resting heart, cycle length, last period, treatment plan, ' +
      'groupe sanguin, grupo sanguineo, gruppo sanguigno, body weight, body mass, step count, lab result, lab results, test result, nhs number',
    weak: 'medical disease illness therapy treatment clinic hospital dosage doctor physician surgery dose vitals',
    contextual: 'weight height steps calories notes sleep ward result health bpm',
  },
  device: {
    strong:
      'imei imsi iccid idfa idfv gaid aaid udid meid ipaddress ipaddr macaddress deviceid androidid pushtoken fcmtoken useragent adid',
    phrases:
      'device id, device token, device identifier, device uuid, device fingerprint, device serial, android id, advertising id, ' +
      'ad id, advertiser id, push token, fcm token, apns token, gcm token, registration token, notification token, ip address, ' +
      'ip addr, client ip, remote ip, source ip, user ip, last ip, login ip, signup ip, ip v 4, ip v 6, mac address, mac addr, wifi mac, ' +
      'bluetooth mac, installation id, install id, vendor id, browser fingerprint, user agent, hardware id, sim serial, last login ip',
    weak: 'ip ipv ssid bssid mac fcm onesignal',
    contextual: 'serial fingerprint',
  },
};

/**
 * Last words that say that a field is *about* something and does not hold it: `email_verified`, `card_layout`,
 * `phone_model`, `ip_rating`. Unless a phrase takes the word in (`blood type`, `order status`), they end the matter.
 */
export const DESCRIBERS =
  'verified confirmed validated validation valid invalid enabled disabled allowed required optional visible hidden active locked ' +
  'expired expires expiry expiration changed updated created deleted modified sent opened clicked bounced subscribed unsubscribed ' +
  'consent optin optout preference preferences setting settings config configuration option options notification notifications ' +
  'color colour layout theme style font size width format template type kind class category model brand make manufacturer vendor ' +
  'version os platform rating score level rank grade index count counts total sum limit quota length len ratio rate ' +
  'percent percentage bus flag status state mode policy rule rules strength attempts retries attempt retry timeout ttl delay interval ' +
  'at on by since until provider domain service server host port url uri link endpoint path file filename icon image logo label ' +
  'placeholder hint help tooltip description text title subject body content button screen page view tab field column table ' +
  'header headers frequency typ tipo schema source channel campaign queue topic job task event log logs error errors reason usage used quality accuracy precision ' +
  'unit units scale group pattern regex mask masking separator prefix suffix check checks health resolution ready visibility ' +
  'language locale timezone currency plan tier permission permissions role roles scope scopes compliance bounce test tested ' +
  'days hours minutes weeks estimated constraint ms sec seconds millis px pct breakpoint ttl hash_algorithm algorithm rounds encoding charset support supported types models versions case book ' +
  'options request requests requested reset_request medium extension mime checksum headsign';

/** Last words that change nothing: `phone_number`, `email_hash`, `address_2`, `street_name`. */
export const NEUTRAL =
  'number no nr num nummer numero address addr code id ids uuid value val hash hashed md sha encrypted enc cipher ciphertext masked mask ' +
  'raw primary secondary main alt alternate alternative home work office private business personal mobile landline normalized ' +
  'normalised lower lowercase canonical line str string text name names list array full new old current previous prev original ' +
  'backup recovery emergency contact user customer client member account owner profile data info details detail e electronic ' +
  'datum contacto contatto contato kontakt perso pro privado privada privato prive privat particular fijo fixe fixo fisso trabajo travail lavoro trabalho principal principale secundario alternativo alternativa ' +
  'country area international local default preferred intl digits of de du di da del the my your last first second third date point ' +
  'kg cm lb avg max min points field amount month year day time holder token key item items line lines order billing shipping delivery payment login user';

/** First words of flags, counters and times: `is_email`, `has_password`, `num_orders`, `show_phone`. */
export const FLAGS =
  'verified confirmed is has can should needs need must was were did allow allows enable disable show hide use uses num count number require requires max min supports skip ignore sort marked subscribed unsubscribed bounced clicked opened blocked flagged synced exported imported';

/** Word sequences that mean something else altogether. */
export const OTHER_MEANINGS =
  'sort order, display order, column order, order by, list order, page token, next page token, csrf token, xsrf token, ' +
  'continuation token, sync token, token count, tokens used, prompt tokens, completion tokens, total tokens, max tokens, ' +
  'health check, base address, contract address, memory address, bus address, register address, file position, scroll position, ' +
  'cursor position, list position, queue position, data location, file location, storage location, primary key, foreign key, ' +
  'partition key, sort key, flight recorder, feature flight, shopping cart url, user name color, mail server, card view, ' +
  'mobile app, mobile web, mobile version, state machine, zip file, zip archive, table cell, cell value, cell count, pass rate, ' +
  'pass count, game level, race condition, race track, travel time, sign in count, cookie consent, cookie policy, cart abandoned, ' +
  'ip rating, signature algorithm, package signature, app signature, file signature, driver version, port mobile, ' +
  'tax amount, tax rate, invoice prefix, key prefix, table prefix, path prefix, phone prefix, order prefix, mode livraison, mode de livraison, frais livraison, market cap, wheelchair boarding, job title, inventory quantity, stock quantity, available quantity, quantity on hand, birth integer, location type, location id, menu position, grid position, video position, password policy, secret santa, session timeout, patient zero, ' +
  'destination url, destination address, destination port, source address, source port, destination ip, payment terms, handle type, ' +
  'bank holiday, phone code, dial code, calling code, area code, basket ball, login count, login page, login url, last login, login at, last login at, login attempts, position title, job position, ' +
  'in reply to, transaction code, transaction type, file name, host name, table name, class name, package name, product name, brand name, field name, event name, ' +
  'app name, zip from, zip to, postcode from, postcode to, signature hash, phone country, failed login, failed logins, location code, ward code, clinic code, hospital code, postcode range, zip range, postal code range, ip range, weight range, server ip, host ip, node ip, pod ip, cluster ip, container ip, upstream ip, proxy ip, dns ip, listen ip, bind ip, listen address, bind address, key signature, time signature, excess amount, deductible amount, minimum amount, maximum amount, min amount, max amount, min order amount, minimum order amount, minimum order, min order, threshold amount, points balance, gems balance, gem balance, coins balance, coin balance, tokens balance, credits balance, xp balance, leave balance, load balance, white balance, colour balance, color balance, balance sheet, load balancer, tag name, category name, content type, mime type, virtual address, delivery medium';

/** Names of data sets that say whose or what records they hold. */
export const DATASETS: Readonly<Record<string, Category>> = {
  user: 'identity',
  customer: 'identity',
  client: 'identity',
  member: 'identity',
  account: 'identity',
  profile: 'identity',
  person: 'identity',
  people: 'identity',
  contact: 'identity',
  employee: 'identity',
  subscriber: 'identity',
  driver: 'identity',
  partner: 'identity',
  staff: 'identity',
  lead: 'identity',
  applicant: 'identity',
  tenant: 'identity',
  mitarbeiter: 'identity',
  empleado: 'identity',
  kunder: 'identity',
  klienci: 'identity',
  anagrafica: 'identity',
  student: 'identity',
  guest: 'identity',
  kunde: 'identity',
  kunden: 'identity',
  benutzer: 'identity',
  utilisateur: 'identity',
  cliente: 'identity',
  usuario: 'identity',
  utente: 'identity',
  klant: 'identity',
  order: 'orders',
  cart: 'orders',
  basket: 'orders',
  invoice: 'orders',
  purchase: 'orders',
  shipment: 'orders',
  delivery: 'orders',
  bestellung: 'orders',
  commande: 'orders',
  pedido: 'orders',
  payment: 'payment',
  transaction: 'payment',
  card: 'payment',
  payout: 'payment',
  wallet: 'payment',
  patient: 'health',
  diagnosis: 'health',
  prescription: 'health',
  medical: 'health',
  wellness: 'health',
  fitness: 'health',
  workout: 'health',
  health: 'health',
  vital: 'health',
  booking: 'travel',
  reservation: 'travel',
  trip: 'travel',
  flight: 'travel',
  ride: 'travel',
  journey: 'travel',
  itinerary: 'travel',
  location: 'location',
  position: 'location',
  address: 'location',
  place: 'location',
  geo: 'location',
  device: 'device',
  session: 'device',
  login: 'device',
};

/** Last parts of a path that Elasticsearch and others add to hold the same value once more: `email.keyword`. */
export const MULTI_FIELDS = 'keyword raw text exact lower lowercase normalized suggest autocomplete ngram analyzed';
