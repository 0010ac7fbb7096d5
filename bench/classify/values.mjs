/** Values made up for the labelled set. Their word lists are this file's own; check digits are computed here, not by the libraries under test. */
import { seeded } from './random.mjs';

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const HEX = '0123456789abcdef';
const B64 = `${UPPER}${UPPER.toLowerCase()}0123456789`;

const NAMES = {
  US: [
    'Harper Avery Scarlett Nathaniel Brooklyn Wyatt Riley Michael Jennifer Robert Patricia Linda Elijah Hazel Aubrey',
    'Smith Vandermeer Kowalczyk Brown Fitzgerald OConnor Nguyen Lopez Whitaker Blackwood Hernandez Kim',
  ],
  GB: [
    'Nigel Gemma Callum Oliver Imogen Rhys Poppy Alistair Freya Harry',
    'Thornton Hughes Ashworth Patel Wright Davies Pemberton Evans',
  ],
  DE: [
    'Günther Heidi Jürgen Anneliese Lukas Sabine Thorsten Hannelore Stefan Ulrike',
    'Müller Schäfer Rosenkranz Weber Baumgartner Vogt Hoffmann Lindner',
  ],
  FR: [
    'Maxime Élodie Gaëlle Thierry Camille Benoît Nathalie Pierre Océane Yann',
    'Lefèvre Dubois Marchand Girard Chevalier Bernard Perrin',
  ],
  ES: [
    'Begoña Íñigo Carmen Javier Nuria Alejandro Lucía Iker Montserrat Pablo',
    'García Fernández Echeverría Ruiz Iglesias Torres Castillo',
  ],
  MX: ['Guadalupe José Ximena Emiliano Carlos Leticia', 'Hernández Gutiérrez Ramírez Cervantes'],
  IT: [
    'Ludovica Giuseppe Beatrice Alessandro Ginevra Marco Chiara Tommaso',
    'Rossi Bianchi Mazzanti Ferrari Colombo Pellegrini',
  ],
  BR: [
    'Thiago Larissa Vinícius Fernanda João Beatriz Otávio Luana',
    'Silva Oliveira Cavalcanti Souza Nogueira Pereira',
  ],
  NL: ['Sanne Joost Femke Willem Marijke Daan Lieke Bram', 'de Vries Jansen van Dijk Bakker Hoekstra Visser'],
  PL: [
    'Zofia Krzysztof Agnieszka Wojciech Małgorzata Piotr Anna Stanisław',
    'Nowak Wiśniewska Kowalski Mazur Zieliński',
  ],
  SE: ['Linnea Gustav Ebba Oskar Maja Lars Ingrid Erik', 'Andersson Lindqvist Johansson Bergström Nilsson'],
  JP: ['翔太 美咲 健一 陽子 大輔', '佐藤 田中 鈴木 高橋 渡辺'],
  IN: ['Priya Arjun Lakshmi Rahul Ananya Vikram Deepa Suresh', 'Sharma Iyer Patel Reddy Chatterjee Singh'],
  CN: ['伟 芳 秀英 敏 静', '王 李 张 刘 陈'],
  TR: ['Elif Mehmet Zeynep Ahmet Ayşe Emre', 'Yılmaz Kaya Demir Öztürk'],
  ID: ['Siti Budi Dewi Agus Putri Wahyu', 'Santoso Wijaya Lestari Hidayat'],
  VN: ['Minh Hương Tuấn Thảo Quang Linh', 'Nguyễn Trần Phạm Lê'],
};
const CITIES = {
  US: 'Springfield,Portland,Tulsa,Boise',
  GB: 'Leeds,Bristol,York',
  DE: 'Köln,Leipzig,Bremen,Ulm',
  FR: 'Lyon,Nantes,Lille',
  ES: 'Sevilla,Bilbao,Zaragoza',
  MX: 'Puebla,Mérida',
  IT: 'Torino,Bari,Verona',
  BR: 'Recife,Curitiba,Manaus',
  NL: 'Utrecht,Breda,Delft',
  PL: 'Gdańsk,Łódź,Lublin',
  SE: 'Malmö,Uppsala',
  JP: '横浜市,札幌市',
  IN: 'Pune,Chennai',
  CN: '成都,杭州',
  TR: 'Bursa,İzmir',
  ID: 'Bandung,Surabaya,Medan',
  VN: 'Hà Nội,Đà Nẵng',
};
const STREETS = {
  US: (n) => `${n * 7} Maple Ave`,
  GB: (n) => `${n} Station Road`,
  DE: (n) => `Lindenstraße ${n}`,
  FR: (n) => `${n} rue des Lilas`,
  ES: (n) => `Calle Mayor ${n}`,
  MX: (n) => `Av. Juárez ${n}`,
  IT: (n) => `Via Garibaldi ${n}`,
  BR: (n) => `Rua das Flores, ${n}`,
  NL: (n) => `Kerkstraat ${n}`,
  PL: (n) => `ul. Polna ${n}`,
  SE: (n) => `Storgatan ${n}`,
  JP: (n) => `中央区${n}丁目${n}番地`,
  IN: (n) => `${n} MG Road`,
  CN: (n) => `人民路${n}号`,
  TR: (n) => `Atatürk Cad. No:${n}`,
  ID: (n) => `Jl. Merdeka No. ${n}`,
  VN: (n) => `${n} Lê Lợi, Quận 1`,
};
const ZIPS = {
  US: (r) => r.digits(5),
  GB: (r) => `LS${r.int(1, 29)} ${r.int(1, 9)}AB`,
  DE: (r) => r.digits(5),
  FR: (r) => `${r.int(10, 95)}${r.digits(3)}`,
  ES: (r) => `${r.int(10, 52)}${r.digits(3)}`,
  MX: (r) => r.digits(5),
  IT: (r) => `${r.int(10, 98)}${r.digits(3)}`,
  BR: (r) => `${r.digits(5)}-${r.digits(3)}`,
  NL: (r) => `${r.int(1000, 9999)} ${r.of(UPPER, 2)}`,
  PL: (r) => `${r.digits(2)}-${r.digits(3)}`,
  SE: (r) => `${r.digits(3)} ${r.digits(2)}`,
  JP: (r) => `${r.digits(3)}-${r.digits(4)}`,
  IN: (r) => `${r.int(1, 8)}${r.digits(5)}`,
  CN: (r) => `${r.int(1, 8)}${r.digits(5)}`,
  TR: (r) => `${r.int(10, 81)}${r.digits(3)}`,
};
const PHONES = {
  US: (r) => `(415) ${r.int(200, 999)}-${r.digits(4)}`,
  GB: (r) => `07700 ${r.int(100, 999)}${r.digits(3)}`,
  DE: (r) => `0151 ${r.int(1000, 9999)}${r.digits(4)}`,
  FR: (r) => `06 ${r.int(10, 99)} ${r.digits(2)} ${r.digits(2)} ${r.digits(2)}`,
  ES: (r) => `6${r.digits(2)} ${r.digits(3)} ${r.digits(3)}`,
  MX: (r) => `55 ${r.int(1000, 9999)} ${r.digits(4)}`,
  IT: (r) => `347 ${r.digits(7)}`,
  BR: (r) => `(11) 9${r.int(6000, 9999)}-${r.digits(4)}`,
  NL: (r) => `06-${r.int(10, 59)}${r.digits(6)}`,
  PL: (r) => `60${r.int(0, 9)} ${r.digits(3)} ${r.digits(3)}`,
  SE: (r) => `070-${r.digits(3)} ${r.digits(2)} ${r.digits(2)}`,
  JP: (r) => `090-${r.digits(4)}-${r.digits(4)}`,
  IN: (r) => `9${r.digits(9)}`,
  CN: (r) => `138${r.digits(8)}`,
  TR: (r) => `0532 ${r.digits(3)} ${r.digits(2)} ${r.digits(2)}`,
  ID: (r) => `0812-${r.digits(4)}-${r.digits(4)}`,
  VN: (r) => `090 ${r.digits(3)} ${r.digits(4)}`,
};
const E164 = {
  US: '+1415',
  GB: '+447700',
  DE: '+49151',
  FR: '+336',
  ES: '+346',
  MX: '+5255',
  IT: '+39347',
  BR: '+55119',
  NL: '+316',
  IN: '+919',
  SE: '+4670',
  PL: '+4860',
  JP: '+8190',
  CN: '+86138',
  TR: '+90532',
};
const E164_REST = {
  US: 7,
  GB: 6,
  DE: 8,
  FR: 8,
  ES: 8,
  MX: 8,
  IT: 7,
  BR: 8,
  NL: 8,
  IN: 9,
  SE: 7,
  PL: 7,
  JP: 8,
  CN: 8,
  TR: 7,
};

