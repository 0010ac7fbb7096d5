/**
 * Artifacts that share a name space with others, and generations of a library that changed theirs: each has a package of
 * its own, so that its classes tell which one is there, and the coordinate that goes with it.
 */
import { type SdkPackage, sdk } from './sdk-package.ts';

/** Of Apache Commons: last part of the package, and the coordinate. */
const COMMONS: readonly (readonly [part: string, maven: string])[] = [
  ['codec', 'commons-codec:commons-codec'],
  ['io', 'commons-io:commons-io'],
  ['logging', 'commons-logging:commons-logging'],
  ['net', 'commons-net:commons-net'],
  ['cli', 'commons-cli:commons-cli'],
  ['lang', 'commons-lang:commons-lang'],
  ['collections', 'commons-collections:commons-collections'],
  ['beanutils', 'commons-beanutils:commons-beanutils'],
  ['fileupload', 'commons-fileupload:commons-fileupload'],
  ['validator', 'commons-validator:commons-validator'],
  ['httpclient', 'commons-httpclient:commons-httpclient'],
  ['lang3', 'org.apache.commons:commons-lang3'],
  ['text', 'org.apache.commons:commons-text'],
  ['math3', 'org.apache.commons:commons-math3'],
  ['collections4', 'org.apache.commons:commons-collections4'],
  ['compress', 'org.apache.commons:commons-compress'],
  ['csv', 'org.apache.commons:commons-csv'],
  ['exec', 'org.apache.commons:commons-exec'],
  ['pool2', 'org.apache.commons:commons-pool2'],
  ['imaging', 'org.apache.commons:commons-imaging'],
];

