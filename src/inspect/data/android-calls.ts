/**
 * APIs whose calls matter, by class and method as DEX code names them. The walker of DEX code reports each call with the
 * constants that reach its arguments; what follows from a call is for the detectors to say.
 */
export interface WatchedCall {
  api: string;
  /** Type descriptor of the class that the instruction names. */
  class: string;
  method: string;
  /** Descriptors of its parameters, joined, where overloads differ: `[BLjava/lang/String;`. */
  parameters?: string;
  /**
   * Arguments of which one must be known for the call to be worth telling, counted without the receiver. Empty: the call
   * alone says it.
   */
  needs: readonly number[];
  /** The needed argument is a number with one of these bits. */
  bits?: number;
}

function watch(
  api: string,
  type: string,
  methods: string,
  needs: readonly number[],
  parameters?: string,
): readonly WatchedCall[] {
  return methods.split(' ').map((method) => ({
    api,
    class: `L${type};`,
    method,
    needs,
    ...(parameters === undefined ? {} : { parameters }),
  }));
}

const STRING = 'Ljava/lang/String;';
const SQLITE = ['net/sqlcipher/database', 'net/zetetic/database/sqlcipher'];
const CRYPTO_SPECS = [
  ['crypto.key', 'javax/crypto/spec/SecretKeySpec'],
  ['crypto.key', 'javax/crypto/spec/DESKeySpec'],
  ['crypto.key', 'javax/crypto/spec/DESedeKeySpec'],
  ['crypto.iv', 'javax/crypto/spec/IvParameterSpec'],
] as const;

