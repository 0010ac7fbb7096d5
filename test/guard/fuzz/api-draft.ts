/** Requests to declared resources: by a grammar that makes valid ones, and by what people try. */
import { orderOf, PERSONS, type Person, RESOURCES, type ResourceName } from '../harness/api-fixture.ts';
import { caseSeed, createRandom, type Random } from './random.ts';

export type ApiKind = 'valid' | 'hostile';

/**
 * One request. Texts may hold `{own:1}`, `{ownTag:1}`, `{ownCursor:0}`: what the sender knows of an own document in this world;
 * `{their:1}`, `{theirTag:1}`, `{theirCursor:0}`: the same of the other's, as it is in the first world, sent to both.
 */
export interface ApiStep {
  by: Person;
  kind: ApiKind;
  resource: ResourceName;
  method: string;
  path: string;
  /** Encoded. */
  query: string[];
  headers: [string, string][];
  body?: string;
  /** Sent once more: a creation with its key makes nothing, and a reading shows the same. */
  again?: boolean;
  /** What a document shows is sent back as a change of it. */
  echo?: boolean;
}

export interface ApiCase {
  judged: Person;
  steps: ApiStep[];
}

const MERGE = 'application/merge-patch+json';

export function generateApi(seed: number, index: number): ApiCase {
  const random = createRandom(caseSeed(seed, index));
  const judged = random.pick(PERSONS);
  const resource = random.pick(RESOURCES);
  const steps: ApiStep[] = [];
  const count = 2 + random.int(7);
  while (steps.length < count) {
    const by = random.chance(0.7) ? judged : PERSONS.find((one) => one !== judged)!;
    const made = valid(random, by, random.chance(0.9) ? resource : random.pick(RESOURCES), index);
    for (const one of made) {
      if (random.chance(0.4)) {
        one.kind = 'hostile';
        hostile(random, one);
        if (random.chance(0.15)) hostile(random, one);
      }
      steps.push(one);
    }
  }
  return { judged, steps };
}

function valid(random: Random, by: Person, resource: ResourceName, index: number): ApiStep[] {
  const step = (method: string, path: string, more: Partial<ApiStep> = {}): ApiStep => ({
    by,
    kind: 'valid',
    resource,
    method,
    path: `/v1/${resource}${path}`,
    query: [],
    headers: [],
    ...more,
  });
  const one = `{own:${random.int(6)}}`;
  const tag = (): [string, string] => ['If-Match', random.chance(0.2) ? '*' : `{ownTag:${one.slice(5, -1)}}`];
  return random.weighted<() => ApiStep[]>([
    [
      24,
      () => {
        const filters = query(random, by);
        const sort = random.chance(0.5) ? [`sort=${order(random)}`] : [];
        const size = random.chance(0.7) ? [`size=${1 + random.int(3)}`] : [];
        const first = step('GET', '', { query: [...filters, ...sort, ...size], again: random.chance(0.1) });
        const pages = Array.from({ length: random.int(3) }, () =>
          step('GET', '', { query: [...filters, ...sort, ...size, 'cursor={ownCursor:0}'] }),
        );
        return [first, ...pages];
      },
    ],
    [10, () => [step('GET', '/count', { query: query(random, by), again: random.chance(0.1) })]],
    [
      14,
      () => [
        step('GET', `/${one}`, {
          echo: random.chance(0.15),
          headers: random.chance(0.2) ? [['If-None-Match', `{ownTag:${random.int(4)}}`]] : [],
        }),
      ],
    ],
    [
      18,
      () => {
        const keyed = resource === 'parcels' || random.chance(0.6);
        const key = random.chance(0.7)
          ? `key-${index}-${random.int(2)}`
          : `seed-${random.pick(PERSONS)}-${1 + random.int(5)}`;
        return [
          step('POST', '', {
            body: JSON.stringify(document(random, by, true)),
            headers: [
              ['Content-Type', 'application/json'],
              ...(keyed ? [['Idempotency-Key', key] as [string, string]] : []),
              ...(random.chance(0.1) ? [['Prefer', 'return=minimal'] as [string, string]] : []),
            ],
            again: keyed && random.chance(0.4),
          }),
        ];
      },
    ],
    [
      22,
      () => [
        step('PATCH', `/${one}`, {
          body: JSON.stringify(document(random, by, false)),
          headers: [['Content-Type', MERGE], tag()],
        }),
      ],
    ],
    [9, () => [step('DELETE', `/${one}`, { headers: random.chance(0.5) ? [tag()] : [] })]],
    [3, () => [step('GET', '', { path: random.pick(['/v1/openapi.json', '/v1/']) })]],
  ])();
}