const OTHERS: readonly SdkPackage[] = [
  sdk('OkHttp 2', 'Square', 'networking', 'https://square.github.io/okhttp/', {
    android: 'com.squareup.okhttp',
    maven: 'com.squareup.okhttp:okhttp',
  }),
  sdk('Retrofit 1', 'Square', 'networking', 'https://square.github.io/retrofit/', {
    android: 'retrofit',
    maven: 'com.squareup.retrofit:retrofit',
  }),
  sdk('Apache HttpClient 5', 'Apache Software Foundation', 'networking', 'https://hc.apache.org/', {
    android: 'org.apache.hc',
    maven: 'org.apache.httpcomponents.client5:httpclient5',
  }),
  sdk('Apache HttpClient for Android', 'Marek Sebera', 'networking', 'https://github.com/smarek/httpclient-android', {
    android: 'cz.msebera.android.httpclient',
    maven: 'cz.msebera.android:httpclient',
  }),
  sdk('httpclientandroidlib', 'Dirk Boye', 'networking', 'https://github.com/surespot/httpclientandroidlib', {
    android: 'ch.boye.httpclientandroidlib',
  }),
  sdk('AndroidAsync', 'Koushik Dutta', 'networking', 'https://github.com/koush/AndroidAsync', {
    android: 'com.koushikdutta.async',
    maven: 'com.koushikdutta.async:androidasync',
  }),
  sdk('Result', 'Kittinun Vantasin', 'architecture', 'https://github.com/kittinunf/Result', {
    android: 'com.github.kittinunf.result',
    maven: 'com.github.kittinunf.result:result',
  }),
  sdk('Engine.IO', 'Socket.IO', 'networking', 'https://socket.io/docs/', {
    android: 'io.socket.engineio',
    maven: 'io.socket:engine.io-client',
  }),
  sdk('Socket.IO of nkzawa', 'Naoyuki Kanezawa', 'networking', 'https://github.com/nkzawa/socket.io-client.java', {
    android: 'com.github.nkzawa',
    maven: 'com.github.nkzawa:socket.io-client',
  }),
  sdk('SignalR for ASP.NET', 'Microsoft', 'networking', 'https://github.com/SignalR/java-client', {
    android: 'microsoft.aspnet.signalr',
  }),
  sdk('JXMPP', 'Ignite Realtime', 'networking chat', 'https://github.com/igniterealtime/jxmpp', {
    android: 'org.jxmpp',
    maven: 'org.jxmpp:jxmpp-core',
  }),
  sdk('JZlib', 'JCraft', 'data-format', 'http://www.jcraft.com/jzlib/', {
    android: 'com.jcraft.jzlib',
    maven: 'com.jcraft:jzlib',
  }),
  sdk('JOrbis', 'JCraft', 'media', 'http://www.jcraft.com/jorbis/', {
    android: 'com.jcraft.jorbis com.jcraft.jogg',
    maven: 'org.jcraft:jorbis',
  }),
  sdk('kXML 2', 'kXML', 'data-format', 'https://kxml.sourceforge.net/', {
    android: 'org.kxml2',
    maven: 'net.sf.kxml:kxml2',
  }),
  sdk('Chuck', 'Jeff Gilfelt', 'testing networking', 'https://github.com/jgilfelt/chuck', {
    android: 'com.readystatesoftware.chuck',
    maven: 'com.readystatesoftware.chuck:library',
  }),
  sdk('Jackson core', 'FasterXML', 'data-format', 'https://github.com/FasterXML/jackson-core', {
    android: 'com.fasterxml.jackson.core',
    maven: 'com.fasterxml.jackson.core:jackson-core',
  }),
  sdk('Jackson annotations', 'FasterXML', 'data-format', 'https://github.com/FasterXML/jackson-annotations', {
    android: 'com.fasterxml.jackson.annotation',
    maven: 'com.fasterxml.jackson.core:jackson-annotations',
  }),
  sdk('Jackson modules', 'FasterXML', 'data-format', 'https://github.com/FasterXML/jackson', {
    android: 'com.fasterxml.jackson',
  }),
  sdk('Jackson 1', 'FasterXML', 'data-format', 'https://github.com/FasterXML/jackson-1', {
    android: 'org.codehaus.jackson',
    maven: 'org.codehaus.jackson:jackson-mapper-asl',
  }),
  sdk('fastjson2', 'Alibaba', 'data-format', 'https://github.com/alibaba/fastjson2', {
    android: 'com.alibaba.fastjson2',
    maven: 'com.alibaba.fastjson2:fastjson2',
  }),
  sdk('iText 2', 'Apryse', 'data-format', 'https://itextpdf.com/', {
    android: 'com.lowagie',
    maven: 'com.lowagie:itext',
  }),
  sdk('PdfiumAndroid', 'Bartosz Schiller', 'data-format', 'https://github.com/barteksc/PdfiumAndroid', {
    android: 'com.shockwave',
    maven: 'com.github.barteksc:pdfium-android',
  }),
  sdk(
    'libphonenumber-android',
    'Michael Rozumyanskiy',
    'data-format',
    'https://github.com/MichaelRocks/libphonenumber-android',
    { android: 'io.michaelrocks.libphonenumber', maven: 'io.michaelrocks:libphonenumber-android' },
  ),
  sdk('joda-time-android', 'Dan Lew', 'architecture', 'https://github.com/dlew/joda-time-android', {
    android: 'net.danlew',
    maven: 'net.danlew:android.joda',
  }),
  sdk('ThreeTenABP', 'Jake Wharton', 'architecture', 'https://github.com/JakeWharton/ThreeTenABP', {
    android: 'com.jakewharton.threetenabp',
    maven: 'com.jakewharton.threetenabp:threetenabp',
  }),
  sdk('SQLCipher before 4.6', 'Zetetic', 'storage cryptography', 'https://www.zetetic.net/sqlcipher/', {
    android: 'net.sqlcipher',
    maven: 'net.zetetic:android-database-sqlcipher',
  }),
  sdk('greenDAO 2', 'greenrobot', 'storage', 'https://greenrobot.org/greendao/', {
    android: 'de.greenrobot.dao',
    maven: 'de.greenrobot:greendao',
  }),
  sdk('EventBus 2', 'greenrobot', 'architecture', 'https://greenrobot.org/eventbus/', {
    android: 'de.greenrobot.event',
    maven: 'de.greenrobot:eventbus',
  }),
  sdk('SQLDelight 1', 'Square', 'storage', 'https://sqldelight.github.io/sqldelight/', {
    android: 'com.squareup.sqldelight',
    maven: 'com.squareup.sqldelight:runtime',
  }),
  sdk('BSON', 'MongoDB', 'data-format', 'https://www.mongodb.com/docs/drivers/', {
    android: 'org.bson',
    maven: 'org.mongodb:bson',
  }),
  sdk('Spongy Castle', 'Roberto Tyley', 'cryptography', 'https://rtyley.github.io/spongycastle/', {
    android: 'org.spongycastle',
    maven: 'com.madgag.spongycastle:core',
  }),
  sdk('Java JWT', 'Okta', 'cryptography auth', 'https://github.com/auth0/java-jwt', {
    android: 'com.auth0.jwt',
    maven: 'com.auth0:java-jwt',
  }),
  sdk('RxJava 2', 'ReactiveX', 'architecture', 'https://github.com/ReactiveX/RxJava', {
    android: 'io.reactivex',
    maven: 'io.reactivex.rxjava2:rxjava',
  }),
  sdk('RxJava 1', 'ReactiveX', 'architecture', 'https://github.com/ReactiveX/RxJava', {
    android: 'rx',
    maven: 'io.reactivex:rxjava',
  }),
  sdk(
    'jakarta.inject',
    'Eclipse Foundation',
    'architecture',
    'https://jakarta.ee/specifications/dependency-injection/',
    { android: 'jakarta.inject', maven: 'jakarta.inject:jakarta.inject-api' },
  ),
  sdk('RoboGuice', 'RoboGuice', 'architecture', 'https://github.com/roboguice/roboguice', {
    android: 'roboguice',
    maven: 'org.roboguice:roboguice',
  }),
  sdk('Mavericks', 'Airbnb', 'architecture', 'https://airbnb.io/mavericks/', {
    android: 'com.airbnb.mvrx',
    maven: 'com.airbnb.android:mavericks',
  }),
  sdk('MockK', 'MockK', 'testing', 'https://mockk.io/', { android: 'io.mockk', maven: 'io.mockk:mockk' }),
  sdk('Byte Buddy', 'Rafael Winterhalter', 'testing', 'https://bytebuddy.net/', {
    android: 'net.bytebuddy',
    maven: 'net.bytebuddy:byte-buddy',
  }),
  sdk('Objenesis', 'Objenesis', 'testing', 'http://objenesis.org/', {
    android: 'org.objenesis',
    maven: 'org.objenesis:objenesis',
  }),
  sdk('Log4j 1', 'Apache Software Foundation', 'logging', 'https://logging.apache.org/log4j/1.x/', {
    android: 'org.apache.log4j',
    maven: 'log4j:log4j',
  }),
  sdk(
    'Android Image Cropper of ArthurHub',
    'Arthur Teplitzki',
    'images ui',
    'https://github.com/ArthurHub/Android-Image-Cropper',
    { android: 'com.theartofdev.edmodo', maven: 'com.theartofdev.edmodo:android-image-cropper' },
  ),
  sdk('PhotoView 1', 'Chris Banes', 'images ui', 'https://github.com/Baseflow/PhotoView', {
    android: 'uk.co.senab.photoview',
    maven: 'com.github.chrisbanes.photoview:library',
  }),
  sdk('ExoPlayer 1', 'Google', 'media', 'https://exoplayer.dev/', {
    android: 'com.google.android.exoplayer',
    maven: 'com.google.android.exoplayer:exoplayer',
  }),
  sdk('MaterialDrawer', 'Mike Penz', 'ui', 'https://github.com/mikepenz/MaterialDrawer', {
    android: 'com.mikepenz.materialdrawer',
    maven: 'com.mikepenz:materialdrawer',
  }),
  sdk('FastAdapter', 'Mike Penz', 'ui', 'https://github.com/mikepenz/FastAdapter', {
    android: 'com.mikepenz.fastadapter',
    maven: 'com.mikepenz:fastadapter',
  }),
  sdk('Android-Iconics', 'Mike Penz', 'ui', 'https://github.com/mikepenz/Android-Iconics', {
    android: 'com.mikepenz.iconics',
    maven: 'com.mikepenz:iconics-core',
  }),
  sdk('AboutLibraries', 'Mike Penz', 'ui', 'https://github.com/mikepenz/AboutLibraries', {
    android: 'com.mikepenz.aboutlibraries',
    maven: 'com.mikepenz:aboutlibraries-core',
  }),
  sdk('Aidan Follestad’s libraries', 'Aidan Follestad', 'ui', 'https://github.com/afollestad', {
    android: 'com.afollestad',
  }),
  sdk('Calligraphy 2', 'Christopher Jenkins', 'ui', 'https://github.com/chrisjenx/Calligraphy', {
    android: 'uk.co.chrisjenx',
    maven: 'uk.co.chrisjenx:calligraphy',
  }),
  sdk('Markwon before 4', 'Dimitry Ivanov', 'ui data-format', 'https://noties.io/Markwon/', {
    android: 'ru.noties.markwon',
    maven: 'ru.noties:markwon',
  }),
];

export const LIBRARY_PARTS: readonly SdkPackage[] = [
  ...COMMONS.map(([part, maven]) =>
    sdk(
      `Apache Commons ${part}`,
      'Apache Software Foundation',
      'data-format',
      `https://commons.apache.org/proper/commons-${part.replace(/\d$/, '')}/`,
      {
        android: `org.apache.commons.${part}`,
        maven,
      },
    ),
  ),
  ...OTHERS,
];
