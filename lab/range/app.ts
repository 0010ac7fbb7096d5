/** Bluemarket's app, version 3.2: what it talks to, among what every app carries. Nothing in it is from a real app. */
import { buildApk } from '../apk/index.ts';

export const APP_FILE = 'app/bluemarket-3.2.apk';

/** Strings of the shop's own code. The password is the developers' idea of a secret; it opens nothing. */
const OWN_CODE = [
  'Lcom/bluemarket/shop/MainActivity;',
  'Lcom/bluemarket/shop/search/SearchClient;',
  'Lcom/bluemarket/shop/orders/OrderRepository;',
  'Lcom/bluemarket/shop/live/CourierTracker;',
  'https://api.bluemarket.example/v2/',
  'https://api.bluemarket.example/v2/orders',
  'http://shop-search.bluemarket.example:9200/customers/_search',
  'http://shop-search.bluemarket.example:9200/orders/_search',
  'postgres://shop_reader:Synthetic-Spring-2024@shop-db.bluemarket.example:5432/shop',
  'mqtt://live.bluemarket.example:1883',
  'deliveries/%d/position',
  '/v2/customers/%s/orders',
  'email',
  'phone',
  'password',
  'customer_id',
  'loyalty_points',
  'Could not load your orders',
  'onCreate',
  'getInstance',
];

/** What libraries, frameworks and their comments leave in a package. */
const LIBRARIES = [
  'Lcom/google/firebase/crashlytics/FirebaseCrashlytics;',
  'Lcom/facebook/GraphRequest;',
  'Lokhttp3/OkHttpClient;',
  'Landroidx/appcompat/app/AppCompatActivity;',
  'https://firebase-settings.crashlytics.com/spi/v2/platforms/android/gmp/%s/settings',
  'https://crashlyticsreports-pa.googleapis.com/v1/firelog/legacy/batchlog',
  'https://firebaseinstallations.googleapis.com/v1/',
  'https://app-measurement.com/a',
  'https://graph.facebook.com/v19.0/',
  'https://www.googletagmanager.com/gtm.js',
  'https://play.google.com/store/apps/details?id=',
  'https://pagead2.googlesyndication.com/pagead/gen_204?id=gmob-apps',
  'http://schemas.android.com/apk/res/android',
  'http://www.w3.org/2000/svg',
  'http://www.w3.org/1999/xlink',
  'http://xmlpull.org/v1/doc/features.html#process-namespaces',
  'http://ns.adobe.com/xap/1.0/',
  'https://stackoverflow.com/questions/5248915/execution-time-of-swift',
  'https://developer.android.com/guide/topics/permissions/overview',
  'https://issuetracker.google.com/issues/116541301',
  'https://github.com/square/okhttp/wiki/Calls',
  'http://localhost:8081/debugger-ui',
  'http://10.0.2.2:8080/',
  'https://example.com/',
  'https://www.example.org/terms',
  'createClass',
  'toString',
];

const CONFIG = {
  environment: 'production',
  api: { base: 'https://api.bluemarket.example/v2/', timeoutSeconds: 20 },
  search: { url: 'http://shop-search.bluemarket.example:9200', index: 'customers,orders' },
  live: { broker: 'mqtt://live.bluemarket.example:1883', topic: 'deliveries/#' },
  help: 'https://www.bluemarket.example/help',
};

const IMPRINT = `<!doctype html>
<html lang="en">
  <head><title>Bluemarket</title><meta charset="utf-8"></head>
  <body>
    <p>Questions? <a href="https://www.bluemarket.example/contact">Write to us</a>.</p>
  </body>
</html>
`;

/** The same bytes every time. */
export function buildBluemarketApp(): Uint8Array {
  return buildApk({
    applicationId: 'com.bluemarket.shop',
    versionName: '3.2',
    versionCode: 32,
    label: 'Bluemarket',
    minSdk: 23,
    targetSdk: 34,
    manifestFlags: { allowBackup: true, debuggable: true, usesCleartextTraffic: true },
    permissions: [
      'android.permission.INTERNET',
      'android.permission.ACCESS_FINE_LOCATION',
      'android.permission.POST_NOTIFICATIONS',
    ],
    networkSecurityConfig: {
      cleartextTrafficPermitted: true,
      userCertificates: true,
      domains: [{ name: 'bluemarket.example', includeSubdomains: true, cleartextTrafficPermitted: true }],
    },
    strings: {
      firebase_database_url: 'https://bluemarket-shop-default-rtdb.firebaseio.com',
      google_app_id: '1:555010000000:android:00000000000000000000ab',
      google_api_key: 'AIzaSySYNTHETIC-bluemarket-practice-000',
      project_id: 'bluemarket-shop',
      gcm_defaultSenderId: '555010000000',
      order_placed: 'Thank you, your order is on its way.',
      privacy_url: 'https://www.bluemarket.example/privacy',
    },
    dex: [OWN_CODE, LIBRARIES],
    assets: { 'config.json': JSON.stringify(CONFIG, null, 2), 'www/imprint.html': IMPRINT },
  });
}
