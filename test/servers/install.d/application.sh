# shellcheck shell=bash
# Real servers of the application services (src/probe/services/application.ts). Sourced by install.sh.

PARSE_SERVER=9.10.0
GRAPHQL_YOGA=5.24.1
APOLLO_SERVER=5.5.1
SWAGGER_UI_EXPRESS=5.0.1
OPENAPI_BACKEND=5.21.2
POCKETBASE=v0.36.8
SPRING_BOOT=3.5.6 # runs on JDK 17
ECJ=3.33.0        # compiles one class where there is only a JRE

# phpMyAdmin and Adminer on PHP's own server, nginx for forgotten files, nginx and HAProxy before a store.
application_debian() {
  debian_packages php:php-cli nginx:nginx-light haproxy:haproxy \
    /usr/lib/nginx/modules/ngx_stream_module.so:libnginx-mod-stream /usr/share/phpmyadmin:phpmyadmin \
    /usr/share/phpmyadmin:php-mysql /usr/share/adminer:adminer
}

# Parse Server, two GraphQL servers and two that describe themselves with OpenAPI.
application_packages() {
  if [ -d "$CACHE/application/node_modules/parse-server" ]; then return; fi
  say "npm packages: parse-server, graphql-yoga, @apollo/server, swagger-ui-express, openapi-backend"
  mkdir -p "$CACHE/application"
  echo '{"private":true}' >"$CACHE/application/package.json"
  npm install --prefix "$CACHE/application" --no-save --no-audit --no-fund --ignore-scripts --loglevel=error \
    "parse-server@$PARSE_SERVER" "graphql-yoga@$GRAPHQL_YOGA" "@apollo/server@$APOLLO_SERVER" graphql@16.13.2 \
    "swagger-ui-express@$SWAGGER_UI_EXPRESS" "openapi-backend@$OPENAPI_BACKEND" express@5.2.1
}

# Built in about a minute on two cores.
pocketbase() {
  if [ -x "$CACHE/bin/pocketbase" ]; then return; fi
  say "PocketBase $POCKETBASE"
  if ! command -v go >/dev/null; then
    echo "Go is not installed: PocketBase is left out" >&2
    return
  fi
  mkdir -p "$CACHE/bin"
  CGO_ENABLED=0 GOBIN="$CACHE/bin" go install "github.com/pocketbase/pocketbase/examples/base@$POCKETBASE"
  mv "$CACHE/bin/base" "$CACHE/bin/pocketbase"
}

# An application of one class (test/servers/harness/actuator/Application.java) with Actuator.
spring_boot() {
  local into="$CACHE/spring-boot"
  if [ -f "$into/classes/org/example/Application.class" ]; then return; fi
  say "Spring Boot $SPRING_BOOT"
  rm -rf "$into"
  mkdir -p "$into/classes"
  cat >"$into/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>local</groupId><artifactId>application</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>
<dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId><version>$SPRING_BOOT</version></dependency>
<dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-actuator</artifactId><version>$SPRING_BOOT</version></dependency>
</dependencies>
</project>
POM
  mvn -q -B -f "$into/pom.xml" "$MAVEN_DEPENDENCY:copy-dependencies" -DincludeScope=runtime -DoutputDirectory="$into/lib"
  mvn -q -B "$MAVEN_DEPENDENCY:copy" -Dartifact="org.eclipse.jdt:ecj:$ECJ" -DoutputDirectory="$into"
  java -jar "$into/ecj-$ECJ.jar" -17 -proc:none -cp "$(printf '%s:' "$into"/lib/*.jar)" -d "$into/classes" \
    test/servers/harness/actuator/Application.java
}

FURTHER+=(application_debian application_packages pocketbase spring_boot)
