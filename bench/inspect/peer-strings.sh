#!/bin/sh
# The least there is: every entry unpacked, its printable strings, what looks like a URL. FILE OUT
unzip -p "$1" 2>/dev/null | strings -n 6 | grep -aoE "[a-zA-Z][a-zA-Z0-9+.-]{1,15}://[^[:space:]\"'<>]+" | sort -u >"$2"
exit 0
