/* gestures: made by adiabit 0.1.0 from the model bbf8bf38a4c95270. Do not edit. */
#include "gestures.h"

#include <string.h>

/* Ones of a word (Hacker's Delight, figure 5-2). */
static uint32_t popcount(uint32_t word) {
  word -= (word >> 1) & 0x55555555u;
  word = (word & 0x33333333u) + ((word >> 2) & 0x33333333u);
  return (((word + (word >> 4)) & 0x0F0F0F0Fu) * 0x01010101u) >> 24;
}

static int32_t bit_at(const uint32_t *bits, uint32_t index) {
  return (int32_t)((bits[index / 32u] >> (index % 32u)) & 1u);
}

/* dense: 72 values to 48 */
static const uint32_t layer0_weights[48][3] = {
    {0x6dbed098u, 0x7926dbffu, 0x00000027u},
    {0x6fdbd1b9u, 0xedafb36fu, 0x00000046u},
    {0xedb658d2u, 0xefb7dbffu, 0x00000023u},
    {0x504c9d07u, 0xb6814532u, 0x0000009cu},
    {0x126dbc6du, 0x82080080u, 0x0000004du},
    {0x6c924edeu, 0x6ffeb6c9u, 0x000000dbu},
    {0x48111082u, 0x74936d33u, 0x00000009u},
    {0x012020b3u, 0x36f14dd3u, 0x0000004eu},
    {0x7c9bd614u, 0x5fe4b2efu, 0x00000007u},
    {0xdd924990u, 0x05a4326au, 0x0000009eu},
    {0x65b24996u, 0xefb7fb7fu, 0x00000052u},
    {0xfcfbe088u, 0xfdb7be69u, 0x00000027u},
    {0xdb2d0264u, 0x10c04da6u, 0x00000040u},
    {0xfcb6407cu, 0x4f3edb6du, 0x0000003bu},
    {0x259f68d2u, 0xfdedb2dbu, 0x0000008bu},
    {0xcb6040c0u, 0x061a5df6u, 0x0000002eu},
    {0x3fdfd340u, 0x5bb49b6fu, 0x000000d3u},
    {0x2fde5ae9u, 0xdf2dd36fu, 0x000000a7u},
    {0x057c40a9u, 0x24f37dbeu, 0x00000022u},
    {0xbddafb1au, 0xdb249f6bu, 0x00000096u},
    {0x6c8172f2u, 0xf7bdb645u, 0x0000006bu},
    {0x9a6dbd69u, 0x800a2126u, 0x00000064u},
    {0x26dfdf01u, 0xff25bae9u, 0x000000b7u},
    {0xd7459036u, 0x91211d6eu, 0x000000a6u},
    {0xd00fa116u, 0x92016130u, 0x00000024u},
    {0x5a490a4du, 0x82410000u, 0x000000f4u},
    {0xd29b66ccu, 0x09681216u, 0x00000026u},
    {0xbfb7d0d1u, 0x5d2cdb6du, 0x00000032u},
    {0x67f249fbu, 0xc9a7f3edu, 0x000000feu},
    {0x113525cdu, 0x30c94510u, 0x00000069u},
    {0xbcff63a9u, 0x69e4dffdu, 0x000000f6u},
    {0xee93f596u, 0x3dbecd6fu, 0x000000dbu},
    {0x24da73f1u, 0xfd65b3edu, 0x00000063u},
    {0x01a46437u, 0x669be599u, 0x00000021u},
    {0xaaefc04eu, 0x4aafc136u, 0x00000020u},
    {0xbefbfc01u, 0xfb2db3cdu, 0x000000f2u},
    {0xa59b72b1u, 0xdf76f7ddu, 0x000000c2u},
    {0x2dcb21b2u, 0x3ab7b58du, 0x0000002eu},
    {0x66da68feu, 0x7f3db6d9u, 0x000000f7u},
    {0x256825b7u, 0x2eb1249au, 0x000000f8u},
    {0xa6bece02u, 0xe96edeffu, 0x00000016u},
    {0x2fb66abdu, 0x7f74de4du, 0x000000aau},
    {0xecb6ca6cu, 0x5ff6d6ffu, 0x000000a2u},
    {0x26de42ceu, 0x5b7fdaffu, 0x00000063u},
    {0x27fa4a13u, 0x4f7cda7bu, 0x0000000au},
    {0xfff6d28fu, 0x69b7dbfdu, 0x000000c3u},
    {0x64b374d3u, 0xefbdd6cbu, 0x0000004bu},
    {0x74d6c40eu, 0x6d7fdb5fu, 0x000000bbu},
};
static const int32_t layer0_thresholds[48] = {
    2152, 3258, 3478, -1949, -3322, 2845, -2996, -1868, 1674, -1013, 2856, 2648, -3097, 2287, 2230, -1930, 2528, 3310,
    -689, 2570, 1453, -2033, 2834, -855, -3541, -4036, -1566, 1934, 3665, -2524, 3844, 3425, 2238, -1207, -580, 3026,
    2737, 654, 3661, -633, 2230, 2843, 3076, 2706, 1163, 4027, 2399, 2784,
};
static void layer0(const uint8_t *from, uint32_t *to) {
  memset(to, 0, 8u);
  int32_t total = 0;
  for (uint32_t index = 0; index < 72u; index++) {
    total += (int32_t)from[index];
  }
  for (uint32_t channel = 0; channel < 48u; channel++) {
    int32_t chosen = 0;
    for (uint32_t index = 0; index < 72u; index++) {
      chosen += (int32_t)from[index] & -bit_at(layer0_weights[channel], index);
    }
    const int32_t sum = 2 * chosen - total;
    to[channel / 32u] |= (uint32_t)(sum >= layer0_thresholds[channel]) << (channel % 32u);
  }
}

/* dense: 48 values to 4 */
static const uint32_t layer1_weights[4][2] = {
    {0xa3209218u, 0x00000480u},
    {0x17b4d9c2u, 0x00009b3eu},
    {0x0dc6e4edu, 0x0000606fu},
    {0x504b6522u, 0x0000f358u},
};
static const int32_t layer1_offsets[4] = {
    24, -4, -15, -25,
};
static void layer1(const uint32_t *from, int32_t *to) {
  int32_t total = 0;
  for (uint32_t word = 0; word < 2u; word++) {
    total += (int32_t)popcount(from[word]);
  }
  for (uint32_t channel = 0; channel < 4u; channel++) {
    int32_t both = 0;
    for (uint32_t word = 0; word < 2u; word++) {
      both += (int32_t)popcount(from[word] & layer1_weights[channel][word]);
    }
    const int32_t sum = 2 * both - total;
    to[channel] = sum * 256 + layer1_offsets[channel];
  }
}

void gestures_infer(const uint8_t input[GESTURES_INPUT_BYTES], uint32_t work[GESTURES_WORK_WORDS],
                    int32_t outputs[GESTURES_OUTPUTS]) {
  layer0(input, work + 0);
  layer1(work + 0, outputs);
}

uint32_t gestures_class(const int32_t outputs[GESTURES_OUTPUTS]) {
  uint32_t best = 0;
  for (uint32_t index = 1; index < GESTURES_OUTPUTS; index++) {
    if (outputs[index] > outputs[best]) best = index;
  }
  return best;
}
