/**
 * Further names of fields, beside those of `vocabulary.ts`: what national forms, registers and products call things, in
 * some twenty languages. Words here are found as whole words only; none is taken out of a of letters.
 *
 * Reading as in `vocabulary.ts`: strong words, phrases (separated by commas), weak words, contextual words.
 */
import type { MissionCategory } from '../core/category.ts';
import type { CategoryWords } from './vocabulary.ts';

export const FURTHER_WORDS: Readonly<Record<MissionCategory, CategoryWords>> = {
  credentials: {
    strong:
      'pw passwordhash pwhash pswd psw pword userpassword motdepasse mdp haslo heslo losenord adgangskode salasana sifre parola jelszo ' +
      'пароль 密码 口令 パスワード 비밀번호 katasandi sandi sessionid sessionkey accesstoken refreshtoken authtoken idtoken ' +
      'bearer privatekey secretkey clientsecret otpsecret recoverycodes',
    phrases:
      'wachtwoord hash, mot de passe hache, hash contrasena, contrasena hash, senha hash, hash senha, haslo hash, passwort hash, ' +
      'pass hash, pw hash, user pass, user pwd, temp password, reset code, activation key, activation hash, rp token, magic link token, confirmation token, unlock token, ' +
      'invitation token, invite token, device secret, webhook secret, consumer secret, consumer key, auth key, auth secret, auth hash, ' +
      'auth cookie, api secret, token hash, reset password token, jeton acces, jeton session, kata sandi, secret code, pin number, ' +
      'encrypted pin, service account key, ssh key, ssh private key, license key secret, credential value, secret data, secret value, passwd hash, salted password, ' +
      'codigo verificacion, session data, two factor code, two factor recovery codes, web authn credential, totp seed, mfa seed, hmac key',
    weak: 'jeton',
    contextual: '',
  },
  location: {
    strong:
      'geom pstlz stras ort01 latitud longitud breite laenge laengengrad addressline streetaddress streetname housenumber ' +
      'ulica kod_pocztowy miasto adres_zamieszkania gatuadress postnummer postadress adresse_ligne vej vejnavn postnr poststed ' +
      'osoite postinumero katuosoite mesto psc ulice adres_ilce mahalle sokak postakodu adresa strada ' +
      'localitate iranyitoszam utca telepules адрес улица город индекс 住所 郵便番号 都道府県 市区町村 番地 地址 邮编 城市 街道 经度 纬度 ' +
      '주소 우편번호 도로명 alamat kelurahan kecamatan kodepos kota jalan pincode domicilio colonia municipio logradouro cidade_residencia ' +
      'morada localidade freguesia localita comune provincia_residenza residenza codepostal plaats adressezeile ort wohnort strassenname ' +
      'hnr hausnr postort kommune eircode addr1 addr2 addr3 addrline latitude_deg longitude_deg geolat geolng',
    phrases:
      'kod pocztowy, adres dostawy, adres zamieszkania, miejsce zamieszkania, numer domu, nr domu, code commune, ville residence, adresse ligne, adresse postale, adresse domicile, ' +
      'adresse livraison, adresse facturation, numero voie, nom voie, direccion envio, direccion facturacion, direccion postal, codigo postal envio, ' +
      'numero exterior, numero interior, indirizzo residenza, indirizzo spedizione, codice postale, cap residenza, numero civico, ' +
      'citta residenza, comune residenza, endereco entrega, endereco cobranca, codigo postal entrega, numero endereco, ' +
      'bezorg adres, post code plaats, straat naam, huis nummer, lat long, geo lat lng, start lat, start lng, end lat, end lng, stop lat, stop lon, ' +
      'pickup lat, pickup lng, dropoff lat, dropoff lng, last known location, home lat, home lng, current lat, current lng, ' +
      'mailing street, mailing city, billing street, billing city, shipping street, shipping city, billing postcode, shipping postcode, ' +
      'billing zip, shipping zip, mailing postal code, permanent address, present address, current address, residence address, delivery street, address street, ' +
      'address zip, address postal code, address district, full address, formatted address, address 3, address line 1, address line 2, ' +
      'living address, registered address, birth country, pin code area, postal area, gps position, gps track, geo fence, user address, ' +
      'home postcode, posta kodu, ev adresi, acik adres, trvale bydliste, kode pos, alamat rumah, kota tinggal, ' +
      'почтовый индекс, адрес проживания, place of residence, city of residence, country of residence, work location gps, check in location, ' +
      'location coordinates, location latitude, location longitude, cell location, cell tower, street 1, street 2, apartment number, flat number',
    weak:
      'adresa indirizzi adresses commune localite kraj obec okres wojewodztwo powiat gmina provincia comuna sehir ilce addr ' +
      'cap localidad apartment gatan kaupunki locality',
    contextual: 'cp estado province uf bundesland canton kanton postal fylke maakunta',
  },
  travel: {
    strong:
      'iata icao flightno flightnumber flightnum bookingref bookingreference bookingid seatnumber vluchtnummer flugnummer flugnr volnumero ' +
      'reisedatum anreise abreise zimmernummer rezerwacja przylot wylot pasazer resa avgang ankomst flyg matka lento ' +
      'lähtö rezervace odlet prilet cestujici ucus yolcu rezervasyon рейс пассажир бронирование 航班 乘客 旅客 搭乗者 便名 予約番号 ' +
      '항공편 탑승객 예약번호 penerbangan penumpang pemesanan eticket ticketnumber frequentflyer passageiros embarcacao hospede ' +
      'huesped gaestenummer rejse afgang flyrejse reisende hospedes localizador vuelos pasajeros voli passeggero passeggeri volnummer',
    phrases:
      'flight no, flight num, flight date, flight code, record locator, locator code, confirmation code, ticket number, e ticket, e ticket number, coach number, ' +
      'berth number, seat assignment, seat preference, meal preference, loyalty flyer, ff number, frequent flyer no, check out, checkin date, checkout date, ' +
      'check in time, departure date, departure time, departure airport, departure city, departure station, arrival city, arrival station, arrival terminal, ' +
      'origin city, origin station, destination city, destination station, destination country, origin airport code, destination airport code, dep airport, arr airport, ' +
      'iata origin, iata destination, travel class, cabin class, fare class, fare basis, visa number, visa expiry, visa type, trip start, trip end, ' +
      'trip origin, trip destination, pickup address, dropoff address, drop off address, pick up time, ride start, ride end, journey date, travel dates, ' +
      'hotel name, hotel booking, number of nights, guest count, arrival flight, departure flight, outbound flight, return flight, return date, ' +
      'luggage count, baggage tag, boarding group, boarding time, boarding gate, numero vol, numero vuelo, numero volo, numero voo, ' +
      'date depart, date arrivee, fecha salida, fecha llegada, data partenza, data arrivo, data partida, data chegada, aeropuerto origen, aeropuerto destino, ' +
      'aeroporto partenza, aeroporto origem, aeroporto destino, aeroport depart, aeroport arrivee, numero reserva, codigo reserva, numero de reserva, codice prenotazione, ' +
      'numero reservation, reference reservation, dossier voyage, vlucht nummer, boekings nummer, numer lotu, numer rezerwacji, data wylotu, rezervasyon no, ucus no, ' +
      'traveler id, traveller id, traveler name, traveller name, traveler type, rail card, train no, coach seat, cruise number, rental car',
    weak: 'itinerario soggiorno sejour estancia aeropuerto aeroporto flughafen lotnisko lennot traveler traveller traveldocument pilgrim',
    contextual: 'asiento assento posto zitplaats sitzplatz siege',
  },
  payment: {
    strong:
      'cardno cardnum ccnumber ccnum ccexp cccvv creditcardnumber cardnumbermasked expirydate_card accountnumber accountno acctno acctnum routingnumber ' +
      'swift swiftbic bicswift bankleitzahl blz titulaire kontonr kontoinh rekening rekeninghouder rib cuentabancaria cbu clabe titolare ' +
      'pix chavepix boleto agencia ifsc upi upiid vpa konto rachunek nrb bankkonto kontonummer_iban kortnummer bankgiro plusgiro tilinumero kartanumero ' +
      'clearingnummer cislo_uctu hesap hesapno kart_numarasi kartno szamlaszam bankszamla счет карта 银行卡 银行卡号 卡号 账号 口座番号 口座名義 銀行名 カード番号 カード名義 ' +
      '계좌번호 카드번호 norek rekening_bank salary salario gehalt lohn salaire stipendio wynagrodzenie salaris loen reddito revenus ingresos renda salario_mensal paymentmethod payoutaccount ' +
      'creditlimit ccv2 cardexp cardexpiry cardcvv cardcvc cardtype_last4 bsb mandate mandatereference sepamandate',
    phrases:
      'account number, account no, account num, acct no, acct number, bank account number, bank account holder, bank account iban, bank code, bank branch, bank identifier, branch code, ' +
      'bank routing, aba number, ach routing, ifsc code, upi id, swift bic, bic swift, iban number, iban no, numer konta, numer rachunku, numer karty, nr konta, nr rachunku, ' +
      'card cvv, card cvc, card security code, cvv code, card pan, pan masked, pan number, masked pan, masked card, card masked, name on card, card name, card owner, card type, ' +
      'cc last 4, cc last four, cc type, cc owner, cc brand, card valid thru, valid thru, card issuer, card issue number, debit account, payer id, payer account, payee account, iban code, ' +
      'numero de cuenta, cuenta bancaria, numero tarjeta credito, titular tarjeta, titular cuenta, numero de tarjeta, fecha vencimiento tarjeta, codigo seguridad, ' +
      'numero de compte, numero compte, compte bancaire, titulaire compte, titulaire carte, date expiration carte, numero carte bancaire, coordonnees bancaires, ' +
      'numero carta, numero conto, conto corrente, intestatario conto, scadenza carta, codice iban, numero de cartao, numero do cartao, conta bancaria, conta corrente, ' +
      'chave pix, nome cartao, validade cartao, numero da conta, bank rekening, rekening nummer, iban nummer, konto nummer, karten nummer, konto inhaber, bank leitzahl, nomor rekening, no rekening, ' +
      'cislo uctu, cislo karty, kart numarasi, hesap no, hesap numarasi, iban no, номер карты, номер счета, расчетный счет, monthly salary, annual salary, base salary, annual income, gross salary, net salary, net worth, ' +
      'hourly wage, pay rate, payment reference, payment account, payment card number, payment instrument, payment profile id, payment customer id, payout method, billing details, billing info, billing name, billing token, ' +
      'billing agreement id, paypal email address, transaction id, transaction ref, transaction reference, wallet id, wallet number, crypbitcoin address, stripe account, stripe token, stripe card id, ' +
      'credit rating, mandate reference, sepa mandate, direct debit, debit card number, gift card balance, outstanding balance, current balance, available balance, loan amount, loan number, mortgage amount, tax withheld',
    weak: 'bank_name creditcardtype banque banco banca carte tarjetas adyen mollie iban_masked income_range payer payee instrument bitcoin',
    contextual: 'expiration exp holder',
  },
  email: {
    strong:
      'emailid emailaddr useremail mailaddr primaryemail workemail personalemail contactemail epost epostadresse epostadress eposta sahkoposti ' +
      'emailadresse emailadres emailaddresses почта 邮箱 电子邮件 メール メールアドレス 이메일 전자우편 surel courrielle emelcim correoelectronico mailadresse ' +
      'emailcliente emailnormalized lowercaseemail',
    phrases:
      'e post, e posta, e postadresse, e postadress, adres email, adres e mail, adresse e mail, adresse courriel, adresse electronique, correo, correo cliente, direccion correo, direccion email, direccion de correo, ' +
      'endereco email, endereco de email, correio eletronico, indirizzo e mail, mail adres, mail adresse, alamat email, e posta adresi, elektronska posta, e mail cim, электронная почта, адрес электронной почты, ' +
      'billing mail, reply to, reply to address, to address, bcc address, sender address, recipient address, sender mail, recipient mail, paypal mail, apple id mail, google mail',
    weak: 'mails',
    contextual: 'sender recipient bcc',
  },
  phone: {
    strong:
      'phoneno phonenr phonenum mobileno mobilenum mobilephonenumber homephone workphone cellno contactno telno telnr telefonnr telephonenumber ' +
      'telefono_movil fijo gsm komorka komorkowy nr_telefonu telefonszam puhelin puhelinnumero matkapuhelin mobiltelefon mobilnr tlf tlfnr mobiltelefonnummer ' +
      'ceptel cep_telefonu telefonnumarasi телефон мобильный 电话 手机 手机号 手机号码 電話番号 携帯電話 携帯番号 電話 전화번호 휴대폰 휴대전화 연락처 ponsel nohp telp notelp ' +
      'telemovel mobilni mobil faxnumber faxno rufnummer handynr mobielnummer gsmnummer celulares telefonos',
    phrases:
      'phone no, phone num, phone home, phone work, phone mobile, mobile phone number, mobile num, day phone, evening phone, daytime phone, contact no, contact tel, tel mobile, tel portable, tel fixe, tel domicile, ' +
      'numero telefono, numero de telefono, telefono movil, telefono fijo, telefono casa, telefono celular, numero celular, numero movil, numero cellulare, numero di telefono, numero telefone, numero de telefone, ' +
      'telefone celular, telefone fixo, telefone contato, telefoon nummer, mobiele nummer, numero de telephone, telephone portable, telephone mobile, telephone fixe, numero mobile, numer telefonu, nr telefonu, nr tel, telefon komorkowy, tel kontaktowy, tel kontakt, ' +
      'cep telefonu, cep no, telefon no, telefon numarasi, no hp, no telp, nomor hp, nomor telepon, telefonni cislo, cislo telefonu, номер телефона, мобильный телефон, emergency phone, emergency contact number, emergency contact phone, ' +
      'whatsapp no, wa number, sms phone, sms to, land line, landline number, phone 1, phone 2, alt phone, fax number, telefon privat, telefon mobil, telefon nummer, mobil nummer, voice number, msisdn number, called number, calling number, to number',
    weak: 'landline telf fono telefax fon tfno hp',
    contextual: '',
  },
  identity: {
    strong:
      'fname lname fullname firstnames lastnames nameprefix fname1 legalname customername contactname patientname employeename drivername guestname middleinitial ' +
      'vollername rufname geburtsname anrede_name familienstand ausweisnummer personalausweisnummer steueridentifikationsnummer konfession sozialversicherungsnummer passnummer nachnamen ' +
      'nomfamille nomprenom prenoms datenaissance numerosecu nir insee civilite situation_familiale nombres nombrecompleto apellidopaterno apellidomaterno fechanacimiento genero nacionalidad ' +
      'cedula rut curp nie cuil cuit rfc cnh rg datanascita luogonascita cittadinanza nominativo datanascimento nomecompleto nascimentos genero nacionalidade nif estadocivil ' +
      'geboortenaam burgerservicenummer geslachtsnaam voorletters tussenvoegsel nationaliteit roepnaam gebdatum gebdat geboorteplaats marital ' +
      'imie nazwisko imiona pesel dowod plec obywatelstwo dataurodzenia fornamn efternamn personnummer fodelsedatum fornavn etternavn efternavn fodselsdato fodselsnummer cprnummer cpr kjonn koen mellomnavn ' +
      'etunimi sukunimi henkilotunnus hetu syntymaaika sukupuoli jmeno prijmeni rodnecislo rodne narozeni pohlavi isim ad_soyad adsoyad soyad soyadi adi dogumtarihi tckn tckimlik kimlikno cinsiyet uyruk ' +
      'prenume cnp nume datanasterii keresztnev vezeteknev szuletes nev имя фамилия отчество паспорт снилс инн пол 姓名 姓 性别 出生日期 身份证 身份证号 护照号 民族 氏名 名前 苗字 ' +
      'フリガナ カナ 氏名カナ 生年月日 性別 国籍 マイナンバー 성명 이름 성별 생년월일 주민등록번호 국적 nik ktp namalengkap tanggallahir jeniskelamin npwp namadepan namabelakang ' +
      'aadhar aadhaarnumber panno pannumber uan voterid fathername mothername dni_numero ssn4 ssnlast4 tfn ninumber nationalinsurancenumber emiratesid nric hkid oib amka ' +
      'dateofbirth birthyear birth born yob passportno passportnumber driverlicense driverslicense licenseplate licenceplate numberplate vin ethnicgroup maritalstatus spouse sexualorientation ' +
      'religionid profilepicture userlogin userid_name loginname screenname displayname usernickname gamertag twitter linkedin facebookid instagram kennzeichen matricula targa kenteken immatriculation ' +
      'plaka nationalid idcard idnumber identitynumber idcardnumber avatarurl photourl gendercode',
    phrases:
      'name first, name last, name full, name family, name given, first names, last names, first initial, middle initial, given names, family names, surname 1, surname 2, legal first name, legal last name, name of applicant, ' +
      'applicant name, insured name, policyholder name, policy holder, account name, subscriber name, student name, teacher name, physician name, doctor name, passenger name, traveller name, buyer name, payer name, payee name, consignee name, ' +
      'emergency contact name, emergency contact, spouse name, maiden name mother, next of kin, guardian name, billing first name, billing last name, shipping name, ship to name, ship first name, bill to name, ' +
      'nom complet, nom famille, nom de famille, nom naissance, nom jeune fille, nom usage, nom client, nom patient, nom prenom, prenom client, numero securite sociale, num secu, no secu, securite sociale, numero identite, carte identite, ' +
      'numero passeport, num passeport, permis conduire, numero fiscal, etat civil, lieu de naissance, situation familiale, nombre completo, nombre cliente, primer apellido, segundo apellido, primer nombre, segundo nombre, apellido paterno, apellido materno, ' +
      'lugar nacimiento, numero documento, numero de documento, tipo documento identidad, documento identidad, numero identificacion, numero seguridad social, seguridad social, numero pasaporte, estado civil, licencia conducir, carnet conducir, ' +
      'codice fiscale cliente, cod fiscale, cod fisc, luogo nascita, luogo di nascita, nome completo, nome cognome, carta identita, numero documento identita, patente guida, numero passaporto, stato civile, nome cliente, nome completo cliente, nome mae, nome pai, ' +
      'nome social, data nasc, dt nascimento, dt nasc, numero rg, registro geral, numero contribuinte, cartao cidadao, numero identificacao, titulo eleitor, carteira motorista, ' +
      'voor naam, achter naam, geboorte datum, geboorte plaats, burgerlijke staat, id bewijs, rijbewijs nummer, paspoort nummer, burger service nummer, ' +
      'data urodzenia, miejsce urodzenia, nr dowodu, numer dowodu, imie nazwisko, imie i nazwisko, nazwisko rodowe, nr paszportu, stan cywilny, drugie imie, person nummer, fodelse datum, ' +
      'fodsels dato, fodsels nummer, datum narozeni, rodne cislo, dogum tarihi, dogum yeri, tc kimlik, tc kimlik no, tc no, ad soyad, nume familie, nume complet, data nasterii, ' +
      'дата рождения, место рождения, номер паспорта, серия паспорта, nama lengkap, nama depan, nama belakang, tanggal lahir, tempat lahir, jenis kelamin, nomor ktp, ' +
      'geburts datum, geburts ort, geburts name, vor name, nach name, steuer id, steuer nr, steuer identifikationsnummer, sozial versicherungsnummer, sv nummer, ausweis nr, ausweis nummer, pass nummer, kfz kennzeichen, amtliches kennzeichen, fuehrerschein nummer, fuehrerschein nr, voller name, ' +
      'aadhaar number, aadhaar no, aadhar no, pan card, pan no, voter id, father husband name, nhs no, ni number, national insurance, national insurance number, social insurance number, sin number, medicare number, ssn last 4, last 4 ssn, ' +
      'passport no, passport num, passport expiry, passport country, passport issue date, identity document, identity card, identity no, government id, id document number, national number, national identifier, ' +
      'resident id, residence permit, permit no, citizen id, civil id, personal number, personal code, personal id, personal identification number, tax identification number, tax payer id, taxpayer id, tax vat, taxvat, fiscal code, voter number, ' +
      'dl number, driving license number, driver license no, drivers license number, license number driver, vehicle registration, vehicle reg, registration plate, number plate, car plate, vehicle identification number, vin number, ' +
      'gender identity, sex at birth, birth sex, birth city, birth date time, birth dt, dob year, date birth, birthday date, country of birth, mother maiden name, mothers maiden name, parent 1 name, nick, profile pic, avatar url, photo url, face encoding, face vector, voice print, iris scan, finger prints, ' +
      'user handle, author handle, fingerprint template, fingerprint scan, fingerprint image, fingerprint data, user login, github username, twitter handle, instagram handle, facebook id, skype id, telegram id, telegram username, social handle, apple id, linkedin url, google id, wechat id, screen name',
    weak:
      'applicant insured spouse husband wife kin surname_prefix nickname_old vor nach patronymic ethnie religione religiao kimlik paszport pass_no nin name_kana kana patente plate bio birthname race_code tckimlikno persona dependents ' +
      'race',
    contextual: 'handle nama nev nume jmeno namn navn nimi ad imya fornavne naamveld employer documento document',
  },
  orders: {
    strong:
      'orderid orderno ordernum ordernumber orderref orderdate ordertotal orderstatus ordertype orderitems purchaseid purchaseorder invoiceno invoicenumber invoiceid trackingnumber trackingno cartid basketid couponcode promocode vouchercode ' +
      'loyaltynumber loyaltycard loyaltyid rewardpoints lieferadresse_id rechnungsnr bestellnr bestelldatum auftragsnummer sendungsnummer sendungsnr lieferschein warenkorbwert bestellwert bestellsumme bestellstatus ' +
      'commandes numcommande numerocommande livraison colis achat achats compra compras envio albaran factura facturas cesta acquisto acquisti ordini spedizione scontrino carrinho_id compra_id pedidos nota_fiscal ' +
      'bestelnummer bestelling_id pakketnummer zamowienie zamowienia faktura koszyk przesylka ordrenummer ordre bestallning bestallningsnummer varukorg kundvagn kjop handlekurv tilaus tilausnumero ostoskori lasku ' +
      'objednavka kosik siparis siparisno sepet kargo fatura_no comanda rendeles szamla kosar заказ заказа корзина 订单 订单号 购物车 注文番号 注文 注文日 注文金額 購入 購入日 주문번호 주문 장바구니 pesanan keranjang ' +
      'refunds chargeback backorder',
    phrases:
      'order key, order code, order created, order placed, order placed at, order currency, order subtotal, order tax, order discount, order product, order qty, order quantity, order price, order source, order channel, order notes, order weight, order subtotal, order lineitem, order customer, ' +
      'purchase order, purchase order number, purchase amount, purchase total, purchase history, purchase id, purchase price, purchase time, po number, cart id, cart total, cart value, basket id, basket value, basket total, ' +
      'invoice no, invoice id, invoice date, invoice total, invoice amount, receipt number, receipt id, receipt no, tracking no, tracking id, waybill number, parcel number, parcel id, shipment number, shipment date, shipment status, shipping total, shipping amount, delivery status, delivery slot, delivery instructions, ' +
      'delivery fee, delivery notes, return id, return number, rma number, refund amount, refund id, coupon id, discount code, promo code, voucher code, gift message, gift note, loyalty card, loyalty id, loyalty tier, loyalty number, membership points, reward points, points balance, ' +
      'product sku, item sku, line item id, lineitem sku, line total, total spent, total due, total paid, amount spent, lifetime value, last purchase, last purchase date, first order date, last order date, orders total, number of orders, wish list, favorite products, favourite items, ' +
      'numero commande, numero de commande, num commande, date commande, date de commande, montant commande, montant total, montant ttc, total commande, reference commande, statut commande, numero facture, numero suivi, numero pedido, numero de pedido, num pedido, fecha pedido, fecha de pedido, total pedido, estado pedido, ' +
      'importe pedido, fecha compra, fecha de compra, importe compra, numero factura, numero seguimiento, numero ordine, data ordine, totale ordine, stato ordine, numero fattura, data acquisto, importo ordine, data pedido, valor pedido, valor total, total do pedido, status pedido, data compra, data da compra, valor compra, numero fatura, ' +
      'codigo rastreio, bestell nummer, bestell datum, bestell wert, bestell status, bestell summe, rechnungs nummer, rechnungs betrag, rechnungs datum, auftrags nummer, auftrags datum, sendungs nummer, bestel nummer, bestel datum, factuur nummer, track and trace, numer zamowienia, data zamowienia, wartosc zamowienia, status zamowienia, ' +
      'numer faktury, order nummer, ordre nummer, cislo objednavky, datum objednavky, siparis no, siparis tarihi, siparis tutari, siparis numarasi, fatura no, kargo takip no, номер заказа, дата заказа, сумма заказа, nomor pesanan, nomor resi, tanggal pesanan, total belanja',
    weak: 'fulfillment fulfilment parcel backorders merchandise rma buyer paket rewards dispatch bonuspunkte betalning',
    contextual: 'unit_price lineitem subtotal_price',
  },
  health: {
    strong:
      'diagnosiscode diagnosedate icdcode icd9 icd10 icd10code patientid patientno mrn bloodtype bloodgroup bloodpressure heartrate bloodglucose medicalrecordnumber nhsnumber hba1c dosageinstruction immunization ' +
      'immunizations vaccinations comorbidity comorbidities prognosis smoker smoking alcohol disease diseases medications drugs_taken allergen allergens pulse hemoglobin haemoglobin triglycerides ldl hdl creatinine bodytemperature ' +
      'menses ovulation contraception contraceptive lmp gravida parity biopsy oncology chemotherapy dialysis disabilities handicap depression anxiety psychiatric spo2 bodyweight pathologie rozpoznanie huisarts subscriberid bmivalue apgar ' +
      'zorgverzekeraar hausarzt koerpergroesse befund befunde blutdruck blutzucker allergien medikation medikamente vorerkrankung vorerkrankungen impfung impfstatus arzt behinderung schwangerschaft patientennummer patientenname versichertennr krankenversicherung krankenkassennummer symptome gewicht_kg diagnoseschluessel ' +
      'groupesanguin antecedents allergie tension_arterielle traitement_medical vaccin handicape grossesse mutuelle maladies ordonnances patologia patologias alergia alergias sintomas sintoma receta medicacion vacuna vacunas embarazo discapacidad tipo_sangre presion_arterial ' +
      'anamnesi patologie allergie_note vaccino gravidanza gruppo_sangue ricetta terapia farmaci sintomi alergias_conhecidas vacina vacinas gravidez prontuario convenio tipo_sanguineo pressao_arterial deficiencia ' +
      'diagnoza choroba choroby leki alergie pacjent grupa_krwi szczepienie recepta ciaza niepelnosprawnosc sjukdom lakemedel blodgrupp allergi sykdom legemiddel blodtype sygdom laeke sairaus laakitys veriryhma nemoc lek krevni tehotenstvi hastalik ilac tani kan_grubu alerji gebelik hasta ' +
      'boala medicament_prescris betegseg gyogyszer vercsoport диагноз болезнь аллергия лекарство пациент 诊断 病历号 血型 过敏 过敏史 疾病 症状 患者 診断 診断名 病名 血液型 アレルギー 処方 薬 保険証番号 진단 진단명 혈액형 알레르기 환자 처방 ' +
      'penyakit diagnosa golongandarah alergi pasien obat zwangerschap bloedgroep allergieen ziektes aandoening medicatie',
    phrases:
      'icd code, icd 9, icd 10, icd 10 code, icd 10 cm, snomed code, loinc code, cpt code, diagnosis code, diagnosis date, diagnosis description, primary diagnosis, discharge diagnosis, admission diagnosis, chief complaint, admission date, discharge date, discharge summary, patient no, patient number, patient ref, patient mrn, ' +
      'medical record number, medical record no, health id, health number, health card, health card number, health plan, health status code, insurance id, insurance member id, insurance policy number, medicaid id, medicare id, member insurance id, insurance policy no, ' +
      'vital signs, vital sign, pulse rate, resting heart rate, heart rate bpm, heart beat, body temperature, body temp, body fat, oxygen saturation, respiratory rate, systolic bp, diastolic bp, bp systolic, bp diastolic, glucose level, blood glucose level, blood alcohol, blood sugar level, cholesterol level, insulin units, calorie intake, ' +
      'family history, surgical history, allergy notes, allergy list, known allergies, drug name, drug code, drug allergy, dosage instruction, dose quantity, medication name, medication code, prescription number, prescription date, rx number, vaccine code, vaccine name, vaccination date, immunization status, covid test, covid status, hiv status, test result, lab value, lab test, ' +
      'pregnancy status, pregnancy week, due date pregnancy, menstrual cycle, cycle start, cycle day, last menstrual period, disability status, disability type, genetic data, dna sequence, sleep hours, sleep duration, sleep stage, smoking status, alcohol use, drinking habits, weight kg, height cm, step count, steps count, mood score, treating physician, attending physician, ' +
      'care plan, clinical notes, clinical status, clinical note, doctor notes, nurse notes, ward number, therapy notes, mental health score, ' +
      'groupe sanguin patient, numero mutuelle, tension arterielle, antecedents medicaux, traitement en cours, grupo sanguineo paciente, tipo de sangre, presion arterial, historia clinica, numero historia clinica, antecedentes medicos, obra social, pressione arteriosa, cartella clinica, gruppo sanguigno paziente, tessera sanitaria, numero tessera sanitaria, tipo sanguineo, ' +
      'tipo sangue, pressao arterial, plano de saude, plano saude, cartao sus, numero sus, historico medico, blut gruppe, blut druck, kranken kasse, cause of death, date of death, krankenkassen nummer, versicherten nummer, diagnose code, icd code diagnose, bloed groep, bloed druk, zorg verzekeraar, polis nummer zorg, medische gegevens, medisch dossier, grupa krwi, karta pacjenta, kod choroby, cisnienie krwi, ' +
      'krevni skupina, cislo pojistence, kan grubu, hasta no, tani kodu, группа крови, история болезни, golongan darah, no rekam medis, nomor bpjs, blod gruppe, blod trykk',
    weak: 'therapist complaint remedies vaccinated medecin medico dottore lekarz lakare ambulance emergency_ward trimester carer wellness workout fitness recovery_note',
    contextual: 'vital observation specimen pulse_ox',
  },
  device: {
    strong:
      'ipaddr ipaddr4 ipv4 ipv6 ipv4address ipv6address clientip remoteip userip sourceip srcip lastip loginip signupip remoteaddr xforwardedfor macaddr macid wifimac btmac deviceuuid deviceuid deviceserial devicetoken ' +
      'deviceguid devicefingerprint deviceidentifier advertisingid advertiserid adverstisingid ifa idfvid oaid androidadid serialnumber_device serialno_device handsetid handset installationid installid visitorid fingerprintid ' +
      'apnstoken gcmtoken registrationtoken idvisitor onesignalid playerid_push useragentstring browseragent geraeteid geraetenummer seriennummer_geraet geraetekennung adresseip identifiantappareil idappareil dispositivoid iddispositivo ' +
      'identificatoredispositivo apparaatid toestelid idurzadzenia urzadzenie_id enhetsid laiteid zarizeni_id cihazid cihaz_id 设备号 设备标识 端末識別番号 端末番号 기기식별번호 perangkatid eid esim mdn',
    phrases:
      'ip, ip v 4 address, ip v 6 address, ip addresses, ip 4, ip 6, ip from, ip hash, ip v4, ip v6, login ip address, current sign in ip, last sign in ip, created ip, created from ip, registration ip, register ip, request ip, session ip, sender ip, peer ip, remote addr, remote address, forwarded for, x forwarded for, ' +
      'mac id, mac addresses, bt mac, ethernet mac, bluetooth address, bluetooth id, device mac, device imei, imei number, imei no, imei 1, imei 2, imsi number, sim number, sim id, sim imsi, sim iccid, device serial number, device serial no, serial number device, device key, device udid, device guid, device imei number, device hash, ' +
      'device push token, push id, push subscription, push endpoint, expo push token, push registration id, gcm id, fcm registration id, fcm registration token, apns device token, onesignal player id, onesignal id, advertising identifier, google advertising id, google ad id, apple advertising id, idfa id, gaid id, ad tracking id, tracking id device, ' +
      'cookie id, client id ga, ga client id, visitor id, visitor uuid, anonymous id, browser id, browser user agent, http user agent, agent string, user agent string, hardware serial, hardware uuid, vendor identifier, identifier for vendor, app instance id, firebase instance id, firebase installation id, instance id token, ' +
      'adresse ip, adresse mac, direccion ip, direccion mac, indirizzo ip, indirizzo mac, endereco ip, endereco mac, ip adresse, ip adres, mac adresse, mac adres, adres ip, adres mac, id appareil, id dispositivo, id del dispositivo, numero serie appareil, numero serie dispositivo, identifiant appareil, identificador dispositivo, geraete id, geraete nummer, geraete kennung, apparaat id, toestel id, id urzadzenia, numer imei, ' +
      'enhets id, id zarizeni, cihaz id, ip adresi, mac adresi, ip adresa, ip cim, ip адрес, id perangkat, alamat ip, wifi ssid, wifi bssid, wearable id, watch serial, vehicle telematics id, smart meter id',
    weak: 'ua',
    contextual: 'agent browser user_agent_hint',
  },
};
