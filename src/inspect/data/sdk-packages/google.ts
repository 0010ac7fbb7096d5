/** Google's own services for apps: Firebase by product, Play services by API, Play Core, advertising. */
import { type SdkPackage, sdk, tracker } from './sdk-package.ts';

const FIREBASE = 'https://firebase.google.com/docs/android/learn-more';
const GMS = 'https://developers.google.com/android/guides/setup';

const firebase = (product: string, purposes: string, artifact: string, android: string, ios: string) =>
  sdk(`Firebase ${product}`, 'Google', purposes, FIREBASE, { android, ios, maven: `com.google.firebase:${artifact}` });

const gms = (api: string, purposes: string, artifact: string, packages = `com.google.android.gms.${artifact}`) =>
  sdk(`Google Play services ${api}`, 'Google', purposes, GMS, {
    android: packages,
    maven: `com.google.android.gms:play-services-${artifact}`,
  });

export const GOOGLE: readonly SdkPackage[] = [
  firebase(
    'common',
    'cloud',
    'firebase-common',
    'com.google.firebase',
    'FirebaseCore FirebaseCoreInternal FirebaseCoreExtension FirebaseSharedSwift',
  ),
  tracker('Google Analytics for Firebase', 'Google', 'analytics', 'https://firebase.google.com/docs/analytics', {
    android:
      'com.google.firebase.analytics com.google.android.gms.measurement io.flutter.plugins.firebase.analytics io.invertase.firebase.analytics',
    ios: 'FirebaseAnalytics FirebaseAnalyticsSwift GoogleAppMeasurement',
    maven: 'com.google.firebase:firebase-analytics',
  }),
  tracker('Firebase Crashlytics', 'Google', 'crash-reporting', 'https://firebase.google.com/docs/crashlytics', {
    android:
      'com.google.firebase.crashlytics com.crashlytics com.google.firebase.crash io.fabric io.invertase.firebase.crashlytics io.flutter.plugins.firebase.crashlytics',
    ios: 'FirebaseCrashlytics Crashlytics Fabric FirebaseCoreDiagnostics',
    maven: 'com.google.firebase:firebase-crashlytics',
  }),
  tracker(
    'Firebase Performance Monitoring',
    'Google',
    'performance-monitoring',
    'https://firebase.google.com/docs/perf-mon',
    {
      android: 'com.google.firebase.perf',
      ios: 'FirebasePerformance',
      maven: 'com.google.firebase:firebase-perf',
    },
  ),
  firebase(
    'Authentication',
    'auth',
    'firebase-auth',
    'com.google.firebase.auth com.firebase.ui.auth',
    'FirebaseAuth FirebaseAuthUI FirebaseUI',
  ),
  firebase(
    'Cloud Messaging',
    'push',
    'firebase-messaging',
    'com.google.firebase.messaging com.google.firebase.iid',
    'FirebaseMessaging FirebaseInstanceID',
  ),
  firebase(
    'Realtime Database',
    'storage cloud',
    'firebase-database',
    'com.google.firebase.database com.firebase.client',
    'FirebaseDatabase FirebaseDatabaseSwift',
  ),
  firebase(
    'Cloud Firestore',
    'storage cloud',
    'firebase-firestore',
    'com.google.firebase.firestore',
    'FirebaseFirestore FirebaseFirestoreSwift FirebaseFirestoreInternal',
  ),
  firebase('Cloud Storage', 'storage cloud', 'firebase-storage', 'com.google.firebase.storage', 'FirebaseStorage'),
  firebase('Cloud Functions', 'cloud', 'firebase-functions', 'com.google.firebase.functions', 'FirebaseFunctions'),
  firebase(
    'Remote Config',
    'feature-flags',
    'firebase-config',
    'com.google.firebase.remoteconfig',
    'FirebaseRemoteConfig FirebaseRemoteConfigInterop',
  ),
  firebase('A/B Testing', 'feature-flags', 'firebase-abt', 'com.google.firebase.abt', 'FirebaseABTesting'),
  firebase(
    'Dynamic Links',
    'attribution',
    'firebase-dynamic-links',
    'com.google.firebase.dynamiclinks',
    'FirebaseDynamicLinks',
  ),
  firebase(
    'In-App Messaging',
    'messaging',
    'firebase-inappmessaging',
    'com.google.firebase.inappmessaging',
    'FirebaseInAppMessaging',
  ),
  firebase(
    'App Check',
    'auth',
    'firebase-appcheck',
    'com.google.firebase.appcheck',
    'FirebaseAppCheck FirebaseAppCheckInterop',
  ),
  firebase(
    'App Distribution',
    'testing',
    'firebase-appdistribution',
    'com.google.firebase.appdistribution',
    'FirebaseAppDistribution',
  ),
  firebase('App Indexing', 'cloud', 'firebase-appindexing', 'com.google.firebase.appindexing', 'FirebaseAppIndexing'),
  firebase(
    'Installations',
    'cloud',
    'firebase-installations',
    'com.google.firebase.installations',
    'FirebaseInstallations',
  ),
  firebase('ML', 'images', 'firebase-ml-vision', 'com.google.firebase.ml', 'FirebaseML FirebaseMLModelDownloader'),
  firebase('Sessions', 'crash-reporting', 'firebase-sessions', 'com.google.firebase.sessions', 'FirebaseSessions'),
  firebase(
    'AI Logic',
    'cloud',
    'firebase-vertexai',
    'com.google.firebase.vertexai com.google.firebase.ai',
    'FirebaseVertexAI FirebaseAI',
  ),
  sdk('FirebaseUI', 'Google', 'ui auth', 'https://github.com/firebase/FirebaseUI-Android', {
    android: 'com.firebase.ui',
    maven: 'com.firebaseui:firebase-ui-auth',
  }),
  sdk('FlutterFire and React Native Firebase', 'several', 'cloud', 'https://firebase.flutter.dev/', {
    android: 'io.flutter.plugins.firebase io.invertase.firebase',
    ios: 'RNFBApp RNFBAuth firebase_core',
  }),
  sdk(
    'Google data transport',
    'Google',
    'cloud',
    'https://github.com/firebase/firebase-android-sdk/tree/main/transport',
    {
      android: 'com.google.android.datatransport',
      ios: 'GoogleDataTransport GoogleDataTransportCCTSupport',
      maven: 'com.google.android.datatransport:transport-runtime',
    },
  ),
  gms('base', 'cloud', 'base', 'com.google.android.gms'),
  gms('tasks', 'architecture', 'tasks'),
  gms('identifiers', 'advertising', 'ads-identifier', 'com.google.android.gms.ads.identifier'),
  gms('location', 'location', 'location'),
  gms('Maps', 'maps', 'maps'),
  gms(
    'Sign-In',
    'auth',
    'auth',
    'com.google.android.gms.auth com.google.android.libraries.identity com.google.android.gms.signin',
  ),
  gms('FIDO', 'auth', 'fido'),
  gms('Wallet', 'payments', 'wallet'),
  gms('Fit', 'storage', 'fitness'),
  gms('Games', 'games', 'games'),
  gms('Cast', 'media', 'cast'),
  gms('Drive', 'cloud', 'drive'),
  gms('Nearby', 'location', 'nearby'),
  gms('Awareness', 'location', 'awareness', 'com.google.android.gms.awareness com.google.android.gms.contextmanager'),
  gms('SafetyNet', 'auth', 'safetynet'),
  gms('reCAPTCHA', 'auth', 'recaptcha', 'com.google.android.gms.recaptcha com.google.android.recaptcha'),
  gms('Vision', 'images', 'vision'),
  gms('Wearable', 'networking', 'wearable'),
  gms(
    'Cloud Messaging',
    'push',
    'gcm',
    'com.google.android.gms.gcm com.google.android.gms.iid com.google.android.gcm com.google.android.gms.cloudmessaging',
  ),
  gms(
    'ML Kit',
    'images',
    'mlkit-barcode-scanning',
    'com.google.mlkit com.google.android.gms.internal.mlkit_vision_barcode com.google.android.gms.internal.mlkit_common',
  ),
  tracker('Google Analytics', 'Google', 'analytics', 'https://developers.google.com/analytics', {
    android:
      'com.google.android.gms.analytics com.google.analytics com.google.android.apps.analytics com.danielcwilson.plugins.analytics',
    ios: 'GoogleAnalytics GoogleIDFASupport',
    maven: 'com.google.android.gms:play-services-analytics',
  }),
  tracker('Google Tag Manager', 'Google', 'analytics', 'https://developers.google.com/tag-platform/tag-manager', {
    android: 'com.google.android.gms.tagmanager com.google.tagmanager',
    ios: 'GoogleTagManager',
    maven: 'com.google.android.gms:play-services-tagmanager',
  }),
  tracker('Google Mobile Ads', 'Google', 'advertising', 'https://developers.google.com/admob', {
    android:
      'com.google.android.gms.ads com.google.ads com.google.android.ads com.google.unity.ads com.google.android.gms.internal.ads',
    ios: 'GoogleMobileAds Google-Mobile-Ads-SDK GoogleMobileAdsMediation',
    maven: 'com.google.android.gms:play-services-ads',
  }),
  tracker(
    'Interactive Media Ads',
    'Google',
    'advertising media',
    'https://developers.google.com/interactive-media-ads',
    {
      android: 'com.google.ads.interactivemedia',
      ios: 'GoogleInteractiveMediaAds GoogleAds-IMA-iOS-SDK',
      maven: 'com.google.ads.interactivemedia.v3:interactivemedia',
    },
  ),
  sdk('User Messaging Platform', 'Google', 'advertising', 'https://developers.google.com/admob/ump', {
    android: 'com.google.android.ump',
    ios: 'UserMessagingPlatform GoogleUserMessagingPlatform',
    maven: 'com.google.android.ump:user-messaging-platform',
  }),
  sdk('Google Sign-In for iOS', 'Google', 'auth', 'https://developers.google.com/identity/sign-in/ios', {
    ios: 'GoogleSignIn GoogleSignInSwift GTMAppAuth',
  }),
  sdk('Google Maps', 'Google', 'maps', 'https://developers.google.com/maps', {
    android:
      'com.google.maps com.google.android.libraries.maps com.google.android.libraries.navigation com.google.maps.android',
    ios: 'GoogleMaps GoogleMapsUtils GoogleMapsBase',
    maven: 'com.google.maps.android:android-maps-utils',
  }),
  sdk('Google Places', 'Google', 'location', 'https://developers.google.com/maps/documentation/places', {
    android: 'com.google.android.libraries.places com.google.android.gms.location.places',
    ios: 'GooglePlaces GooglePlacePicker',
    maven: 'com.google.android.libraries.places:places',
  }),
  sdk('Play Billing', 'Google', 'payments', 'https://developer.android.com/google/play/billing', {
    android: 'com.android.billingclient com.android.vending.billing',
    maven: 'com.android.billingclient:billing',
  }),
  sdk('Play Install Referrer', 'Google', 'attribution', 'https://developer.android.com/google/play/installreferrer', {
    android: 'com.android.installreferrer',
    maven: 'com.android.installreferrer:installreferrer',
  }),
  sdk(
    'Play Core',
    'Google',
    'runtime',
    'https://developer.android.com/reference/com/google/android/play/core/release-notes',
    { android: 'com.google.android.play', maven: 'com.google.android.play:core' },
  ),
  sdk('Play licensing and expansion files', 'Google', 'auth', 'https://developer.android.com/google/play/licensing', {
    android: 'com.google.android.vending com.android.vending.expansion',
  }),
  sdk('Google API client', 'Google', 'cloud networking', 'https://developers.google.com/api-client-library', {
    android: 'com.google.api com.google.auth com.google.cloud io.opencensus',
    ios: 'GoogleAPIClientForREST',
    maven: 'com.google.api-client:google-api-client',
  }),
  sdk('ARCore', 'Google', 'media', 'https://developers.google.com/ar', {
    android: 'com.google.ar',
    ios: 'ARCore',
    maven: 'com.google.ar:core',
  }),
  sdk('Google VR', 'Google', 'media', 'https://developers.google.com/vr', {
    android: 'com.google.vr com.google.vrtoolkit',
    maven: 'com.google.vr:sdk-base',
  }),
  sdk('Error Prone and AutoValue', 'Google', 'architecture', 'https://errorprone.info/', {
    android: 'com.google.errorprone com.google.auto com.google.j2objc',
    maven: 'com.google.errorprone:error_prone_annotations',
  }),
  sdk('Google Accompanist', 'Google', 'ui', 'https://google.github.io/accompanist/', {
    android: 'com.google.accompanist',
    maven: 'com.google.accompanist:accompanist-permissions',
  }),
];
