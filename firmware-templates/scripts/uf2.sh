#!/bin/sh
# Writes a flash image as UF2, the format of drag-and-drop boot loaders: blocks of 512 bytes, each with 256 bytes of the image
# and their address.
#
#     sh scripts/uf2.sh ADDRESS FAMILY <image.bin >image.uf2
set -eu
od -An -v -tu1 | LC_ALL=C awk -v address=$(($1)) -v family=$(($2)) '
  # As an escape of printf; a percent sign would begin a directive.
  function byte(value) { printf value == 37 ? "%%%%" : "\\%03o", value }
  function word(value, place) { for (place = 0; place < 4; place++) { byte(value % 256); value = int(value / 256) } }
  { for (field = 1; field <= NF; field++) image[size++] = $field }
  END {
    count = int((size + 255) / 256)
    for (block = 0; block < count; block++) {
      word(171066965); word(2656915799); word(8192)
      word(address + 256 * block); word(256); word(block); word(count); word(family)
      for (place = 0; place < 476; place++) byte(place < 256 && 256 * block + place < size ? image[256 * block + place] : 0)
      word(179400496); print ""
    }
  }' | while read -r block; do
  # shellcheck disable=SC2059 # the block is a format, without directives
  printf "$block"
done
