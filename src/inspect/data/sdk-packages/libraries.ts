/** Libraries that an app calls by itself and that talk to nobody of their own accord. */
import { type SdkPackage, sdk } from './sdk-package.ts';

const github = (repository: string) => `https://github.com/${repository}`;

const NETWORKING: readonly SdkPackage[] = [
  sdk('OkHttp', 'Square', 'networking', 'https://square.github.io/okhttp/', {
    android: 'okhttp3',
    maven: 'com.squareup.okhttp3:okhttp',
  }),
  sdk('Okio', 'Square', 'networking', 'https://square.github.io/okio/', {
    android: 'okio',
    maven: 'com.squareup.okio:okio',
  }),
  sdk('Retrofit', 'Square', 'networking', 'https://square.github.io/retrofit/', {
    android: 'retrofit2',
    maven: 'com.squareup.retrofit2:retrofit',
  }),
  sdk('Volley', 'Google', 'networking', 'https://google.github.io/volley/', {
    android: 'com.android.volley',
    maven: 'com.android.volley:volley',
  }),
  sdk('Apache HttpComponents', 'Apache Software Foundation', 'networking', 'https://hc.apache.org/', {
    android: 'org.apache.http',
    maven: 'org.apache.httpcomponents:httpclient',
  }),
  sdk(
    'Android Asynchronous Http Client',
    'James Smith',
    'networking',
    github('android-async-http/android-async-http'),
    { android: 'com.loopj.android.http', maven: 'com.loopj.android:android-async-http' },
  ),
  sdk('Ion', 'Koushik Dutta', 'networking', github('koush/ion'), {
    android: 'com.koushikdutta.ion',
    maven: 'com.koushikdutta.ion:ion',
  }),
  sdk('Fast Android Networking', 'Amit Shekhar', 'networking', github('amitshekhariitbhu/Fast-Android-Networking'), {
    android: 'com.androidnetworking com.rx2androidnetworking',
    maven: 'com.amitshekhar.android:android-networking',
  }),
  sdk('Fuel', 'Kittinun Vantasin', 'networking', github('kittinunf/fuel'), {
    android: 'com.github.kittinunf.fuel',
    maven: 'com.github.kittinunf.fuel:fuel',
  }),
  sdk('Ktor client', 'JetBrains', 'networking', 'https://ktor.io/docs/', {
    android: 'io.ktor',
    maven: 'io.ktor:ktor-client-core',
  }),
  sdk('Apollo Kotlin', 'Apollo', 'networking', 'https://www.apollographql.com/docs/kotlin/', {
    android: 'com.apollographql',
    ios: 'Apollo ApolloAPI',
    maven: 'com.apollographql.apollo:apollo-runtime',
  }),
  sdk('gRPC', 'Google', 'networking', 'https://grpc.io/docs/', {
    android: 'io.grpc',
    ios: 'gRPC-Core gRPC-C++ gRPC-Swift GRPCClient grpc grpcpp openssl_grpc',
    maven: 'io.grpc:grpc-core',
  }),
  sdk('Netty', 'Netty', 'networking', 'https://netty.io/', { android: 'io.netty', maven: 'io.netty:netty-all' }),
  sdk('Socket.IO', 'Socket.IO', 'networking', 'https://socket.io/docs/', {
    android: 'io.socket',
    ios: 'SocketIO',
    maven: 'io.socket:socket.io-client',
  }),
  sdk('Java-WebSocket', 'Nathan Rajlich', 'networking', github('TooTallNate/Java-WebSocket'), {
    android: 'org.java_websocket',
    maven: 'org.java-websocket:Java-WebSocket',
  }),
  sdk('nv-websocket-client', 'Takahiko Kawasaki', 'networking', github('TakahikoKawasaki/nv-websocket-client'), {
    android: 'com.neovisionaries.ws',
    maven: 'com.neovisionaries:nv-websocket-client',
  }),
  sdk('Scarlet', 'Tinder', 'networking', github('Tinder/Scarlet'), {
    android: 'com.tinder.scarlet',
    maven: 'com.tinder.scarlet:scarlet',
  }),
  sdk('Autobahn', 'Crossbar.io', 'networking', github('crossbario/autobahn-java'), {
    android: 'io.crossbar de.tavendo.autobahn',
  }),
  sdk('SignalR', 'Microsoft', 'networking', 'https://learn.microsoft.com/aspnet/core/signalr/', {
    android: 'com.microsoft.signalr',
    ios: 'SwiftSignalRClient',
    maven: 'com.microsoft.signalr:signalr',
  }),
  sdk('Eclipse Paho', 'Eclipse Foundation', 'networking', 'https://eclipse.dev/paho/', {
    android: 'org.eclipse.paho',
    ios: 'CocoaMQTT MQTTClient',
    maven: 'org.eclipse.paho:org.eclipse.paho.client.mqttv3',
  }),
  sdk('HiveMQ MQTT client', 'HiveMQ', 'networking', github('hivemq/hivemq-mqtt-client'), {
    android: 'com.hivemq',
    maven: 'com.hivemq:hivemq-mqtt-client',
  }),
  sdk('RabbitMQ client', 'Broadcom', 'networking', 'https://www.rabbitmq.com/client-libraries/java-client', {
    android: 'com.rabbitmq',
    maven: 'com.rabbitmq:amqp-client',
  }),
  sdk('Smack', 'Ignite Realtime', 'networking chat', 'https://www.igniterealtime.org/projects/smack/', {
    android: 'org.jivesoftware org.igniterealtime',
    maven: 'org.igniterealtime.smack:smack-core',
  }),
  sdk('JSch', 'JCraft', 'networking', 'http://www.jcraft.com/jsch/', {
    android: 'com.jcraft.jsch',
    maven: 'com.jcraft:jsch',
  }),
  sdk('android-upload-service', 'Aleksandar Gotev', 'networking', github('gotev/android-upload-service'), {
    android: 'net.gotev',
    maven: 'net.gotev:uploadservice',
  }),
  sdk('PRDownloader', 'MindOrks', 'networking', github('amitshekhariitbhu/PRDownloader'), {
    android: 'com.downloader',
  }),
  sdk('FileDownloader', 'LingoChamp', 'networking', github('lingochamp/FileDownloader'), { android: 'com.liulishuo' }),
  sdk('jsoup', 'Jonathan Hedley', 'data-format', 'https://jsoup.org/', {
    android: 'org.jsoup',
    maven: 'org.jsoup:jsoup',
  }),
  sdk('kSOAP2', 'kSOAP2 Android', 'networking', 'https://github.com/simpligility/ksoap2-android', {
    android: 'org.ksoap2',
    maven: 'com.google.code.ksoap2-android:ksoap2-android',
  }),
  sdk('WebRTC', 'Google', 'networking media', 'https://webrtc.org/', {
    android: 'org.webrtc',
    ios: 'WebRTC GoogleWebRTC',
    maven: 'org.webrtc:google-webrtc',
  }),
  sdk('NanoHTTPD', 'NanoHttpd', 'networking', github('NanoHttpd/nanohttpd'), {
    android: 'fi.iki.elonen',
    ios: 'GCDWebServer GCDWebServers',
    maven: 'org.nanohttpd:nanohttpd',
  }),
  sdk('Chucker', 'ChuckerTeam', 'testing networking', github('ChuckerTeam/chucker'), {
    android: 'com.chuckerteam',
    maven: 'com.github.chuckerteam.chucker:library',
  }),
  sdk('Flipper', 'Meta', 'testing', 'https://fbflipper.com/', {
    android: 'com.facebook.flipper',
    ios: 'Flipper FlipperKit',
    maven: 'com.facebook.flipper:flipper',
  }),
  sdk('Stetho', 'Meta', 'testing', 'http://facebook.github.io/stetho/', {
    android: 'com.facebook.stetho',
    maven: 'com.facebook.stetho:stetho',
  }),
  sdk('Reactive Streams', 'Reactive Streams', 'architecture', 'https://www.reactive-streams.org/', {
    android: 'org.reactivestreams',
    maven: 'org.reactivestreams:reactive-streams',
  }),
  sdk('Alamofire', 'Alamofire', 'networking', github('Alamofire/Alamofire'), { ios: 'Alamofire AlamofireImage' }),
  sdk('AFNetworking', 'AFNetworking', 'networking', github('AFNetworking/AFNetworking'), { ios: 'AFNetworking' }),
  sdk('Moya', 'Moya', 'networking', github('Moya/Moya'), { ios: 'Moya RxMoya CombineMoya' }),
  sdk('Starscream', 'Dalton Cherry', 'networking', github('daltoniam/Starscream'), { ios: 'Starscream' }),
  sdk('SocketRocket', 'Meta', 'networking', github('facebookincubator/SocketRocket'), { ios: 'SocketRocket' }),
  sdk('CocoaAsyncSocket', 'Robbie Hanson', 'networking', github('robbiehanson/CocoaAsyncSocket'), {
    ios: 'CocoaAsyncSocket',
  }),
  sdk('GTMSessionFetcher', 'Google', 'networking', github('google/gtm-session-fetcher'), {
    ios: 'GTMSessionFetcher GTMSessionFetcherCore',
  }),
  sdk('Reachability', 'Ashley Mills', 'networking', github('ashleymills/Reachability.swift'), { ios: 'Reachability' }),
  sdk('SwiftNIO', 'Apple', 'networking', github('apple/swift-nio'), { ios: 'NIO NIOCore NIOHTTP1' }),
  sdk('TrustKit', 'DataTheorem', 'networking cryptography', github('datatheorem/TrustKit'), {
    android: 'com.datatheorem.android.trustkit',
    ios: 'TrustKit',
    maven: 'com.datatheorem.android.trustkit:trustkit',
  }),
];

