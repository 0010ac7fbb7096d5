/** Languages, platform libraries and the runtimes that whole apps are written for. */
import { type SdkPackage, sdk } from './sdk-package.ts';

const ANDROIDX = 'https://developer.android.com/jetpack/androidx/versions';

/** One library of AndroidX: its group names its package. */
function androidx(group: string, artifact: string, purposes: string, packages = `androidx.${group}`): SdkPackage {
  return sdk(`AndroidX ${group}`, 'Google', purposes, ANDROIDX, {
    android: packages,
    maven: `androidx.${group}:${artifact}`,
  });
}

const SUPPORT = 'https://developer.android.com/topic/libraries/support-library/packages';
const KOTLINX = 'https://kotlinlang.org/api/kotlinx.';

export const PLATFORM: readonly SdkPackage[] = [
  androidx('activity', 'activity', 'ui'),
  androidx('annotation', 'annotation', 'architecture'),
  androidx('appcompat', 'appcompat', 'ui'),
  androidx('arch.core', 'core-runtime', 'architecture'),
  androidx('asynclayoutinflater', 'asynclayoutinflater', 'ui'),
  androidx('autofill', 'autofill', 'ui'),
  androidx('biometric', 'biometric', 'auth'),
  androidx('browser', 'browser', 'ui'),
  androidx('camera', 'camera-core', 'media'),
  androidx('cardview', 'cardview', 'ui'),
  androidx('collection', 'collection', 'architecture'),
  androidx('compose', 'compose-ui', 'ui'),
  androidx('concurrent', 'concurrent-futures', 'architecture'),
  androidx('constraintlayout', 'constraintlayout', 'ui', 'androidx.constraintlayout'),
  androidx('coordinatorlayout', 'coordinatorlayout', 'ui'),
  androidx('core', 'core', 'architecture'),
  androidx('credentials', 'credentials', 'auth'),
  androidx('cursoradapter', 'cursoradapter', 'ui'),
  androidx('customview', 'customview', 'ui'),
  androidx('databinding', 'databinding-runtime', 'ui'),
  androidx('datastore', 'datastore', 'storage'),
  androidx('documentfile', 'documentfile', 'storage'),
  androidx('drawerlayout', 'drawerlayout', 'ui'),
  androidx('dynamicanimation', 'dynamicanimation', 'ui'),
  androidx('emoji2', 'emoji2', 'ui', 'androidx.emoji2 androidx.emoji'),
  androidx('exifinterface', 'exifinterface', 'images'),
  androidx('fragment', 'fragment', 'ui'),
  androidx('glance', 'glance', 'ui'),
  androidx('graphics', 'graphics-core', 'ui'),
  androidx('gridlayout', 'gridlayout', 'ui'),
  androidx('health.connect', 'connect-client', 'storage'),
  androidx('hilt', 'hilt-common', 'architecture'),
  androidx('interpolator', 'interpolator', 'ui'),
  androidx('leanback', 'leanback', 'ui'),
  androidx('legacy', 'legacy-support-v4', 'ui'),
  androidx('lifecycle', 'lifecycle-runtime', 'architecture'),
  androidx('loader', 'loader', 'architecture'),
  androidx('localbroadcastmanager', 'localbroadcastmanager', 'architecture'),
  androidx('media', 'media', 'media'),
  androidx('media2', 'media2-session', 'media'),
  androidx('media3', 'media3-exoplayer', 'media'),
  androidx('mediarouter', 'mediarouter', 'media'),
  androidx('multidex', 'multidex', 'runtime'),
  androidx('navigation', 'navigation-runtime', 'ui'),
  androidx('paging', 'paging-runtime', 'architecture'),
  androidx('palette', 'palette', 'images'),
  androidx('percentlayout', 'percentlayout', 'ui'),
  androidx('preference', 'preference', 'ui'),
  androidx('print', 'print', 'ui'),
  androidx('privacysandbox', 'ads-adservices', 'advertising'),
  androidx('profileinstaller', 'profileinstaller', 'runtime'),
  androidx('recyclerview', 'recyclerview', 'ui'),
  androidx('resourceinspection', 'resourceinspection-annotation', 'architecture'),
  androidx('room', 'room-runtime', 'storage'),
  androidx('savedstate', 'savedstate', 'architecture'),
  androidx('security', 'security-crypto', 'cryptography'),
  androidx('slidingpanelayout', 'slidingpanelayout', 'ui'),
  androidx('sqlite', 'sqlite', 'storage'),
  androidx('startup', 'startup-runtime', 'architecture'),
  androidx('swiperefreshlayout', 'swiperefreshlayout', 'ui'),
  androidx('test', 'core', 'testing', 'androidx.test'),
  androidx('tracing', 'tracing', 'performance-monitoring'),
  androidx('transition', 'transition', 'ui'),
  androidx('tvprovider', 'tvprovider', 'media'),
  androidx('vectordrawable', 'vectordrawable', 'ui'),
  androidx('versionedparcelable', 'versionedparcelable', 'architecture'),
  androidx('viewpager', 'viewpager', 'ui'),
  androidx('viewpager2', 'viewpager2', 'ui'),
  androidx('wear', 'wear', 'ui'),
  androidx('webkit', 'webkit', 'ui'),
  androidx('window', 'window', 'ui'),
  androidx('work', 'work-runtime', 'architecture'),
  sdk('AndroidX', 'Google', 'architecture', ANDROIDX, { android: 'androidx' }),
  sdk('Android Support Library', 'Google', 'ui', SUPPORT, {
    android:
      'android.support.v4 android.support.v7 android.support.v13 android.support.v14 android.support.v17 android.support.annotation android.support.customtabs android.support.graphics android.support.transition android.support.percent android.support.text android.support.mediacompat',
    maven: 'com.android.support:support-v4',
  }),
  sdk('Android Support Design Library', 'Google', 'ui', SUPPORT, {
    android: 'android.support.design',
    maven: 'com.android.support:design',
  }),
  sdk('Android Support Multidex', 'Google', 'runtime', SUPPORT, {
    android: 'android.support.multidex',
    maven: 'com.android.support:multidex',
  }),
  sdk('Android Support ConstraintLayout', 'Google', 'ui', SUPPORT, {
    android: 'android.support.constraint',
    maven: 'com.android.support.constraint:constraint-layout',
  }),
  sdk('Android Architecture Components', 'Google', 'architecture', SUPPORT, {
    android: 'android.arch',
    maven: 'android.arch.lifecycle:runtime',
  }),
  sdk('Android Support Test', 'Google', 'testing', SUPPORT, {
    android: 'android.support.test',
    maven: 'com.android.support.test:runner',
  }),
  sdk('Material Components', 'Google', 'ui', 'https://github.com/material-components/material-components-android', {
    android: 'com.google.android.material',
    ios: 'MaterialComponents',
    maven: 'com.google.android.material:material',
  }),
  sdk('Desugared JDK libraries', 'Google', 'runtime', 'https://developer.android.com/studio/write/java8-support', {
    android: 'j$',
    maven: 'com.android.tools:desugar_jdk_libs',
  }),
  sdk('Android Gradle plug-in runtime', 'Google', 'runtime', 'https://developer.android.com/build', {
    android: 'com.android.tools com.android.build',
  }),
  sdk('Kotlin standard library', 'JetBrains', 'runtime', 'https://kotlinlang.org/api/core/kotlin-stdlib/', {
    android: 'kotlin org.jetbrains.annotations org.intellij.lang.annotations',
    maven: 'org.jetbrains.kotlin:kotlin-stdlib',
  }),
  sdk('Kotlin coroutines', 'JetBrains', 'architecture', `${KOTLINX}coroutines/`, {
    android: 'kotlinx.coroutines',
    maven: 'org.jetbrains.kotlinx:kotlinx-coroutines-core',
  }),
  sdk('Kotlin serialization', 'JetBrains', 'data-format', `${KOTLINX}serialization/`, {
    android: 'kotlinx.serialization',
    maven: 'org.jetbrains.kotlinx:kotlinx-serialization-core',
  }),
  sdk(
    'Kotlin date and time',
    'JetBrains',
    'architecture',
    `${KOTLINX.replace('api/kotlinx.', 'api/kotlinx-')}datetime/`,
    {
      android: 'kotlinx.datetime',
      maven: 'org.jetbrains.kotlinx:kotlinx-datetime',
    },
  ),
  sdk('Kotlin extensions', 'JetBrains', 'ui', 'https://kotlinlang.org/docs/', {
    android: 'kotlinx.android kotlinx.parcelize',
  }),
  sdk('AtomicFU', 'JetBrains', 'runtime', 'https://github.com/Kotlin/kotlinx-atomicfu', {
    android: 'kotlinx.atomicfu',
    maven: 'org.jetbrains.kotlinx:atomicfu',
  }),
  sdk('Anko', 'JetBrains', 'ui', 'https://github.com/Kotlin/anko', {
    android: 'org.jetbrains.anko',
    maven: 'org.jetbrains.anko:anko',
  }),
  sdk('Compose Multiplatform', 'JetBrains', 'ui', 'https://www.jetbrains.com/compose-multiplatform/', {
    android: 'org.jetbrains.compose org.jetbrains.skia org.jetbrains.skiko',
  }),
  sdk('Scala library', 'EPFL', 'runtime', 'https://www.scala-lang.org/', {
    android: 'scala',
    maven: 'org.scala-lang:scala-library',
  }),
  sdk('Apache Groovy', 'Apache Software Foundation', 'runtime', 'https://groovy-lang.org/', {
    android: 'groovy org.codehaus.groovy org.apache.groovy',
    maven: 'org.apache.groovy:groovy',
  }),
  sdk('Flutter', 'Google', 'runtime', 'https://api.flutter.dev/javadoc/', { android: 'io.flutter', ios: 'Flutter' }),
  sdk(
    'Flutter Community plug-ins',
    'Flutter Community',
    'runtime',
    'https://pub.dev/publishers/fluttercommunity.dev/packages',
    {
      android: 'dev.fluttercommunity',
    },
  ),
  sdk('React Native', 'Meta', 'runtime', 'https://reactnative.dev/', {
    android:
      'com.facebook.react com.facebook.hermes com.facebook.jni com.facebook.soloader com.facebook.yoga com.facebook.systrace com.facebook.proguard com.facebook.perftest com.facebook.debug com.facebook.infer com.facebook.common.logging com.facebook.fbreact',
    ios: 'React React-Core RCTReact hermes hermes-engine Yoga ReactCommon',
    maven: 'com.facebook.react:react-android',
  }),
  sdk(
    'React Native community modules',
    'React Native community',
    'runtime',
    'https://github.com/react-native-community',
    {
      android:
        'com.reactnativecommunity com.reactnative com.reactlibrary com.learnium.RNDeviceInfo com.oblador.vectoricons com.th3rdwave.safeareacontext com.zoontek.rnpermissions com.swmansion com.horcrux.svg com.BV.LinearGradient com.rnfs com.lugg com.dylanvann.fastimage com.brentvatne org.reactnative com.imagepicker com.airbnb.android.react com.ocetnik com.reactcommunity com.emekalites com.rssignaturecapture com.ReactNativeBlobUtil com.RNFetchBlob com.wix.reactnativenotifications com.wix.reactnativeuilib com.mrousavy',
      ios: 'RNScreens RNGestureHandler RNReanimated RNSVG RNDeviceInfo RNVectorIcons RNCAsyncStorage RNFS react_native_safe_area_context',
    },
  ),
  sdk('Expo', 'Expo', 'runtime', 'https://docs.expo.dev/', {
    android: 'expo host.exp.exponent org.unimodules versioned.host.exp',
    ios: 'Expo ExpoModulesCore EXConstants EXFont EXUpdates',
  }),
  sdk('CodePush', 'Microsoft', 'runtime', 'https://github.com/microsoft/react-native-code-push', {
    android: 'com.microsoft.codepush',
    ios: 'CodePush',
  }),
  sdk('Apache Cordova', 'Apache Software Foundation', 'runtime', 'https://cordova.apache.org/docs/', {
    android: 'org.apache.cordova',
    ios: 'Cordova',
    maven: 'org.apache.cordova:framework',
  }),
  sdk('Cordova plug-ins', 'Cordova community', 'runtime', 'https://cordova.apache.org/plugins/', {
    android:
      'nl.xservices.plugins cordova.plugin cordova.plugins com.phonegap com.adobe.phonegap org.pushandplay com.synconset io.liteglue io.sqlc com.plugin.gcm de.appplant uk.co.workingedge com.silkimen com.phonegap.plugins',
  }),
  sdk('Capacitor', 'Ionic', 'runtime', 'https://capacitorjs.com/docs', {
    android: 'com.getcapacitor com.capacitorjs',
    ios: 'Capacitor CapacitorBridge',
    maven: 'com.capacitorjs:core',
  }),
  sdk('Ionic', 'Ionic', 'runtime', 'https://ionicframework.com/docs', { android: 'com.ionicframework com.ionic' }),
  sdk('NativeScript', 'OpenJS Foundation', 'runtime', 'https://docs.nativescript.org/', {
    android: 'com.tns org.nativescript',
    ios: 'NativeScript TNSRuntime',
  }),
  sdk('Titanium', 'TiDev', 'runtime', 'https://titaniumsdk.com/', {
    android: 'org.appcelerator ti.modules org.appcelerator.titanium',
    ios: 'TitaniumKit',
  }),
  sdk('Xamarin and .NET for Android', 'Microsoft', 'runtime', 'https://learn.microsoft.com/dotnet/android/', {
    android: 'mono mono.android com.xamarin net.dot xamarin',
    ios: 'Xamarin libmonosgen',
  }),
  sdk('Mono', 'Microsoft', 'runtime', 'https://www.mono-project.com/', { ios: 'Mono' }),
  sdk('Unity', 'Unity Technologies', 'runtime games', 'https://docs.unity3d.com/', {
    android: 'com.unity3d.player bitter.jnibridge com.google.androidgamesdk org.fmod',
    ios: 'UnityFramework',
  }),
  sdk('Unreal Engine', 'Epic Games', 'runtime games', 'https://dev.epicgames.com/documentation/unreal-engine/', {
    android: 'com.epicgames.ue4 com.epicgames.unreal',
  }),
  sdk('Godot', 'Godot Foundation', 'runtime games', 'https://docs.godotengine.org/', {
    android: 'org.godotengine',
    maven: 'org.godotengine:godot',
  }),
  sdk('Cocos2d-x', 'Cocos', 'runtime games', 'https://docs.cocos.com/', { android: 'org.cocos2dx com.cocos' }),
  sdk('libGDX', 'libGDX', 'runtime games', 'https://libgdx.com/', {
    android: 'com.badlogic.gdx',
    maven: 'com.badlogicgames.gdx:gdx',
  }),
  sdk('Solar2D', 'Solar2D', 'runtime games', 'https://docs.coronalabs.com/', {
    android: 'com.ansca.corona com.naef.jnlua',
  }),
  sdk('SDL', 'SDL community', 'runtime games', 'https://www.libsdl.org/', { android: 'org.libsdl.app' }),
  sdk('Qt', 'The Qt Company', 'runtime', 'https://doc.qt.io/', {
    android: 'org.qtproject.qt org.qtproject.qt5',
    ios: 'QtCore',
  }),
  sdk('Kivy', 'Kivy', 'runtime', 'https://kivy.org/doc/stable/', { android: 'org.kivy org.renpy.android org.jnius' }),
  sdk('Adobe AIR', 'Harman', 'runtime', 'https://airsdk.dev/', { android: 'com.adobe.air' }),
  sdk('B4A', 'Anywhere Software', 'runtime', 'https://www.b4x.com/', { android: 'anywheresoftware.b4a' }),
  sdk('MIT App Inventor', 'MIT', 'runtime', 'https://appinventor.mit.edu/', {
    android: 'com.google.appinventor edu.mit.appinventor gnu.kawa gnu.mapping gnu.expr',
  }),
  sdk('DCloud uni-app', 'DCloud', 'runtime', 'https://uniapp.dcloud.net.cn/', { android: 'io.dcloud com.taobao.weex' }),
  sdk('Crosswalk', 'Intel', 'runtime', 'https://crosswalk-project.org/', { android: 'org.xwalk org.crosswalkproject' }),
  sdk('Chromium', 'Google', 'runtime networking', 'https://www.chromium.org/', {
    android: 'org.chromium',
    maven: 'org.chromium.net:cronet-embedded',
  }),
  sdk('GeckoView', 'Mozilla', 'runtime', 'https://mozilla.github.io/geckoview/', {
    android: 'org.mozilla.geckoview org.mozilla.gecko',
    maven: 'org.mozilla.geckoview:geckoview',
  }),
  sdk('Rhino', 'Mozilla', 'runtime', 'https://github.com/mozilla/rhino', {
    android: 'org.mozilla.javascript',
    maven: 'org.mozilla:rhino',
  }),
  sdk('J2V8', 'EclipseSource', 'runtime', 'https://github.com/eclipsesource/J2V8', { android: 'com.eclipsesource.v8' }),
  sdk('TensorFlow Lite', 'Google', 'runtime', 'https://ai.google.dev/edge/litert', {
    android: 'org.tensorflow.lite org.tensorflow',
    ios: 'TensorFlowLite TensorFlowLiteSwift TensorFlowLiteC',
    maven: 'org.tensorflow:tensorflow-lite',
  }),
  sdk('PyTorch Mobile', 'Meta', 'runtime', 'https://pytorch.org/mobile/', { android: 'org.pytorch', ios: 'LibTorch' }),
  sdk('OpenCV', 'OpenCV', 'images', 'https://docs.opencv.org/', {
    android: 'org.opencv',
    ios: 'opencv2',
    maven: 'org.opencv:opencv',
  }),
  sdk('Swift standard library', 'Apple', 'runtime', 'https://developer.apple.com/documentation/swift', {
    ios: 'Swift _Concurrency',
  }),
];
