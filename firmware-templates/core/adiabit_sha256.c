#include "adiabit_sha256.h"

#include <string.h>

/* FIPS 180-4 section 4.2.2 */
static const ADIABIT_TABLE uint32_t round_constant[64] = {
    0x428A2F98u, 0x71374491u, 0xB5C0FBCFu, 0xE9B5DBA5u, 0x3956C25Bu, 0x59F111F1u, 0x923F82A4u, 0xAB1C5ED5u,
    0xD807AA98u, 0x12835B01u, 0x243185BEu, 0x550C7DC3u, 0x72BE5D74u, 0x80DEB1FEu, 0x9BDC06A7u, 0xC19BF174u,
    0xE49B69C1u, 0xEFBE4786u, 0x0FC19DC6u, 0x240CA1CCu, 0x2DE92C6Fu, 0x4A7484AAu, 0x5CB0A9DCu, 0x76F988DAu,
    0x983E5152u, 0xA831C66Du, 0xB00327C8u, 0xBF597FC7u, 0xC6E00BF3u, 0xD5A79147u, 0x06CA6351u, 0x14292967u,
    0x27B70A85u, 0x2E1B2138u, 0x4D2C6DFCu, 0x53380D13u, 0x650A7354u, 0x766A0ABBu, 0x81C2C92Eu, 0x92722C85u,
    0xA2BFE8A1u, 0xA81A664Bu, 0xC24B8B70u, 0xC76C51A3u, 0xD192E819u, 0xD6990624u, 0xF40E3585u, 0x106AA070u,
    0x19A4C116u, 0x1E376C08u, 0x2748774Cu, 0x34B0BCB5u, 0x391C0CB3u, 0x4ED8AA4Au, 0x5B9CCA4Fu, 0x682E6FF3u,
    0x748F82EEu, 0x78A5636Fu, 0x84C87814u, 0x8CC70208u, 0x90BEFFFAu, 0xA4506CEBu, 0xBEF9A3F7u, 0xC67178F2u,
};

/* FIPS 180-4 section 5.3.3 */
static const ADIABIT_TABLE uint32_t initial_state[8] = {
    0x6A09E667u, 0xBB67AE85u, 0x3C6EF372u, 0xA54FF53Au, 0x510E527Fu, 0x9B05688Cu, 0x1F83D9ABu, 0x5BE0CD19u,
};

#if defined(__AVR__)
/* An AVR shifts a byte by one bit an instruction. One shared loop saves more flash than inlining would gain in time. */
__attribute__((noinline)) static uint32_t rotate_right(uint32_t value, uint8_t count) {
  for (; count > 0u; count--) value = (value >> 1) | (value << 31);
  return value;
}
#else
static inline uint32_t rotate_right(uint32_t value, uint8_t count) {
  return (value >> count) | (value << (32u - count));
}
#endif

static inline uint32_t read_big_endian(const uint8_t *bytes) {
  return ((uint32_t)bytes[0] << 24) | ((uint32_t)bytes[1] << 16) | ((uint32_t)bytes[2] << 8) | (uint32_t)bytes[3];
}

static inline void write_big_endian(uint8_t *bytes, uint32_t value) {
  bytes[0] = (uint8_t)(value >> 24);
  bytes[1] = (uint8_t)(value >> 16);
  bytes[2] = (uint8_t)(value >> 8);
  bytes[3] = (uint8_t)value;
}

/* Gives word `round` of the message schedule. Only the last sixteen words are kept, because stacks are small. */
static inline uint32_t schedule_word(uint32_t schedule[16], uint8_t round) {
  if (round < 16u) return schedule[round];
  const uint32_t early = schedule[(round + 1u) & 15u];
  const uint32_t late = schedule[(round + 14u) & 15u];
  const uint32_t small_sigma0 = rotate_right(early, 7) ^ rotate_right(early, 18) ^ (early >> 3);
  const uint32_t small_sigma1 = rotate_right(late, 17) ^ rotate_right(late, 19) ^ (late >> 10);
  const uint32_t word = schedule[round & 15u] + small_sigma0 + schedule[(round + 9u) & 15u] + small_sigma1;
  schedule[round & 15u] = word;
  return word;
}

/*
 * Computes one round. The standard moves all eight working variables one place along. Here they stay where they are,
 * and `place` says where `a` is in this round.
 */