const DATA: readonly SdkPackage[] = [
  sdk('Gson', 'Google', 'data-format', github('google/gson'), {
    android: 'com.google.gson',
    maven: 'com.google.code.gson:gson',
  }),
  sdk('Jackson', 'FasterXML', 'data-format', github('FasterXML/jackson'), {
    android: 'com.fasterxml.jackson.databind',
    maven: 'com.fasterxml.jackson.core:jackson-databind',
  }),
  sdk('Moshi', 'Square', 'data-format', github('square/moshi'), {
    android: 'com.squareup.moshi',
    maven: 'com.squareup.moshi:moshi',
  }),
  sdk('Wire', 'Square', 'data-format', 'https://square.github.io/wire/', {
    android: 'com.squareup.wire',
    maven: 'com.squareup.wire:wire-runtime',
  }),
  sdk('fastjson', 'Alibaba', 'data-format', github('alibaba/fastjson2'), {
    android: 'com.alibaba.fastjson',
    maven: 'com.alibaba:fastjson',
  }),
  sdk('LoganSquare', 'BlueLine Labs', 'data-format', github('bluelinelabs/LoganSquare'), {
    android: 'com.bluelinelabs.logansquare',
  }),
  sdk('JSON-java', 'Sean Leary', 'data-format', github('stleary/JSON-java'), {
    android: 'org.json',
    maven: 'org.json:json',
  }),
  sdk('json-simple', 'Yidong Fang', 'data-format', 'https://github.com/fangyidong/json-simple', {
    android: 'org.json.simple',
    maven: 'com.googlecode.json-simple:json-simple',
  }),
  sdk('Protocol Buffers', 'Google', 'data-format', 'https://protobuf.dev/', {
    android: 'com.google.protobuf',
    ios: 'Protobuf SwiftProtobuf nanopb',
    maven: 'com.google.protobuf:protobuf-javalite',
  }),
  sdk('FlatBuffers', 'Google', 'data-format', 'https://flatbuffers.dev/', {
    android: 'com.google.flatbuffers',
    maven: 'com.google.flatbuffers:flatbuffers-java',
  }),
  sdk('Simple XML', 'Niall Gallagher', 'data-format', 'https://simple.sourceforge.net/', {
    android: 'org.simpleframework',
    maven: 'org.simpleframework:simple-xml',
  }),
  sdk('XStream', 'XStream', 'data-format', 'https://x-stream.github.io/', {
    android: 'com.thoughtworks.xstream',
    maven: 'com.thoughtworks.xstream:xstream',
  }),
  sdk('SnakeYAML', 'SnakeYAML', 'data-format', 'https://bitbucket.org/snakeyaml/snakeyaml', {
    android: 'org.yaml.snakeyaml',
    ios: 'Yams',
    maven: 'org.yaml:snakeyaml',
  }),
  sdk('Apache POI', 'Apache Software Foundation', 'data-format', 'https://poi.apache.org/', {
    android: 'org.apache.poi',
    maven: 'org.apache.poi:poi',
  }),
  sdk('Apache Commons', 'Apache Software Foundation', 'data-format', 'https://commons.apache.org/', {
    android: 'org.apache.commons',
  }),
  sdk('Apache Lucene', 'Apache Software Foundation', 'storage', 'https://lucene.apache.org/', {
    android: 'org.apache.lucene',
    maven: 'org.apache.lucene:lucene-core',
  }),
  sdk('Apache Thrift', 'Apache Software Foundation', 'networking data-format', 'https://thrift.apache.org/', {
    android: 'org.apache.thrift',
    maven: 'org.apache.thrift:libthrift',
  }),
  sdk('Apache Xerces and Harmony', 'Apache Software Foundation', 'data-format', 'https://xerces.apache.org/', {
    android: 'org.apache.xerces org.apache.xml org.apache.harmony org.apache.xmlbeans',
  }),
  sdk('iText', 'Apryse', 'data-format', 'https://itextpdf.com/', {
    android: 'com.itextpdf',
    maven: 'com.itextpdf:itextg',
  }),
  sdk('PdfBox-Android', 'Tom Roush', 'data-format', github('TomRoush/PdfBox-Android'), {
    android: 'com.tom_roush',
    maven: 'com.tom-roush:pdfbox-android',
  }),
  sdk('AndroidPdfViewer', 'Bartosz Schiller', 'data-format ui', github('barteksc/AndroidPdfViewer'), {
    android: 'com.github.barteksc',
    maven: 'com.github.barteksc:android-pdf-viewer',
  }),
  sdk('PSPDFKit', 'Nutrient', 'data-format ui', 'https://www.nutrient.io/guides/android/', {
    android: 'com.pspdfkit',
    ios: 'PSPDFKit PSPDFKitUI',
    maven: 'com.pspdfkit:pspdfkit',
  }),
  sdk('ZXing', 'ZXing', 'images', github('zxing/zxing'), {
    android: 'com.google.zxing',
    ios: 'ZXingObjC',
    maven: 'com.google.zxing:core',
  }),
  sdk('ZXing Android Embedded', 'JourneyApps', 'images ui', github('journeyapps/zxing-android-embedded'), {
    android: 'com.journeyapps',
    maven: 'com.journeyapps:zxing-android-embedded',
  }),
  sdk('ZBar', 'ZBar', 'images', 'https://zbar.sourceforge.net/', {
    android: 'net.sourceforge.zbar me.dm7.barcodescanner',
    ios: 'ZBarSDK',
  }),
  sdk('libphonenumber', 'Google', 'data-format', github('google/libphonenumber'), {
    android: 'com.google.i18n.phonenumbers',
    ios: 'libPhoneNumberiOS PhoneNumberKit',
    maven: 'com.googlecode.libphonenumber:libphonenumber',
  }),
  sdk('Joda-Time', 'Joda.org', 'architecture', 'https://www.joda.org/joda-time/', {
    android: 'org.joda.time',
    maven: 'joda-time:joda-time',
  }),
  sdk('ThreeTen backport', 'ThreeTen', 'architecture', 'https://www.threeten.org/threetenbp/', {
    android: 'org.threeten',
    maven: 'org.threeten:threetenbp',
  }),
  sdk('Guava', 'Google', 'architecture', 'https://guava.dev/', {
    android: 'com.google.common com.google.thirdparty',
    maven: 'com.google.guava:guava',
  }),
  sdk('ICU4J', 'Unicode', 'data-format', 'https://icu.unicode.org/', {
    android: 'com.ibm.icu',
    maven: 'com.ibm.icu:icu4j',
  }),
  sdk('SwiftyJSON', 'SwiftyJSON', 'data-format', github('SwiftyJSON/SwiftyJSON'), {
    ios: 'SwiftyJSON ObjectMapper JSONModel Mantle MJExtension HandyJSON',
  }),
  sdk('SSZipArchive', 'ZipArchive', 'data-format', github('ZipArchive/ZipArchive'), {
    ios: 'SSZipArchive ZipArchive ZIPFoundation Zip Minizip',
  }),
  sdk('Zip4j', 'Srikanth Lingala', 'data-format', github('srikanth-lingala/zip4j'), {
    android: 'net.lingala.zip4j',
    maven: 'net.lingala.zip4j:zip4j',
  }),
];

