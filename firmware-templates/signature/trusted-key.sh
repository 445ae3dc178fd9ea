#!/bin/sh
# Reads a public key (`adiabit keygen` writes it: Ed25519 in PEM, RFC 8410) and prints its 32 bytes in hexadecimal and its
# fingerprint. Whatever else it is given it refuses, and says what it is: firmware must never hold a private key.
#
#     sh signature/trusted-key.sh ours.pub
set -u
file=$1

refuse() {
  echo "$file: $1" >&2
  exit 1
}

[ -f "$file" ] && [ -r "$file" ] || refuse "there is no such file, or it cannot be read."
if grep -q 'PRIVATE KEY' "$file"; then
  refuse "this is a private key; a build takes the public one, the .pub file that 'adiabit keygen' has put beside it."
fi
[ "$(grep -c -e '-----BEGIN ' "$file")" = 1 ] && grep -q -e '-----BEGIN PUBLIC KEY-----' "$file" ||
  refuse "this is no public key in PEM. Make a pair of keys with 'adiabit keygen'."

hexadecimal() { od -An -v -tx1 | tr -d ' \n'; }
# A key is 44 bytes: what it is, and the 32 bytes of it.
der() { tr -d '\r' <"$file" | sed '/-----BEGIN/,/-----END/!d' | sed '/-----/d' | base64 -d 2>/dev/null; }
encoded=$(der | hexadecimal)
key=${encoded#302a300506032b6570032100}
[ "$key" != "$encoded" ] && [ ${#key} = 64 ] || refuse "this is a public key, but none of Ed25519. Make one with 'adiabit keygen'."

# Points of small order, whose signatures anybody can make: 0, 1, -1 and the four of order 8, also as p and p + 1, with
# either sign.
case $key in
00000000000000000000000000000000000000000000000000000000000000[08]0 | \
  01000000000000000000000000000000000000000000000000000000000000[08]0 | \
  26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc[08]5 | \
  c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03[7f]a | \
  e[cde]ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff[7f]f)
  refuse "this key protects nothing: anybody can sign for it. Make one with 'adiabit keygen'."
  ;;
esac

sha256() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi; }
echo "$key $(der | tail -c 32 | sha256 | cut -c 1-16)"