function query(random: Random, by: Person): string[] {
  const n = 1 + random.int(6);
  const order = orderOf(by, n);
  const all = [
    `status=${random.pick(['open', 'paid', 'sent'])}`,
    `status[in]=${random.pick(['open,paid', 'sent', 'open,paid,sent'])}`,
    `status[exists]=${random.chance(0.5)}`,
    `total[${random.pick(['gt', 'gte'])}]=${random.pick(['0', '10.5', '40', '99999'])}`,
    `total[${random.pick(['lt', 'lte'])}]=${random.pick(['0', '20.5', '100000'])}`,
    `placed[gte]=2026-0${1 + random.int(9)}-01T00:00:00Z`,
    `placed=2026-0${n}-11T10:00:00Z`,
    `units=${n}`,
    `units[in]=1,2,${n}`,
    `gift=${random.chance(0.5)}`,
    `title=${order.title}`,
    `title[exists]=true`,
    `tags=t${n}`,
    `phone=${encodeURIComponent(String(order.phone))}`,
    `recipientName=${encodeURIComponent(String(order.recipientName))}`,
  ];
  return random.some(all, 2);
}

function order(random: Random): string {
  const keys = random.some(['status', 'total', 'placed', 'units', 'title'], 2);
  return (keys.length === 0 ? ['placed'] : keys).map((key) => (random.chance(0.5) ? `-${key}` : key)).join(',');
}

/** Markers of encrypted values stand in encrypted fields alone. */
function document(random: Random, by: Person, whole: boolean): Record<string, unknown> {
  const order = orderOf(by, 1 + random.int(8));
  const writable = Object.entries(order).filter(
    ([name]) => whole || !['placed', 'iban', 'voucher', 'pin'].includes(name),
  );
  const least = whole ? 8 : 0;
  const chosen = random.some(writable, writable.length);
  const all = Object.fromEntries(chosen.length < least ? writable : chosen);
  if (whole) all.status ??= 'open';
  if (whole && 'recipientName' in all) all.recipientId = 'rita';
  if (random.chance(0.15)) all[random.pick(['total', 'address', 'note', 'salary'])] = null;
  if (!whole && random.chance(0.15)) all.recipientId = random.pick(['rita', 'rolf', null, 'bob', 'ada']);
  if (random.chance(0.1)) all.address = random.pick([{ city: 'X' }, { zip: '00000' }, { zip: null }]);
  return all;
}