const STORAGE: readonly SdkPackage[] = [
  sdk('SQLCipher', 'Zetetic', 'storage cryptography', 'https://www.zetetic.net/sqlcipher/', {
    android: 'net.zetetic.database',
    ios: 'SQLCipher',
    maven: 'net.zetetic:sqlcipher-android',
  }),
  sdk('Realm', 'MongoDB', 'storage', github('realm/realm-java'), {
    android: 'io.realm',
    ios: 'Realm RealmSwift',
    maven: 'io.realm:realm-android-library',
  }),
  sdk('ObjectBox', 'ObjectBox', 'storage', 'https://docs.objectbox.io/', {
    android: 'io.objectbox',
    maven: 'io.objectbox:objectbox-android',
  }),
  sdk('greenDAO', 'greenrobot', 'storage', 'https://greenrobot.org/greendao/', {
    android: 'org.greenrobot.greendao',
    maven: 'org.greenrobot:greendao',
  }),
  sdk('ORMLite', 'Gray Watson', 'storage', 'https://ormlite.com/', {
    android: 'com.j256.ormlite',
    maven: 'com.j256.ormlite:ormlite-android',
  }),
  sdk('SQLDelight', 'Cash App', 'storage', 'https://sqldelight.github.io/sqldelight/', {
    android: 'app.cash.sqldelight',
    maven: 'app.cash.sqldelight:runtime',
  }),
  sdk('DBFlow', 'Andrew Grosner', 'storage', github('agrosner/DBFlow'), {
    android: 'com.raizlabs.android.dbflow com.dbflow5',
  }),
  sdk('ActiveAndroid', 'Michael Pardo', 'storage', github('pardom-zz/ActiveAndroid'), { android: 'com.activeandroid' }),
  sdk('Sugar ORM', 'Satya Narayan', 'storage', github('chennaione/sugar'), { android: 'com.orm' }),
  sdk('LitePal', 'Guo Lin', 'storage', github('guolindev/LitePal'), { android: 'org.litepal' }),
  sdk('Couchbase Lite', 'Couchbase', 'storage', 'https://docs.couchbase.com/couchbase-lite/current/', {
    android: 'com.couchbase',
    ios: 'CouchbaseLite CouchbaseLiteSwift',
    maven: 'com.couchbase.lite:couchbase-lite-android',
  }),
  sdk('MMKV', 'Tencent', 'storage', github('Tencent/MMKV'), {
    android: 'com.tencent.mmkv',
    ios: 'MMKV MMKVCore',
    maven: 'com.tencent:mmkv',
  }),
  sdk('Hawk', 'Orhan Obut', 'storage', github('orhanobut/hawk'), { android: 'com.orhanobut.hawk' }),
  sdk('PaperDB', 'Aleksey Masny', 'storage', github('pilgr/Paper'), {
    android: 'io.paperdb',
    maven: 'io.github.pilgr:paperdb',
  }),
  sdk('Kryo', 'Esoteric Software', 'data-format', github('EsotericSoftware/kryo'), {
    android: 'com.esotericsoftware',
    maven: 'com.esotericsoftware:kryo',
  }),
  sdk('UnboundID LDAP SDK', 'Ping Identity', 'networking auth', 'https://ldap.com/unboundid-ldap-sdk-for-java/', {
    android: 'com.unboundid',
    maven: 'com.unboundid:unboundid-ldapsdk',
  }),
  sdk('MongoDB driver', 'MongoDB', 'storage networking', 'https://www.mongodb.com/docs/drivers/', {
    android: 'com.mongodb',
    maven: 'org.mongodb:mongodb-driver',
  }),
  sdk('Jedis', 'Redis', 'storage networking', github('redis/jedis'), {
    android: 'redis.clients.jedis',
    maven: 'redis.clients:jedis',
  }),
  sdk('JDBC drivers', 'several', 'storage networking', 'https://dev.mysql.com/doc/connector-j/en/', {
    android: 'com.mysql.jdbc com.mysql.cj org.postgresql org.mariadb.jdbc net.sourceforge.jtds',
  }),
  sdk(
    'Elasticsearch client',
    'Elastic',
    'storage networking',
    'https://www.elastic.co/guide/en/elasticsearch/client/java-api-client/current/',
    { android: 'org.elasticsearch co.elastic.clients', maven: 'org.elasticsearch.client:elasticsearch-rest-client' },
  ),
  sdk('FMDB', 'Gus Mueller', 'storage', github('ccgus/fmdb'), { ios: 'FMDB' }),
  sdk('GRDB', 'Gwendal Roué', 'storage', github('groue/GRDB.swift'), { ios: 'GRDB SQLite' }),
  sdk('LevelDB', 'Google', 'storage', github('google/leveldb'), {
    ios: 'leveldb leveldb-library',
    android: 'com.snappydb',
  }),
  sdk('KeychainAccess', 'Kishikawa Katsumi', 'storage', github('kishikawakatsumi/KeychainAccess'), {
    ios: 'KeychainAccess SAMKeychain SSKeychain Valet KeychainSwift SwiftKeychainWrapper',
  }),
];

