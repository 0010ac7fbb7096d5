/** The traps of real packages: what an expert would not call the app's own, and what only looks foreign. */
import { describe, expect, it } from 'vitest';
import { own, type Piece, reportOf } from './inspect-support.ts';

/** As DEX files tell it. */
function by(className: string, text: string): Piece {
  return { text, code: [{ class: className, method: 'call' }] };
}

const LIBRARY = 'assets/www/lib/ionic/js/ionic.bundle.js';

const FOREIGN: [string, Piece][] = [
  ['an XML namespace', 'http://schemas.android.com/apk/res/android'],
  ['a link to an answer', 'http://stackoverflow.com/a/4410331'],
  ['an OAuth scope', 'https://www.googleapis.com/auth/fitness.location.read'],
  ['a linked-data vocabulary', 'http://schema.org/ActivateAction'],
  ['the home page of an identity provider', 'https://www.paypal.com'],
  ['a host of an advertising SDK', 'https://csi.gstatic.com/csi'],
  [
    'the development server of React Native',
    { text: 'http://localhost:8081/', entry: 'assets/index.android.bundle', via: 'text' },
  ],
  [
    'an explanation of a minified error',
    {
      text: 'http://facebook.github.io/react/docs/error-decoder.html?invariant=',
      entry: 'assets/index.android.bundle',
      via: 'text',
    },
  ],
  [
    'a bucket in a comment of a library',
    { text: 'http://ionicframework.com.s3.amazonaws.com/docs/a.gif', entry: LIBRARY, via: 'text', name: 'comment' },
  ],
  [
    'a login in a comment of a library',
    { text: 'http://user:password@example.com:8080/#/x?foo=bar', entry: LIBRARY, via: 'text', name: 'comment' },
  ],
  ['a public database of a tutorial', 'https://hacker-news.firebaseio.com/v0/'],
  ['the template of the Facebook SDK', 'https://graph.%s'],
  ['a bare scheme', 'http://'],
  ['the machine behind the emulator', 'http://10.0.2.2:3000/api/'],
  [
    'a hint for the person who types',
    { text: 'http://api.bluemarket-shop.com/', entry: 'res/layout/a.xml', via: 'xml', name: 'hint' },
  ],
  ['the emulator of Azure storage', 'http://devstoreaccount1.blob.core.windows.net/'],
  ['a Java XML feature', 'http://javax.xml.XMLConstants/feature/secure-processing'],
  ['a sentence for developers', 'Unable to bind, see https://internal.library-makers.com/kb/12 for details'],
  ['a page of a repository', 'https://github.com/someone/library/wiki/Breaking-Changes'],
  ['a licence file', { text: 'https://www.library-makers.com/', entry: 'assets/licenses/NOTICE.txt', via: 'text' }],
  [
    'a class-path resource of a library',
    { text: 'http://www.library-makers.com/xml', entry: 'com/makers/library/messages.properties', via: 'text' },
  ],
  ['a regional address of AWS', 'https://dynamodb.us-east-1.amazonaws.com'],
  ['the host of a library, called by its code', by('com.pushmakers.push.Server', 'https://api.pushmakers.io/register')],
  [
    'a scope that the app’s own code asks for',
    by('com.bluemarket.shop.Login', 'https://www.googleapis.com/auth/userinfo.profile'),
  ],
  ['a bare scheme in the app’s own code', by('com.bluemarket.shop.Api', 'http://{}:{}/')],
  ['the syntax of a property, of react-native-svg', 'https://drafts.csswg.org/css-ui-3/#cursor'],
  ['a code page of WAP Binary XML', 'http://www.openmobilealliance.org/DTD/WV-CSP'],
  ['the assets of the app itself', 'https://appassets.androidplatform.net/index.html'],
  [
    'the advertisements of an app generator, in its shell',
    by('com.bluemarket.shop.Main', 'https://ads.webintoapp.com/ads/'),
  ],
  [
    'what a minified library loads from its vendor',
    { text: 'https://www.google.com/uds', entry: 'assets/www/js/charts-timeline.min.js', via: 'text' },
  ],
  ['a path of CodePush', { text: 'v0.1/public/codepush/', entry: 'assets/index.android.bundle', via: 'hermes' }],
  [
    'the download of a library, noted by npm',
    {
      text: 'https://mirror.library-makers.com/x.tgz',
      entry: 'assets/index.android.bundle',
      via: 'text',
      name: '_resolved',
    },
  ],
  [
    'a bundle of libraries',
    { text: 'https://www.library-makers.com/a', entry: 'assets/www/js/vendor.70b28d.js.map', via: 'text' },
  ],
  [
    'a versioned library',
    { text: 'https://www.library-makers.com/a', entry: 'assets/www/promise-7.0.4.min.js.map', via: 'text' },
  ],
];

