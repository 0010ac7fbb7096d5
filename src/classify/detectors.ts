/**
 * What exactly a field holds, within its category: by words of its name, by what its values are, or both. The first row
 * of a category that fits is taken, so that narrow ones stand before wide ones. Words are read as in `vocabulary.ts`.
 */
import type { MissionCategory } from '../core/category.ts';

export interface Detector {
  /** `payment/card-number`. */
  id: string;
  category: MissionCategory;
  /** What people call it. */
  title: string;
  /** Words in the name; phrases separated by commas. */
  names: string;
  /** Checks (of `tally.ts`) one of which its values pass. */
  checks: readonly string[];
  /** Share of true values that pass: for checks that know only a part of what there is. */
  sensitivity?: number;
  /** Values alone may tell it, under whatever name. */
  alone?: true;
  country?: string;
}

/** Country, names. The detector is `identity/<id>`; its check has the same id. */
const NATIONAL: readonly (readonly [id: string, title: string, names: string])[] = [
  ['ssn-us', 'US social security numbers', 'ssn, social security, social security number'],
  ['sin-ca', 'Canadian social insurance numbers', 'sin, sin number, social insurance number'],
  [
    'nino-gb',
    'British national insurance numbers',
    'nino, ni number, national insurance, national insurance number, ninumber',
  ],
  [
    'tax-id-de',
    'German tax identification numbers',
    'steuer id, steuerid, idnr, steuer identifikationsnummer, steueridentifikationsnummer, steuer nr, steuernummer',
  ],
  [
    'social-insurance-de',
    'German social insurance numbers',
    'sozialversicherungsnummer, sozial versicherungsnummer, sv nummer, svnr',
  ],
  [
    'nir-fr',
    'French social security numbers',
    'nir, insee, numerosecu, numero secu, num secu, no secu, securite sociale, numero securite sociale',
  ],
  ['nif-fr', 'French tax numbers', 'numero fiscal, spi, nif'],
  ['dni-es', 'Spanish DNI', 'dni, nif, documento identidad, numero documento'],
  ['nie-es', 'Spanish NIE', 'nie'],
  ['codice-fiscale-it', 'Italian codice fiscale', 'codice fiscale, codicefiscale, cod fiscale, cod fisc, cf'],
  ['bsn-nl', 'Dutch BSN', 'bsn, burgerservicenummer, burger service nummer'],
  [
    'national-number-be',
    'Belgian national numbers',
    'rijksregisternummer, registre national, numero national, insz, niss',
  ],
  ['nif-pt', 'Portuguese NIF', 'nif, numero contribuinte, contribuinte'],
  ['pesel-pl', 'Polish PESEL', 'pesel'],
  ['personnummer-se', 'Swedish personal numbers', 'personnummer, person nummer'],
  ['fodselsnummer-no', 'Norwegian birth numbers', 'fodselsnummer, fodsels nummer'],
  ['cpr-dk', 'Danish CPR numbers', 'cpr, cprnummer, cpr nr, cpr nummer'],
  ['hetu-fi', 'Finnish personal codes', 'hetu, henkilotunnus'],
  ['ahv-ch', 'Swiss AHV numbers', 'ahv, ahv nr, ahv nummer, avs, numero avs'],
  ['svnr-at', 'Austrian social insurance numbers', 'svnr, sv nummer, sozialversicherungsnummer'],
  ['rodne-cislo-cz', 'Czech and Slovak birth numbers', 'rodne cislo, rodnecislo, rc'],
  ['cnp-ro', 'Romanian CNP', 'cnp'],
  ['egn-bg', 'Bulgarian EGN', 'egn'],
  ['oib-hr', 'Croatian OIB', 'oib'],
  ['amka-gr', 'Greek AMKA', 'amka'],
  ['pps-ie', 'Irish PPS numbers', 'pps, ppsn, pps number'],
  ['kimlik-tr', 'Turkish identity numbers', 'tckn, tc kimlik, tc kimlik no, tckimlik, kimlikno, tc no, kimlik'],
  ['inn-ru', 'Russian INN of people', 'inn, инн'],
  ['cpf-br', 'Brazilian CPF', 'cpf, cpf cnpj'],
  ['curp-mx', 'Mexican CURP', 'curp'],
  ['rfc-mx', 'Mexican RFC', 'rfc'],
  ['cuit-ar', 'Argentine CUIL and CUIT', 'cuit, cuil'],
  ['dni-ar', 'Argentine DNI', 'dni, documento'],
  ['run-cl', 'Chilean RUN', 'rut, run'],
  [
    'aadhaar-in',
    'Indian Aadhaar numbers',
    'aadhaar, aadhar, aadhaar number, aadhaar no, aadhar no, aadhaarnumber, uidai',
  ],
  ['pan-in', 'Indian PAN', 'pan card, pan no, panno, pannumber, pan number'],
  ['resident-number-cn', 'Chinese resident numbers', '身份证, 身份证号, shenfenzheng, id card'],
  ['rrn-kr', 'Korean resident numbers', '주민등록번호, rrn'],
  ['my-number-jp', 'Japanese Individual Numbers', 'マイナンバー, my number, individual number'],
  ['hkid-hk', 'Hong Kong identity cards', 'hkid'],
  ['nric-my', 'Malaysian NRIC', 'nric, ic no, mykad'],
  ['id-th', 'Thai identity numbers', 'thai id, citizen id'],
  ['tfn-au', 'Australian tax file numbers', 'tfn, tax file number'],
  ['ird-nz', 'New Zealand IRD numbers', 'ird'],
  ['id-za', 'South African identity numbers', 'sa id'],
  ['id-il', 'Israeli identity numbers', 'teudat zehut'],
];

