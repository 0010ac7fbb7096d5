#!/usr/bin/env bash
# Makes fixtures/ with the tools that make real packages: aapt2, javac, keytool, apksigner.
#   FRAMEWORK   framework-res.apk or android.jar   (Debian: android-framework-res)
#   APKSIGNER   command that runs apksigner        (Debian: apksigner)
# An app bundle and an APK set are archives of what aapt2 makes; they are laid out here as bundletool lays them out.
set -euo pipefail
: "${FRAMEWORK:=/usr/share/android-framework-res/framework-res.apk}" "${APKSIGNER:=apksigner}"
out=$(cd "$(dirname "$0")" && pwd)/fixtures
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"
cd "$work"

manifest() { # package, uses-sdk, rest of the application
  cat <<XML
<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="$1" android:versionCode="42" android:versionName="4.2">
  <uses-sdk android:minSdkVersion="$2" android:targetSdkVersion="34"/>
  <application android:label="@string/app_name" android:allowBackup="false" $3</application>
</manifest>
XML
}

# --- the app -----------------------------------------------------------------------------------------------------
mkdir -p app/res/{values,values-de,xml,layout}
manifest com.bluemarket.shop 21 'android:networkSecurityConfig="@xml/network" android:usesCleartextTraffic="false">
  <activity android:name=".Main" android:exported="true">
    <intent-filter><data android:scheme="https" android:host="@string/link_host"/></intent-filter>
  </activity>
  <meta-data android:name="api" android:value="@string/alias"/>' > app/AndroidManifest.xml
cat > app/res/values/values.xml <<'XML'
<resources>
  <string name="app_name">Blue Market</string>
  <string name="firebase_database_url">https://bluemarket-shop.firebaseio.example</string>
  <string name="alias">@string/firebase_database_url</string>
  <string name="link_host">links.bluemarket-shop.com</string>
  <string name="help">https://help.bluemarket-shop.com</string>
  <string name="styled">see <b>https://styled.bluemarket-shop.com</b></string>
  <string-array name="hosts"><item>https://a.bluemarket-shop.com</item><item>https://b.bluemarket-shop.com</item></string-array>
  <plurals name="offers"><item quantity="one">https://one.bluemarket-shop.com</item><item quantity="other">%d</item></plurals>
  <bool name="flag">true</bool><integer name="count">7</integer><color name="blue">#ff0000ff</color><dimen name="gap">4dp</dimen>
  <style name="Text"><item name="android:text">https://style.bluemarket-shop.com</item></style>
</resources>
XML
cat > app/res/values-de/values.xml <<'XML'
<resources><string name="app_name">Blauer Markt</string><string name="help">https://hilfe.bluemarket-shop.com</string></resources>
XML
cat > app/res/xml/network.xml <<'XML'
<network-security-config>
  <base-config cleartextTrafficPermitted="false"/>
  <domain-config cleartextTrafficPermitted="true"><domain includeSubdomains="true">old.bluemarket-shop.com</domain></domain-config>
</network-security-config>
XML
cat > app/res/layout/main.xml <<'XML'
<TextView xmlns:android="http://schemas.android.com/apk/res/android" android:layout_width="1dp" android:layout_height="1dp" android:text="https://layout.bluemarket-shop.com"/>
XML
aapt2 compile --dir app/res -o app.flata
link() { aapt2 link -I "$FRAMEWORK" --manifest app/AndroidManifest.xml "$@" app.flata; }
link -o "$out/app.apk"
link -o base-master.apk --split base-de.apk:de
link -o proto.apk --proto-format
aapt2 convert --output-format proto -o converted.apk "$out/app.apk"

# --- an app bundle with a feature module ---------------------------------------------------------------------------
mkdir -p feature/res/values bundle/{base,feature}/manifest
cat > feature/AndroidManifest.xml <<'XML'
<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="com.bluemarket.shop" split="feature">
  <uses-sdk android:minSdkVersion="21" android:targetSdkVersion="34"/>
  <application><activity android:name=".Feature" android:label="@string/feature_url"/></application>
</manifest>
XML
echo '<resources><string name="feature_url">https://feature.bluemarket-shop.com</string></resources>' > feature/res/values/values.xml
aapt2 compile --dir feature/res -o feature.flata
aapt2 link -I "$FRAMEWORK" --manifest feature/AndroidManifest.xml --package-id 0x7e --allow-reserved-package-id --proto-format -o feature.apk feature.flata
module() { # apk, name
  mkdir -p unpacked && (cd unpacked && unzip -q "../$1")
  mv unpacked/AndroidManifest.xml "bundle/$2/manifest/"
  mv unpacked/resources.pb "bundle/$2/"
  if [ -d unpacked/res ]; then mv unpacked/res "bundle/$2/"; fi
  rm -r unpacked
}
module proto.apk base
module feature.apk feature
rm -f "$out/app.aab"
(cd bundle && zip -q -X -r "$out/app.aab" base feature)

