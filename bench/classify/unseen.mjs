/**
 * A second labelled set, written without sight of the classifier's vocabulary, after everything in schemas.mjs was in use:
 * columns of other public schemas. By a seeded draw each data set belongs to part e, which served for learning, or to part
 * f, of which nothing but totals was printed until it served for learning, too.
 *
 * Written as schemas.mjs is, with two additions: `a|b` accepts either label, and the generator `none` stands for a column
 * of which only the name is known.
 *
 * Sources: the public schemas and API references of Discourse, Mastodon, Synapse, Zulip, OpenEMR, OpenMRS, Canvas LMS,
 * PrestaShop, OpenCart, Saleor, Medusa, Adyen, Auth0, Amazon Cognito, Intercom, Mailchimp, GTFS, NeTEx, FHIR R4, DHIS2,
 * Strava, Garmin, OwnTracks, Telegram, Berlin Group XS2A, ISO 20022 pain.001, OrangeHRM, openSIS, MDS, Open Hospitality,
 * IATA, GitLab, WordPress, Snipe-IT, Open Food Facts, and what applications in eleven languages call their columns.
 */
export const UNSEEN = `
users(discourse) @US
  id=-/int username=identity/login username_lower=identity/login name=identity/person seen_notification_id=-/int last_posted_at=-/stamp password_hash=credentials/hex64 salt=credentials/hex active=-/bool trust_level=-/small date_of_birth=identity/dob ip_address=device/ip registration_ip_address=device/ip views=-/int flag_level=-/small title=-|identity/words uploaded_avatar_id=-/int locale=-/lang primary_group_id=-/small secure_identifier=-|credentials/hex40
user_profiles(discourse) @US
  user_id=-/int location=location/city website=-|identity/url bio_raw=-|identity/prose bio_cooked_version=-/small profile_background_upload_id=-/int featured_topic_id=-/int
topics(discourse) @US
  title=-/prose last_post_user_id=-/int posts_count=-/small reply_count=-/small slug=-/slug bumped_at=-/stamp archetype=-/enum pinned_globally=-/bool excerpt=-/prose
accounts(mastodon) @DE
  username=identity/login domain=-/host private_key=credentials/token public_key=-|credentials/token note=-|identity/prose display_name=identity/person uri=-|identity/url avatar_file_name=-/path avatar_content_type=-/mime avatar_file_size=-/int header_remote_url=-/url inbox_url=-/url followers_url=-/url actor_type=-/enum discoverable=-/bool silenced_at=-/stamp
statuses(mastodon) @DE
  text=-/prose in_reply_to_id=-/snowflake reblog_of_id=-/snowflake sensitive=-/bool visibility=-/small spoiler_text=-/empty language=-/lang conversation_id=-/int edited_at=-/stamp poll_id=-/none
user_ips(synapse) @GB
  user_id=-|identity/matrix access_token=credentials/token device_id=device/deviceid ip=device/ip user_agent=device/agent last_seen=-/epochms
devices(synapse) @GB
  device_id=device/deviceid display_name=-|device/model last_seen=-/epochms hidden=-/bool
event_json(synapse) @GB
  event_id=-/token room_id=-/roomid internal_metadata=-/enum format_version=-/small
zerver_userprofile @IN
  delivery_email=email/email full_name=identity/person date_joined=-/stamp timezone=-/tz api_key=credentials/hex bot_type=-/none is_bot=-/bool avatar_source=-/letter enter_sends=-/bool long_term_idle=-/bool last_active_message_id=-/int tos_version=-/version color_scheme=-/small emojiset=-/enum presence_enabled=-/bool
patient_data(openemr) @US
  pid=-/int fname=identity/given lname=identity/family mname=identity/given DOB=identity/dob street=location/street postal_code=location/zip city=location/city state=location/state ss=identity/ssn phone_home=phone/phone phone_biz=phone/phone phone_cell=phone/phone email_direct=email/email pharmacy_id=-/small hipaa_mail=-/bool ethnoracial=identity|health/none drivers_license=identity/code mothersname=identity/person guardiansname=identity/person occupation=identity|-/job providerID=-/small
form_vitals(openemr) @US
  bps=health/sys bpd=health/dia weight=health/kg height=health/cm temperature=health/celsius temp_method=-|health/enum pulse=health/hr respiration=health/small BMI=health/bmi waist_circ=health/cm oxygen_saturation=health/spo2 activity=-/small groupname=-/enum authorized=-/bool
prescriptions(openemr) @US
  drug=health/drug dosage=health|-/small rxnorm_drugcode=health/digits6 refills=-|health/small substitute=-|health/bool date_modified=-/stamp encounter=-/int filled_by_id=-/int
obs(openmrs) @GB
  obs_id=-/int person_id=-/int concept_id=-|health/int encounter_id=-/int value_numeric=health|-/ratio obs_datetime=-/stamp voided=-/bool void_reason=-/empty creator=-/small form_namespace_and_path=-/path
canvas_users @US
  sortable_name=identity/person workflow_state=-/enum lti_context_id=-/hex40 short_name=identity/given sis_user_id=-|identity/code login_id=identity|email/email integration_id=-/none avatar_url=-|identity/url pronouns=identity/none birthdate=identity/none
canvas_pseudonyms @US
  unique_id=identity|email/email crypted_password=credentials/scrypt single_access_token=credentials/token persistence_token=credentials/hex64 current_login_ip=device/ip last_request_at=-/stamp login_count=-/small position=-/small deleted_unique_id=identity|email|-/none
canvas_courses @US
  course_code=-/code start_at=-/stamp conclude_at=-/stamp grading_standard_id=-/small is_public=-/bool enrollment_term_id=-/small storage_quota_mb=-/int syllabus_body=-/prose default_view=-/enum
ps_address @FR
  id_address=-/int id_country=-/small alias=-/enum company=-/company lastname=identity/family firstname=identity/given address1=location/street address2=location/none postcode=location/zip city=location/city other=-/prose phone_mobile=phone/national vat_number=-|identity/vat dni=identity/code date_upd=-/stamp deleted=-/zero
ps_product @FR
  id_supplier=-/small ean13=-/ean upc=-/digits12 wholesale_price=-/price unity=-/enum reference=-/sku supplier_reference=-/sku location=-/code width=-/ratio out_of_stock=-/bool advanced_stock_management=-/bool condition=-/enum minimal_quantity=-/small cache_default_attribute=-/int
oc_order @TR
  invoice_no=orders|payment/int store_name=-/company store_url=-/url customer_group_id=-/small firstname=identity/given telephone=phone/phone custom_field=-/empty payment_firstname=identity|payment/given payment_address_1=location|payment/street payment_postcode=location|payment/zip shipping_city=location/city shipping_zone_id=-/small shipping_method=-|orders/enum comment=-|orders/prose order_status_id=-|orders/small affiliate_id=-/small tracking=-|orders/code forwarded_ip=device/ip accept_language=-|device/lang
oc_product_description @TR
  product_id=-/int language_id=-/small name=-/words description=-/prose tag=-/words meta_title=-/words meta_keyword=-/words
account_user(saleor) @PL
  email=email/email is_staff=-/bool password=credentials/django default_billing_address_id=-/int note=-/none first_name=identity/given jwt_token_key=credentials/token12 search_document=-|identity|email/none language_code=-/lang last_password_reset_request=-/stamp
warehouse_stock(saleor) @PL
  quantity=-/small quantity_allocated=-/small warehouse_id=-/uuid product_variant_id=-/int shipping_zones=-/enum click_and_collect_option=-/enum
medusa_orders @SE
  display_id=-|orders/int cart_id=-|orders/stripeid customer_id=-/stripeid email=email/email region_id=-/stripeid shipping_address.first_name=identity/given shipping_address.address_1=location/street shipping_address.postal_code=location/zip billing_address.phone=phone/e164 items.title=orders|-/words items.unit_price=orders|-/price items.variant.sku=orders|-/sku fulfillments.tracking_numbers=orders/digits13 payments.data.brand=payment|-/enum canceled_at=-/stamp idempotency_key=-/uuid no_notification=-/bool
adyen_payments @NL
  pspReference=payment|-/code merchantAccountCode=-/words merchantReference=-|orders|payment/code shopperReference=-|identity|payment/uuid shopperEmail=email/email shopperIP=device/ip cardHolderName=payment|identity/person cardBin=payment/digits6 cardSummary=payment/four expiryDate=payment/mmyy issuerCountry=-|location|payment/country recurring.recurringDetailReference=payment|-/code additionalData.avsResult=-/enum amount.value=payment|-/int amount.currency=-/currency eventCode=-/enum success=-/bool
auth0_users @GB
  user_id=-|identity/auth0id email_verified=-/bool family_name=identity/family given_name=identity/given nickname=identity/login picture=-|identity/url identities.provider=-/enum identities.isSocial=-/bool identities.connection=-/enum identities.access_token=credentials/token last_ip=device/ip logins_count=-/small app_metadata.plan=-/enum user_metadata.hobby=-|identity/none multifactor=-/enum
cognito_users @JP
  Username=identity/uuid Attributes.sub=-|identity/uuid Attributes.email_verified=-/bool Attributes.phone_number=phone/e164 Attributes.birthdate=identity/dob Attributes.zoneinfo=-/tz UserCreateDate=-/stamp UserStatus=-/enum MFAOptions.DeliveryMedium=-/enum Attributes.address=location/street
intercom_contacts @US
  external_id=-/hex24 role=-/enum avatar=-|identity/url has_hard_bounced=-/bool marked_email_as_spam=-/bool unsubscribed_from_emails=-/bool location.region=location/none location.city=location/city browser=-|device/enum browser_version=-|device/version os=-|device/enum android_device=-|device/model android_os_version=-|device/version android_sdk_version=-/version ios_last_seen_at=-/epoch referrer=-/url utm_campaign=-/slug last_email_clicked_at=-/epoch
mailchimp_members @US
  email_address=email/email unique_email_id=-/hex16 email_type=-/enum merge_fields.FNAME=identity/given merge_fields.LNAME=identity/family merge_fields.BIRTHDAY=identity/none stats.avg_open_rate=-/ratio ip_signup=device/ip timestamp_signup=-/stamp ip_opt=device/ip member_rating=-/small vip=-/bool location.latitude=location/lat location.longitude=location/lng location.gmtoff=-/small last_note.note=-/prose list_id=-/hex16
ride_requests @US
  rider_uuid=-/uuid driver_uuid=-/uuid pickup_lat=location|travel/lat pickup_lng=location|travel/lng dropoff_address=location|travel/street begintrip_timestamp=travel|-/stamp surge_multiplier=-/ratio fare_amount=-|payment|travel/price vehicle_type=-/enum rider_rating=-/ratio cancel_flag=-/bool route_polyline=location|travel/none eta_minutes=-/small driver_license_plate=identity|travel|device/plate
stay_reservations @ES
  confirmation_code=travel/pnr guest.full_name=identity/person guest.phone=phone/e164 check_in_date=travel/date check_out_date=travel/date nights=travel|-/small listing_id=-/bigid listing_title=-/prose house_rules=-/prose cleaning_fee=-/price min_nights=-/small door_code=credentials|location/four host_payout=-|payment/price cancellation_policy=-/enum
gtfs_trips @NL
  route_id=-/code service_id=-/code trip_headsign=-/words direction_id=-/bool block_id=-/int shape_id=-/int bikes_allowed=-/small agency_phone=-|phone/none agency_url=-/url route_short_name=-/small arrival_time=-/clock stop_sequence=-/small pickup_type=-/small shape_dist_traveled=-/ratio
gtfs_stops @NL
  stop_id=-/int stop_lat=-/lat stop_lon=-/lng parent_station=-/int level_id=-/small tts_stop_name=-/words stop_timezone=-/tz
AllergyIntolerance @US
  code.text=health/allergen reaction.manifestation.text=health/symptom criticality=-|health/enum patient.display=identity/person lastOccurrence=health|-/date verificationStatus.coding.code=-|health/enum asserter.reference=-/fhirref
Immunization @US
  vaccineCode.coding.code=health/small occurrenceDateTime=health|-/date lotNumber=health|-/code site.text=health|-/enum doseQuantity.value=health|-/small performer.actor.display=identity/person protocolApplied.doseNumber=health|-/small
trackedentityinstances(dhis2) @IN
  orgUnit=-/uid11 trackedEntityType=-/uid11 inactive=-/bool attributes.displayName=-|identity/words attributes.valueType=-/enum enrollments.incidentDate=-|health/stamp enrollments.storedBy=identity|-/login enrollments.program=-/uid11 coordinates=location/pair deleted=-/bool lastUpdatedAtClient=-/stamp
activities(strava) @GB
  athlete.id=-/int distance=-|health/ratio moving_time=-|health/int total_elevation_gain=-|health/ratio start_latlng=location/pair map.summary_polyline=location/none average_heartrate=health/hr max_heartrate=health/hr kudos_count=-/small gear_id=-/code trainer=-/bool calories=health|-/int average_watts=health|-/int timezone=-/tz upload_id=-/bigid external_id=-/path
garmin_wellness @US
  restingHeartRate=health/hr sleepTimeSeconds=health/int averageStressLevel=health/small steps=health/int bodyBatteryHigh=health|-/small weightInGrams=health/grams vo2Max=health/small calendarDate=-|health/date userAccessToken=credentials/token summaryId=-/code menstrualCycleDay=health/none
owntracks @DE
  lat=location/lat lon=location/lng acc=-|location/small alt=-|location/int batt=-|device/small vel=-|location/small tid=device|identity|-/two tst=-/epoch conn=-/letter SSID=device|location/slug BSSID=device|location/mac inregions=location/none topic=-|device|identity/path
telegram_export @US
  personal_information.first_name=identity/given personal_information.phone_number=phone/e164 personal_information.bio=-|identity/prose contacts.list.last_name=identity/family sessions.list.last_ip=device/ip sessions.list.device_model=-|device/model sessions.list.app_version=-/version sessions.list.last_active=-/stamp chats.list.messages.text=-/prose chats.list.messages.from_id=-/code chats.list.type=-/enum chats.list.messages.media_type=-/mime
wa_messages @IN
  key_remote_jid=phone|identity/jid key_from_me=-/bool data=-/prose media_mime_type=-/mime media_size=-/int media_hash=-/base64 media_duration=-/small latitude=location/lat longitude=location/lng thumb_image=-/none remote_resource=-|phone/none receipt_server_timestamp=-/epochms starred=-/bool
xs2a_accounts @DE
  resourceId=-/uuid iban=payment/iban ownerName=payment|identity/person cashAccountType=-/enum bic=payment|-/bic balances.balanceAmount.amount=payment|-/price balances.balanceType=-/enum _links.balances.href=-/path product=-/words usage=-/enum
xs2a_transactions @DE
  creditorName=payment|identity/person creditorAccount.iban=payment/iban debtorName=payment|identity/person remittanceInformationUnstructured=payment|-/none bookingDate=-|payment/date valueDate=-|payment/date endToEndId=-|payment/code mandateId=payment|-/code bankTransactionCode=-/enum maskedPan=payment/masked
pain001 @FR
  GrpHdr.MsgId=-/code GrpHdr.CreDtTm=-/stamp GrpHdr.NbOfTxs=-/small PmtInf.Dbtr.Nm=payment|identity/person PmtInf.DbtrAcct.Id.IBAN=payment/iban PmtInf.DbtrAgt.FinInstnId.BIC=payment|-/bic CdtTrfTxInf.Cdtr.PstlAdr.AdrLine=location/street CdtTrfTxInf.Amt.InstdAmt=payment|-/price PmtInf.ReqdExctnDt=-|payment/date PmtInf.PmtMtd=-|payment/enum
hs_hr_employee @IN
  emp_number=identity|-/int employee_id=identity|-/code emp_lastname=identity/family emp_firstname=identity/given emp_birthday=identity/dob emp_gender=identity/small emp_marital_status=identity/enum emp_ssn_num=identity/ssn emp_dri_lice_num=identity/code emp_dri_lice_exp_date=-|identity/future job_title_code=-/small eeo_cat_code=-/small work_station=-/small emp_street1=location/street emp_hm_telephone=phone/phone emp_work_email=email/email joined_date=-/date ethnic_race_code=identity/none nation_code=identity|location/none custom1=-/empty
students(opensis) @US
  student_id=-|identity/int alt_id=-|identity/code common_name=identity/given ethnicity=identity/enum estimated_grad_date=-/date is_disable=-|health/bool physician=health|identity/person physician_phone=phone/phone allergy_notes=health/none home_room=-/code bus_pickup=-|location|travel/bool gpa=-/ratio graduation_year=-/year
car_sharing_trips @IT
  codice_contratto=-/code targa=identity|device|travel/plate patente_numero=identity/code inizio_noleggio=travel|-/stamp km_percorsi=-|travel/int tariffa=-/price lat_inizio=location|travel/lat lon_inizio=location|travel/lng livello_batteria=-/small modello=-/model carburante=-/enum cilindrata=-/int
loyalty_cards @GB
  card_barcode=-|payment|identity|orders/ean tier=-/enum points_balance=-|orders/int member_since=-/date favourite_store_id=-/small household_size=-|identity/small date_last_redeemed=-/date forename=identity/given surname=identity/family mobile_no=phone/phone opt_in_sms=-/bool
opera_reservation @FR
  RESV_NAME_ID=-/int CONFIRMATION_NO=travel/digits9 ARRIVAL_DATE=travel/date DEPARTURE_DATE=travel/date ROOM_CATEGORY=-|travel/enum RATE_CODE=-/code GUEST_FIRST_NAME=identity/given PASSPORT_NO=identity/passport CREDIT_CARD_NUMBER=payment/card MARKET_CODE=-/three HOUSEKEEPING_STATUS=-/enum VIP_STATUS=-|identity/small
dcs_boarding @DE
  paxName=identity/person bookingRef=travel/pnr seatNo=travel/seat boardingSeq=travel|-/small bagTagNumber=travel/digits10 docType=-|identity/enum docNumber=identity/passport docExpiry=-|identity/future freqFlyerNo=travel|identity/code ssrCodes=travel|health|-/enum aircraftReg=-/tail etd=-|travel/clock boardingGate=travel|-/seat
paciente_sus @BR
  nome_completo=identity/person nome_mae=identity/person dt_nascimento=identity/dobeu cns=identity|health/digits15 nr_cpf=identity/cpf sexo=identity/sex raca_cor=identity|health/none logradouro=location/street bairro=location/words cep=location/zip uf=location/state celular=phone/phone cod_ibge=-|location/digits7 dt_cadastro=-/date situacao=-/enum alergias=health/allergen tp_sanguineo=health/blood ativo=-/bool
musteriler @TR
  musteri_no=-|identity/int ad_soyad=identity/person tc_kimlik_no=identity/tckn dogum_tarihi=identity/dobde cep_telefonu=phone/phone e_posta=email/email ilce=location/city posta_kodu=location/zip vergi_dairesi=-/words kayit_tarihi=-/stamp durum=-/enum urun_adi=-|orders/words adet=-|orders/small birim_fiyat=-|orders/price siparis_no=orders/digits10 sifre=credentials/bcrypt
pelanggan @ID
  nama_lengkap=identity/person nik=identity/nik tanggal_lahir=identity/dob tempat_lahir=identity|location/city jenis_kelamin=identity/lp alamat=location/street kode_pos=location/digits5 no_hp=phone/phone surel=email/email kata_sandi=credentials/bcrypt status_aktif=-/bool tanggal_dibuat=-/stamp golongan_darah=health/blood nama_barang=-|orders/words harga=-|orders/price stok=-/small
kaiin @JP
  shimei=identity/romaji namae_kana=identity/katakana seinengappi=identity/dob yubin_bango=location/zip jusho=location/street denwa_bango=phone/phone seibetsu=identity/sexja shohin_code=-/sku kakaku=-/price zaiko_su=-/small toroku_bi=-/stamp mail_address=email/email
pracownicy @PL
  imie=identity/given nazwisko=identity/family nr_pesel=identity/pesel data_urodzenia=identity/dob nr_dowodu=identity/code ulica=location/street kod_pocztowy=location/zip miejscowosc=location/city nr_konta=payment/digits26 stanowisko=-|identity/job wymiar_etatu=-/ratio data_zatrudnienia=-/date tel_kom=phone/phone nip=-|identity/digits10 aktywny=-/bool uwagi=-/prose
empleados @ES
  nombre=identity/given apellido1=identity/family apellido2=identity/family nif=identity/dni num_ss=identity/digits12 fecha_nac=identity/dobeu fecha_alta=-/date domicilio=location/street cod_postal=location/zip poblacion=location/city movil=phone/phone correo=email/email cuenta_bancaria=payment/iban categoria=-/enum turno=-/enum baja_medica=health/none contrasena=credentials/plain
medlemmar @SE
  personnr=identity/pnr fornamn=identity/given efternamn=identity/family gatuadress=location/street postnr=location/zip postort=location/city mobilnr=phone/phone epost=email/email medlemsnr=-|identity/int skapad=-/stamp betald=-/bool avgift=-/price losenord=credentials/bcrypt antal=-/small
khach_hang @VN
  ho_ten=identity/person ngay_sinh=identity/dobeu gioi_tinh=identity/enum so_dien_thoai=phone/phone dia_chi=location/street so_cccd=identity/digits12 mat_khau=credentials/bcrypt ma_don_hang=orders/code ngay_tao=-/stamp trang_thai=-/enum so_luong=-|orders/small gia_ban=-|orders/price
huurders @NL
  voornaam=identity/given tussenvoegsel=identity/none achternaam=identity/family geboortedatum=identity/dob burgerservicenummer=identity/bsn straatnaam=location/street huisnummer=location/small woonplaats=location/city telefoonnummer=phone/phone rekeningnummer=payment/iban huurprijs=-|payment/price ingangsdatum=-/date energielabel=-/letter oppervlakte=-/int wachtwoord=credentials/bcrypt aangemaakt_op=-/stamp
pazienti @IT
  cognome=identity/family nome=identity/given codice_fiscale=identity/cf luogo_nascita=identity|location/city data_nascita=identity/dob indirizzo=location/street cap=location/zip cellulare=phone/phone medico_curante=health|identity/person diagnosi=health/icd data_ricovero=health|-/date reparto=-|health/department stato_civile=identity/none note=-/prose data_inserimento=-/stamp
projects(gitlab) @US
  path=-/slug creator_id=-/int namespace_id=-/int import_url=-/none star_count=-/small merge_requests_template=-/none visibility_level=-/small runners_token=credentials/token build_timeout=-/int last_repository_check_failed=-/bool ci_config_path=-/path description_html=-/prose storage_version=-/small
assets(snipeit) @US
  asset_tag=-/code serial=device|-/code model_id=-/small purchase_date=-/date purchase_cost=-/price order_number=-|orders/int warranty_months=-/small assigned_to=-/int requestable=-/bool last_checkout=-/stamp rtd_location_id=-/small depreciate=-/bool imei=device/imei mac_address=device/mac
foodproducts @FR
  code=-/ean product_name=-/words brands=-/company categories_tags=-/slug nutriscore_grade=-/letter energy-kcal_100g=-/int ingredients_text=-/prose allergens=-|health/allergen serving_size=-/enum image_front_url=-/url countries_tags=-/slug additives_n=-/small last_modified_t=-/epoch manufacturing_places=-/city stores=-/company
store_locator @US
  store_number=-/int storeName=-/company openingHours=-/enum latitude=-/lat longitude=-/lng addressLine=-/street postcode=-/zip phone=-/phone parkingSpaces=-/small hasPharmacy=-/bool
appSettings @US
  minSupportedVersion=-/version forceUpdate=-/bool maintenance-mode=-/bool apiBaseUrl=-/url featureFlags.newCheckout=-/bool supportEmail=-|email/none themeColors.primary=-/color cacheTtlSeconds=-/int maxUploadSize=-/int defaultLocale=-/lang termsVersion=-/version retry-after-ms=-/int sentryDsn=credentials|-/none
audit_trail @US
  actor_id=-/int action=-/enum target_type=-/enum target_id=-/int request_id=-/uuid source_ip=device/ip changes_json=-/none occurred_at=-/stamp checksum=-/hex64 prev_hash=-/hex64 severity=-/small
device_telemetry @US
  deviceSerial=device/code fw_ver=-/version rssi=-/small battery_mv=-/int ambient_temp=-/celsius humidity=-/ratio uptime_s=-/int boot_count=-/small free_heap=-/int wifi_ssid=device|location/slug eui64=device/hex16 gateway_eui=device/hex16
invoices(ninja) @US
  invoice_number=orders|payment/code po_number=orders|-/code discount=-/ratio due_date=-|payment/date tax_name1=-/enum tax_rate1=-/ratio custom_value1=-/empty balance=payment|-|orders/price is_recurring=-/bool public_notes=-/prose design_id=-/small
push_subscriptions @US
  endpoint=device|-|credentials/url p256dh=credentials|device/token auth=credentials/token12 fcm_token=device|credentials/token apns_device_token=device|credentials/hex64 platform=-/enum topicArn=-/none quiet_hours_start=-/clock
event_tickets @BR
  attendee_name=identity/person attendee_email=email/email ticket_type=-/enum qr_payload=-/hex venue_name=-/words venue_address=-/street seat_row=-|travel/letter price_paid=-|orders|payment/price checkin_at=-/stamp section=-/letter ticket_hash=-/md5
insurance_claims @GB
  policyNumber=identity|health|payment|-/code claimantSurname=identity/family claimantNino=identity/nino incidentPostcode=location/zip injuryDescription=health/none vehicleRegistration=identity|device/plate excessAmount=-/price claimHandlerId=-/int reserve=-/price bankSortCode=payment/sortcode bankAccountNo=payment/digits8 lossDate=-/date
voters @US
  voter_reg_num=identity/int last_nm=identity/family first_nm=identity/given name_suffix_cd=-|identity/enum res_street_address=location/street res_city_desc=location/city zip_code=location/zip race_code=identity/letter party_cd=identity|-/three birth_year=identity/byear precinct_abbrv=-|location/code age_at_year_end=identity/age registr_dt=-/date
genomics_samples @GB
  participant_nhs_no=identity|health/nhs sample_barcode=-|health/code hpo_terms=health/none karyotype=health/none sex_at_birth=identity|health/sex fastq_path=-/path md5sum=-/md5 read_depth=-/int reference_build=-/enum
dating_profiles @US
  screenName=identity/login dob=identity/dob sexualOrientation=identity|health/none relationshipStatus=identity/enum religion=identity/none heightCm=health|identity/cm geo.lat=location/lat geo.long=location/lng photosCount=-/small lastSwipeAt=-/stamp isBoosted=-/bool searchRadiusKm=-/small
npm_packages @US
  package_name=-/slug dist.shasum=-/hex40 dist.tarball=-/url dist-tags.latest=-/version license=-/enum maintainers.name=identity/login maintainers.email=email/email downloads=-/int readme=-/prose repository.url=-/url engines.node=-/version
game_scores @JP
  playerName=identity/login guildId=-/int highScore=-/int weapon_name=-/words map_name=-/words session_length=-/int respawn_count=-/small character_level=-/small server_region=-/enum purchase_token=payment|credentials|orders/token gems_balance=-/int
`;
