/** Rules about what an Android app's code tells its WebViews and its TLS connections. Cryptography: android-crypto-rules.ts. */
import { codeHits, listOf, exampleManifest as manifest, mastg, named, risk, settingOf } from './android-hits.ts';
import type { InspectRule } from './inspect-rule.ts';

const call = (text: string) => `call com.bluemarket.shop.Net.open ${text}`;

const trustAll: InspectRule = {
  id: 'inspect/android-trusts-every-certificate',
  title: 'The app accepts every TLS certificate',
  severity: 'high',
  owner: 'developer',
  description:
    'A trust manager of the app checks nothing: whoever stands between the app and its server shows a certificate of their own making, and reads and changes everything.',
  remediation:
    'Remove the trust manager: the platform’s own checks certificates. For a server with a private authority, put its certificate into `res/raw` and `<trust-anchors><certificates src="@raw/our_ca"/></trust-anchors>` into the network security configuration.',
  references: [risk('unsafe-trustmanager'), mastg('NETWORK', '0282')],
  cwe: ['CWE-295'],
  masvs: ['MASVS-NETWORK-1'],
  examples: {
    bad: [call('tls.trustAll()'), 'call net.uploads.Client.open tls.trustAll()'],
    good: [call('tls.pin("api.bluemarket-shop.com")')],
  },
  find: (inspection) =>
    codeHits(inspection, 'trustAll', { does: 'accepts every TLS certificate', severity: 'high', libraries: true }),
};

const anyHostname: InspectRule = {
  id: 'inspect/android-accepts-every-host-name',
  title: 'The app accepts a certificate of any server for any other',
  severity: 'high',
  owner: 'developer',
  description:
    'A host name verifier of the app always says yes: a valid certificate for any name whatever – which anyone can have in minutes – passes for that of the app’s server.',
  remediation:
    'Remove the `HostnameVerifier` (`hostnameVerifier { _, _ -> true }`): the default one compares the names.',
  references: [risk('unsafe-hostname'), mastg('NETWORK', '0283')],
  cwe: ['CWE-297'],
  masvs: ['MASVS-NETWORK-1'],
  examples: { bad: [call('tls.allowAll()')], good: [call('tls.pin("api.bluemarket-shop.com")')] },
  find: (inspection) =>
    codeHits(inspection, 'anyHostname', { does: 'accepts every host name', severity: 'high', libraries: true }),
};

const sslError: InspectRule = {
  id: 'inspect/android-webview-ignores-tls-errors',
  title: 'A WebView of the app goes on after a TLS error',
  severity: 'high',
  owner: 'developer',
  description:
    '`onReceivedSslError` calls `SslErrorHandler.proceed()`: pages load although their certificate is wrong, so that anyone on the way can serve their own, and read what the user types.',
  remediation: 'Call `handler.cancel()` – or do not override `onReceivedSslError` at all.',
  references: [mastg('NETWORK', '0284'), 'https://support.google.com/faqs/answer/7071387'],
  cwe: ['CWE-295'],
  masvs: ['MASVS-NETWORK-1', 'MASVS-PLATFORM-2'],
  examples: { bad: [call('webview.sslError()')], good: [call('webview.javascript(1)')] },
  find: (inspection) =>
    codeHits(inspection, 'sslErrorIgnored', {
      does: 'goes on in a WebView after a TLS error',
      severity: 'high',
      libraries: true,
    }),
};

const fileUrls: InspectRule = {
  id: 'inspect/android-webview-file-urls',
  title: 'Pages from files may read other files of the app',
  severity: 'medium',
  owner: 'developer',
  description:
    '`setAllowFileAccessFromFileURLs` or `setAllowUniversalAccessFromFileURLs` is on: a script in any page that a WebView loads from a file – a download, an attachment – reads the private files of the app and sends them anywhere.',
  remediation:
    'Remove both calls (they are off by default) and load the app’s own pages with `WebViewAssetLoader` from `https://appassets.androidplatform.net/`.',
  references: [risk('webview-unsafe-file-inclusion'), mastg('PLATFORM', '0252')],
  cwe: ['CWE-200'],
  masvs: ['MASVS-PLATFORM-2'],
  examples: {
    bad: [call('webview.fileUrls(1)'), call('webview.universalUrls(1)')],
    good: [
      call('webview.fileUrls(0)'),
      call('webview.universalUrls(?)'),
      'call com.facebook.react.views.webview.ReactWebViewManager.create webview.universalUrls(1)',
    ],
  },
  find: (inspection) => [
    ...codeHits(inspection, 'universalUrls', { does: 'lets pages from files read everything', severity: 'medium' }),
    ...codeHits(inspection, 'fileUrls', { does: 'lets pages from files read other files', severity: 'medium' }),
  ],
};

