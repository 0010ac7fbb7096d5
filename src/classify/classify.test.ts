import { describe, expect, it } from 'vitest';
import { CATEGORIES } from '../core/category.ts';
import { classifyFields } from './index.ts';

const one = (name: string, dataset?: string) => classifyFields([name], dataset)[0]?.category;

/** Names as they stand in real schemas, with what they hold. */
const HOLD: Record<keyof typeof CATEGORIES, string> = {
  credentials:
    'password password_hash passwordHash hashed_password pwd user.password PASSWD access_token refreshToken api_key apiKey clientSecret ' +
    'session_token reset_token otp totp_secret private_key security_answer mot_de_passe contraseña senha wachtwoord kennwort encrypted_password',
  location:
    'lat lng latitude longitude location.lat geo_point home_location coordinates street street_name postal_code zip zipCode postcode ' +
    'shipping_address billingAddress address_line_1 address2 Straße PLZ code_postal calle indirizzo endereço gps_coordinates shipping_address.city geohash',
  travel:
    'flight_number flightNumber passenger_id itinerary pnr booking_reference hotel_id check_in_date boarding_pass departure_time pickup_location ' +
    'airline frequent_flyer_number vuelo Buchungsnummer',
  payment:
    'card_number cardNumber credit_card creditCardNumber cvv iban IBAN bic card_last4 card_expiry payment_method iban_token account_holder ' +
    'bank_account routing_number stripe_customer_id card_brand Kontonummer numero_tarjeta carte_bancaire',
  email:
    'email Email EMAIL e_mail eMail e-mail emailAddress email_address user.email contact_email email_hash email.keyword workEmail courriel correo',
  phone:
    'phone phone_number phoneNumber mobile_number cell_phone telephone msisdn contact_phone phone2 home_phone Telefonnummer teléfono celular whatsapp_number',
  identity:
    'first_name firstName FirstName firstname lastname full_name surname date_of_birth dob birthDate birthday gender ssn passport_number national_id ' +
    'username user_name display_name nationality Vorname Nachname Geburtsdatum prénom apellidos cognome voornaam cpf tax_id driver_license customer_name',
  orders:
    'order_id orderId order_number order_total order_status cart_items invoice_number sku purchase_date tracking_number loyalty_points ' +
    'Bestellnummer commande_id pedido checkout_id wishlist total_orders',
  health:
    'diagnosis patient_id blood_type bloodPressure heart_rate heartRateAvg medication prescription_id allergies icd10_code medical_record_number insulin_dose ' +
    'health_insurance_number Blutgruppe enfermedad maladie',
  device:
    'device_id deviceId imei idfa gaid android_id advertising_id push_token fcm_token ip_address client_ip mac_address user_agent ipAddress',
};

/** Names that look like personal data to a substring search and hold none. */
const TRAPS =
  'acid_level ACADEMIC_YEAR_CODE email_verified emailVerified is_email_verified username_color card_layout phone_model phoneModel address_bus ' +
  'bus_address ip_rating version app_version os_version version_number api_version 1.2.3 v2 email_count email_template email_enabled email_sent_at ' +
  'password_changed_at has_password password_policy password_strength phone_verified phone_type mobile_app_version sort_order display_order ' +
  'order_by health_check health_status next_page_token csrf_token token_count max_tokens cart_url has_orders id _id uuid created_at updated_at status type ' +
  'name title description color size weight height count total amount price currency tags category active enabled language theme ' +
  'file_name host_name table_name product_name event_name page_name zip_file cell_value scroll_position file_position data_location ' +
  'card_view card_color passenger_count_limit latency latest flatten belongs along long_text telemetry tellable cellular_automaton hotelier_rating ' +
  'emailer postage streetwear genderless panel expand company spanish japan pinned spinning opinion shipped description_text ' +
  'destination_url is_mobile show_phone bank_holiday race_condition state_machine travel_time_limit checksum hashtag hash order score ' +
  'timestamp epoch_ms request_id trace_id span_id correlation_id batch_id newsletter device_model device_type session_timeout last_login_at login_count ' +
  'session_count session_duration session_start address_id city_id cell_id phone_code area_code position.x UnitPrice';