const METHODS = [...['GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'HEAD', 'OPTIONS', 'TRACE', 'get', 'PROPFIND', 'QUERY']];

/** Texts that mean something to some store, and are values like others here. */
const TEXTS = [
  ...[
    '*',
    "' OR 1=1 --",
    '"; DROP TABLE shop.parcels; --',
    '$1',
    '{"match_all":{}}',
    'a OR b',
    'ssn:1',
    '${claims.sub}',
  ],
  ...[
    '\u0000',
    '\ud800',
    'pv1.AAAA',
    'bob',
    'null',
    '__proto__',
    '../../',
    '\u202e',
    'ä̈',
    '%',
    '_',
    '\\',
    "\\'",
    '{a,b}',
  ],
];
const NUMBERS = [
  '9007199254740993',
  '1e400',
  '-0',
  '0x10',
  '1.0000000000000000001',
  'NaN',
  '00',
  '-1',
  '1e2',
  'true',
  '',
];

function hostile(random: Random, step: ApiStep): void {
  const set = (name: string, value: string) => {
    step.headers = [...step.headers.filter(([one]) => one.toLowerCase() !== name.toLowerCase()), [name, value]];
  };
  const text = () =>
    encodeURIComponent(
      random
        .pick(TEXTS)
        .replace(/\ud800/, '%ED%A0%80')
        .replace(/%ED/, ''),
    );
  const parameter = () =>
    random.pick([
      'status[$ne]=open',
      'status[ne]=open',
      'status={"prefix":"a"}',
      'status=open&status=paid',
      'status[in]=open&status=paid',
      'customer=bob',
      'customer=ada',
      'customer_ref[exists]=true',
      'deleted=true',
      'phone[in]=1,2',
      'phone[gte]=%2B4',
      'phone[exists]=true',
      'note=x',
      'note[exists]=true',
      'salary[gte]=1',
      'recipientName_beacon=00',
      'iban=CANARY',
      'iban[exists]=true',
      'pin=CANARY-PIN-1',
      'voucher=x',
      'sort=phone',
      'sort=iban',
      'sort=pin',
      'sort=customer',
      'sort=_score',
      'sort=-placed,-placed',
      'sort=status,total,placed,units,title',
      'size=0',
      'size=21',
      'size=-1',
      'size=1e1',
      'size=05',
      'cursor=garbage',
      'cursor={theirCursor:0}',
      'cursor={ownCursor:0}',
      'cursor={ownCursor:0}A',
      'q=*',
      '_source=*',
      'filter_path=*',
      'format=yaml',
      'pretty',
      'access_token=bob',
      `title=${text()}`,
      `tags=${text()}`,
      `status=${text()}`,
      `units=${encodeURIComponent(random.pick(NUMBERS))}`,
      `total[gt]=${encodeURIComponent(random.pick(NUMBERS))}`,
      'total[gt]=1&total[gte]=1',
      'total[lt]=2&total[gt]=3',
      `placed[lt]=${random.pick(['now', 'now-1d', '2026', '2026-02-30T00:00:00Z', '2026-01-01T00:00:00', '99999-01-01T00:00:00Z'])}`,
      `title=${orderOf('bob', 1 + random.int(8)).title}`,
      `title=${orderOf('ada', 1 + random.int(8)).title}`,
      `phone=${encodeURIComponent(String(orderOf(random.pick(PERSONS), 1 + random.int(8)).phone))}`,
      `recipientName=${encodeURIComponent(`PLAIN name ${random.pick(PERSONS)} ${1 + random.int(8)}`)}`,
      '%73tatus=open',
      'status%5Bin%5D=open',
      'STATUS=open',
      'units[in]=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63,64,65',
    ]);
  const path = () =>
    random.pick([
      `/v1/${step.resource}/{their:${random.int(7)}}`,
      `/v1/${step.resource}/{their:${random.int(4)}}`,
      `/v1/${step.resource}/{their:3}`,
      `/v1/${random.pick(RESOURCES)}/{own:0}`,
      `/v1/${step.resource}/{own:0}/`,
      `/v1/${step.resource}/{own:0}/title`,
      `/v1/${step.resource}/`,
      `/v1//${step.resource}`,
      `/v1/${step.resource}/%2e%2e/letters`,
      `/v1/${step.resource}%2f{their:0}`,
      `/v1/${step.resource.toUpperCase()}`,
      `/v1/%6frders`,
      `/v1/${step.resource}/count/`,
      `/v1/${step.resource}/_search`,
      `/v1/${step.resource}/_doc/{their:0}`,
      `/v1/${step.resource}/*`,
      `/v1/${step.resource}/{own:0},{their:0}`,
      `/v1/${step.resource}/00000000-0000-4000-8000-000000000000`,
      `/v1/${step.resource}/{their:0}%00`,
      `/v1/${step.resource}/{their:0};x=1`,
      `/v2/${step.resource}`,
      `/v1/customers`,
      `/${step.resource}/_search`,
      `/_search`,
      `/${step.resource}/_doc/{their:0}`,
      `/v1`,
      `/v1/openapi.json`,
    ]);
  const member = (): [string, unknown] =>
    random.pick<[string, unknown]>([
      ['customer', 'bob'],
      ['customer', 'ada'],
      ['customer_ref', 'AAAAAAAAAAAAAAAAAAAAAA'],
      ['recipient_ref', null],
      ['deleted', true],
      ['id', '00000000-0000-4000-8000-000000000000'],
      ['_id', 'x'],
      ['recipientName_beacon', '00'],
      ['iban', '***0041'],
      ['pin', 'x'],
      ['__proto__', { customer: 'bob' }],
      ['constructor', { prototype: {} }],
      ['unknown', 1],
      ['status', 'lost'],
      ['status', null],
      ['status', ['open']],
      ['total', '1'],
      ['total', -1],
      ['total', 1e300],
      ['units', 1.5],
      ['title', { $ne: 1 }],
      ['title', random.pick(TEXTS)],
      ['title', 'x'.repeat(81)],
      ['tags', ['a', 'b', 'c', 'd']],
      ['tags', 'a'],
      ['tags', [random.pick(TEXTS)]],
      ['tags', [null]],
      ['address', { city: 'X', zip: '1' }],
      ['address', { city: 'X', more: 1 }],
      ['address', []],
      ['address', { city: random.pick(TEXTS) }],
      ['phone', 'none'],
      ['phone', null],
      ['phone', 'pv1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
      ['note', 'pv1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
      ['note', `PLAIN ${random.pick(TEXTS)}`],
      ['note', 1],
      ['salary', 1.5],
      ['recipientName', `PLAIN ${random.pick(TEXTS)}`],
      ['recipientId', random.pick(TEXTS)],
      ['recipientId', 'bob'],
      ['placed', '2026-02-30T00:00:00Z'],
      ['placed', 0],
      ['title', '{their:0}'],
    ]);
  const body = (): string => {
    const now = step.body ?? JSON.stringify(orderOf(step.by, 1));
    return random.weighted<() => string>([
      [
        20,
        () => {
          const [name, value] = member();
          const inner = now.trim().slice(1, -1);
          // As text: `__proto__` and doubled members are to arrive.
          const more = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
          return inner === '' || !now.startsWith('{') ? `{${more}}` : `{${inner},${more}}`;
        },
      ],
      [
        10,
        () => {
          const [name, value] = member();
          try {
            return JSON.stringify({ ...(JSON.parse(now) as object), [name]: value });
          } catch {
            return now;
          }
        },
      ],
      [2, () => `[${now}]`],
      [2, () => `${now}{}`],
      [1, () => ''],
      [1, () => 'null'],
      [1, () => '{"a":'],
      [1, () => `{"title":${'['.repeat(300)}${']'.repeat(300)}}`],
      [1, () => `{"note":"PLAIN ${'x'.repeat(17_000)}"}`],
      [1, () => `\ufeff${now}`],
      [1, () => now.replace('{', '{/**/')],
      [1, () => '{"title":"\\ud800"}'],
      [1, () => `{"units":${random.pick(NUMBERS.slice(0, 6))}}`],
    ])();
  };
  random.weighted<() => void>([
    [
      22,
      () => {
        step.query.push(parameter());
      },
    ],
    [
      4,
      () => {
        step.query = [parameter()];
      },
    ],
    [
      16,
      () => {
        step.path = path();
      },
    ],
    [
      18,
      () => {
        step.body = body();
        if (step.method === 'GET' && random.chance(0.8)) step.method = random.pick(['POST', 'PATCH']);
        if (!step.headers.some(([name]) => name === 'Content-Type'))
          set('Content-Type', step.method === 'PATCH' ? MERGE : 'application/json');
      },
    ],
    [
      10,
      () =>
        set(
          random.pick(['If-Match', 'If-None-Match']),
          random.pick([
            '{theirTag:0}',
            '{ownTag:0}',
            '*',
            'W/{ownTag:0}',
            '{ownTag:0}, {theirTag:0}',
            'x',
            '""',
            `"${'x'.repeat(1100)}"`,
          ]),
        ),
    ],
    [
      6,
      () =>
        set(
          'Idempotency-Key',
          random.pick([
            `seed-bob-${1 + random.int(5)}`,
            `seed-ada-${1 + random.int(5)}`,
            '"quoted"',
            'a b',
            'ü',
            '',
            'x'.repeat(300),
          ]),
        ),
    ],
    [
      6,
      () =>
        set(
          ...random.pick<[string, string]>([
            ['X-HTTP-Method-Override', 'DELETE'],
            ['X-Forwarded-User', 'bob'],
            ['X-User', 'bob'],
            ['Origin', 'https://evil.example'],
            ['Accept', 'text/html'],
            ['Accept', 'application/yaml'],
            ['Content-Encoding', 'gzip'],
            ['Content-Type', 'application/json'],
            ['Content-Type', 'text/plain'],
            ['Content-Type', 'application/x-ndjson'],
            ['Content-Type', MERGE],
            ['Prefer', 'return=minimal'],
            ['Range', 'bytes=0-10'],
            ['App-Version', '1.0.0'],
            ['Postern-Assertion', 'AAAA'],
          ]),
        ),
    ],
    [
      8,
      () => {
        step.method = random.pick(METHODS);
      },
    ],
    [
      4,
      () => {
        step.path = step.path.replace('{own:', '{their:');
      },
    ],
  ])();
}