export const DETECTORS: readonly Detector[] = [
  row(
    'credentials/password',
    'passwords',
    'password, passwd, pwd, pw, passphrase, passcode, pass, passwort, kennwort, contrasena, clave, senha, wachtwoord, mot de passe, mot passe, motdepasse, haslo, heslo, losenord, adgangskode, passord, salasana, sifre, parola, jelszo, пароль, 密码, パスワード, 비밀번호, password hash, user pass, userpass, pw hash, pwhash, kata sandi, sandi, mdp, pswd, psw, pword, passwordhash, userpassword, bcrypt, encrypted password, 口令',
    [],
    1,
  ),
  row(
    'credentials/one-time-code',
    'one-time codes',
    'otp, totp, one time code, verification code, login code, sms code, pin, pin code, mfa, two factor secret, otp secret, totp secret, mfa secret, recovery code, backup code, recovery codes, backup codes',
    [],
  ),
  row(
    'credentials/token',
    'tokens and sessions',
    'jwt, token, session, sess, cookie, sessionid, session id, session key, accesstoken, refreshtoken, authtoken, jeton, bearer',
    ['jwt', 'token', 'uuid'],
    0.8,
  ),
  row(
    'credentials/api-key',
    'API keys and secrets',
    'api key, apikey, secret, private key, access key, client secret, encryption key, signing key, secret key, api secret, privatekey, secretkey, clientsecret',
    ['api-key', 'token', 'uuid'],
    0.8,
  ),
  { ...row('credentials/jwt-value', 'JSON Web Tokens', '', ['jwt']), alone: true },
  { ...row('credentials/api-key-value', 'API keys of known issuers', '', ['api-key']), alone: true },
  { ...row('credentials/password-hash', 'password hashes', '', ['password-hash']), alone: true },
  row('credentials/secret', 'credentials', '', []),

  row(
    'location/latitude',
    'latitudes',
    'lat, latitude, geo lat, breitengrad, latitud, geolat, breite, 纬度, latitudine',
    ['degrees', 'coordinates'],
    0.8,
  ),
  row(
    'location/longitude',
    'longitudes',
    'lon, lng, longitude, geo lng, geo lon, laengengrad, longitud, geolng, laenge, 经度, longitudine',
    ['degrees', 'coordinates'],
    0.8,
  ),
  {
    ...row(
      'location/coordinates',
      'coordinates',
      'coordinate, coordinates, coords, geo point, geopoint, latlng, latlon, lat long, gps, geo coordinates, geolocation, geo location',
      ['coordinates'],
    ),
    alone: true,
    sensitivity: 0.9,
  },
  row(
    'location/postal-code',
    'postal codes',
    'zip, zipcode, zip code, postcode, post code, postal code, postalcode, plz, postleitzahl, code postal, codepostal, codigo postal, codepostal, cep, cap, kod pocztowy, postnummer, postnr, postinumero, psc, posta kodu, kodepos, pincode, pin code, 郵便番号, 邮编, 우편번호, iranyitoszam, почтовый индекс, индекс, eircode',
    ['postal', 'postal-telling'],
    0.9,
  ),
  { ...row('location/postal-code-value', 'postal codes with letters', '', ['postal-telling']), alone: true },
  {
    ...row(
      'location/street-address',
      'street addresses',
      'street, address, strasse, rue, calle, via, rua, straat, ulica, gatuadress, vej, osoite, ulice, adresse, adres, direccion, indirizzo, endereco, anschrift, addr, 住所, 地址, 주소, адрес, alamat, address line',
      ['street'],
      0.5,
    ),
    alone: true,
  },
  row('location/place', 'places', '', []),

  {
    ...row(
      'travel/flight-number',
      'flight numbers',
      'flight number, flight no, flight num, flightno, flightnumber, flightnum, flugnummer, flugnr, numero vol, numero vuelo, numero volo, numero voo, vluchtnummer, flight code',
      ['flight'],
      0.8,
    ),
    alone: true,
  },
  row(
    'travel/record-locator',
    'booking references',
    'pnr, record locator, locator, booking reference, bookingref, booking ref, booking code, confirmation code, localizador, buchungsnummer',
    ['locator', 'words', 'mixed', 'code', 'three-capitals'],
    0.8,
  ),
  row('travel/airport', 'airports', 'airport, aeropuerto, aeroporto, aeroport, flughafen', []),
  row('travel/booking', 'travel details', '', []),

  {
    ...row(
      'payment/card-number',
      'card numbers',
      'pan, card number, card no, card num, cardno, cardnum, cardnumber, cc number, cc num, ccnumber, ccnum, credit card, creditcard, debit card, debitcard, kreditkarte, numero tarjeta, numero carte, numero carta, numero cartao, numero de tarjeta, numero de cartao, numer karty, kartennummer, carte bancaire, karten nummer, 银行卡号, カード番号, 카드번호, номер карты, kart no',
      ['card', 'masked'],
      0.9,
    ),
    alone: true,
  },
  { ...row('payment/iban', 'IBANs', 'iban', ['iban', 'masked']), alone: true },
  row(
    'payment/card-security-code',
    'card security codes',
    'cvv, cvc, ccv, cvv 2, cvv2, ccv 2, cccvv, card security code',
    ['code', 'masked'],
  ),
  row(
    'payment/bank-account',
    'bank accounts',
    'account number, bank account, routing number, sort code, bic, swift, kontonummer, blz, clabe, cbu, ifsc, accountnumber, bankaccount, swift code, rib, account no',
    [],
  ),
  row('payment/income', 'income and balances', 'salary, income, wage, balance, gehalt, lohn, salaire', []),
  row('payment/detail', 'payment details', '', []),

  { ...row('email/address', 'e-mail addresses', '', ['email'], 0.93), alone: true },
  row('email/within-text', 'text with e-mail addresses', '', ['email-within'], 0.6),

  {
    ...row('phone/number', 'phone numbers', '', ['phone-international', 'phone-written', 'phone-shaped']),
    sensitivity: 0.9,
  },
  {
    ...row('phone/international', 'international phone numbers', '', ['phone-international']),
    alone: true,
    sensitivity: 0.9,
  },

  ...NATIONAL.map(
    ([id, title, names]): Detector => ({
      ...row(`identity/${id}`, title, names, [`identity/${id}`], 0.95),
      country: id.slice(-2).toUpperCase(),
    }),
  ),
  row(
    'identity/date-of-birth',
    'dates of birth',
    'date of birth, dob, birth date, birthdate, birthday, birth, geburtsdatum, geburtstag, geburts datum, date naissance, date de naissance, datenaissance, fecha nacimiento, fecha de nacimiento, nacimiento, fechanacimiento, data nascita, data di nascita, nascita, data nascimento, data de nascimento, nascimento, data nasc, dt nasc, dt nascimento, geboortedatum, geboorte datum, data urodzenia, fodelsedatum, fodselsdato, syntymaaika, datum narozeni, dogum tarihi, data nasterii, дата рождения, 生年月日, 出生日期, 생년월일, tanggal lahir, birth year, year of birth, birth day, dateofbirth, birthyear, yob, born',
    ['date', 'birth-year', 'year', 'date-time', 'epoch', 'age'],
    0.8,
  ),
  row(
    'identity/gender',
    'gender',
    'gender, sex, geschlecht, sexe, sexo, sesso, geslacht, plec, genero, kjonn, koen, sukupuoli, pohlavi, cinsiyet, пол, 性别, 性別, 성별, jenis kelamin, jeniskelamin',
    ['sex', 'small'],
    0.8,
  ),
  row(
    'identity/passport',
    'passports',
    'passport, reisepass, passnummer, pasaporte, passeport, passaporte, passaporto, paspoort, paszport, паспорт, 护照号, passport no, passport number, passportno, passportnumber',
    ['mixed', 'code', 'masked'],
    0.8,
  ),
  row(
    'identity/driving-licence',
    'driving licences',
    'driver license, drivers license, driver licence, driving license, driving licence, dl number, driverlicense, driverslicense, fuehrerschein',
    [],
  ),
  {
    ...row('identity/vin', 'vehicle identification numbers', 'vin, vehicle identification number, vin number', ['vin']),
    alone: true,
  },
  row(
    'identity/licence-plate',
    'licence plates',
    'license plate, licence plate, plate number, number plate, licenseplate, licenceplate, kennzeichen, matricula, targa, kenteken, plaka, immatriculation',
    ['mixed', 'code', 'words'],
    0.8,
  ),
  {
    ...row(
      'identity/person-name',
      'names of people',
      'name, vorname, nachname, prenom, nom, nombre, apellido, apellidos, nome, cognome, voornaam, achternaam, firstname, lastname, surname, fullname, imie, nazwisko, fornamn, efternamn, 氏名, 姓名, 名前, 성명, имя, фамилия',
      ['name-given', 'name-family', 'name-script'],
      0.35,
    ),
    alone: true,
  },
  row('identity/attribute', 'identity', '', []),

  row(
    'orders/order-number',
    'order numbers',
    'order id, order no, order number, orderid, orderno, ordernumber, bestellnummer, order ref',
    [],
  ),
  row('orders/record', 'order records', '', []),

  {
    ...row(
      'health/diagnosis-code',
      'diagnosis codes',
      'icd, icd 10, icd code, icd 10 code, icdcode, icd10, diagnosis code',
      ['icd-10-dotted', 'icd-10-short'],
      0.8,
    ),
  },
  { ...row('health/diagnosis-code-value', 'ICD-10 codes', '', ['icd-10-dotted'], 0.7), alone: true },
  {
    ...row(
      'health/blood-type',
      'blood types',
      'blood type, blood group, bloodtype, bloodgroup, blutgruppe, groupe sanguin, grupo sanguineo, gruppo sanguigno, bloedgroep, grupa krwi, blodgrupp, 血型, 血液型, 혈액형, golongan darah, tipo sanguineo',
      ['blood-type', 'three-capitals', 'words'],
      0.8,
    ),
    alone: true,
  },
  row('health/patient', 'patients', 'patient, patient id, patientid, mrn, medical record number', []),
  row('health/record', 'health records', '', []),

  {
    ...row(
      'device/ip-address',
      'IP addresses',
      'ip, ipaddress, ipaddr, ip address, client ip, ipv, ip v 4, ip v 6, clientip, remoteip',
      ['ip', 'masked'],
    ),
    alone: true,
  },
  {
    ...row('device/mac-address', 'MAC addresses', 'mac, mac address, macaddress, macaddr, bssid', ['mac']),
    alone: true,
  },
  { ...row('device/imei', 'IMEI numbers', 'imei', ['imei', 'masked']), alone: true },
  row(
    'device/advertising-id',
    'advertising identifiers',
    'idfa, gaid, aaid, adid, idfv, advertising id, ad id, advertisingid, oaid',
    ['uuid', 'token'],
    0.8,
  ),
  row(
    'device/push-token',
    'push tokens',
    'push token, fcm token, apns token, gcm token, registration token, pushtoken, fcmtoken, device token, notification token',
    ['token', 'uuid'],
    0.8,
  ),
  { ...row('device/user-agent', 'user agents', 'user agent, useragent', ['user-agent']), sensitivity: 0.8 },
  { ...row('device/user-agent-value', 'user agents', '', ['user-agent']), alone: true },
  row('device/identifier', 'device identifiers', '', []),
];

function row(id: string, title: string, names: string, checks: readonly string[], sensitivity = 0.95): Detector {
  return { id, category: id.slice(0, id.indexOf('/')) as MissionCategory, title, names, checks, sensitivity };
}
