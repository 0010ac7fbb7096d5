#!/bin/sh
# Makes the fixtures with keytool (OpenJDK 17); BKS needs the provider of Bouncy Castle. The keys open nothing.
# Usage: make.sh path/to/bcprov.jar
set -e
cd "$(dirname "$0")"
rm -f key.* certificates.*
secret=bluemarket-fixture
for type in jks jceks p12 bks; do
  case $type in p12) store=PKCS12 ;; *) store=$(echo $type | tr a-z A-Z) ;; esac
  with="-storetype $store -storepass $secret"
  if [ $type = bks ]; then
    with="$with -provider org.bouncycastle.jce.provider.BouncyCastleProvider -providerpath $1"
  fi
  keytool -genkeypair -keyalg EC -groupname secp256r1 -dname CN=bluemarket-shop.com -alias shop -validity 36500 \
    -keystore key.$type -keypass $secret $with
  keytool -exportcert -alias shop -keystore key.$type -file certificate.cer $with
  keytool -importcert -noprompt -alias ca -file certificate.cer -keystore certificates.$type $with
  rm certificate.cer
done