const CRYPTOGRAPHY: readonly SdkPackage[] = [
  sdk('Bouncy Castle', 'Legion of the Bouncy Castle', 'cryptography', 'https://www.bouncycastle.org/', {
    android: 'org.bouncycastle',
    maven: 'org.bouncycastle:bcprov-jdk18on',
  }),
  sdk('Tink', 'Google', 'cryptography', 'https://developers.google.com/tink', {
    android: 'com.google.crypto.tink',
    ios: 'Tink',
    maven: 'com.google.crypto.tink:tink-android',
  }),
  sdk('Conscrypt', 'Google', 'cryptography networking', 'https://conscrypt.org/', {
    android: 'org.conscrypt',
    maven: 'org.conscrypt:conscrypt-android',
  }),
  sdk('Jasypt', 'Jasypt', 'cryptography', 'http://www.jasypt.org/', {
    android: 'org.jasypt',
    maven: 'org.jasypt:jasypt',
  }),
  sdk('Conceal', 'Meta', 'cryptography', 'https://facebookarchive.github.io/conceal/', {
    android: 'com.facebook.crypto com.facebook.android.crypto',
    maven: 'com.facebook.conceal:conceal',
  }),
  sdk(
    'Libsodium bindings',
    'Libsodium community',
    'cryptography',
    'https://doc.libsodium.org/bindings_for_other_languages',
    { android: 'com.goterl org.libsodium org.abstractj.kalium com.ionspin.kotlin.crypto', ios: 'Sodium Clibsodium' },
  ),
  sdk('JJWT', 'Les Hazlewood', 'cryptography auth', github('jwtk/jjwt'), {
    android: 'io.jsonwebtoken',
    maven: 'io.jsonwebtoken:jjwt-api',
  }),
  sdk('Nimbus JOSE + JWT', 'Connect2id', 'cryptography auth', 'https://connect2id.com/products/nimbus-jose-jwt', {
    android: 'com.nimbusds',
    ios: 'JOSESwift',
    maven: 'com.nimbusds:nimbus-jose-jwt',
  }),
  sdk('JWTDecode', 'Okta', 'cryptography auth', github('auth0/JWTDecode.Android'), {
    android: 'com.auth0.android.jwt',
    ios: 'JWTDecode',
    maven: 'com.auth0.android:jwtdecode',
  }),
  sdk('signal-protocol', 'Signal', 'cryptography messaging', github('signalapp/libsignal'), {
    android: 'org.whispersystems org.signal',
    ios: 'LibSignalClient SignalProtocolC',
    maven: 'org.signal:libsignal-android',
  }),
  sdk('web3j', 'web3j', 'cryptography', 'https://docs.web3j.io/', {
    android: 'org.web3j',
    ios: 'web3swift',
    maven: 'org.web3j:core',
  }),
  sdk('bitcoinj', 'bitcoinj', 'cryptography', 'https://bitcoinj.org/', {
    android: 'org.bitcoinj',
    maven: 'org.bitcoinj:bitcoinj-core',
  }),
  sdk('CryptoSwift', 'Marcin Krzyzanowski', 'cryptography', 'https://cryptoswift.io/', {
    ios: 'CryptoSwift RNCryptor IDZSwiftCommonCrypto BlueCryptor',
  }),
  sdk('OpenSSL', 'OpenSSL', 'cryptography', 'https://www.openssl.org/', {
    ios: 'OpenSSL OpenSSL-Universal BoringSSL BoringSSL-GRPC',
  }),
  sdk('RootBeer', 'Scott Alexander-Bown', 'auth', github('scottyab/rootbeer'), {
    android: 'com.scottyab.rootbeer',
    ios: 'IOSSecuritySuite DTTJailbreakDetection',
    maven: 'com.scottyab:rootbeer-lib',
  }),
];

