/* A bitstream file, byte for byte, in the section that link.ld puts at an address of its own. */
  .section .bitstream, "a"
  .balign 4
  .incbin BITSTREAM
