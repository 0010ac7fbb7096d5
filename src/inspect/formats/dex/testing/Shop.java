// Code whose constants dex.test.ts follows. Each method is one form; `never*` are those where a guess would be wrong.
//
// How shop.dex was made (javac 17, R8 8.5.35 of Google's Maven repository; stubs: empty methods of the imported Android and library classes):
//   javac --release 11 -d classes Shop.java $(find stubs -name "*.java")
//   java -cp r8.jar com.android.tools.r8.D8 --min-api 24 --output out $(find classes/shop -name '*.class')
package shop;

import android.net.Uri;
import android.util.Base64;
import android.webkit.WebSettings;
import java.net.URL;
import java.security.cert.X509Certificate;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509TrustManager;
import okhttp3.HttpUrl;
import retrofit2.Retrofit;
import retrofit2.http.GET;
import retrofit2.http.Headers;
import retrofit2.http.POST;

class Shop {
  static String BASE = "https://api.bluemarket-shop.com/";
  static String late = new String("https://late.bluemarket-shop.com/");
  static String changing = "https://first.bluemarket-shop.com/";
  private String key = "sixteen byte key";
  private final String password = "correct-horse-1";

  static String use(Object text) {
    return null;
  }

  void appended(String user) {
    use(new StringBuilder("https://a.bluemarket-shop.com/users/").append(user).append("/orders?page=").append(1).toString());
  }

  void added(String user, int port) {
    use("http://" + user + ":" + port + "/login");
  }

  void fromField() {
    use(BASE + "v1/items");
  }

  void fromLateField() {
    use(late + "v1/late");
  }

  void fromGetter() {
    use(host() + "/v1/carts");
  }

  static String host() {
    return "https://getter.bluemarket-shop.com";
  }

  void throughHelper() {
    use(endpoint("v1/helped"));
  }

  static String endpoint(String path) {
    return BASE + path;
  }

  void throughCallee() {
    fetch("/v1/fetched");
  }

  private void fetch(String path) {
    use("https://callee.bluemarket-shop.com" + path);
  }

  void concat() {
    use("https://concat.bluemarket-shop.com".concat(String.valueOf("/v1/joined")));
  }

  void formatted(String id) {
    use(String.format("%s/v1/items/%s/%d?q=%%", "https://format.bluemarket-shop.com", id, 7));
  }

  void uri(String id) {
    use(new Uri.Builder().scheme("https").authority("uri.bluemarket-shop.com").appendPath("v1").appendPath(id)
        .appendQueryParameter("q", "x").build().toString());
  }

  void uriUpon() {
    use(Uri.parse("https://upon.bluemarket-shop.com/v1").buildUpon().appendPath("items").build());
  }

  void httpUrl() {
    use(new HttpUrl.Builder().scheme("https").host("okhttp.bluemarket-shop.com").port(8443).addPathSegment("v1").build());
  }

  void url() throws Exception {
    use(new URL(new URL("https://url.bluemarket-shop.com/a/b"), "../v1/items"));
    use(new URL("https", "parts.bluemarket-shop.com", 8080, "/v1/items"));
  }

  void eitherWay(boolean more) {
    StringBuilder text = new StringBuilder("https://either.bluemarket-shop.com/v1/");
    if (more) text.append("more/");
    use(text.append("end").toString());
  }

  void ternary(boolean test) {
    use("https://ternary.bluemarket-shop.com/" + (test ? "one" : "two") + "/end");
  }

  // --- never a wrong join

  void neverOfTwoBases(boolean test) {
    String base = "https://wrong-a.bluemarket-shop.com/";
    if (test) base = "https://wrong-b.bluemarket-shop.com/";
    use(base + "never/two");
  }

  void neverInLoop(String[] all) {
    String base = "https://wrong-loop.bluemarket-shop.com/";
    for (String one : all) {
      use(base + "never/loop");
      base = one;
    }
  }

  void neverAfterCatch() {
    String base = "https://wrong-try.bluemarket-shop.com/";
    try {
      base = System.getProperty("base");
      base = Integer.valueOf(base).toString();
    } catch (RuntimeException e) {
      use(base + "never/catch");
    }
  }

  void neverChangingField() {
    changing = System.getProperty("x");
    use(changing + "never/field");
  }

  void neverAfterEscape(Appendable sink) throws Exception {
    StringBuilder text = new StringBuilder("https://escape.bluemarket-shop.com/");
    change(text);
    use(text.append("never/escape").toString());
  }

  static native void change(StringBuilder text);

  void neverOverridden(Base other) {
    use(other.root() + "never/overridden");
  }

  void switched(int which) {
    String base;
    switch (which) {
      case 1: base = "https://wrong-s1.bluemarket-shop.com/"; break;
      case 2: base = "https://wrong-s2.bluemarket-shop.com/"; break;
      default: base = "https://wrong-s3.bluemarket-shop.com/";
    }
    use(base + "never/switch");
  }

  // --- calls that matter

  byte[] encrypt(byte[] text) throws Exception {
    return seal(key.getBytes("UTF-8"), text);
  }

  static byte[] seal(byte[] secret, byte[] text) throws Exception {
    Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
    cipher.init(1, new SecretKeySpec(secret, "AES"), new IvParameterSpec(new byte[16]));
    return cipher.doFinal(text);
  }

  void literalKey() {
    use(new SecretKeySpec(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, "AES"));
  }

  void decodedKey() {
    use(new SecretKeySpec(Base64.decode("c2l4dGVlbiBieXRlIGtleQ==", 0), "AES"));
  }

  void neverRandomIv(java.security.SecureRandom random) {
    byte[] iv = new byte[16];
    random.nextBytes(iv);
    use(new IvParameterSpec(iv));
  }

  void web(WebSettings settings) {
    settings.setJavaScriptEnabled(true);
    settings.setMixedContentMode(0);
  }

  void retrofit() {
    new Retrofit.Builder().baseUrl("https://retrofit.bluemarket-shop.com/api/");
  }

  interface Api {
    @GET("v1/users/{id}")
    Object user(String id);

    @Headers({"X-Client: shop.android", "Accept: text/html; q=0.9"})
    @POST("/v2/login")
    Object login(String name);
  }

  static class Base {
    String root() {
      return "https://wrong-base.bluemarket-shop.com/";
    }
  }

  static class Derived extends Base {
    @Override
    String root() {
      return "https://wrong-derived.bluemarket-shop.com/";
    }
  }

  static class TrustsAll implements X509TrustManager {
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    public X509Certificate[] getAcceptedIssuers() {
      return null;
    }
  }

  static class Checks implements X509TrustManager {
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    public void checkServerTrusted(X509Certificate[] chain, String type) {
      if (chain.length == 0) throw new IllegalArgumentException();
    }

    public X509Certificate[] getAcceptedIssuers() {
      return null;
    }
  }

  static final HostnameVerifier ANY = (host, session) -> true;

  static class ComparesHost implements HostnameVerifier {
    public boolean verify(String host, SSLSession session) {
      return host.equals("api.bluemarket-shop.com");
    }
  }
}
