/**
 * Columns of public schemas and forms, with what they hold. Names are as the products and registers write them, not from
 * the classifier's own lists. One line is a data set: `name @COUNTRY half`, then `column=label/generator`; `-` is nothing
 * personal. Nested documents have dotted paths.
 *
 * Sources: documentation of Salesforce, Shopify, WooCommerce, Magento, Keycloak, Django, Devise, WordPress, SAP (DDIC),
 * HL7 FHIR R4, GTFS, Amadeus, Stripe, Firebase Auth, Moodle, Odoo, ERPNext, Matomo, PostgreSQL pagila, AdventureWorks,
 * OpenMRS, MIMIC-IV, national forms of ten countries, and schemas that hold no personal data (MusicBrainz, OSM, Prometheus, …).
 */
export const SCHEMAS = `
Contact @US a
  Id=-/sfid FirstName=identity/given LastName=identity/family Email=email/email Phone=phone/phone MobilePhone=phone/phone HomePhone=phone/phone Fax=phone/phone MailingStreet=location/street MailingCity=location/city MailingState=location/state MailingPostalCode=location/zip MailingCountry=location/country Birthdate=identity/dob Salutation=identity/salutation Department=-/department LeadSource=-/enum CreatedDate=-/stamp LastModifiedDate=-/stamp IsDeleted=-/bool OwnerId=-/sfid AccountId=-/sfid HasOptedOutOfEmail=-/bool Jigsaw=-/code
Lead @US b
  FirstName=identity/given LastName=identity/family Company=-/company Email=email/email Phone=phone/phone Street=location/street City=location/city PostalCode=location/zip Status=-/enum Rating=-/enum Industry=-/enum NumberOfEmployees=-/int AnnualRevenue=-/price IsConverted=-/bool ConvertedDate=-/date
customers(shopify) @US a
  id=-/bigid email=email/email first_name=identity/given last_name=identity/family phone=phone/e164 verified_email=-/bool orders_count=orders/small total_spent=orders/price last_order_id=orders/bigid accepts_marketing=-/bool tax_exempt=-/bool default_address.address1=location/street default_address.city=location/city default_address.province_code=location/state default_address.zip=location/zip default_address.country_code=location/country admin_graphql_api_id=-/gid created_at=-/stamp updated_at=-/stamp currency=-/currency
orders(shopify) @US b
  order_number=orders/int contact_email=email/email browser_ip=device/ip client_details.user_agent=device/agent billing_address.first_name=identity/given billing_address.address1=location/street billing_address.zip=location/zip billing_address.latitude=location/lat billing_address.longitude=location/lng payment_gateway_names=payment/gateway line_items.sku=orders/sku line_items.quantity=orders/small line_items.vendor=-/company line_items.grams=-/int line_items.gift_card=-/bool subtotal_price=orders/price total_price=orders/price financial_status=-/enum fulfillment_status=-/enum cancel_reason=-/enum cart_token=-/hex checkout_id=orders/bigid taxes_included=-/bool test=-/bool processed_at=-/stamp source_name=-/enum
wp_users @US a
  user_login=identity/login user_pass=credentials/phpass user_nicename=identity/login user_email=email/email user_url=-/url user_registered=-/stamp user_activation_key=credentials/token user_status=-/zero display_name=identity/person
wp_wc_orders @US b
  billing_email=email/email payment_method=payment/gateway transaction_id=payment/stripeid ip_address=device/ip user_agent=device/agent customer_note=-/prose date_created_gmt=-/stamp total_amount=orders/price tax_amount=-/price currency=-/currency parent_order_id=orders/zero
customer_entity @US a
  entity_id=-/int website_id=-/small email=email/email group_id=-/small increment_id=-/code store_id=-/small is_active=-/bool prefix=identity/salutation firstname=identity/given middlename=identity/given lastname=identity/family dob=identity/dob password_hash=credentials/sha256salt rp_token=credentials/token taxvat=identity/vat gender=identity/small confirmation=-/empty failures_num=-/small first_failure=-/stamp lock_expires=-/stamp
sales_order_payment @US b
  cc_owner=payment/person cc_last_4=payment/four cc_number_enc=payment/cipher cc_exp_month=payment/month cc_exp_year=payment/year cc_type=payment/enum base_amount_paid=-/price shipping_captured=-/price method=-/gateway po_number=orders/code echeck_routing_number=payment/aba
USER_ENTITY @DE a
  ID=-/uuid EMAIL=email/email EMAIL_CONSTRAINT=-/uuid EMAIL_VERIFIED=-/bool ENABLED=-/bool FIRST_NAME=identity/given LAST_NAME=identity/family REALM_ID=-/uuid USERNAME=identity/login CREATED_TIMESTAMP=-/epochms NOT_BEFORE=-/zero
CREDENTIAL @DE b
  SALT=credentials/base64 TYPE=-/enum USER_ID=-/uuid CREATED_DATE=-/epochms USER_LABEL=-/words SECRET_DATA=credentials/kcjson PRIORITY=-/small
auth_user @GB a
  id=-/int password=credentials/django last_login=-/stamp is_superuser=-/bool username=identity/login first_name=identity/given last_name=identity/family email=email/email is_staff=-/bool is_active=-/bool date_joined=-/stamp
users(devise) @US b
  email=email/email encrypted_password=credentials/bcrypt reset_password_token=credentials/hex64 reset_password_sent_at=-/stamp remember_created_at=-/stamp sign_in_count=-/small current_sign_in_at=-/stamp last_sign_in_at=-/stamp current_sign_in_ip=device/ip last_sign_in_ip=device/ip confirmation_token=credentials/token confirmed_at=-/stamp unconfirmed_email=email/email failed_attempts=-/small unlock_token=credentials/token locked_at=-/stamp provider=-/enum
Patient @US a
  identifier.value=-/code name.family=identity/family name.given=identity/given telecom.value=-/mixedtelecom gender=identity/sex birthDate=identity/dob deceasedBoolean=health/bool address.line=location/street address.city=location/city address.postalCode=location/zip maritalStatus.coding.code=identity/enum multipleBirthInteger=-/small meta.versionId=-/small meta.lastUpdated=-/stamp active=-/bool
Condition @US b
  subject.reference=-/fhirref code.coding.code=health/icd clinicalStatus.text=health/enum onsetDateTime=-/stamp recorder.display=identity/person recordedDate=-/date
MedicationRequest @US a
  medicationCodeableConcept.text=health/drug dosageInstruction.text=health/words subject.display=identity/person intent=-/enum status=-/enum authoredOn=-/stamp priority=-/enum
stops(gtfs) @US b
  stop_code=-/int stop_name=-/words stop_desc=-/prose zone_id=-/small stop_url=-/url location_type=-/small wheelchair_boarding=-/small platform_code=-/small
PNR @FR a
  recordLocator=travel/pnr travelers.name.firstName=identity/given travelers.name.lastName=identity/family travelers.dateOfBirth=identity/dob travelers.documents.number=identity/passport travelers.documents.expiryDate=-/future flightOffers.itineraries.segments.carrierCode=travel/airline flightOffers.itineraries.segments.departure.iataCode=travel/iata flightOffers.itineraries.segments.arrival.iataCode=travel/iata contacts.emailAddress=email/email contacts.phones.number=phone/national creationDate=-/date queuingOfficeId=-/code
bookings(hotel) @GB b
  hotel_name=travel/company room_no=travel/int check_in=travel/date check_out=travel/date guest_name=identity/person no_of_adults=-/small lead_time=-/int meal=-/enum country=location/country agent=-/int adr=-/price reserved_room_type=-/letter booking_changes=-/small deposit_type=-/enum
flights @US a
  FL_DATE=travel/date OP_CARRIER_FL_NUM=-/int flight_iata=travel/flight tail_num=-/tail passenger_name=identity/person seat=travel/seat gate=travel/seat eticket_no=travel/digits13 ff_number=travel/code
customer(stripe) @US a
  id=-/stripeid object=-/enum balance=payment/int description=-/words email=email/email invoice_prefix=-/code livemode=-/bool name=identity/person phone=phone/e164 shipping.address.line1=location/street shipping.address.postal_code=location/zip delinquent=-/bool created=-/epoch
card(stripe) @US b
  exp_month=payment/month exp_year=payment/year last4=payment/four fingerprint=-/token funding=-/enum cvc_check=-/enum address_zip=location/zip address_zip_check=-/enum iban_last4=payment/four
payments @US a
  card_no=payment/card cardholder=payment/person cvv2=payment/cvv expires=-/mmyy amt=-/price auth_code=-/code merchant=-/company mcc=-/four acquirer_ref=-/digits13
firebase_users @US b
  localId=-/token email=email/email emailVerified=-/bool passwordHash=credentials/base64 salt=credentials/base64 displayName=identity/person photoUrl=identity/url providerUserInfo.rawId=-/token phoneNumber=phone/e164 lastSignedInAt=-/epochms createdAt=-/epochms disabled=-/bool
mdl_user @ES a
  username=identity/login password=credentials/bcrypt idnumber=identity/code firstname=identity/given lastname=identity/family email=email/email phone1=phone/national phone2=phone/national institution=-/company address=location/street city=location/city lang=-/lang lastip=device/ip secret=credentials/token firstaccess=-/epoch maildisplay=-/small mailformat=-/small trackforums=-/bool
res_partner @FR b
  name=identity/person vat=-/vat street=location/street zip=location/zip city=location/city email=email/email mobile=phone/e164 is_company=-/bool color=-/small lang=-/lang ref=-/code active=-/bool partner_latitude=location/lat partner_longitude=location/lng barcode=-/ean
KNA1 @DE a
  NAME1=identity/person STRAS=location/street ORT01=location/city PSTLZ=location/zip TELF1=phone/national MANDT=-/three ERDAT=-/compactdate
HR_EMPLOYEE @DE b
  Vorname=identity/given Nachname=identity/family Geburtsdatum=identity/dobde Straße=location/street Hausnummer=location/small PLZ=location/zip Ort=location/city Telefon=phone/national Handy=phone/national E-Mail=email/email SteuerID=identity/idnr IBAN=payment/iban BIC=payment/bic Krankenkasse=health/insurer Gehalt=payment/price Abteilung=-/department Kostenstelle=-/int Eintrittsdatum=-/date Familienstand=identity/enum Konfession=identity/enum
Kunden @DE a
  Kundennummer=orders/int Anrede=identity/salutation Name=identity/person Anschrift=location/street Rufnummer=phone/national Mailadresse=email/email Kontoinhaber=payment/person Kontonummer=payment/digits10 Bestelldatum=orders/date Bestellwert=orders/price Artikelnummer=-/code Menge=-/small Bemerkung=-/prose Farbe=-/color Mehrwertsteuer=-/price
Versicherte @DE b
  Versichertennummer=health/kvnr Diagnose=health/icd Blutgruppe=health/blood Medikament=health/drug Hausarzt=health/person Geschlecht=identity/sex Körpergröße=health/cm Allergien=health/words Aktenzeichen=-/code
clients @FR a
  nom=identity/family prenom=identity/given date_naissance=identity/dobeu adresse=location/street code_postal=location/zip ville=location/city telephone=phone/national courriel=email/email num_secu=identity/nir civilite=identity/salutation actif=-/bool date_creation=-/stamp commentaire=-/prose
commandes @FR b
  num_commande=orders/code date_commande=orders/date montant_ttc=orders/price statut=-/enum mode_livraison=-/enum adresse_livraison=location/street transporteur=-/company poids=-/price remise=-/price carte_bancaire=payment/card titulaire=identity/person
patients(fr) @FR a
  groupe_sanguin=health/blood medecin_traitant=health/person antecedents=health/words ordonnance=health/code lieu_naissance=identity/city nationalite=identity/country numero_passeport=identity/passport nb_enfants=-/small
clientes @ES a
  nombre=identity/given primer_apellido=identity/family segundo_apellido=identity/family dni=identity/dni fecha_nacimiento=identity/dobeu direccion=location/street codigo_postal=location/zip localidad=location/city provincia=location/state movil=phone/national correo_electronico=email/email contraseña=credentials/plain cuenta_bancaria=payment/iban fecha_alta=-/date descuento=-/price activo=-/bool
pedidos @MX b
  numero_pedido=orders/code fecha_pedido=orders/date importe=orders/price curp=identity/curp rfc=identity/rfc colonia=location/words domicilio=location/street telefono=phone/e164 tarjeta=payment/card estatus=-/enum almacen=-/int
anagrafica @IT a
  nome=identity/given cognome=identity/family codice_fiscale=identity/cf data_nascita=identity/dobeu luogo_nascita=identity/city indirizzo=location/street cap=location/zip comune=location/city cellulare=phone/national posta_elettronica=email/email partita_iva=-/vat sesso=identity/sex
ordini @IT b
  numero_ordine=orders/code data_ordine=orders/date totale=-/price carta_credito=payment/card scadenza=-/mmyy targa=identity/plate farmaco=health/drug quantita=-/small magazzino=-/code
cliente @BR a
  nome_completo=identity/person cpf=identity/cpf rg=identity/code data_nascimento=identity/dobeu logradouro=location/street bairro=location/words cep=location/zip cidade=location/city uf=location/state celular=phone/national email=email/email senha=credentials/bcrypt chave_pix=payment/email2 ativo=-/bool criado_em=-/stamp
pedido @BR b
  numero_pedido=orders/int valor_total=orders/price forma_pagamento=-/enum cartao_numero=payment/card data_compra=orders/date codigo_rastreio=orders/code estoque=-/small cor=-/color tamanho=-/small
klanten @NL a
  voornaam=identity/given tussenvoegsel=identity/empty achternaam=identity/family geboortedatum=identity/dobeu straat=location/street huisnummer=location/small postcode=location/zip woonplaats=location/city telefoonnummer=phone/national emailadres=email/email bsn=identity/bsn rekeningnummer=payment/iban wachtwoord=credentials/plain aangemaakt_op=-/stamp
bestellingen @NL b
  bestelnummer=orders/code factuurbedrag=-/price kenteken=identity/plate zorgverzekeraar=health/insurer geslacht=identity/sex btw=-/price voorraad=-/small
klienci @PL a
  imie=identity/given nazwisko=identity/family pesel=identity/pesel data_urodzenia=identity/dob ulica=location/street kod_pocztowy=location/zip miasto=location/city telefon=phone/national nr_dowodu=identity/code numer_konta=payment/iban haslo=credentials/md5 uwagi=-/prose
zamowienia @PL b
  numer_zamowienia=orders/code data_zamowienia=orders/date wartosc=-/price status=-/enum adres_dostawy=location/street plec=identity/sex leki=health/drug ilosc=-/small
kunder @SE a
  förnamn=identity/given efternamn=identity/family personnummer=identity/pnr gatuadress=location/street postnummer=location/zip ort=location/city mobiltelefon=phone/national epost=email/email lösenord=credentials/bcrypt kön=identity/sex skapad=-/stamp antal=-/small
顧客 @JP a
  氏名=identity/japanese フリガナ=identity/katakana 生年月日=identity/dob 性別=identity/sexja 郵便番号=location/zip 住所=location/street 電話番号=phone/national メールアドレス=email/email 注文番号=orders/code 登録日=-/date 数量=-/small
customers(in) @IN a
  fullName=identity/person aadhaarNo=identity/aadhaar panCard=identity/panin mobileNo=phone/national pincode=location/zip upiId=payment/upi ifsc=payment/ifsc accountNo=payment/digits10 fatherName=identity/person isKycDone=-/bool gstin=-/code
users(cn) @CN b
  姓名=identity/chinese 身份证号=identity/ric 手机号=phone/national 邮箱=email/email 地址=location/street 密码=credentials/md5 订单号=orders/digits13 数量=-/small
uye @TR a
  ad=identity/given soyad=identity/family tc_kimlik_no=identity/tckn dogum_tarihi=identity/dobeu cep_telefonu=phone/national eposta=email/email sifre=credentials/md5 ev_adresi=location/street
staff @GB b
  forename=identity/given surname=identity/family ni_number=identity/nino nhs_number=health/nhs home_postcode=location/zip sort_code=payment/sortcode next_of_kin=identity/person emergency_contact_number=phone/national vehicle_reg=identity/plate job_title=-/job start_date=-/date annual_leave=-/small line_manager_email=email/email
users(us) @US b
  ssn=identity/ssn drivers_license=identity/code passwd=credentials/plain security_answer=credentials/words date_of_birth=identity/dob mothers_maiden_name=identity/family annual_income=payment/int tshirt_size=-/enum referral_code=-/code
sessions @US a
  session_id=credentials/hex user_id=-/int ip=device/ip ua=device/agent jwt=credentials/jwt last_activity=-/epoch csrf_token=-/hex locale=-/lang os_version=-/version
app_installs @US b
  idfa=device/uuid gaid=device/uuid imei=device/imei android_id=device/hex16 push_token=device/token device_model=-/model app_version=-/version os=-/enum screen_width=-/int battery_level=-/ratio carrier=-/enum wifi_mac=device/mac install_referrer=-/words first_open=-/epochms
events(analytics) @US a
  distinct_id=-/uuid mp_country_code=location/country $ip=device/ip $lat=location/lat $lon=location/lng event=-/words time=-/epoch $browser_version=-/version $screen_height=-/int utm_source=-/enum insert_id=-/token
rides @US b
  rider_name=identity/person pickup_lat=location/lat pickup_lng=location/lng dropoff_address=location/street fare_amount=-/price distance_km=-/ratio driver_phone=phone/phone plate_number=identity/plate surge=-/ratio vehicle_class=-/enum
vitals @US a
  patient_id=health/int heart_rate=health/hr systolic=health/hr spo2=health/hr bmi=health/ratio glucose_mg_dl=health/hr weight_kg=health/hr recorded_at=-/stamp unit=-/enum
person(openmrs) @US b
  birthdate=identity/dob birthdate_estimated=-/bool cause_of_death=health/words voided=-/bool date_changed=-/stamp uuid=-/uuid creator=-/int
admissions(mimic) @US a
  subject_id=-/int hadm_id=-/int admittime=-/stamp insurance=-/enum marital_status=identity/enum race=identity/enum diagnosis=health/icd deathtime=-/stamp
opaque1 @US a
  col1=email/email col2=phone/e164 col3=payment/card col4=payment/iban col5=identity/ssn col6=device/ip col7=credentials/bcrypt col8=-/bigid col9=-/price col10=-/uuid col11=-/epochms col12=-/stamp col13=-/words
opaque2 @BR b
  c1=identity/cpf c2=identity/person c3=device/mac c4=device/imei c5=credentials/jwt c6=location/pair c7=email/email c8=-/digits13 c9=-/digits16 c10=-/hex c11=-/version c12=-/code c13=-/date
opaque3 @DE b
  f1=payment/iban f2=email/email f3=health/blood f4=phone/e164 f5=location/street f6=-/sku f7=-/int f8=-/enum f9=-/url f10=-/ratio
app_state.users @US b
  profile.contactInfo.primaryEmail=email/email profile.contactInfo.mobile=phone/e164 profile.address.postcode=location/zip profile.address.geo.lat=location/lat profile.address.geo.lng=location/lng settings.theme=-/enum settings.notifications.email=-/bool settings.notifications.sms=-/bool settings.language=-/lang devices.pushToken=device/token devices.model=-/model payments.methods.cardLast4=payment/four payments.methods.brand=-/enum healthLog.entries.bloodPressure=health/bp stats.loginCount=-/small

odoo_hr @GB c
  work_email=email/email work_phone=phone/national private_street=location/street private_zip=location/zip birthday=identity/dob ssnid=identity/nino passport_id=identity/passport permit_no=identity/code marital=identity/enum spouse_complete_name=identity/person emergency_contact=identity/person emergency_phone=phone/national km_home_work=-/small barcode=-/code pin=credentials/four active=-/bool resource_calendar_id=-/int
pagila_customer @US c
  first_name=identity/given last_name=identity/family email=email/email address=location/street address2=location/empty district=location/state postal_code=location/zip phone=phone/phone activebool=-/bool create_date=-/date last_update=-/stamp store_id=-/small rental_rate=-/price replacement_cost=-/price
Person_Address(AdventureWorks) @US c
  AddressLine1=location/street City=location/city PostalCode=location/zip SpatialLocation=location/pair ModifiedDate=-/stamp rowguid=-/uuid StateProvinceID=-/small
CreditCard @US c
  CardType=payment/enum CardNumber=payment/card ExpMonth=payment/month ExpYear=payment/year ModifiedDate=-/stamp CreditCardID=-/int
erpnext_patient @IN c
  patient_name=identity/person sex=identity/sex blood_group=health/blood dob=identity/dob mobile=phone/national email=email/email allergies=health/words medication=health/drug surgical_history=health/words tobacco_past_use=health/words status=-/enum naming_series=-/slug invite_user=-/bool
salesforce_case @US c
  SuppliedEmail=email/email SuppliedName=identity/person SuppliedPhone=phone/phone Subject=-/words Priority=-/enum IsEscalated=-/bool ClosedDate=-/stamp CaseNumber=-/code
matomo_log_visit @FR c
  idvisitor=device/hex16 location_ip=device/ip location_latitude=location/lat location_longitude=location/lng visit_total_time=-/int config_os=-/enum config_resolution=-/enum referer_name=-/words user_id=-/int visit_first_action_time=-/stamp location_browser_lang=-/lang
uber_receipts @DE c
  abholadresse=location/street fahrgast=identity/person fahrpreis=-/price kennzeichen=identity/plate mobilnummer=phone/national trinkgeld=-/price wartezeit=-/int bewertung=-/small
reservas @ES c
  numero_vuelo=travel/flight pasajero=travel/person asiento=travel/seat localizador=travel/pnr fecha_salida=travel/date email_contacto=email/email telefono_contacto=phone/national tarifa=-/price estado=-/enum moneda=-/currency
bilety @PL c
  numer_lotu=travel/flight pasazer=travel/person nr_paszportu=identity/passport miejsce=-/seat data_wylotu=travel/date waluta=-/currency cena=-/price
paciente @BR c
  nome=identity/person cpf=identity/cpf tipo_sanguineo=health/blood convenio=health/company alergias=health/words telefone=phone/national data_nasc=identity/dobeu cid10=health/icd observacao=-/prose leito=-/int
medewerkers @NL c
  roepnaam=identity/given geboorteplaats=identity/city iban=payment/iban mobiel=phone/national salaris=payment/price afdeling=-/department functie=-/job startdatum=-/date uren=-/small
anstallda @SE c
  fornamn=identity/given efternamn=identity/family personnr=identity/pnr adress=location/street telefonnr=phone/national kontonummer=payment/digits10 lön=payment/price avdelning=-/department anstallningsdatum=-/date
device_registry @JP c
  deviceUUID=device/uuid fcmRegistrationToken=device/token advertisingIdentifier=device/uuid ipAddr=device/ip lastSeenAt=-/stamp firmwareVersion=-/version batteryPct=-/small timezone=-/slug
chat_messages @US c
  sender_id=-/int body=-/prose sent_at=-/stamp attachments.url=-/url attachments.size=-/int reactions.count=-/small edited=-/bool channel_id=-/int author.handle=identity/login author.avatar_url=identity/url
bank_transfers @FR c
  iban_beneficiaire=payment/iban bic=payment/bic titulaire_compte=payment/person montant=payment/price devise=-/currency libelle=-/words date_valeur=-/date motif_rejet=-/enum
oauth_tokens @US c
  access_token=credentials/token refresh_token=credentials/token client_secret=credentials/hex64 expires_at=-/stamp scope=-/enum revoked=-/bool token_type=-/enum redirect_uri=-/url grant_types=-/enum
blob1 @GB c
  a=email/email b=identity/nino c=phone/e164 d=payment/card e=location/zip f=identity/person g=device/imei h=-/int i=-/prose j=-/path k=-/digits10 l=-/enum m=-/sku

contacts(hubspot) @US d
  hs_object_id=-/bigid firstname=identity/given lastname=identity/family work_email=email/email mobilephone=phone/phone address=location/street zip=location/zip jobtitle=-/job lifecyclestage=-/enum hs_ip_timezone=-/slug date_of_birth=identity/dob annualrevenue=-/price hs_email_bounce=-/small hs_email_open=-/small num_notes=-/small website=-/url
zendesk_users @US d
  details=-/prose time_zone=-/slug phone=phone/e164 shared_phone_number=-/bool locale_id=-/int two_factor_auth_enabled=-/bool last_login_at=-/stamp alias=identity/login signature=-/words moderator=-/bool restricted_agent=-/bool suspended=-/bool
magento_quote @US d
  customer_email=email/email customer_firstname=identity/given customer_dob=identity/dob remote_ip=device/ip items_qty=orders/small grand_total=orders/price reserved_order_id=orders/code is_virtual=-/bool store_to_base_rate=-/ratio converted_at=-/stamp
fhir_observation @US d
  subject.display=identity/person performer.display=identity/person valueQuantity.value=-/ratio bodySite.text=-/words issued=-/stamp effectiveDateTime=-/stamp interpretation.text=-/enum
coverage @US d
  subscriberId=health/code policyHolder.display=identity/person beneficiary.birthDate=identity/dob payor.identifier=-/code period.start=-/date order=-/small network=-/words
airbnb_reservations @ES d
  guest_first_name=identity/given guest_email=email/email guest_phone=phone/e164 checkin_date=travel/date checkout_date=travel/date number_of_guests=travel/small host_id=-/int listing_id=-/int cleaning_fee=-/price confirmation_code=travel/code guest_passport=identity/passport cancellation_policy=-/enum
lieferungen @DE d
  empfaenger=identity/person lieferanschrift=location/street postleitzahl=location/zip telefonnummer=phone/national sendungsnr=orders/code paketgewicht=-/ratio zustellversuch=-/small abstellgenehmigung=-/bool unterschrift=-/url
mitglieder @DE d
  mitgliedsnr=-/int nachname=identity/family vorname=identity/given gebdatum=identity/dobde email_adresse=email/email iban_nr=payment/iban beitrag=-/price austritt=-/date ehrenamt=-/bool
assures @FR d
  nom_usage=identity/family numero_securite_sociale=identity/nir date_de_naissance=identity/dobeu adresse_electronique=email/email tel_portable=phone/national mutuelle=health/company pathologie=health/words iban=payment/iban taux=-/ratio echeance=-/date
alumnos @MX d
  nombres=identity/given apellido_paterno=identity/family apellido_materno=identity/family curp_alumno=identity/curp telefono_casa=phone/national correo=email/email calle_numero=location/street cp=location/zip promedio=-/ratio grupo=-/letter semestre=-/small
cittadini @IT d
  cod_fiscale=identity/cf data_di_nascita=identity/dobeu residenza=location/street telefono_cellulare=phone/national email_personale=email/email numero_carta=payment/card reddito=payment/int stato_civile=identity/enum note=-/prose attivo=-/bool
funcionarios @BR d
  nm_completo=identity/person nr_cpf=identity/cpf dt_nascimento=identity/dobeu ds_email=email/email nr_celular=phone/national ds_endereco=location/street nr_cep=location/zip vl_salario=payment/price ds_cargo=-/job fl_ativo=-/bool dt_admissao=-/date
pacjenci @PL d
  nazwisko_imie=identity/person nr_pesel=identity/pesel tel_kontaktowy=phone/national adres_zamieszkania=location/street grupa_krwi=health/blood rozpoznanie=health/icd e_mail=email/email data_wizyty=-/date oddzial=-/words
patienten @NL d
  patientnummer=health/int geboortedatum=identity/dobeu bsn_nummer=identity/bsn adres=location/street telefoon_mobiel=phone/national huisarts=health/person medicatie=health/drug afspraak=-/stamp kamer=-/int
employees(in) @IN d
  emp_name=identity/person aadhaar_number=identity/aadhaar pan_number=identity/panin mobile_number=phone/national permanent_address=location/street bank_ifsc=payment/ifsc ctc=-/price grade=-/letter joining_date=-/date uan=identity/code
tracking @US d
  userIdHash=-/hex64 gps.latitude=location/lat gps.longitude=location/lng gps.accuracy=-/ratio speed=-/ratio deviceInfo.imei=device/imei deviceInfo.osVersion=-/version deviceInfo.wifiMacAddress=device/mac deviceInfo.manufacturer=-/company network.ipv4=device/ip appBuild=-/int
mystery @FR d
  data_0=email/email data_1=phone/e164 data_2=identity/nir data_3=location/pair data_4=device/agent data_5=payment/card data_6=identity/person data_7=-/ean data_8=-/digits16 data_9=-/date data_10=-/company data_11=-/slug data_12=-/hex16
`;

