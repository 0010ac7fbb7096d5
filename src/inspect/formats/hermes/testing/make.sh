#!/bin/sh
# Compiles app.js with the Hermes compilers that npm packages carry, one file per bytecode version: sh make.sh
# hermes-engine and hermes-compiler hold the compiler alone; react-native up to 0.82 holds it under sdks/.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for package in \
  hermes-engine@0.1.1 hermes-engine@0.2.1 hermes-engine@0.5.1 hermes-engine@0.7.2 hermes-engine@0.8.0 \
  hermes-engine@0.11.0 react-native@0.69.12 react-native@0.70.15 react-native@0.71.19 react-native@0.72.17 \
  react-native@0.80.3 hermes-compiler@250829098.0.0 hermes-compiler@260318099.0.6; do
  archive=$(cd "$work" && npm pack --silent "$package" | tail -1)
  rm -rf "$work/package"
  tar xzf "$work/$archive" -C "$work"
  rm "$work/$archive"
  compiler=$(find "$work/package" -path '*linux64-bin/hermesc' -o -path '*linux64-bin/hermes' | head -1)
  "$compiler" -O -emit-binary -out "$work/app.hbc" app.js
  version=$(od -An -tu4 -j8 -N4 "$work/app.hbc" | tr -d ' ')
  mv "$work/app.hbc" "v$version.hbc"
  echo "v$version from $package"
done
