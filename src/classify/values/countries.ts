/** Countries as they stand in columns: ISO codes, English and own names, locales, currencies, calling codes. */
const ROWS =
  'US USA 1 USD en,UNITED STATES,UNITED STATES OF AMERICA|GB GBR 44 GBP en,UNITED KINGDOM,GREAT BRITAIN,ENGLAND,UK|CA CAN - CAD -,CANADA|' +
  'DE DEU 49 - de,GERMANY,DEUTSCHLAND|FR FRA 33 - fr,FRANCE|ES ESP 34 - es,SPAIN,ESPAÑA|IT ITA 39 - it,ITALY,ITALIA|NL NLD 31 - nl,NETHERLANDS,NEDERLAND|' +
  'PT PRT 351 - -,PORTUGAL|BR BRA 55 BRL pt,BRAZIL,BRASIL|MX MEX 52 MXN -,MEXICO,MÉXICO|AR ARG 54 ARS -,ARGENTINA|CL CHL 56 CLP -,CHILE|CO COL 57 COP -,COLOMBIA|' +
  'PL POL 48 PLN pl,POLAND,POLSKA|SE SWE 46 SEK sv,SWEDEN,SVERIGE|NO NOR 47 NOK nb,NORWAY,NORGE|DK DNK 45 DKK da,DENMARK,DANMARK|FI FIN 358 - fi,FINLAND,SUOMI|' +
  'CH CHE 41 CHF -,SWITZERLAND,SCHWEIZ,SUISSE|AT AUT 43 - -,AUSTRIA,ÖSTERREICH|BE BEL 32 - -,BELGIUM,BELGIË,BELGIQUE|CZ CZE 420 CZK cs,CZECHIA,CZECH REPUBLIC,ČESKO|' +
  'RO ROU 40 RON ro,ROMANIA,ROMÂNIA|BG BGR 359 BGN bg,BULGARIA|HR HRV 385 - hr,CROATIA,HRVATSKA|GR GRC 30 - el,GREECE|IE IRL 353 - -,IRELAND|TR TUR 90 TRY tr,TURKEY,TÜRKIYE|' +
  'RU RUS 7 RUB ru,RUSSIA|IN IND 91 INR hi,INDIA|CN CHN 86 CNY zh,CHINA|JP JPN 81 JPY ja,JAPAN|KR KOR 82 KRW ko,SOUTH KOREA,KOREA|HK HKG 852 HKD -,HONG KONG|MY MYS 60 MYR ms,MALAYSIA|' +
  'TH THA 66 THB th,THAILAND|AU AUS 61 AUD -,AUSTRALIA|NZ NZL 64 NZD -,NEW ZEALAND|ZA ZAF 27 ZAR -,SOUTH AFRICA|IL ISR 972 ILS he,ISRAEL|ID IDN 62 IDR id,INDONESIA|' +
  'HU HUN 36 HUF hu,HUNGARY,MAGYARORSZÁG|UA UKR 380 UAH uk,UKRAINE|SG SGP 65 SGD -,SINGAPORE|VN VNM 84 VND vi,VIETNAM|PH PHL 63 PHP -,PHILIPPINES|EG EGY 20 EGP -,EGYPT|SA SAU 966 SAR ar,SAUDI ARABIA|AE ARE 971 AED -,UNITED ARAB EMIRATES|NG NGA 234 NGN -,NIGERIA|KE KEN 254 KES -,KENYA|PE PER 51 PEN -,PERU';

const BY_TEXT = new Map<string, string>();
const CODES = new Set<string>();

for (const row of ROWS.split('|')) {
  const [codes = '', ...names] = row.split(',');
  const [two = '', three = '', calling = '-', currency = '-'] = codes.split(' ');
  CODES.add(two);
  for (const text of [two, three, ...names]) BY_TEXT.set(text, two);
  if (currency !== '-') BY_TEXT.set(currency, two);
  if (calling !== '-') BY_TEXT.set(`+${calling}`, two);
}

/** The country that a short value names: `BR`, `BRA`, `Brazil`, `pt_BR`, `BRL`, `+55`. */
export function countryOf(value: string): string | undefined {
  if (value.length < 2 || value.length > 24) return undefined;
  const locale = /^[a-z]{2,3}[-_]([A-Z]{2})$/.exec(value);
  if (locale?.[1] !== undefined) return CODES.has(locale[1]) ? locale[1] : undefined;
  return BY_TEXT.get(value.toUpperCase());
}