const OWN: [string, Piece][] = [
  [
    'a service of a vendor that the app’s own code calls',
    by('com.bluemarket.shop.Push', 'https://fcm.googleapis.com/fcm/send'),
  ],
  ['an address put together by the app’s own code', by('com.bluemarket.shop.Login', 'http://{}:{}/changepassword')],
  ['an address in shrunk code', by('a.b.c', 'https://api.elsewhere-shop.com/v1')],
  [
    'a service that the app’s own script calls',
    {
      text: 'https://nominatim.openstreetmap.org/search?q=',
      entry: 'assets/public/assets/index-CN6VJFlh.js',
      via: 'text',
    },
  ],
  [
    'a script of the app that bears a version',
    { text: 'https://api.elsewhere-shop.com/', entry: 'assets/www/app-1.2.0.js', via: 'text' },
  ],
  ['an unknown host', 'https://bitbns.example.io/order/getTickerAll'],
  ['a plain home page that no list knows', 'https://owasp-like.org'],
  ['a data file in a repository', 'https://github.com/someone/MyTest/blob/master/Invoice.txt'],
  ['a reserved name that bears the app’s name', 'https://api.bluemarket.example/'],
  [
    'a map that the app’s own page loads',
    {
      text: 'https://maps.googleapis.com/maps/api/js?sensor=true',
      entry: 'assets/www/index.html',
      via: 'text',
      name: 'src',
    },
  ],
  ['a private address', 'http://192.168.1.20:9200/customers'],
  ['a form at Google that the app fills in', 'https://docs.google.com/forms/d/e/abc/formResponse'],
  ['a base64-wrapped address', Buffer.from('https://hidden.bluemarket-shop.com/api').toString('base64')],
];

describe('origin', () => {
  it.each(FOREIGN)('%s is not the app’s own', async (_what, piece) => {
    const report = await reportOf({ appId: 'com.bluemarket.shop', strings: [piece] });
    expect(own(report)).toEqual([]);
    expect(report.endpoints.length + report.stores.length).toBeGreaterThan(0);
    expect(report.stores.filter(({ origin }) => origin === 'app')).toEqual([]);
    expect(report.credentials.filter(({ origin }) => origin === 'app')).toEqual([]);
    for (const { reason } of report.endpoints) expect(reason).not.toBe('');
  });

  it.each(OWN)('%s is the app’s own', async (_what, piece) => {
    const report = await reportOf({ appId: 'com.bluemarket.shop', strings: [piece] });
    expect(own(report)).toHaveLength(1);
  });

  it('takes commented-out code for the app’s when the app uses the host elsewhere', async () => {
    const entry = 'assets/www/js/controllers.js';
    const comment: Piece = { text: 'http://api.weather-maps.com/data/2.5', entry, via: 'text', name: 'comment' };
    expect(own(await reportOf({ strings: [comment] }))).toEqual([]);
    expect(
      own(await reportOf({ strings: [comment, { text: 'http://api.weather-maps.com/data/3.0', entry, via: 'text' }] })),
    ).toHaveLength(2);
  });

  it('leaves what only a library’s code uses to the library when the app’s own code is seen to use something', async () => {
    const foreign = [
      by('com.makers.library.Client', 'https://api.elsewhere-shop.com/v1'),
      by('com.makers.library.Users', '/api/v1/users/{id}'),
    ];
    const mine = by('com.bluemarket.shop.Api', 'https://backend.somewhere-else.com/');
    expect(own(await reportOf({ appId: 'com.bluemarket.shop', strings: [...foreign, mine] }))).toEqual([
      'https://backend.somewhere-else.com/',
    ]);
    // an app written under another name than its own: nothing else says whose that is
    expect(own(await reportOf({ appId: 'com.bluemarket.shop', strings: foreign }))).toHaveLength(2);
  });

  it('knows the other hosts of a vendor by its code', async () => {
    const strings = [
      by('com.pushmakers.push.Server', 'https://api.pushmakers.io/register'),
      by('com.pushmakers.words.Helper', 'https://www.another-name.io/word/'),
    ];
    expect(own(await reportOf({ appId: 'com.bluemarket.shop', strings }))).toEqual([]);
  });

  it('lists first what bears the app’s name or is called by its code, and paths without a base last', async () => {
    const strings = [
      '/api/v1/orders',
      'https://a.elsewhere-shop.com/',
      by('com.bluemarket.shop.Api', 'https://z.somewhere-else.com/'),
      'https://y.bluemarket.io/',
    ];
    expect(own(await reportOf({ appId: 'com.bluemarket.shop', strings }))).toEqual([
      'https://y.bluemarket.io/',
      'https://z.somewhere-else.com/',
      'https://a.elsewhere-shop.com/',
      '/api/v1/orders',
    ]);
  });

  it('takes a file with very many hosts for a list', async () => {
    const strings = Array.from(
      { length: 30 },
      (_, index): Piece => ({
        text: `https://site${index}-of-many.com/story`,
        entry: 'assets/items.json',
        via: 'text',
      }),
    );
    expect(own(await reportOf({ strings }))).toEqual([]);
    expect(own(await reportOf({ strings: strings.slice(0, 5) }))).toHaveLength(5);
  });

  it('leaves a shared path to an SDK only when the SDK is there', async () => {
    expect(own(await reportOf({ strings: ['/resetPassword'] }))).toEqual(['/resetPassword']);
    expect(own(await reportOf({ strings: ['/resetPassword', '/setAccountInfo'] }))).toEqual([]);
  });
});
