/* Transposes blocks of bits. */
#ifndef ADIABIT_TRANSPOSE_H
#define ADIABIT_TRANSPOSE_H

#include <stdint.h>

#include "adiabit_bytes.h"

/*
 * Transposes eight bytes, four in each word: bit i of byte b becomes bit b of byte i. Blocks of 1, 2 and 4 bits change
 * places (Warren, Hacker's Delight, 2nd edition, section 7-3).
 */
static inline void adiabit_transpose_words(uint32_t *low_bytes, uint32_t *high_bytes) {
  uint32_t low = *low_bytes;
  uint32_t high = *high_bytes;
  uint32_t moved = (low ^ (low >> 7)) & 0x00AA00AAu;
  low ^= moved ^ (moved << 7);
  moved = (high ^ (high >> 7)) & 0x00AA00AAu;
  high ^= moved ^ (moved << 7);
  moved = (low ^ (low >> 14)) & 0x0000CCCCu;
  low ^= moved ^ (moved << 14);
  moved = (high ^ (high >> 14)) & 0x0000CCCCu;
  high ^= moved ^ (moved << 14);
  moved = (low ^ (high << 4)) & 0xF0F0F0F0u;
  *low_bytes = low ^ moved;
  *high_bytes = high ^ (moved >> 4);
}

/* Transposes eight values: bit i of byte b becomes bit b of value i. */
static inline void adiabit_transpose(const uint8_t values[8], uint8_t planes[8]) {
#if defined(__AVR__)
  uint8_t count = 8;
  uint8_t p0 = 0, p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0, p6 = 0, p7 = 0;
  __asm__("1: ld __tmp_reg__, %a[values]+\n"
          "lsr __tmp_reg__\n ror %[p0]\n lsr __tmp_reg__\n ror %[p1]\n"
          "lsr __tmp_reg__\n ror %[p2]\n lsr __tmp_reg__\n ror %[p3]\n"
          "lsr __tmp_reg__\n ror %[p4]\n lsr __tmp_reg__\n ror %[p5]\n"
          "lsr __tmp_reg__\n ror %[p6]\n lsr __tmp_reg__\n ror %[p7]\n"
          "dec %[count]\n brne 1b\n"
          : [values] "+e"(values), [count] "+r"(count), [p0] "+r"(p0), [p1] "+r"(p1), [p2] "+r"(p2), [p3] "+r"(p3),
            [p4] "+r"(p4), [p5] "+r"(p5), [p6] "+r"(p6), [p7] "+r"(p7)
          :
          : "memory");
  planes[0] = p0, planes[1] = p1, planes[2] = p2, planes[3] = p3;
  planes[4] = p4, planes[5] = p5, planes[6] = p6, planes[7] = p7;
#else
  uint32_t low = adiabit_read_u32(values);
  uint32_t high = adiabit_read_u32(values + 4);
  adiabit_transpose_words(&low, &high);
  adiabit_write_u32(planes, low);
  adiabit_write_u32(planes + 4, high);
#endif
}

#endif /* ADIABIT_TRANSPOSE_H */