/** Data sets that hold nothing personal, and names that only look like it. */
export const NOTHING = `
traps @US a
  acid_level=-/ratio ACADEMIC_YEAR_CODE=-/int email_verified=-/bool username_color=-/color card_layout=-/enum phone_model=-/model address_bus=-/hexnumber ip_rating=-/iprating version=-/version order_id_ms=-/epochms is_email_sent=-/bool email_template_id=-/int phone_screen_size=-/ratio card_count=-/small address_space=-/hexnumber mac_os_version=-/version
traps2 @US b
  emailTemplate=-/words phoneNumberFormat=-/words passwordPolicy=-/enum password_min_length=-/small card_color=-/color cardView=-/enum ipRange_size=-/int ip_version=-/small mobile_breakpoint=-/int street_view_enabled=-/bool latency_ms=-/ratio plant_height=-/ratio flight_mode=-/bool token_count=-/int order_by=-/enum sort_order=-/small health_check_url=-/url cart_url=-/url zip_file=-/path state_machine=-/enum page_token=-/token email_open_rate=-/ratio phone_support=-/bool is_patient_portal_enabled=-/bool signature_algorithm=-/enum cell_width=-/int message_body_size=-/int
products @US a
  product_id=-/int title=-/words handle=-/slug body_html=-/prose vendor=-/company product_type=-/enum tags=-/words price=-/price compare_at_price=-/price inventory_quantity=-/int weight=-/ratio weight_unit=-/enum barcode=-/ean image_src=-/url published_at=-/stamp option1_name=-/enum requires_shipping=-/bool taxable=-/bool position=-/small color=-/color material=-/words name=-/words brand=-/company model=-/model length=-/int width=-/int height=-/int
release(musicbrainz) @US b
  gid=-/uuid name=-/words artist_credit=-/int release_group=-/int status=-/small packaging=-/small language=-/int script=-/int barcode=-/ean comment=-/prose edits_pending=-/zero quality=-/small last_updated=-/stamp track_count=-/small length=-/int
metrics @US a
  job=-/slug instance_type=-/enum le=-/ratio quantile=-/ratio value=-/ratio timestamp=-/epochms cpu_seconds_total=-/ratio memory_bytes=-/bigid error_rate=-/ratio p99=-/ratio node=-/slug zone=-/slug requests_total=-/int bucket=-/slug help=-/prose
deployments @US b
  commit_sha=-/hex40 branch=-/slug build_number=-/int artifact_url=-/url image_digest=-/hex64 status=-/enum started_at=-/stamp duration_ms=-/int environment=-/enum retries=-/small config_hash=-/hex version=-/version release_channel=-/enum namespace=-/slug replicas=-/small
sensors @US a
  sensor_id=-/code temperature_c=-/ratio humidity=-/ratio pressure_hpa=-/ratio firmware=-/version battery=-/ratio voltage=-/ratio rssi=-/int sampled_at=-/epoch calibration_date=-/date threshold_max=-/int channel=-/small acceleration_x=-/ratio acceleration_y=-/ratio
inventory @US b
  sku=orders/sku warehouse=-/slug bin=-/code on_hand=-/int reorder_level=-/int unit_cost=-/price supplier=-/company lead_time_days=-/small lot_number=-/code expiry_date=-/future pallet=-/int aisle=-/letter shelf=-/small
courses @US a
  course_code=-/code course_title=-/words credits=-/small semester=-/enum capacity=-/int room_capacity=-/int syllabus_url=-/url grade_scale=-/enum year=-/year is_online=-/bool level=-/small prerequisites=-/code
articles @US b
  slug=-/slug headline=-/words summary=-/prose word_count=-/int published=-/bool category=-/enum tags=-/words view_count=-/int canonical_url=-/url reading_time=-/small featured_image=-/path lang=-/lang revision=-/small
feature_flags @US a
  key=-/slug enabled=-/bool rollout_percentage=-/int variant=-/enum description=-/prose created_at=-/stamp rule_count=-/small default_value=-/bool environment=-/enum owner_team=-/department
stock_prices @US b
  ticker=-/three open=-/price high=-/price low=-/price close=-/price adj_close=-/price volume=-/bigid date=-/date exchange=-/enum sector=-/enum market_cap=-/bigid pe_ratio=-/ratio dividend=-/price split=-/ratio
geology @DE a
  schicht=-/words tiefe=-/ratio dichte=-/ratio probe_nr=-/code datum=-/date labor=-/slug ergebnis=-/ratio einheit=-/enum bemerkung=-/prose gestein=-/words gewicht=-/ratio hoehe=-/ratio
catalogue @FR b
  reference=-/sku libelle=-/words prix_ht=-/price tva=-/price stock=-/int couleur=-/color taille=-/small marque=-/company poids=-/ratio rayon=-/enum disponible=-/bool date_maj=-/stamp image=-/path
productos @ES a
  referencia=-/sku descripcion=-/prose precio=-/price existencias=-/int color=-/color talla=-/small marca=-/company categoria=-/enum disponible=-/bool fecha_actualizacion=-/stamp iva=-/price altura=-/ratio
produtos @BR b
  codigo=-/code descricao=-/prose preco=-/price estoque=-/int cor=-/color tamanho=-/small marca=-/company categoria=-/enum ativo=-/bool atualizado_em=-/stamp largura=-/ratio peso=-/ratio
prodotti @IT a
  codice=-/code descrizione=-/prose prezzo=-/price giacenza=-/int colore=-/color taglia=-/small marchio=-/company categoria=-/enum attivo=-/bool altezza=-/ratio peso=-/ratio
magazyn @PL b
  kod=-/code opis=-/prose cena=-/price stan=-/int kolor=-/color rozmiar=-/small producent=-/company kategoria=-/enum aktywny=-/bool waga=-/ratio
jobs_queue @US a
  queue=-/slug payload_size=-/int attempts=-/small reserved_at=-/epoch available_at=-/epoch priority=-/small worker=-/slug exception_class=-/slug failed_at=-/stamp uuid=-/uuid connection=-/enum batch_id=-/uuid checksum=-/hex
schema_migrations @US b
  version=-/digits13 name=-/slug checksum=-/hex execution_time=-/int success=-/bool installed_rank=-/small script=-/path type=-/enum
games @US a
  level=-/small xp=-/int coins=-/int map_name=-/words difficulty=-/enum score=-/int weapon=-/words damage=-/small seed=-/bigid fps=-/int match_duration=-/int cell_x=-/small cell_y=-/small
network_devices @US b
  hostname=-/slug interface=-/slug mtu=-/int vlan=-/small speed=-/int duplex=-/enum firmware_version=-/version uptime=-/int rack=-/code port=-/int admin_state=-/enum oper_status=-/enum
nested_config @US a
  server.port=-/int server.timeout=-/int logging.level=-/enum cache.ttl=-/int features.darkMode.enabled=-/bool ui.card.layout=-/enum ui.phone.breakpoint=-/int email.retry.count=-/small auth.password.minLength=-/small auth.token.ttl=-/int payment.provider.timeout=-/int locale.fallback=-/lang
shipments_rates @US b
  zone=-/small min_weight=-/ratio max_weight=-/ratio rate=-/price surcharge=-/price service_level=-/enum transit_days=-/small currency=-/currency effective_date=-/date carrier_code=-/code
recipes @US a
  recipe_name=-/words servings=-/small prep_minutes=-/small ingredients.name=-/words ingredients.amount=-/ratio ingredients.unit=-/enum steps.text=-/prose cuisine=-/enum rating=-/ratio video_url=-/url
movies @US b
  original_title=-/words runtime=-/int budget=-/bigid revenue=-/bigid popularity=-/ratio vote_average=-/ratio vote_count=-/int adult=-/bool imdb_id=-/code poster_path=-/path release_date=-/date genres.id=-/small genres.name=-/enum tagline=-/prose
tickets @US c
  ticket_key=-/code summary=-/words story_points=-/small sprint=-/slug component=-/enum resolution=-/enum due_date=-/future labels=-/enum watchers_count=-/small time_estimate=-/int epic_link=-/code fix_version=-/version
weather @GB c
  station=-/slug wind_speed=-/ratio wind_direction=-/int pressure=-/ratio dew_point=-/ratio rainfall_mm=-/ratio observed_at=-/stamp condition=-/enum visibility_m=-/int uv_index=-/small
vehicles_catalog @DE c
  modell=-/model baujahr=-/year hubraum=-/int leistung_kw=-/int kraftstoff=-/enum listenpreis=-/price getriebe=-/enum tueren=-/small farbe=-/color gewicht=-/int verbrauch=-/ratio
billing_plans @US c
  plan_code=-/slug interval=-/enum amount_cents=-/int trial_days=-/small seats_included=-/small features=-/words is_public=-/bool currency=-/currency sort_index=-/small
logs @US c
  level=-/enum logger=-/slug thread=-/slug message=-/prose trace_id=-/hex span_id=-/hex16 http.status_code=-/int http.route=-/path duration=-/int host.name=-/slug container.id=-/hex64 pid=-/int line=-/int
email_campaigns @US c
  subject_line=-/words email_count=-/int open_rate=-/ratio phone_preview_url=-/url from_template=-/slug sms_enabled=-/bool password_reset_enabled=-/bool card_style=-/enum send_hour=-/small address_validation=-/bool bounce_email_rate=-/ratio
pull_requests @US d
  number=-/int state=-/enum title=-/words merged=-/bool additions=-/int deletions=-/int base_ref=-/slug head_sha=-/hex40 labels=-/enum milestone=-/version draft=-/bool review_count=-/small
energy_meters @DE d
  zaehlernummer=-/code stand_kwh=-/ratio ablesedatum=-/date tarif=-/enum leistung=-/ratio phase=-/letter frequenz=-/ratio spannung=-/ratio einbau=-/date typ=-/enum
ml_experiments @US d
  run_name=-/slug learning_rate=-/ratio epochs=-/small loss=-/ratio accuracy=-/ratio model_path=-/path token_limit=-/int seed=-/int gpu_memory=-/int batch_size=-/int dataset_version=-/version embedding_size=-/int
library @FR d
  isbn=-/ean titre=-/words editeur=-/company annee=-/year pages=-/int cote=-/code exemplaires=-/small genre=-/enum resume=-/prose disponible=-/bool
parking @ES d
  plaza=-/int planta=-/small tarifa_hora=-/price ocupado=-/bool entrada=-/stamp salida=-/stamp importe=-/price zona=-/letter
traps3 @US d
  emailFooterHtml=-/prose phoneIcon=-/path address_type=-/enum card_width=-/int location_count=-/int is_patient=-/bool password_expires_days=-/int namespace=-/slug filename=-/path hostname=-/slug birth_rate=-/ratio street_count=-/int ip_count=-/int device_count=-/int cardinality=-/int ibanValidationEnabled=-/bool latitude_precision=-/small mobile_first=-/bool passport_required=-/bool orderDirection=-/enum flightMode=-/bool genderNeutral=-/bool zipper_color=-/color
`;
