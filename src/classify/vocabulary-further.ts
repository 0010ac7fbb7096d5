/**
 * Words beside those of `vocabulary.ts` and `vocabulary-languages.ts`: Japanese in Latin letters, Vietnamese, measures of the
 * body, traces, and words of people. Reading as in `vocabulary.ts`.
 */
import type { MissionCategory } from '../core/category.ts';
import type { CategoryWords } from './vocabulary.ts';

export const MORE_WORDS: Readonly<Record<MissionCategory, CategoryWords>> = {
  credentials: {
    strong: 'angou anshou matkhau psk mnemonic xprv seedphrase',
    phrases:
      'mat khau, ma pin, ma xac thuc, ma otp, pasuwado, auth header, authorization header, authorisation header, basic auth, pre shared key, seed phrase, recovery phrase, signing secret, webhook token, refresh tok, access tok, auth tok, session tok, api tok, door code, gate code, access code, entry code, entrance code, alarm code, lock code, safe code, key safe code, keypad code, lockbox code, wifi password, unlock code, disarm code, tuer code, code porte, code acces, codigo puerta, codigo acceso, codice porta, codice accesso, toegangscode, zugangs code',
    weak: '',
    contextual: '',
  },
  location: {
    strong:
      'adresszusatz huisnr hausnr miejscowosc kabupaten kelurahan kecamatan ortsteil postitoimipaikka varos gemeente katuosoite geofence geofences inregions polyline geojson geocode diachi jusho juusho yubinbango yuubinbangou todofuken shikuchoson banchi ido keido',
    phrases:
      'house no, house nr, house num, house nbr, flat no, flat number, apartment no, apartment number, apt no, apt number, unit no, numero casa, nr casa, numero exterior, numero interior, numero civico, nr domu, nr mieszkania, code post, in regions, dia chi, phuong xa, quan huyen, tinh thanh, ma buu chinh, ma buu dien, kinh do, vi do, yubin bango, yuubin bangou, route polyline, ' +
      'summary polyline, encoded polyline, track points, gpx track, codigo poblacion, address state, address region, start point, end point, geo shape, adr line, postal adr, ship to line, bill to line, ship to town, bill to town, geo long',
    weak: 'quartier shikugun municipality borough residence',
    contextual: 'via il complemento long poblacion longi lati quan huyen phuong tinh',
  },
  travel: {
    strong:
      'abreise anreise vertrek vertrekdatum aankomst aankomstdatum chuyenbay ryoko yoyaku bookingreference baggagetag',
    phrases:
      'passenger count, ticket no, e ticket, eticket no, nr lotu, numer lotu, nr rezerwacji, numer rezerwacji, cislo letu, cislo rezervace, chuyen bay, ma dat cho, ngay di, ngay ve, baggage tag number, luggage tag, frequent flyer number, frequent flier, boarding sequence, ' +
      'yoyaku bango, shuppatsu bi, tochaku bi',
    weak: '',
    contextual: 'confirmation',
  },
  payment: {
    strong: 'kartennummer sotaikhoan kozabango fico',
    phrases:
      'exp yr, exp mo, expiry yr, expiry mo, exp mm, exp yy, routing no, routing nbr, routing num, carta numero, kart no, kart numarasi, kortnummer, nr karty, numer karty, cislo karty, cislo uctu, numer konta, kontonummer, so tai khoan, so the, ten ngan hang, ngan hang, koza bango, koza meigi, ginko mei, cardo bango, creditor account, debtor account, ' +
      'ultimate debtor, ultimate creditor, account iban, account bban, gross pay, net pay, base pay, take home pay, charge id, stripe charge, direct debit reference, bank statement',
    weak: 'debtor creditor bban',
    contextual: '',
  },
  email: {
    strong: 'thudientu meru',
    phrases:
      'mail addr, mail perso, mail pro, mail personnel, indirizzo mail, direccion mail, direccion email, endereco email, adres email, adres mail, thu dien tu, hop thu, meru adoresu, mail from, mail to, rcpt to, envelope from, envelope to',
    weak: '',
    contextual: '',
  },
  phone: {
    strong: 'festnetz festnetznummer vastetelefoon dienthoai sodienthoai denwa denwabango keitai',
    phrases:
      'portable perso, portable pro, tel fixe, dien thoai, so dien thoai, so dt, ph no, ph number, ph num, denwa bango, denwa bangou, keitai denwa, keitai bango',
    weak: 'sdt dt_ban caller callee',
    contextual: '',
  },
  identity: {
    strong:
      'geburtsdat benutzername gebruikersnaam pseudo rijbewijs statsborgerskap statsborgerskab medborgarskap kansalaisuus narodnost obcanstvi ehliyet personnr fodselsnr personnummer hoten ngaysinh gioitinh cccd cmnd shimei seinengappi seibetsu kokuseki myoji namae furigana mname jid ansprechpartner pronoun pronouns ethnoracial ethnicorigin bday ' +
      'sokuseki birthname',
    phrases:
      'dt naiss, date naiss, lieu naiss, prawo jazdy, medeni hal, medeni durum, pasaport no, pasaport numarasi, ehliyet no, cislo op, cislo pasu, cislo dokladu, run chileno, kjonn, nom utilisateur, nombre usuario, nome utente, nome usuario, voter registration, voter reg, voter id, elector id, electoral number, voter number, age at, personal nr, person nr, driving lic, ho ten, ho va ten, ten dem, ngay sinh, noi sinh, gioi tinh, quoc tich, so cccd, so cmnd, can cuoc, ho chieu, so ho chieu, hon nhan, ' +
      'shi mei, sei mei, sei nen gappi, tanjo bi, relationship status, civil status, family status, raca cor, cor raca, raza etnia, race ethnicity, ' +
      'login id, logon name, sign in name, ethnic origin, ethnic group, preferred pronouns, cartao nacional saude, num ss, nr ss, no ss, numero ss, middle nm, first nm, last nm, n family, n given',
    weak: 'plaintiff defendant guardian cns raca raza etnia fuku sei_mei',
    contextual: 'ss nation apelido kon koen',
  },
  orders: {
    strong:
      'bestelnummer bestelnr besteldatum ordernr ordernummer auftragsnummer donhang madonhang chumon hoadon giohang',
    phrases:
      'items count, bestel nummer, bestel nr, bestel datum, order nr, gesamt betrag, montant total, total general, don hang, ma don hang, hoa don, gio hang, chumon bango, chumon bi, konyu bi',
    weak: '',
    contextual: '',
  },
  health: {
    strong:
      'vaccinationstatus diagnostic krankenversichertennummer versichertennr enfermedades enfermedad medicijnen medicijn injury injuries fracture fractures biopsy hrv vo2max benhan chandoan nhommau thuoc ketsuekigata karyotype genotype phenotype hpo rxnorm loinc ndc bps bpd manifestation anaphylaxis comorbid ' +
      'byoki shindan wbc rbc hematocrit haematocrit ferritin egfr heartbeat medical clinical prescribed',
    phrases:
      'vaccination status, peso corporal, poids corporel, peso corporeo, vo 2, vo 2 max, heart rate variability, resting heart rate, respiratory rate, respiration rate, oxygen saturation, body temperature, sleep time, sleep duration, sleep minutes, sleep seconds, sleep stages, deep sleep, rem sleep, light sleep, weight in grams, weight in kg, body age, ' +
      'medico curante, medecin traitant, medico cabecera, medico de cabecera, lekarz prowadzacy, treating physician, attending physician, treating doctor, primary care physician, family doctor, benh an, chan doan, nhom mau, di ung, baja medica, licencia medica, arret maladie, krank meldung, sick leave, sick note, ketsueki gata, ' +
      'waist circumference, head circumference, hip circumference, body surface area, drug allergy, genetic variant, medical leave, max heart rate, ' +
      'average heart rate, stress level, reaction severity, adverse event, adverse reaction, side effect, reason for visit, visit reason, wbc count, rbc count, platelet count, blood count, presenting complaint, care team',
    weak: 'drug medica medizinisch medisch waist medicamentos stool urine',
    contextual:
      'conditions traitement gesamtbefund temperature respiration weight height dose circumference coding manifestation pulse temp breathing sleep steps calories reaction',
  },
  device: {
    strong: 'eui deveui',
    phrases: 'dev eui, p 256 dh, push auth',
    weak: '',
    contextual: '',
  },
};
