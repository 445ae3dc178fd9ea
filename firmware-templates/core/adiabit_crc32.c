#include "adiabit_crc32.h"

#include <stdbool.h>

#if defined(__AVR__)
/* Bit by bit: a table and the shifts around it would take more flash, and on eight bits no less time. */
uint32_t adiabit_crc32_update(uint32_t state, adiabit_stored_t *bytes, uint32_t length) {
  for (; length > 0u; length--) {
    state ^= *bytes++;
    for (uint8_t bit = 0; bit < 8u; bit++) {
      const bool odd = (state & 1u) != 0u;
      state >>= 1;
      if (odd) state ^= 0xEDB88320u;
    }
  }
  return state;
}
#else
/*
 * The remainders of the sixteen values of a nibble. The table takes 64 bytes instead of the usual 1 KiB. Two look-ups a
 * byte cost little compared with a serial line.
 */
static const ADIABIT_TABLE uint32_t nibble_remainder[16] = {
    0x00000000u, 0x1DB71064u, 0x3B6E20C8u, 0x26D930ACu, 0x76DC4190u, 0x6B6B51F4u, 0x4DB26158u, 0x5005713Cu,
    0xEDB88320u, 0xF00F9344u, 0xD6D6A3E8u, 0xCB61B38Cu, 0x9B64C2B0u, 0x86D3D2D4u, 0xA00AE278u, 0xBDBDF21Cu,
};

uint32_t adiabit_crc32_update(uint32_t state, adiabit_stored_t *bytes, uint32_t length) {
  for (uint32_t index = 0; index < length; index++) {
    state ^= bytes[index];
    state = (state >> 4) ^ nibble_remainder[state & 15u];
    state = (state >> 4) ^ nibble_remainder[state & 15u];
  }
  return state;
}
#endif

uint32_t adiabit_crc32(adiabit_stored_t *bytes, uint32_t length) {
  return adiabit_crc32_finish(adiabit_crc32_update(ADIABIT_CRC32_START, bytes, length));
}