static inline void one_round(uint32_t working[8], uint8_t place, uint32_t constant_and_word) {
  const uint32_t a = working[place & 7u];
  const uint32_t b = working[(place + 1u) & 7u];
  const uint32_t c = working[(place + 2u) & 7u];
  const uint32_t e = working[(place + 4u) & 7u];
  const uint32_t f = working[(place + 5u) & 7u];
  const uint32_t g = working[(place + 6u) & 7u];
  const uint32_t big_sigma1 = rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25);
  const uint32_t choice = g ^ (e & (f ^ g));
  const uint32_t first = working[(place + 7u) & 7u] + big_sigma1 + choice + constant_and_word;
  const uint32_t big_sigma0 = rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22);
  const uint32_t majority = (a & b) | (c & (a | b));
  working[(place + 3u) & 7u] += first;
  working[(place + 7u) & 7u] = first + big_sigma0 + majority;
}

/*
 * FIPS 180-4 section 6.2.2. After eight rounds every variable is back in its place, so in an unrolled loop all places
 * are constants. Where memory is scarce the loop is not unrolled.
 */
static void compress(uint32_t state[8], adiabit_stored_t *block) {
  uint32_t schedule[16];
  uint32_t working[8];
  adiabit_copy_stored(schedule, block, sizeof schedule);
  for (uint8_t index = 0; index < 16u; index++) schedule[index] = read_big_endian((const uint8_t *)&schedule[index]);
  for (uint32_t index = 0; index < 8u; index++) working[index] = state[index];
#if defined(__ARM_ARCH) || defined(__x86_64__)
#pragma GCC unroll 8
#endif
  for (uint8_t round = 0; round < 64u; round++) {
    one_round(working, (uint8_t)(64u - round), round_constant[round] + schedule_word(schedule, round));
  }
  for (uint32_t index = 0; index < 8u; index++) state[index] += working[index];
}

void adiabit_sha256_start(adiabit_sha256_t *sha) {
  for (uint8_t index = 0; index < 8u; index++) sha->state[index] = initial_state[index];
  sha->total_bytes = 0;
}

#if defined(__AVR__)
/* Byte by byte: beside what a block takes there, that is no time, and less flash. */
void adiabit_sha256_update(adiabit_sha256_t *sha, adiabit_stored_t *bytes, uint32_t length) {
  for (; length > 0u; length--) {
    const uint8_t used = (uint8_t)sha->total_bytes & 63u;
    sha->block[used] = *bytes++;
    sha->total_bytes++;
    if (used == 63u) compress(sha->state, sha->block);
  }
}
#else
void adiabit_sha256_update(adiabit_sha256_t *sha, adiabit_stored_t *bytes, uint32_t length) {
  uint32_t used = sha->total_bytes & 63u;
  sha->total_bytes += length;
  while (length > 0u) {
    if (used == 0u && length >= 64u) {
      compress(sha->state, bytes); /* whole blocks are hashed where they lie */
      bytes += 64;
      length -= 64u;
      continue;
    }
    const uint32_t room = 64u - used;
    const uint32_t taken = length < room ? length : room;
    adiabit_copy_stored(sha->block + used, bytes, taken);
    bytes += taken;
    length -= taken;
    used += taken;
    if (used == 64u) {
      compress(sha->state, sha->block);
      used = 0;
    }
  }
}
#endif

/* FIPS 180-4 section 5.1.1: a one bit, zeros, and the length in bits. */
void adiabit_sha256_finish(adiabit_sha256_t *sha, uint8_t digest[32]) {
  uint32_t used = sha->total_bytes & 63u;
  sha->block[used++] = 0x80u;
  if (used > 56u) {
    memset(sha->block + used, 0, (size_t)(64u - used));
    compress(sha->state, sha->block);
    used = 0;
  }
  memset(sha->block + used, 0, (size_t)(56u - used));
  write_big_endian(sha->block + 56, sha->total_bytes >> 29);
  write_big_endian(sha->block + 60, sha->total_bytes << 3);
  compress(sha->state, sha->block);
  for (unsigned index = 0; index < 8u; index++) write_big_endian(digest + 4u * index, sha->state[index]);
}

void adiabit_sha256(adiabit_stored_t *bytes, uint32_t length, uint8_t digest[32]) {
  adiabit_sha256_t sha;
  adiabit_sha256_start(&sha);
  adiabit_sha256_update(&sha, bytes, length);
  adiabit_sha256_finish(&sha, digest);
}