# --- an APK set: base, language split, and two complete APKs --------------------------------------------------------
mkdir -p set/splits set/standalones
cp base-master.apk base-de.apk set/splits/
cp "$out/app.apk" set/standalones/standalone-hdpi.apk
cp "$out/app.apk" set/standalones/standalone-xxhdpi.apk
rm -f "$out/app.apks" "$out/app.xapk"
(cd set && zip -q -X -0 -r "$out/app.apks" splits standalones)
mkdir xapk && cp base-master.apk xapk/com.bluemarket.shop.apk && cp base-de.apk xapk/config.de.apk
echo '{"xapk_version":2,"package_name":"com.bluemarket.shop","split_apks":[{"file":"com.bluemarket.shop.apk","id":"base"},{"file":"config.de.apk","id":"config.de"}]}' > xapk/manifest.json
(cd xapk && zip -q -X -9 -r "$out/app.xapk" config.de.apk manifest.json com.bluemarket.shop.apk)

# --- sparse types -------------------------------------------------------------------------------------------------
mkdir -p sparse/res/values sparse/res/values-fr
manifest com.bluemarket.sparse 26 '>' > sparse/AndroidManifest.xml
{ echo '<resources><string name="app_name">Sparse</string>'; for i in $(seq 1 120); do echo "<string name=\"s$i\">https://s$i.bluemarket-shop.com</string>"; done; echo '</resources>'; } > sparse/res/values/values.xml
echo '<resources><string name="s7">https://fr7.bluemarket-shop.com</string><string name="s99">https://fr99.bluemarket-shop.com</string></resources>' > sparse/res/values-fr/values.xml
aapt2 compile --dir sparse/res -o sparse.flata
aapt2 link -I "$FRAMEWORK" --manifest sparse/AndroidManifest.xml --enable-sparse-encoding -o "$out/sparse.apk" sparse.flata

# --- a shared library and an app that uses it -------------------------------------------------------------------------
mkdir -p lib/res/values user/res/values
echo '<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="com.bluemarket.lib"><uses-sdk android:minSdkVersion="26"/><application/></manifest>' > lib/AndroidManifest.xml
echo '<resources><string name="url">https://lib.bluemarket-shop.com</string><string name="again">@string/url</string><public type="string" name="again"/><public type="string" name="url"/></resources>' > lib/res/values/values.xml
aapt2 compile --dir lib/res -o lib.flata
aapt2 link -I "$FRAMEWORK" --manifest lib/AndroidManifest.xml --shared-lib -o lib.apk lib.flata
manifest com.bluemarket.user 26 '><meta-data android:name="api" android:value="@com.bluemarket.lib:string/again"/>' > user/AndroidManifest.xml
echo '<resources><string name="app_name">User</string></resources>' > user/res/values/values.xml
aapt2 compile --dir user/res -o user.flata
aapt2 link -I "$FRAMEWORK" -I lib.apk --manifest user/AndroidManifest.xml -o user.apk user.flata
mkdir -p library && unzip -q -o -j lib.apk resources.arsc -d library && cp library/resources.arsc "$out/shared-library.arsc"
unzip -q -o -j user.apk resources.arsc AndroidManifest.xml -d library
cp library/resources.arsc "$out/library-user.arsc"
cp library/AndroidManifest.xml "$out/library-user.xml"

# --- a library (AAR) ------------------------------------------------------------------------------------------------
mkdir -p aar/res/values classes
cat > Api.java <<'JAVA'
package com.bluemarket.sdk;

public final class Api {
  @interface Get { String value(); }

  static final String BASE = "https://sdk.bluemarket-shop.com/v1/";

  @Get("orders/{id}")
  String order(String id, int kind) {
    switch (kind) {
      case 1: return "https://one.sdk.bluemarket-shop.com/" + id;
      case 2: return "https://two.sdk.bluemarket-shop.com/";
      default: return "nothing";
    }
  }
}
JAVA
javac --release 11 -d classes Api.java
(cd classes && zip -q -X -r ../aar/classes.jar com)
echo '<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="com.bluemarket.sdk"><uses-sdk android:minSdkVersion="21"/><application android:label="@string/app_name" android:networkSecurityConfig="@xml/network"/></manifest>' > aar/AndroidManifest.xml
cp app/res/values/values.xml aar/res/values/values.xml
mkdir -p aar/res/xml && cp app/res/xml/network.xml aar/res/xml/
rm -f "$out/library.aar"
(cd aar && zip -q -X -r "$out/library.aar" .)

# --- signatures: a weak debug key with v1 only; v1 to v4 with a key that was rotated ----------------------------------
key() { keytool -genkeypair -keystore keys.jks -storepass android -keypass android -validity 10000 "$@" 2> /dev/null; }
key -alias debug -dname 'CN=Android Debug, O=Android, C=US' -keyalg RSA -keysize 1024 -sigalg SHA1withRSA
key -alias old -dname 'CN=Bluemarket, O=Bluemarket, OU=Nobody, L=Nowhere' -keyalg RSA -keysize 2048
key -alias new -dname 'CN=Bluemarket 2, O=Bluemarket' -keyalg EC -groupname secp256r1
store=(--ks keys.jks --ks-pass pass:android --key-pass pass:android)
$APKSIGNER sign "${store[@]}" --ks-key-alias debug --min-sdk-version 15 --v2-signing-enabled false --v3-signing-enabled false --out "$out/signed-v1.apk" "$out/app.apk"
$APKSIGNER rotate --out lineage \
  --old-signer "${store[@]}" --ks-key-alias old --new-signer "${store[@]}" --ks-key-alias new
$APKSIGNER sign --lineage lineage "${store[@]}" --ks-key-alias old --next-signer "${store[@]}" --ks-key-alias new \
  --v4-signing-enabled true --out "$out/signed-v4.apk" "$out/app.apk"
ls -l "$out"
