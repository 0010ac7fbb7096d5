/**
 * A third labelled set, part g: what back ends of mobile apps typically keep, written without sight of the vocabulary and
 * after part f had been opened for learning. Nothing but its totals is ever printed. A third of its columns have no
 * values (`none`, or by a seeded draw), two thirds are nothing personal, and debatable columns are left out.
 *
 * Written as unseen.mjs is.
 */
export const FRESH = `
app_users @DE
  uid=-/uuid emailAddress=email/email vorname=identity/given nachname=identity/none pwdHash=credentials/bcrypt mobilePhone=phone/none registeredAt=-/stamp emailConfirmed=-/bool accountType=-/enum newsletterFrequency=-/none marketingConsent=-/bool loginAttempts=-/small onboardingStep=-/none
member_profile @FR
  member_ref=-/int prenom=identity/given nom_de_famille=identity/family date_de_naissance=identity/dobeu sexe=identity/none adresse_mail=email/email tel_portable=phone/phone mot_de_passe=credentials/none photo_verified=-/bool theme_choisi=-/enum nb_connexions=-/none derniere_maj=-/stamp
refresh_sessions @US
  sessionId=-|credentials|device/uuid refreshToken=credentials/token accessTokenHash=credentials/none clientIp=device/ip ua=device/agent expiresAt=-/stamp revoked=-/bool grantType=-/enum scope=-/none issuedAtMs=-/epochms mfaRequired=-/none
user_devices @IN
  imei1=device/imei wifiMac=device/mac advertisingId=device/uuid deviceModel=-|device/model osVersion=-|device/version appBuild=-/none screenDensity=-/ratio jailbroken=-/bool firstSeen=-/stamp androidId=device/hex16 idfa=device/none batteryPct=-/none storageFreeMb=-/int
delivery_addresses @ES
  destinatario=identity/person calle=location/street numero_portal=location/none codigo_postal=location/zip localidad=location/city telefono_contacto=phone/phone es_predeterminada=-/bool tipo_direccion=-/enum actualizado_el=-/stamp zona_reparto=-/none orden=-/small
ordersV2 @IT
  orderNumber=orders/digits10 orderTotal=orders/price buyerEmail=email/email recipientName=identity/person shipTo.street=location/street shipTo.zip=location/none shipTo.city=location/city status=-/enum warehouseCode=-/code currency=-/currency weightGrams=-/int packedAt=-/stamp carrier=-/none labelFormat=-/none
card_payments @GB
  cardNumber=payment/card cardExpMonth=payment/none cardExpYear=payment/none cvc=payment/cvv holderName=payment|identity/person sortCode=payment/sortcode gatewayResponseCode=-/three captured=-/bool retryCount=-/small createdUtc=-/stamp threeDsVersion=-/none feeRule=-/none settlementBatch=-/int
ride_trips @BR
  passageiro_nome=identity/person cpf_passageiro=identity/cpf origem_lat=location|travel/lat origem_lng=location|travel/lng destino_endereco=location|travel/street placa_veiculo=identity|device|travel/plate tarifa_base=-/price distancia_km=-|travel/ratio status_corrida=-/none versao_app=-/version categoria_veiculo=-/enum telefone_passageiro=phone/none
flight_bookings @TR
  passengerSurname=identity/family passengerGivenName=identity/none passportNumber=identity/passport recordLocator=travel/pnr flightNumber=travel/flight seatNumber=travel/seat ticketNumber=travel/digits13 frequentFlyerNumber=travel|identity/none cabin=-|travel/enum fareRule=-/none queueNumber=-/small syncedAt=-/stamp
hotel_reservations @JP
  guestName=identity/japanese guestPhone=phone/phone checkInDate=travel/date checkOutDate=travel/none confirmationNumber=travel/digits8 roomNumber=travel|-/digits5 roomTypeCode=-/three housekeepingPriority=-/none breakfastIncluded=-|travel/bool cancellationPolicyId=-/small channelManagerId=-/none guestEmail=email/email
hotels_catalogue @JP
  hotelName=-/words hotelAddress=-/street hotelPhone=-/phone lat=-/lat lon=-/lng starRating=-/small numberOfRooms=-/int checkInFrom=-/clock chainCode=-/three amenities=-/none city=-/city
chat_messages @PL
  sender_email=email/email recipient_phone=phone/phone delivered=-/bool thread_no=-/int media_mime=-/mime edited=-/none reactions_count=-/small reply_to_msg=-/int sent_ts=-/epoch attachment_bytes=-/none ttl_s=-/small
push_registrations @US
  fcmToken=device|credentials/token apnsToken=device|credentials/hex64 deviceUuid=device/none badgeCount=-/small topicName=-/slug optedIn=-/bool soundName=-/none lastDeliveredAt=-/stamp collapseKey=-/none platformVersion=-/version
gps_tracks @NL
  latitude=location/lat longitude=location/lng heading=-|location/ratio satellites=-/none accuracy_m=-|location/small home_address=location/street segment=-/small sampled_at=-/stamp activity_label=-/enum geohash=location/none provider=-/enum
patient_records @IT
  cod_fiscale=identity/cf gruppo_sanguigno=health/blood diagnosi_principale=health/icd allergie=health/allergen terapia=health/none frequenza_cardiaca=health/hr peso_kg=health/none farmaco=health/drug operatore_id=-/int stato_cartella=-/enum modulo_versione=-/version creato_il=-/stamp stampato=-/none
wellness_log @DE
  restingHeartRate=health/hr bloodPressure=health/bp weightKg=health/kg bloodGlucose=health/none sleepMinutes=health/none medicationName=health/drug diagnosisCode=health/icd source=-/enum entryVersion=-/small syncState=-/none reminderTime=-/clock unitSystem=-/none
subscriptions @SE
  subscriberEmail=email/email planCode=-/slug renewsAt=-/stamp trialDays=-/small autoRenew=-/bool cancelReason=-/none iban=payment/iban cardLast4=payment/four graceDays=-/small productTier=-/enum billingPeriod=-/none personnummer=identity/pnr
loyalty_members @GB
  firstName=identity/given surname=identity/none birthDate=identity/dob mobileNumber=phone/phone emailAddr=email/none postCode=location/zip tierName=-/enum nextTierThreshold=-/int pinHash=credentials/hex64 campaignCode=-/slug multiplier=-/ratio expiredFlag=-/none
support_tickets @IN
  requesterEmail=email/email requesterName=identity/person callbackNumber=phone/e164 ticketNo=-/int priority=-/enum slaBreached=-/bool queueName=-/slug macroId=-/small csatScore=-/none firstResponseMins=-/small resolution_code=-/none tagsCsv=-/enum
audit_events @US
  event_name=-/slug entity_type=-/enum entity_key=-/hex24 trace_id=-/hex remote_addr=device/ip http_status=-/small duration_ms=-/int hostname=-/host build_number=-/int error_code=-/none module_name=-/slug userAgent=device/agent payload_size=-/none
product_catalogue @DE
  productTitle=-/words brandName=-/company gtin=-/ean listPrice=-/price stockLevel=-/small colourName=-/color supplierName=-/company manufacturerAddress=-/street weight=-/kg height=-/int shelfLocation=-/code careInstructions=-/none vatRate=-/ratio heroImage=-/url
inventory_moves @PL
  batch_number=-/code quantity=-/small from_location=-/code to_location=-/code unit_cost=-/price reason_code=-/enum pallet_id=-/digits9 counted=-/bool expiry_date=-/future dock_door=-/none scanner_firmware=-/version
app_settings @US
  settingKey=-/slug settingValue=-/enum defaultLanguage=-/lang maxLoginAttempts=-/small passwordMinLength=-/small sessionTimeoutSec=-/int supportPhone=-|phone/none splashColor=-/color showTutorial=-/bool addressAutocompleteEnabled=-/bool paymentMethodsOrder=-/none emailTemplateId=-/small
feature_flags @US
  flagName=-/slug rolloutPercent=-/small ownerTeam=-/department targetCountries=-/none variantWeights=-/enum enabledSince=-/date killSwitch=-/bool phoneLoginEnabled=-/bool cardScannerVersion=-/version hashSeed=-/none
telemetry_events @BR
  eventType=-/enum frameRate=-/ratio memoryPressure=-/none networkType=-/enum buildFlavor=-/slug crashGroup=-/hex40 sdkVersion=-/version latencyMs=-/int batteryTemp=-/celsius screenName=-/slug cpuCores=-/none
cms_articles @FR
  titre=-/prose sous_titre=-/none rubrique=-/enum publie_le=-/stamp image_url=-/url nb_vues=-/int mots_cles=-/words resume_html=-/prose position_accueil=-/small gabarit=-/none etat=-/enum
branches @ES
  nombre_sucursal=-/words direccion_sucursal=-/street telefono_sucursal=-/phone horario_apertura=-/clock latitud=-/lat longitud=-/lng codigo_tienda=-/code plazas_parking=-/none cp_sucursal=-/zip superficie_m2=-/int
timetable_stops @NL
  stop_name=-/words stop_lat=-/lat stop_lon=-/lng departure_time=-/clock platform_code=-/letter line_number=-/small operator_name=-/company headsign=-/words wheelchair_access=-/bool zone_code=-/none calendar_id=-/int
klanten_orders @NL
  klantnaam=identity/person klant_email=email/email bezorgadres=location/street telefoon=phone/none bestelnummer=orders/digits10 bestel_totaal=orders/none artikelgroep=-/enum magazijn=-/none verzendmethode=-|orders/enum btw_tarief=-/ratio
`;