const ARCHITECTURE: readonly SdkPackage[] = [
  sdk('RxJava', 'ReactiveX', 'architecture', github('ReactiveX/RxJava'), {
    android: 'io.reactivex.rxjava3',
    maven: 'io.reactivex.rxjava3:rxjava',
  }),
  sdk('RxSwift', 'ReactiveX', 'architecture', github('ReactiveX/RxSwift'), {
    ios: 'RxSwift RxCocoa RxRelay RxDataSources',
  }),
  sdk('Dagger and Hilt', 'Google', 'architecture', 'https://dagger.dev/', {
    android: 'dagger hilt_aggregated_deps',
    maven: 'com.google.dagger:dagger',
  }),
  sdk('javax.inject', 'JSR-330 expert group', 'architecture', 'https://jcp.org/en/jsr/detail?id=330', {
    android: 'javax.inject',
    maven: 'javax.inject:javax.inject',
  }),
  sdk('Koin', 'Kotzilla', 'architecture', 'https://insert-koin.io/', {
    android: 'org.koin',
    maven: 'io.insert-koin:koin-core',
  }),
  sdk('Kodein', 'Kodein Koders', 'architecture', 'https://kosi-libs.org/kodein/', {
    android: 'org.kodein com.github.salomonbrys.kodein',
  }),
  sdk('Guice', 'Google', 'architecture', github('google/guice'), {
    android: 'com.google.inject',
    maven: 'com.google.inject:guice',
  }),
  sdk('ButterKnife', 'Jake Wharton', 'architecture', 'https://jakewharton.github.io/butterknife/', {
    android: 'butterknife',
    maven: 'com.jakewharton:butterknife',
  }),
  sdk('Timber', 'Jake Wharton', 'logging', github('JakeWharton/timber'), {
    android: 'timber.log',
    maven: 'com.jakewharton.timber:timber',
  }),
  sdk('Jake Wharton’s libraries', 'Jake Wharton', 'architecture', github('JakeWharton'), {
    android: 'com.jakewharton',
  }),
  sdk('EventBus', 'greenrobot', 'architecture', 'https://greenrobot.org/eventbus/', {
    android: 'org.greenrobot.eventbus',
    maven: 'org.greenrobot:eventbus',
  }),
  sdk('Otto', 'Square', 'architecture', 'https://square.github.io/otto/', {
    android: 'com.squareup.otto',
    maven: 'com.squareup:otto',
  }),
  sdk('Bolts', 'Meta', 'architecture', github('BoltsFramework/Bolts-Android'), {
    android: 'bolts com.parse.bolts',
    ios: 'Bolts',
    maven: 'com.parse.bolts:bolts-tasks',
  }),
  sdk('Epoxy', 'Airbnb', 'architecture ui', github('airbnb/epoxy'), {
    android: 'com.airbnb.epoxy',
    maven: 'com.airbnb.android:epoxy',
  }),
  sdk('Moxy', 'Moxy community', 'architecture', github('moxy-community/Moxy'), {
    android: 'moxy com.arellomobile.mvp',
  }),
  sdk('Cicerone', 'Konstantin Tskhovrebov', 'architecture', github('terrakok/Cicerone'), {
    android: 'ru.terrakok.cicerone com.github.terrakok',
  }),
  sdk('Android-Job', 'Evernote', 'architecture', github('evernote/android-job'), {
    android: 'com.evernote.android',
    maven: 'com.evernote:android-job',
  }),
  sdk('Arrow', 'Arrow', 'architecture', 'https://arrow-kt.io/', {
    android: 'arrow.core arrow.fx arrow.optics',
    maven: 'io.arrow-kt:arrow-core',
  }),
  sdk('Dexter', 'Karumi', 'architecture', github('Karumi/Dexter'), {
    android: 'com.karumi',
    maven: 'com.karumi:dexter',
  }),
  sdk('EasyPermissions', 'Google', 'architecture', github('googlesamples/easypermissions'), {
    android: 'pub.devrel.easypermissions',
    maven: 'pub.devrel:easypermissions',
  }),
  sdk(
    'PermissionsDispatcher',
    'Shintaro Katafuchi',
    'architecture',
    github('permissions-dispatcher/PermissionsDispatcher'),
    { android: 'permissions.dispatcher' },
  ),
  sdk('PromisesObjC', 'Google', 'architecture', github('google/promises'), {
    ios: 'FBLPromises PromisesObjC Promises PromiseKit PromisesSwift',
  }),
  sdk('GoogleUtilities', 'Google', 'architecture', github('google/GoogleUtilities'), {
    ios: 'GoogleUtilities GoogleToolboxForMac',
  }),
  sdk('Swinject', 'Swinject', 'architecture', github('Swinject/Swinject'), {
    ios: 'Swinject SwinjectStoryboard Resolver Factory',
  }),
  sdk('ReactiveSwift', 'ReactiveCocoa', 'architecture', github('ReactiveCocoa/ReactiveSwift'), {
    ios: 'ReactiveSwift ReactiveCocoa ReactiveObjC ReSwift ComposableArchitecture',
  }),
  sdk('Swift Collections and Algorithms', 'Apple', 'architecture', github('apple/swift-collections'), {
    ios: 'Collections OrderedCollections DequeModule Algorithms Atomics Numerics',
  }),
  sdk('JUnit', 'JUnit', 'testing', 'https://junit.org/', { android: 'junit org.junit', maven: 'junit:junit' }),
  sdk('Hamcrest', 'Hamcrest', 'testing', 'https://hamcrest.org/', {
    android: 'org.hamcrest',
    maven: 'org.hamcrest:hamcrest',
  }),
  sdk('Mockito', 'Mockito', 'testing', 'https://site.mockito.org/', {
    android: 'org.mockito',
    maven: 'org.mockito:mockito-core',
  }),
  sdk('LeakCanary', 'Square', 'testing', 'https://square.github.io/leakcanary/', {
    android: 'leakcanary com.squareup.leakcanary shark',
    maven: 'com.squareup.leakcanary:leakcanary-android',
  }),
  sdk('SLF4J', 'QOS.ch', 'logging', 'https://www.slf4j.org/', { android: 'org.slf4j', maven: 'org.slf4j:slf4j-api' }),
  sdk('Logback', 'QOS.ch', 'logging', 'https://logback.qos.ch/', {
    android: 'ch.qos.logback',
    maven: 'ch.qos.logback:logback-classic',
  }),
  sdk('Log4j', 'Apache Software Foundation', 'logging', 'https://logging.apache.org/log4j/', {
    android: 'org.apache.logging.log4j',
    maven: 'org.apache.logging.log4j:log4j-core',
  }),
  sdk('Logger', 'Orhan Obut', 'logging', github('orhanobut/logger'), {
    android: 'com.orhanobut.logger',
    maven: 'com.orhanobut:logger',
  }),
  sdk('CocoaLumberjack', 'CocoaLumberjack', 'logging', github('CocoaLumberjack/CocoaLumberjack'), {
    ios: 'CocoaLumberjack CocoaLumberjackSwift SwiftyBeaver XCGLogger Logging Willow',
  }),
];

