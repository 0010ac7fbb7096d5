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
}

export const WATCHED_CALLS: readonly WatchedCall[] = [
  { api: 'crypto.key', class: 'Ljavax/crypto/spec/SecretKeySpec;', method: '<init>' },
  { api: 'crypto.iv', class: 'Ljavax/crypto/spec/IvParameterSpec;', method: '<init>' },
  { api: 'crypto.password', class: 'Ljavax/crypto/spec/PBEKeySpec;', method: '<init>' },
  { api: 'crypto.cipher', class: 'Ljavax/crypto/Cipher;', method: 'getInstance' },
  { api: 'crypto.digest', class: 'Ljava/security/MessageDigest;', method: 'getInstance' },
  { api: 'crypto.seed', class: 'Ljava/security/SecureRandom;', method: 'setSeed' },
  { api: 'keystore.password', class: 'Ljava/security/KeyStore;', method: 'load' },
  { api: 'keystore.password', class: 'Ljava/security/KeyStore$PasswordProtection;', method: '<init>' },
  { api: 'login.password', class: 'Lokhttp3/Credentials;', method: 'basic' },
  { api: 'login.password', class: 'Ljava/net/PasswordAuthentication;', method: '<init>' },
  { api: 'database.password', class: 'Ljava/sql/DriverManager;', method: 'getConnection' },
  { api: 'webview.javascript', class: 'Landroid/webkit/WebSettings;', method: 'setJavaScriptEnabled' },
  { api: 'webview.fileAccess', class: 'Landroid/webkit/WebSettings;', method: 'setAllowFileAccess' },
  { api: 'webview.fileUrls', class: 'Landroid/webkit/WebSettings;', method: 'setAllowFileAccessFromFileURLs' },
  {
    api: 'webview.universalUrls',
    class: 'Landroid/webkit/WebSettings;',
    method: 'setAllowUniversalAccessFromFileURLs',
  },
  { api: 'webview.mixedContent', class: 'Landroid/webkit/WebSettings;', method: 'setMixedContentMode' },
  { api: 'webview.debugging', class: 'Landroid/webkit/WebView;', method: 'setWebContentsDebuggingEnabled' },
  { api: 'webview.interface', class: 'Landroid/webkit/WebView;', method: 'addJavascriptInterface' },
  { api: 'webview.sslError', class: 'Landroid/webkit/SslErrorHandler;', method: 'proceed' },
  { api: 'tls.pin', class: 'Lokhttp3/CertificatePinner$Builder;', method: 'add' },
];
