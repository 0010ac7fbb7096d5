# shellcheck shell=bash
# Real servers of the search services (src/probe/services/search.ts). Sourced by install.sh.

CHROMADB=1.5.9
DYNALITE=4.0.0
DYNAMODB_LOCAL=2.6.1 # runs on JDK 17
SOLR=8.11.4          # runs on JDK 17
SOLR_JETTY_XML=9.4.53.v20231009

# InfluxDB 1, Prometheus and its companions, VictoriaMetrics, Tarantool.
search_debian() {
  debian_packages influxd:influxdb prometheus:prometheus prometheus-alertmanager:prometheus-alertmanager \
    prometheus-node-exporter:prometheus-node-exporter victoria-metrics:victoria-metrics tarantool:tarantool
}

# Chroma's server is one compiled module; what its Python client needs is left out.
chroma() {
  if [ -x "$CACHE/chroma/bin/python" ]; then return; fi
  say "Chroma $CHROMADB"
  rm -rf "$CACHE/chroma.part"
  if ! python3 -m venv "$CACHE/chroma.part"; then
    rm -rf "$CACHE/chroma.part"
    echo "Python has no venv: Chroma is left out" >&2
    return
  fi
  "$CACHE/chroma.part/bin/pip" install -q --disable-pip-version-check --no-deps "chromadb==$CHROMADB"
  mv "$CACHE/chroma.part" "$CACHE/chroma"
}

dynalite() {
  if [ -d "$CACHE/dynalite/node_modules/dynalite" ]; then return; fi
  say "dynalite $DYNALITE"
  mkdir -p "$CACHE/dynalite"
  echo '{"private":true}' >"$CACHE/dynalite/package.json"
  npm install --prefix "$CACHE/dynalite" --no-save --no-audit --no-fund --ignore-scripts --loglevel=error \
    "dynalite@$DYNALITE"
}

# jars group:artifact:version… into a folder, with all that they need
jars() {
  local into="$1" one
  shift
  if [ -d "$into" ]; then return; fi
  say "$*"
  rm -rf "$into.part"
  mkdir -p "$into.part"
  {
    echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
    echo '<groupId>postern</groupId><artifactId>test-server</artifactId><version>1</version><dependencies>'
    for one in "$@"; do
      IFS=: read -r group artifact version <<<"$one"
      echo "<dependency><groupId>$group</groupId><artifactId>$artifact</artifactId><version>$version</version></dependency>"
    done
    echo '</dependencies></project>'
  } >"$into.part/pom.xml"
  (cd "$into.part" && mvn -q -B "$MAVEN_DEPENDENCY:copy-dependencies" -DoutputDirectory="$into.part/lib" -DincludeScope=runtime)
  mv "$into.part" "$into"
}

# Solr in its own Jetty, without the page of its interface; and Amazon's emulator of DynamoDB.
search_jars() {
  jars "$CACHE/solr" "org.apache.solr:solr-core:$SOLR" "org.eclipse.jetty:jetty-xml:$SOLR_JETTY_XML"
  jars "$CACHE/dynamodb-local" "com.amazonaws:DynamoDBLocal:$DYNAMODB_LOCAL"
}

FURTHER+=(search_debian chroma dynalite search_jars)