const IMAGES: readonly SdkPackage[] = [
  sdk('Glide', 'Bump Technologies', 'images', 'https://bumptech.github.io/glide/', {
    android: 'com.bumptech.glide',
    maven: 'com.github.bumptech.glide:glide',
  }),
  sdk('Picasso', 'Square', 'images', 'https://square.github.io/picasso/', {
    android: 'com.squareup.picasso',
    maven: 'com.squareup.picasso:picasso',
  }),
  sdk('Coil', 'Coil contributors', 'images', 'https://coil-kt.github.io/coil/', {
    android: 'coil coil3',
    maven: 'io.coil-kt:coil',
  }),
  sdk('Fresco', 'Meta', 'images', 'https://frescolib.org/', {
    android:
      'com.facebook.fresco com.facebook.drawee com.facebook.imagepipeline com.facebook.imageutils com.facebook.imageformat com.facebook.animated com.facebook.common com.facebook.cache com.facebook.datasource com.facebook.binaryresource com.facebook.webpsupport com.facebook.nativeimage com.facebook.widget.text com.facebook.callercontext',
    maven: 'com.facebook.fresco:fresco',
  }),
  sdk('Universal Image Loader', 'Sergey Tarasevich', 'images', github('nostra13/Android-Universal-Image-Loader'), {
    android: 'com.nostra13.universalimageloader',
    maven: 'com.nostra13.universalimageloader:universal-image-loader',
  }),
  sdk('uCrop', 'Yalantis', 'images ui', github('Yalantis/uCrop'), {
    android: 'com.yalantis',
    maven: 'com.github.yalantis:ucrop',
  }),
  sdk('Android Image Cropper', 'CanHub', 'images ui', github('CanHub/Android-Image-Cropper'), {
    android: 'com.canhub.cropper',
    maven: 'com.vanniktech:android-image-cropper',
  }),
  sdk('PhotoView', 'Chris Banes', 'images ui', github('Baseflow/PhotoView'), {
    android: 'com.github.chrisbanes.photoview',
    maven: 'com.github.chrisbanes:PhotoView',
  }),
  sdk('CircleImageView', 'Henning Dodenhof', 'images ui', github('hdodenhof/CircleImageView'), {
    android: 'de.hdodenhof.circleimageview',
    maven: 'de.hdodenhof:circleimageview',
  }),
  sdk('Lottie', 'Airbnb', 'images ui', 'https://airbnb.io/lottie/', {
    android: 'com.airbnb.lottie',
    ios: 'Lottie lottie-ios',
    maven: 'com.airbnb.android:lottie',
  }),
  sdk('android-gif-drawable', 'Karol Wrótniak', 'images', github('koral--/android-gif-drawable'), {
    android: 'pl.droidsonroids',
    maven: 'pl.droidsonroids.gif:android-gif-drawable',
  }),
  sdk('Matisse and PictureSelector', 'several', 'images ui', github('LuckSiege/PictureSelector'), {
    android: 'com.zhihu.matisse com.luck.picture.lib',
  }),
  sdk('AndroidSVG', 'Paul LeBeau', 'images', 'https://bigbadaboom.github.io/androidsvg/', {
    android: 'com.caverock.androidsvg',
    ios: 'SVGKit Macaw',
    maven: 'com.caverock:androidsvg',
  }),
  sdk('SDWebImage', 'SDWebImage', 'images', github('SDWebImage/SDWebImage'), {
    ios: 'SDWebImage SDWebImageSwiftUI SDWebImageWebPCoder libwebp',
  }),
  sdk('Kingfisher', 'Wei Wang', 'images', github('onevcat/Kingfisher'), {
    ios: 'Kingfisher Nuke NukeUI PINRemoteImage PINCache YYImage YYWebImage HanekeSwift',
  }),
  sdk('ExoPlayer', 'Google', 'media', 'https://exoplayer.dev/', {
    android: 'com.google.android.exoplayer2',
    maven: 'com.google.android.exoplayer:exoplayer-core',
  }),
  sdk('ijkplayer', 'Bilibili', 'media', github('bilibili/ijkplayer'), {
    android: 'tv.danmaku.ijk',
    ios: 'IJKMediaFramework',
  }),
  sdk('libVLC', 'VideoLAN', 'media', 'https://www.videolan.org/vlc/libvlc.html', {
    android: 'org.videolan',
    ios: 'MobileVLCKit VLCKit',
    maven: 'org.videolan.android:libvlc-all',
  }),
  sdk('FFmpegKit', 'Taner Sener', 'media', github('arthenica/ffmpeg-kit'), {
    android: 'com.arthenica',
    ios: 'ffmpegkit mobileffmpeg',
  }),
  sdk(
    'android-youtube-player',
    'Pierfrancesco Soffritti',
    'media',
    github('PierfrancescoSoffritti/android-youtube-player'),
    { android: 'com.pierfrancescosoffritti', ios: 'YoutubePlayer_in_WKWebView youtube_ios_player_helper' },
  ),
];