describe('classifyFields', () => {
  for (const category of Object.keys(HOLD) as (keyof typeof CATEGORIES)[]) {
    it(`knows names of ${CATEGORIES[category]}`, () => {
      for (const name of HOLD[category].split(' ')) expect(`${name}: ${one(name)}`).toBe(`${name}: ${category}`);
    });
  }

  it('does not fall for names that only look like personal data', () => {
    const wrong = TRAPS.split(' ').filter((name) => one(name) !== undefined);
    expect(wrong).toEqual([]);
  });

  it('gives contextual words a meaning by the name of the data set', () => {
    expect(one('name')).toBeUndefined();
    expect(one('name', 'customers')).toBe('identity');
    expect(one('name', 'shop.public.users')).toBe('identity');
    expect(one('name', 'products')).toBeUndefined();
    expect(one('total', 'orders')).toBe('orders');
    expect(one('amount', 'payments')).toBe('payment');
    expect(one('weight', 'patients')).toBe('health');
    expect(one('weight', 'products')).toBeUndefined();
  });

  it('gives contextual words a meaning by their siblings', () => {
    const found = classifyFields(['order_id', 'sku', 'total', 'quantity', 'created_at']);
    expect(found.map(({ name, category }) => `${name}: ${category}`)).toEqual([
      'order_id: orders',
      'sku: orders',
      'total: orders',
      'quantity: orders',
    ]);
    expect(classifyFields(['name', 'email', 'phone']).map(({ category }) => category)).toEqual([
      'identity',
      'email',
      'phone',
    ]);
  });

  it('is sure of clear names and not of hints', () => {
    const confidence = (name: string) => classifyFields([name])[0]?.confidence;
    expect(confidence('email')).toBe('firm');
    expect(confidence('card_number')).toBe('firm');
    expect(confidence('mobile')).toBe('tentative');
    expect(confidence('city')).toBe('tentative');
    expect(confidence('email_somethingunknown')).toBe('tentative');
  });

  it('takes the noun of a compound', () => {
    expect(one('payment_email')).toBe('email');
    expect(one('patient_phone_number')).toBe('phone');
    expect(one('passenger_passport_number')).toBe('identity');
  });

  it('reads key patterns of Redis', () => {
    expect(one('user:*:email')).toBe('email');
    expect(one('session:*')).toBe('credentials');
    expect(one('rate:*')).toBeUndefined();
    expect(one('otp:*')).toBe('credentials');
  });

  it('bears names of any length', () => {
    expect(classifyFields(['a'.repeat(1_000_000), 'x_'.repeat(500_000), ''])).toEqual([]);
    expect(classifyFields([])).toEqual([]);
  });
});

describe('words around words', () => {
  const told = (names: string[], dataset: string) =>
    Object.fromEntries(classifyFields(names, dataset).map(({ name, category }) => [name, category]));

  it('spell abbreviations out and put a name after a person', () => {
    expect(told(['fecha_nac', 'cod_postal', 'freqFlyerNo', 'guardiansname', 'debtorName'], 'x')).toEqual({
      fecha_nac: 'identity',
      cod_postal: 'location',
      freqFlyerNo: 'travel',
      guardiansname: 'identity',
      debtorName: 'identity',
    });
  });

  it('take nothing of a place of business for a person’s', () => {
    expect(told(['store_number', 'latitude', 'longitude', 'phone', 'postcode'], 'store_locator')).toEqual({});
    expect(told(['venue_address', 'avatar_file_name', 'in_reply_to_id'], 'x')).toEqual({});
    expect(told(['email', 'first_name', 'latitude', 'phone'], 'store_customers')).toHaveProperty(
      'latitude',
      'location',
    );
  });
});
