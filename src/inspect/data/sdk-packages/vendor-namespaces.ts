/**
 * Name spaces of platforms and of makers of libraries: what lies below them is not the developer's, even where no known
 * library names it. An app's own id below one of them (Google's own apps) goes before.
 */
export const VENDOR_NAMESPACES: ReadonlySet<string> = new Set(
  (
    'android androidx java javax jakarta kotlin kotlinx dalvik junit scala groovy rx dart mono xamarin expo bolts butterknife ' +
    'com.android com.google com.facebook com.squareup com.amazonaws com.amazon com.microsoft com.unity3d com.unity com.xamarin com.stripe com.paypal ' +
    'com.swmansion com.reactnative com.reactnativecommunity com.ionicframework com.getcapacitor com.huawei com.xiaomi com.tencent ' +
    'com.alibaba com.baidu com.twitter com.linkedin com.jakewharton com.github com.gitlab com.fasterxml com.sentry com.crashlytics ' +
    'com.airbnb com.adjust com.segment com.mapbox com.newrelic com.datadog com.intercom com.zendesk com.bumptech com.theartofdev ' +
    'org.apache org.json org.xml org.xmlpull org.w3c org.kotlin org.intellij org.jetbrains org.greenrobot org.chromium org.eclipse org.mozilla ' +
    'io.github io.flutter io.invertase io.fabric io.legere dev.fluttercommunity org.unimodules de.greenrobot'
  ).split(' '),
);