const UI: readonly SdkPackage[] = [
  sdk('MPAndroidChart', 'Philipp Jahoda', 'ui', github('PhilJay/MPAndroidChart'), {
    android: 'com.github.mikephil',
    maven: 'com.github.PhilJay:MPAndroidChart',
  }),
  sdk('Charts', 'Daniel Cohen Gindi', 'ui', github('ChartsOrg/Charts'), { ios: 'Charts DGCharts' }),
  sdk('Material Dialogs', 'Aidan Follestad', 'ui', github('afollestad/material-dialogs'), {
    android: 'com.afollestad.materialdialogs',
    maven: 'com.afollestad.material-dialogs:core',
  }),
  sdk('Mike Penz’ libraries', 'Mike Penz', 'ui', github('mikepenz'), {
    android: 'com.mikepenz',
  }),
  sdk('Shimmer', 'Meta', 'ui', 'https://facebookarchive.github.io/shimmer-android/', {
    android: 'com.facebook.shimmer',
    maven: 'com.facebook.shimmer:shimmer',
  }),
  sdk('Litho', 'Meta', 'ui', 'https://fblitho.com/', {
    android: 'com.facebook.litho',
    maven: 'com.facebook.litho:litho-core',
  }),
  sdk('Rebound', 'Meta', 'ui', github('facebookarchive/rebound'), {
    android: 'com.facebook.rebound',
    maven: 'com.facebook.rebound:rebound',
  }),
  sdk('FlexboxLayout', 'Google', 'ui', github('google/flexbox-layout'), {
    android: 'com.google.android.flexbox',
    maven: 'com.google.android.flexbox:flexbox',
  }),
  sdk('Groupie', 'Lisa Wray', 'ui', github('lisawray/groupie'), { android: 'com.xwray' }),
  sdk('Calligraphy', 'Christopher Jenkins', 'ui', github('InflationX/Calligraphy'), {
    android: 'io.github.inflationx',
    maven: 'io.github.inflationx:calligraphy3',
  }),
  sdk('SmartRefreshLayout', 'SCWANG', 'ui', github('scwang90/SmartRefreshLayout'), { android: 'com.scwang' }),
  sdk('BaseRecyclerViewAdapterHelper', 'CymChad', 'ui', github('CymChad/BaseRecyclerViewAdapterHelper'), {
    android: 'com.chad.library',
  }),
  sdk('ShortcutBadger', 'Leo Lin', 'ui', github('leolin310148/ShortcutBadger'), {
    android: 'me.leolin',
    maven: 'me.leolin:ShortcutBadger',
  }),
  sdk('Markwon', 'Dimitry Ivanov', 'ui data-format', 'https://noties.io/Markwon/', {
    android: 'io.noties.markwon',
    maven: 'io.noties.markwon:core',
  }),
  sdk('CommonMark', 'Atlassian', 'data-format', github('commonmark/commonmark-java'), {
    android: 'org.commonmark',
    ios: 'cmark Down MarkdownUI',
    maven: 'org.commonmark:commonmark',
  }),
  sdk('Small Android views', 'several', 'ui', github('daimajia/AndroidImageSlider'), {
    android:
      'com.daimajia com.nineoldandroids com.jeremyfeinstein com.sothree com.astuetz com.viewpagerindicator com.getbase com.melnykov com.wang.avi com.github.ybq',
  }),
  sdk('SnapKit', 'SnapKit', 'ui', github('SnapKit/SnapKit'), {
    ios: 'SnapKit Masonry PureLayout Cartography TinyConstraints',
  }),
  sdk('IQKeyboardManager', 'Iftekhar Qurashi', 'ui', github('hackiftekhar/IQKeyboardManager'), {
    ios: 'IQKeyboardManager IQKeyboardManagerSwift',
  }),
  sdk('Progress views', 'several', 'ui', github('SVProgressHUD/SVProgressHUD'), {
    ios: 'SVProgressHUD MBProgressHUD JGProgressHUD PKHUD NVActivityIndicatorView',
  }),
  sdk('iOS UI components', 'several', 'ui', 'https://cocoapods.org/', {
    ios: 'Hero Eureka SwiftEntryKit SwiftMessages Toast Toast_Swift FSCalendar JTAppleCalendar DZNEmptyDataSet MJRefresh TTTAttributedLabel SkeletonView ESTabBarController IGListKit Texture AsyncDisplayKit Pulley FloatingPanel SideMenu PKRevealController MessageKit InputBarAccessoryView YYKit SwiftyGif FLAnimatedImage DKImagePickerController DKPhotoGallery TOCropViewController Cosmos TagListView DropDown XLPagerTabStrip Parchment Kanna SwipeCellKit',
  }),
];

export const LIBRARIES: readonly SdkPackage[] = [
  ...NETWORKING,
  ...DATA,
  ...STORAGE,
  ...CRYPTOGRAPHY,
  ...ARCHITECTURE,
  ...IMAGES,
  ...UI,
];