const mixedContent: InspectRule = {
  id: 'inspect/android-webview-mixed-content',
  title: 'Secure pages may load insecure contents',
  severity: 'medium',
  owner: 'developer',
  description:
    '`setMixedContentMode(MIXED_CONTENT_ALWAYS_ALLOW)`: pages from `https` load scripts over `http`, which anyone on the way can replace.',
  remediation: 'Remove the call, or set `WebSettings.MIXED_CONTENT_NEVER_ALLOW`.',
  references: [
    'https://developer.android.com/reference/android/webkit/WebSettings#setMixedContentMode(int)',
    risk('cleartext-communications'),
  ],
  cwe: ['CWE-319'],
  masvs: ['MASVS-NETWORK-1', 'MASVS-PLATFORM-2'],
  examples: {
    bad: [call('webview.mixedContent(0)')],
    good: [call('webview.mixedContent(1)'), call('webview.mixedContent(2)'), call('webview.mixedContent(?)')],
  },
  find: (inspection) =>
    codeHits(inspection, 'mixedContent', { does: 'lets secure pages load insecure contents', severity: 'medium' }),
};

const webDebugging: InspectRule = {
  id: 'inspect/android-webview-debugging',
  title: 'The WebViews of the release can be debugged',
  severity: 'low',
  owner: 'developer',
  description:
    '`setWebContentsDebuggingEnabled(true)`: whoever has the device on a cable sees into the WebViews of the app, with cookies and contents, and runs scripts there.',
  remediation:
    'Write `WebView.setWebContentsDebuggingEnabled(BuildConfig.DEBUG)`, or leave the call out: a debuggable build has it on.',
  references: [mastg('RESILIENCE', '0227'), risk('test-debug')],
  cwe: ['CWE-489'],
  masvs: ['MASVS-RESILIENCE-4'],
  examples: {
    bad: [call('webview.debugging(1)')],
    good: [
      call('webview.debugging(0)'),
      call('webview.debugging(?)'),
      `${manifest('android:debuggable="true"')}\n${call('webview.debugging(1)')}`,
    ],
  },
  find: (inspection) =>
    settingOf(inspection, 'debuggable')?.value === true
      ? []
      : codeHits(inspection, 'webDebugging', { does: 'lets its WebViews be debugged', severity: 'low' }),
};

const bridge: InspectRule = {
  id: 'inspect/android-webview-bridge',
  title: 'Pages that others can change may call the app’s code',
  severity: 'medium',
  owner: 'developer',
  description:
    'The app gives JavaScript an object to call (`addJavascriptInterface`). It talks to servers in clear text, whose pages anyone on the way can replace; or it runs on Android before 4.2 (API level 17), where such an object lets a page run any code as the app.',
  remediation:
    'Load `https` pages of your own only, use `WebViewCompat.addWebMessageListener` with a list of allowed origins in place of `addJavascriptInterface`, and set `minSdk = 24`.',
  references: [risk('insecure-webview-native-bridges'), 'https://nvd.nist.gov/vuln/detail/CVE-2012-6636'],
  cwe: ['CWE-749'],
  masvs: ['MASVS-PLATFORM-2'],
  examples: {
    bad: [
      `${manifest('', { min: 16 })}\n${call('webview.interface(?, "shop")')}`,
      `${manifest('android:usesCleartextTraffic="true"')}\n${call('webview.interface(?, "shop")')}\nhttp://m.bluemarket-shop.com/start`,
    ],
    good: [call('webview.interface(?, "shop")')],
  },
  find(inspection) {
    const min = settingOf(inspection, 'minSdkVersion')?.value;
    if (typeof min === 'number' && min < 17) {
      const does = `gives JavaScript an object, and runs on API level ${min}, where a page runs any code by it`;
      return codeHits(inspection, 'javascriptInterface', { does, severity: 'high' });
    }
    const hosts = listOf(inspection, 'cleartextHosts');
    if (hosts.length === 0) return [];
    const does = `gives JavaScript an object, and talks to ${named(hosts)} in clear text`;
    return codeHits(inspection, 'javascriptInterface', { does, severity: 'medium' });
  },
};

const worldAccess: InspectRule = {
  id: 'inspect/android-world-accessible-file',
  title: 'Files of the app are open to every app',
  severity: 'medium',
  owner: 'developer',
  description:
    'The app makes files or preferences with `MODE_WORLD_READABLE` or `MODE_WORLD_WRITEABLE`: every app on the device can read or change them. From Android 7 on the call fails with a `SecurityException`.',
  remediation: 'Use `Context.MODE_PRIVATE`, and share single files with a `FileProvider`.',
  references: [
    'https://developer.android.com/reference/android/content/Context#MODE_WORLD_READABLE',
    'https://developer.android.com/privacy-and-security/security-tips#InternalStorage',
  ],
  cwe: ['CWE-732'],
  masvs: ['MASVS-STORAGE-1'],
  examples: {
    bad: [call('file.mode("session", 1)'), call('file.mode("session", 2)')],
    good: [call('file.mode("session", 0)'), call('file.mode("session", 32768)'), call('file.mode("session", ?)')],
  },
  find: (inspection) => codeHits(inspection, 'worldAccess', { does: 'opens files to every app', severity: 'medium' }),
};

export const androidCodeRules: readonly InspectRule[] = [
  trustAll,
  anyHostname,
  sslError,
  fileUrls,
  mixedContent,
  webDebugging,
  bridge,
  worldAccess,
];
