#!/bin/sh
# Looks at the header that a build is given as KEYS (`adiabit key header` writes it), and prints the start of its SHA-256. What is
# no such header is refused, a key file above all: a build takes a header, and firmware must never hold a private key.
#
#     sh signature/trusted-keys.sh trusted_keys.h
set -u
file=$1

refuse() {
  echo "$file: $1 Run: adiabit key header ours.pub --product NAME, and give KEYS the header that it writes." >&2
  exit 1
}

[ -f "$file" ] && [ -r "$file" ] || refuse "there is no such file, or it cannot be read."
if grep -q 'PRIVATE KEY' "$file"; then refuse "this is a private key; a build takes the header of public ones."; fi
if grep -q -e '-----BEGIN ' "$file"; then refuse "this is a key; a build takes a header of keys."; fi
grep -q '^#define ADIABIT_PRODUCT ' "$file" && grep -q '^#define ADIABIT_TRUSTED_KEY_COUNT ' "$file" &&
  grep -q 'adiabit_trusted_keys' "$file" || refuse "this is no header of keys."

if command -v sha256sum >/dev/null; then sha256sum <"$file"; else shasum -a 256 <"$file"; fi | cut -c 1-16