export const WATCHED_CALLS: readonly WatchedCall[] = [
  // Keys, passwords and how they are used
  ...CRYPTO_SPECS.flatMap(([api, type]) => watch(api, type, '<init>', [0])),
  ...watch('crypto.iv', 'javax/crypto/spec/GCMParameterSpec', '<init>', [1]),
  ...watch('crypto.password', 'javax/crypto/spec/PBEKeySpec', '<init>', [0, 1]),
  ...watch('crypto.salt', 'javax/crypto/spec/PBEParameterSpec', '<init>', [0]),
  ...watch('crypto.cipher', 'javax/crypto/Cipher', 'getInstance', [0]),
  ...watch('crypto.digest', 'java/security/MessageDigest', 'getInstance', [0]),
  ...watch('crypto.seed', 'java/security/SecureRandom', 'setSeed <init>', [0]),
  ...watch('keystore.password', 'java/security/KeyStore', 'load', [1]),
  ...watch('keystore.password', 'java/security/KeyStore', 'getKey store setKeyEntry', [1, 2]),
  ...watch('keystore.password', 'java/security/KeyStore$PasswordProtection', '<init>', [0]),
  ...watch('keystore.password', 'javax/net/ssl/KeyManagerFactory', 'init', [1]),
  ...watch('jwt.key', 'io/jsonwebtoken/JwtBuilder', 'signWith', [0, 1]),
  ...watch('jwt.key', 'io/jsonwebtoken/JwtParser', 'setSigningKey', [0]),
  ...watch('jwt.key', 'io/jsonwebtoken/JwtParserBuilder', 'setSigningKey', [0]),
  ...watch('jwt.key', 'io/jsonwebtoken/security/Keys', 'hmacShaKeyFor', [0]),
  ...watch('jwt.key', 'com/auth0/jwt/algorithms/Algorithm', 'HMAC256 HMAC384 HMAC512', [0]),
  // Databases
  ...SQLITE.flatMap((folder) => [
    ...watch('database.password', `${folder}/SQLiteDatabase`, 'openOrCreateDatabase openDatabase', [1]),
    ...watch('database.password', `${folder}/SQLiteOpenHelper`, 'getWritableDatabase getReadableDatabase', [0]),
    ...watch('database.password', `${folder}/SQLiteDatabase`, 'changePassword rawExecSQL', [0]),
  ]),
  ...watch('database.password', 'net/sqlcipher/database/SupportFactory', '<init>', [0]),
  ...watch('database.password', 'net/zetetic/database/sqlcipher/SupportOpenHelperFactory', '<init>', [0]),
  ...watch('database.password', 'io/realm/RealmConfiguration$Builder', 'encryptionKey', [0]),
  ...watch('database.password', 'java/sql/DriverManager', 'getConnection', [0, 2], STRING.repeat(3)),
  // Logins
  ...watch('login.password', 'okhttp3/Credentials', 'basic', [0, 1]),
  ...watch('login.password', 'java/net/PasswordAuthentication', '<init>', [1]),
  ...watch('login.password', 'javax/mail/PasswordAuthentication', '<init>', [1]),
  ...watch('login.password', 'jakarta/mail/PasswordAuthentication', '<init>', [1]),
  ...watch('login.password', 'javax/mail/Transport', 'connect', [2], STRING.repeat(3)),
  ...watch('login.password', 'org/apache/http/auth/UsernamePasswordCredentials', '<init>', [1]),
  ...watch('login.password', 'org/apache/commons/net/ftp/FTPClient', 'login', [1]),
  ...watch('login.password', 'org/apache/commons/net/ftp/FTPSClient', 'login', [1]),
  ...watch('login.password', 'com/jcraft/jsch/Session', 'setPassword', [0]),
  ...watch('login.password', 'jcifs/smb/NtlmPasswordAuthentication', '<init>', [2]),
  ...watch('login.password', 'org/eclipse/paho/client/mqttv3/MqttConnectOptions', 'setPassword setUserName', [0]),
  ...watch('login.password', 'com/rabbitmq/client/ConnectionFactory', 'setPassword', [0]),
  ...watch('login.password', 'redis/clients/jedis/Jedis', 'auth', [0]),
  ...watch('login.password', 'org/jivesoftware/smack/AbstractXMPPConnection', 'login', [1]),
  // Web views
  ...watch('webview.javascript', 'android/webkit/WebSettings', 'setJavaScriptEnabled', [0]),
  ...watch('webview.fileAccess', 'android/webkit/WebSettings', 'setAllowFileAccess', [0]),
  ...watch('webview.fileUrls', 'android/webkit/WebSettings', 'setAllowFileAccessFromFileURLs', [0]),
  ...watch('webview.universalUrls', 'android/webkit/WebSettings', 'setAllowUniversalAccessFromFileURLs', [0]),
  ...watch('webview.mixedContent', 'android/webkit/WebSettings', 'setMixedContentMode', [0]),
  ...watch('webview.savePassword', 'android/webkit/WebSettings', 'setSavePassword', [0]),
  ...watch('webview.debugging', 'android/webkit/WebView', 'setWebContentsDebuggingEnabled', [0]),
  ...watch('webview.interface', 'android/webkit/WebView', 'addJavascriptInterface', []),
  ...watch('webview.sslError', 'android/webkit/SslErrorHandler', 'proceed', []),
  // Connections
  ...watch('tls.pin', 'okhttp3/CertificatePinner$Builder', 'add', [0]),
  ...watch('tls.allowAll', 'org/apache/http/conn/ssl/AllowAllHostnameVerifier', '<init>', []),
  ...watch('tls.allowAll', 'org/apache/http/conn/ssl/NoopHostnameVerifier', '<init>', []),
  ...watch('http.base', 'retrofit2/Retrofit$Builder', 'baseUrl', []),
  // Files that other apps can read or write: MODE_WORLD_READABLE 1, MODE_WORLD_WRITEABLE 2
  ...['android/content/Context', 'android/content/ContextWrapper', 'android/app/Activity'].flatMap((type) => [
    ...watch('file.mode', type, 'openFileOutput getSharedPreferences openOrCreateDatabase getDir', [1]).map((call) => ({
      ...call,
      bits: 3,
    })),
  ]),
];

/** Classes of which an instance of an interface does no check: found by what their method does, not by a call. */
export const TRUST_MANAGER = 'Ljavax/net/ssl/X509TrustManager;';
export const EXTENDED_TRUST_MANAGER = 'Ljavax/net/ssl/X509ExtendedTrustManager;';
export const HOSTNAME_VERIFIER = 'Ljavax/net/ssl/HostnameVerifier;';
/** Fields that hold a verifier which accepts every host. */
export const ALLOW_ALL_FIELDS: readonly { class: string; name: string }[] = [
  { class: 'Lorg/apache/http/conn/ssl/SSLSocketFactory;', name: 'ALLOW_ALL_HOSTNAME_VERIFIER' },
  { class: 'Lorg/apache/http/conn/ssl/SSLConnectionSocketFactory;', name: 'ALLOW_ALL_HOSTNAME_VERIFIER' },
];