const luhn = (body) => {
  let sum = 0;
  [...body].reverse().forEach((digit, at) => {
    const value = Number(digit) * (at % 2 === 0 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  });
  return `${body}${(10 - (sum % 10)) % 10}`;
};
const mod = (text, by) => [...text].reduce((rest, digit) => (rest * 10 + Number(digit)) % by, 0);
const two = (number) => String(number).padStart(2, '0');

export function generators(country, seed) {
  const random = seeded(seed);
  const r = {
    int: (least, most) => least + Math.floor(random() * (most - least + 1)),
    of: (alphabet, length) => Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join(''),
    digits: (length) => Array.from({ length }, () => Math.floor(random() * 10)).join(''),
    pick: (list) => list[Math.floor(random() * list.length)],
    chance: (share) => random() < share,
  };
  const [given, family] = (NAMES[country] ?? NAMES.US).map((list) => list.split(' '));
  const first = () => r.pick(given);
  const last = () => r.pick(family);
  const plain = (text) =>
    text
      .normalize('NFKD')
      .replace(/[^A-Za-z]/g, '')
      .toLowerCase() || `u${r.digits(4)}`;
  const words =
    'copper lamp,oak table,solar pump,river stone,blue kettle,glass shelf,steam valve,quartz clock,linen cover,paper lantern'.split(
      ',',
    );
  const day = (from, to) => [r.int(from, to), two(r.int(1, 12)), two(r.int(1, 28))];
  const enums = Array.from({ length: 4 }, () =>
    r.pick('alpha,beta,gold,silver,pending,open,done,basic,premium,north,south,retail,bulk,fast,slow'.split(',')),
  );
  const g = {
    given: first,
    family: last,
    person: () => (country === 'JP' || country === 'CN' ? `${last()}${first()}` : `${first()} ${last()}`),
    japanese: () => `${last()} ${first()}`,
    chinese: () => `${last()}${first()}`,
    katakana: () => r.pick(['サトウ ケンイチ', 'タナカ ヨウコ', 'スズキ ミサキ', 'タカハシ ショウタ']),
    login: () => `${plain(first())}${r.pick(['_', '', '.'])}${r.digits(2)}`,
    email: () =>
      `${plain(first())}.${plain(last())}${r.int(1, 99)}@${r.pick(['example.com', 'mail.example.org', 'posta.example.net', 'firma.example'])}`,
    email2: () => `${plain(first())}@example.com`,
    phone: () => (PHONES[country] ?? PHONES.US)(r),
    national: () => (PHONES[country] ?? PHONES.US)(r),
    e164: () => `${E164[country] ?? '+1415'}${r.int(2, 9)}${r.digits((E164_REST[country] ?? 7) - 1)}`,
    street: () => (STREETS[country] ?? STREETS.US)(r.int(1, 150)),
    city: () => r.pick((CITIES[country] ?? CITIES.US).split(',')),
    state: () => r.pick(['CA', 'NY', 'TX', 'OR', 'SP', 'NW']),
    zip: () => (ZIPS[country] ?? ZIPS.US)(r),
    country: () => (r.chance(0.85) ? country : 'US'),
    salutation: () => r.pick(['Mr', 'Ms', 'Mrs', 'Dr']),
    dob: () => day(1942, 2006).join('-'),
    dobeu: () => day(1942, 2006).reverse().join('/'),
    dobde: () => day(1942, 2006).reverse().join('.'),
    sex: () => r.pick(['M', 'F', 'male', 'female']),
    sexja: () => r.pick(['男', '女']),
    lat: () => (r.int(30, 59) + random()).toFixed(6),
    lng: () => (r.int(-120, 40) + random()).toFixed(6),
    pair: () => `${(r.int(30, 59) + random()).toFixed(5)},${(r.int(-120, 40) + random()).toFixed(5)}`,
    card: () => luhn(`${r.pick(['4539', '5425', '4916', '5156'])}${r.digits(11)}`),
    cvv: () => r.digits(3),
    four: () => r.digits(4),
    month: () => r.int(1, 12),
    year: () => r.int(2024, 2031),
    mmyy: () => `${two(r.int(1, 12))}/${r.int(25, 31)}`,
    iban: () => {
      const bban = `${r.digits(8)}${r.digits(10)}`;
      return `DE${two(98 - mod(`${bban}131400`, 97))}${bban}`;
    },
    bic: () => `${r.of(UPPER, 4)}DEFF${r.pick(['', 'XXX'])}`,
    aba: () => r.digits(9),
    gateway: () => r.pick(['stripe', 'paypal', 'bogus']),
    stripeid: () => `${r.pick(['cus', 'ch', 'pi'])}_${r.of(B64, 14)}`,
    sortcode: () => `${r.digits(2)}-${r.digits(2)}-${r.digits(2)}`,
    upi: () => `${plain(first())}@okbank`,
    ifsc: () => `HDFC0${r.digits(6)}`,
    digits10: () => `${r.int(1, 9)}${r.digits(9)}`,
    digits13: () => `${r.int(1, 9)}${r.digits(12)}`,
    digits16: () => `${r.int(1, 9)}${r.digits(15)}`,
    ssn: () => `${r.int(100, 665)}-${two(r.int(1, 99))}-${r.int(1000, 9999)}`,
    nino: () => `${r.pick(['AB', 'CE', 'JK', 'PX'])}${r.digits(6)}${r.pick(['A', 'B', 'C', 'D'])}`,
    nhs: () => r.digits(10),
    vat: () => `${country}${r.digits(9)}`,
    idnr: () => {
      let digits;
      do {
        digits = `${r.int(1, 9)}${r.digits(9)}`;
      } while (!isIdnr(digits));
      let p = 10;
      for (const d of digits) {
        const s = (Number(d) + p) % 10 || 10;
        p = (s * 2) % 11;
      }
      return `${digits}${(11 - p) % 10}`;
    },
    nir: () => {
      const body =
        `${r.int(1, 2)}${two(r.int(40, 99))}${two(r.int(1, 12))}${two(r.int(1, 95))}${r.digits(2)}${r.int(1, 9)}${r.digits(2)}${r.int(1, 9)}`.slice(
          0,
          13,
        );
      return `${body}${two(97 - Number(BigInt(body) % 97n))}`;
    },
    dni: () => {
      const n = r.int(10_000_000, 99_999_999);
      return `${n}${'TRWAGMYFPDXBNJZSQVHLCKE'[n % 23]}`;
    },
    cf: () => codiceFiscale(r),
    cpf: () => {
      const b = r.digits(9);
      const d1 = check11([...b], 10);
      const d2 = check11([...b, d1], 11);
      const t = `${b}${d1}${d2}`;
      return `${t.slice(0, 3)}.${t.slice(3, 6)}.${t.slice(6, 9)}-${t.slice(9)}`;
    },
    curp: () => curp(r),
    rfc: () =>
      `${r.of('BCDFG', 1)}A${r.of('BCDFG', 2)}${two(r.int(60, 99))}${two(r.int(1, 12))}${two(r.int(1, 28))}${r.of(`${UPPER}123`, 3)}`,
    bsn: () => {
      for (;;) {
        const b = `${r.int(1, 9)}${r.digits(7)}`;
        const s = [...b].reduce((a, d, i) => a + Number(d) * (9 - i), 0) % 11;
        if (s < 10) return `${b}${s}`;
      }
    },
    pesel: () => {
      const b = `${two(r.int(45, 99))}${two(r.int(1, 12))}${two(r.int(1, 28))}${r.digits(4)}`;
      const s = [...b].reduce((a, d, i) => a + Number(d) * [1, 3, 7, 9][i % 4], 0);
      return `${b}${(10 - (s % 10)) % 10}`;
    },
    pnr: () =>
      country === 'SE'
        ? (() => {
            const b = `${two(r.int(45, 99))}${two(r.int(1, 12))}${two(r.int(1, 28))}${r.digits(3)}`;
            const full = luhn(b);
            return `${full.slice(0, 6)}-${full.slice(6)}`;
          })()
        : r.of('ABCDEFGHJKLMNPQRSTUVWXYZ23456789', 6),
    aadhaar: () => verhoeff(`${r.int(2, 9)}${r.digits(10)}`),
    panin: () => `${r.of(UPPER, 3)}P${r.of(UPPER, 1)}${r.digits(4)}${r.of(UPPER, 1)}`,
    ric: () => {
      const b = `110105${r.int(1950, 2003)}${two(r.int(1, 12))}${two(r.int(1, 28))}${r.digits(3)}`;
      const w = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
      return `${b}${'10X98765432'[[...b].reduce((a, d, i) => a + Number(d) * w[i], 0) % 11]}`;
    },
    tckn: () => {
      const b = [...`${r.int(1, 9)}${r.digits(8)}`].map(Number);
      const o = b[0] + b[2] + b[4] + b[6] + b[8];
      const e = b[1] + b[3] + b[5] + b[7];
      const d10 = (((o * 7 - e) % 10) + 10) % 10;
      return `${b.join('')}${d10}${(o + e + d10) % 10}`;
    },
    passport: () => `${r.of(UPPER, 2)}${r.digits(7)}`,
    plate: () => `${r.of(UPPER, 2)}-${r.digits(3)}-${r.of(UPPER, 1)}`,
    code: () => `${r.of(UPPER, 2)}${r.digits(6)}`,
    kvnr: () => `${r.of(UPPER, 1)}${r.digits(9)}`,
    insurer: () => r.pick(['AOK', 'TK', 'Barmer', 'Zilveren Kruis', 'CZ']),
    icd: () => r.pick(['E11.9', 'I10', 'J45.0', 'F32.1', 'M54.5', 'K21.9']),
    blood: () => r.pick(['A+', 'O-', 'B+', 'AB+', '0+']),
    drug: () => r.pick(['Metformin 500 mg', 'Ibuprofen', 'Ramipril 5 mg', 'Salbutamol']),
    cm: () => r.int(150, 199),
    hr: () => r.int(55, 140),
    bp: () => `${r.int(100, 150)}/${r.int(60, 95)}`,
    ip: () => `${r.pick([82, 91, 188, 203, 64])}.${r.int(0, 255)}.${r.int(0, 255)}.${r.int(1, 254)}`,
    mac: () => Array.from({ length: 6 }, () => r.of(HEX, 2)).join(':'),
    imei: () => luhn(`35${r.digits(12)}`),
    uuid: () => [8, 4, 4, 4, 12].map((n) => r.of(HEX, n)).join('-'),
    agent: () => `Mozilla/5.0 (iPhone; CPU iPhone OS 1${r.int(4, 8)}_0 like Mac OS X) AppleWebKit/605.1.15`,
    hex: () => r.of(HEX, 32),
    hex16: () => r.of(HEX, 16),
    hex40: () => r.of(HEX, 40),
    hex64: () => r.of(HEX, 64),
    token: () => r.of(`${B64}-_`, 43),
    base64: () => `${r.of(B64, 43)}=`,
    cipher: () => `0:3:${r.of(B64, 60)}==`,
    jwt: () => `eyJhbGciOiJIUzI1NiJ9.eyJ${r.of(B64, 40)}.${r.of(B64, 43)}`,
    bcrypt: () => `$2b$12$${r.of(`${B64}./`, 53)}`,
    phpass: () => `$P$B${r.of(`${B64}./`, 30)}`,
    sha256salt: () => `${r.of(HEX, 64)}:${r.of(B64, 32)}:1`,
    django: () => `pbkdf2_sha256$600000$${r.of(B64, 22)}$${r.of(B64, 43)}=`,
    md5: () => r.of(HEX, 32),
    plain: () => `${r.pick(['sommer', 'dragon', 'Passw0rd', 'qwerty', 'letmein'])}${r.digits(r.int(1, 4))}`,
    kcjson: () => JSON.stringify({ value: `${r.of(B64, 43)}=`, salt: r.of(B64, 22), additionalParameters: {} }),
    flight: () => `${r.pick(['LH', 'BA', 'AF', 'UA', 'DL'])}${r.int(10, 1999)}`,
    iata: () => r.pick(['FRA', 'JFK', 'CDG', 'GRU', 'HND']),
    airline: () => r.pick(['LH', 'AF', 'BA']),
    seat: () => `${r.int(1, 40)}${r.pick(['A', 'B', 'C', 'D'])}`,
    tail: () => `N${r.digits(3)}${r.of(UPPER, 2)}`,
    date: () => day(2019, 2026).join('-'),
    future: () => day(2026, 2034).join('-'),
    compactdate: () => day(2015, 2026).join(''),
    int: () => r.int(100, 99_999),
    small: () => r.int(0, 12),
    zero: () => 0,
    bool: () => r.chance(0.6),
    price: () => (random() * 900).toFixed(2),
    ratio: () => Number((random() * 100).toFixed(3)),
    bigid: () => r.int(4_000_000_000, 7_999_999_999_999),
    sfid: () => `003${r.of(B64, 15)}`,
    gid: () => `gid://shop/Customer/${r.digits(12)}`,
    stamp: () => `${day(2019, 2026).join('-')}T${two(r.int(0, 23))}:${two(r.int(0, 59))}:00Z`,
    epoch: () => r.int(1_500_000_000, 1_790_000_000),
    epochms: () => r.int(1_500_000_000_000, 1_790_000_000_000),
    enum: () => r.pick(enums),
    words: () => r.pick(words),
    slug: () => `${r.pick(words).replace(' ', '-')}-${r.int(1, 60)}`,
    prose: () => `${r.pick(words)} was checked and found to work as it should on day ${r.int(1, 30)}`,
    company: () =>
      r.pick([
        'Acme GmbH',
        'Globex Corp',
        'Initech LLC',
        'Umbrella Ltd',
        'Hooli',
        'Northwind Traders',
        'Johnson & Sons',
      ]),
    department: () => r.pick(['Sales', 'Research', 'Legal', 'Platform']),
    url: () => `https://cdn.example.com/${r.of(HEX, 8)}/a.png`,
    path: () => `/media/${r.of(HEX, 6)}/b.jpg`,
    color: () => r.pick(['red', 'teal', '#ff8800', 'black']),
    sku: () => `SKU-${r.digits(5)}-${r.of(UPPER, 2)}`,
    ean: () => r.digits(13),
    version: () => `${r.int(1, 18)}.${r.int(0, 9)}.${r.int(0, 20)}`,
    model: () => r.pick(['iPhone 14', 'Pixel 7', 'SM-G991B', 'Moto G']),
    lang: () => r.pick(['en', 'de', 'fr', 'es']),
    currency: () => 'EUR',
    letter: () => r.of('ABCD', 1),
    three: () => r.of(UPPER, 3),
    empty: () => '',
    fhirref: () => `Patient/${r.of(HEX, 12)}`,
    job: () => r.pick(['Analyst', 'Engineer', 'Clerk']),
    mixedtelecom: () => (r.chance(0.5) ? g.phone() : g.email()),
    hexnumber: () => `0x${r.of(HEX, 8)}`,
    none: () => undefined,
    host: () => r.pick(['social.example', 'chat.example.org', 'm.example.net']),
    matrix: () => `@${plain(first())}${r.digits(2)}:chat.example.org`,
    roomid: () => `!${r.of(B64, 18)}:chat.example.org`,
    deviceid: () => r.of(UPPER, 10),
    snowflake: () => `11${r.digits(16)}`,
    mime: () => r.pick(['image/png', 'image/jpeg', 'video/mp4']),
    tz: () => r.pick(['Europe/Berlin', 'America/New_York', 'Asia/Tokyo']),
    digits6: () => `${r.int(4, 9)}${r.digits(5)}`,
    digits7: () => `3${r.digits(6)}`,
    digits8: () => `${r.int(1, 9)}${r.digits(7)}`,
    digits9: () => `${r.int(1, 9)}${r.digits(8)}`,
    digits12: () => `0${r.digits(11)}`,
    digits15: () => `7${r.digits(14)}`,
    digits26: () => `${two(r.int(10, 98))}${r.digits(24)}`,
    digits5: () => r.digits(5),
    sys: () => r.int(98, 165),
    dia: () => r.int(58, 101),
    kg: () => (r.int(48, 110) + random()).toFixed(1),
    grams: () => r.int(48_000, 110_000),
    celsius: () => (36 + random() * 3).toFixed(1),
    bmi: () => (18 + random() * 16).toFixed(1),
    spo2: () => r.int(91, 100),
    scrypt: () => `400$8$24$${r.of(HEX, 16)}$${r.of(HEX, 64)}`,
    token12: () => r.of(B64, 12),
    auth0id: () => `auth0|${r.of(HEX, 24)}`,
    hex24: () => r.of(HEX, 24),
    clock: () => `${two(r.int(0, 23))}:${two(r.int(0, 59))}:00`,
    allergen: () => r.pick(['Penicillin', 'peanuts', 'latex', 'pollen', 'gluten']),
    symptom: () => r.pick(['urticaria', 'anaphylaxis', 'nausea']),
    uid11: () => r.of(B64, 11),
    two: () => r.of(UPPER.toLowerCase(), 2),
    jid: () => `91${r.digits(10)}@s.whatsapp.net`,
    masked: () => `${r.pick(['4539', '5425'])}12******${r.digits(4)}`,
    nik: () =>
      `32${two(r.int(1, 79))}${two(r.int(1, 30))}${two(r.int(1, 28))}${two(r.int(1, 12))}${two(r.int(50, 99))}${r.digits(4)}`,
    lp: () => r.pick(['L', 'P']),
    romaji: () => r.pick(['Sato Kenichi', 'Tanaka Yoko', 'Suzuki Misaki', 'Takahashi Sho', 'Watanabe Emi']),
    byear: () => r.int(1940, 2006),
    age: () => r.int(18, 93),
    iprating: () => r.pick(['IP67', 'IP68', 'IP54']),
  };
  return g;
}

function isIdnr(digits) {
  const counts = {};
  for (const digit of digits) counts[digit] = (counts[digit] ?? 0) + 1;
  const repeated = Object.values(counts).filter((n) => n > 1);
  return repeated.length === 1 && (repeated[0] === 2 || repeated[0] === 3) && !/(\d)\1\1/.test(digits);
}

function check11(digits, from) {
  const rest = digits.reduce((sum, digit, at) => sum + Number(digit) * (from - at), 0) % 11;
  return String(rest < 2 ? 0 : 11 - rest);
}

function codiceFiscale(r) {
  const body = `${r.of('BCDFGLMNPRST', 6)}${two(r.int(40, 99))}${r.pick([...'ABCDEHLMPRST'])}${two(r.int(1, 28))}${r.pick(['H501', 'F205', 'L219'])}`;
  const odd = {
    0: 1,
    1: 0,
    2: 5,
    3: 7,
    4: 9,
    5: 13,
    6: 15,
    7: 17,
    8: 19,
    9: 21,
    A: 1,
    B: 0,
    C: 5,
    D: 7,
    E: 9,
    F: 13,
    G: 15,
    H: 17,
    I: 19,
    J: 21,
    K: 2,
    L: 4,
    M: 18,
    N: 20,
    O: 11,
    P: 3,
    Q: 6,
    R: 8,
    S: 12,
    T: 14,
    U: 16,
    V: 10,
    W: 22,
    X: 25,
    Y: 24,
    Z: 23,
  };
  const sum = [...body].reduce(
    (total, letter, at) =>
      total + (at % 2 === 0 ? odd[letter] : /\d/.test(letter) ? Number(letter) : letter.charCodeAt(0) - 65),
    0,
  );
  return `${body}${UPPER[sum % 26]}`;
}

function curp(r) {
  const body = `${r.of('BCDFGM', 1)}A${r.of('BCDFGM', 2)}${two(r.int(50, 99))}${two(r.int(1, 12))}${two(r.int(1, 28))}${r.pick(['H', 'M'])}DF${r.of('BCDFGL', 3)}0`;
  const alphabet = '0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ';
  const sum = [...body].reduce((total, letter, at) => total + alphabet.indexOf(letter) * (18 - at), 0);
  return `${body}${(10 - (sum % 10)) % 10}`;
}

function verhoeff(body) {
  const d = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
    [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
    [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
    [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
    [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
    [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
    [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
    [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
  ];
  const p = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
    [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
    [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
    [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
    [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
    [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
    [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
  ];
  const inv = [0, 4, 3, 2, 1, 5, 6, 7, 8, 9];
  const c = [...body].reverse().reduce((rest, digit, at) => d[rest][p[(at + 1) % 8][Number(digit)]], 0);
  return `${body}${inv[c]}`;
}
