/*
 * A device under any sequence of requests, most of them well framed: its flash allows what NOR flash does, the power
 * may fail in any operation, and it must answer every frame once. At the end it starts again and must not run bytes
 * that it has not confirmed.
 *
 *     operations until the power fails u8 | tear u8 | messages: type u8 | length u8 | payload ...
 *
 * A message of type 0xF0 stands for raw bytes on the line, 0xF1 for a whole update with a circuit (slot u8 | bytes):
 * begin with its length and digest, then the bytes, with every CRC and the digest put right, verify, activate, confirm.
 *
 * Built with ADIABIT_CHECKS_SIGNATURES=1 it is a device that trusts keys (fuzz_keys.h), and the harness can sign. Then
 * 0xF1 is with a manifest (slot u8 | key u8 | counter u8 | bytes), 0xF2 shows one (key u8 | up to 100 bytes that take
 * the place of its first ones), and 0xF3 sends a key table (signer u8 | version u8 | one key u8 after the other).
 * Neither counter nor table may ever go back, and what boots must be what a key that counts has signed.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "adiabit_bytes.h"
#include "adiabit_sha256.h"
#include "fuzz.h"
#include "fuzz_seal.h"
#include "host_bench.h"
#if ADIABIT_CHECKS_SIGNATURES
#include "fuzz_keys.h"
#endif

#define REGION_BYTES 2048u
#define SLOTS 2u
#define NEVER 0xFFu
#define RAW_BYTES 0xF0u
#define WHOLE_CIRCUIT 0xF1u
#define SECTOR_BYTES 256u
#if ADIABIT_CHECKS_SIGNATURES
#define MANIFEST 0xF2u
#define KEY_TABLE 0xF3u
#define FLASH_BYTES (SLOTS * REGION_BYTES + 2u * SECTOR_BYTES)
#else
#define FLASH_BYTES (SLOTS * REGION_BYTES)
#endif

static uint32_t flash_words[FLASH_BYTES / 4u];
static uint8_t word_programs[FLASH_BYTES / 4u];
static uint32_t work[1024];
static uint8_t frame_buffer[512 + ADIABIT_FRAME_OVERHEAD_BYTES];
static host_bench_t bench;
static uint32_t frames_sent;

static void count_frames(void *context, const uint8_t *bytes, uint32_t length) {
  (void)context;
  for (uint32_t index = 0; index < length; index++) frames_sent += bytes[index] == 0u;
}

#if ADIABIT_CHECKS_SIGNATURES
static uint32_t highest_counter;
static uint32_t highest_version;

static void never_goes_back(const adiabit_device_t *device) {
  if (device->trust.security_counter < highest_counter || device->trust.table_version < highest_version) abort();
  highest_counter = device->trust.security_counter;
  highest_version = device->trust.table_version;
}

static void boots_what_is_signed(const adiabit_device_t *device) {
  never_goes_back(device);
  if (device->active_slot == ADIABIT_NO_SLOT) return;
  adiabit_stored_t *manifest = adiabit_slot_record(&device->port->flash, device->active_slot).manifest;
  adiabit_status_t why;
  if (adiabit_manifest_check(&device->trust, device->port->board_id, ADIABIT_MANIFEST_KIND_CIRCUIT, manifest, &why) !=
      ADIABIT_HOLDS) {
    abort();
  }
  /* What boots has raised the counter to its own. */
  if (adiabit_read_u32(manifest + ADIABIT_MANIFEST_OFFSET_SECURITY_COUNTER) != device->trust.security_counter) abort();
}
#endif

static void only_what_was_confirmed(const adiabit_device_t *device) {
#if ADIABIT_CHECKS_SIGNATURES
  boots_what_is_signed(device);
#endif
  if (device->active_slot == ADIABIT_NO_SLOT) return;
  if (adiabit_slot_record(&device->port->flash, device->active_slot).sequence == 0u) abort();
}

static void insert(int32_t operations, uint8_t tear) {
  memset(flash_words, 0xFF, sizeof flash_words);
  memset(word_programs, 0, sizeof word_programs);
  const host_nor_t nor = {.slot_count = SLOTS,
                          .region_bytes = REGION_BYTES,
                          .sector_bytes = SECTOR_BYTES,
                          .page_bytes = 64,
                          .bytes = (uint8_t *)flash_words,
                          .word_programs = word_programs,
                          .operations_left = operations,
                          .tear = (host_nor_tear_t)(tear % 4u)};
  const adiabit_port_t port = {.board_id = "fuzz",
                               .work = work,
                               .work_bytes = sizeof work,
                               .frame_buffer = frame_buffer,
                               .frame_buffer_bytes = sizeof frame_buffer,
                               .window_bytes = 1100,
                               .send = count_frames};
  host_bench_insert(&bench, &nor, &port);
  bench.started = only_what_was_confirmed;
#if ADIABIT_CHECKS_SIGNATURES
  highest_counter = 0;
  highest_version = 0;
#endif
}

static void push(void *context, const uint8_t *bytes, uint32_t length) {
  (void)context;
  host_bench_receive(&bench, bytes, length);
}

static void ask(uint8_t type, const uint8_t *payload, uint32_t length) {
  uint8_t block[ADIABIT_FRAME_WRITER_BLOCK_BYTES];
  adiabit_frame_writer_t writer;
  writer.block = block;
  const uint32_t before = frames_sent;
  adiabit_frame_writer_begin(&writer, push, NULL, type, 7);
  if (length > 0u) adiabit_frame_writer_bytes(&writer, payload, length);
  adiabit_frame_writer_end(&writer);
  if (frames_sent != before + 1u) abort();
#if ADIABIT_CHECKS_SIGNATURES
  never_goes_back(&bench.device);
#endif
}

/* Asks for a piece of a slot or of a layer's values. */
static void ask_piece(uint8_t type, uint8_t of, uint32_t offset, uint32_t length) {
  uint8_t payload[7];
  payload[0] = of;
  adiabit_write_u32(payload + 1, offset);
  adiabit_write_u16(payload + 5, (uint16_t)length);
  ask(type, payload, sizeof payload);
}

#if ADIABIT_CHECKS_SIGNATURES
static void set_manifest(uint8_t manifest[ADIABIT_MANIFEST_SIZE], uint8_t kind, uint32_t number) {
  memset(manifest, 0, ADIABIT_MANIFEST_SIZE);
  memcpy(manifest + ADIABIT_MANIFEST_OFFSET_PRODUCT, adiabit_product, strlen(adiabit_product));
  manifest[ADIABIT_MANIFEST_OFFSET_KIND] = kind;
  adiabit_write_u32(manifest + ADIABIT_MANIFEST_OFFSET_SECURITY_COUNTER, number);
}

/* Shows the manifest of some bytes. */
static void authorize(const uint8_t *bytes, uint32_t length, uint8_t key, uint8_t counter) {
  uint8_t manifest[ADIABIT_MANIFEST_SIZE];
  set_manifest(manifest, ADIABIT_MANIFEST_KIND_CIRCUIT, counter);
  adiabit_write_u32(manifest + ADIABIT_MANIFEST_OFFSET_TOTAL_BYTES, length);
  adiabit_sha256(bytes, length, manifest + ADIABIT_MANIFEST_OFFSET_DIGEST);
  fuzz_sign(manifest, key);
  ask(ADIABIT_MESSAGE_AUTHORIZE, manifest, sizeof manifest);
}

/* Shows any manifest, whose signature is right. */
static void show_manifest(const uint8_t *bytes, uint32_t length) {
  uint8_t manifest[ADIABIT_MANIFEST_SIZE];
  if (length < 1u) return;
  set_manifest(manifest, ADIABIT_MANIFEST_KIND_CIRCUIT, 0);
  const uint32_t given = length - 1u;
  memcpy(manifest, bytes + 1, given < ADIABIT_MANIFEST_OFFSET_SIGNATURE ? given : ADIABIT_MANIFEST_OFFSET_SIGNATURE);
  fuzz_sign(manifest, bytes[0]);
  ask(ADIABIT_MESSAGE_AUTHORIZE, manifest, sizeof manifest);
}

static void send_keys(const uint8_t *bytes, uint32_t length) {
  uint8_t payload[ADIABIT_MANIFEST_SIZE + 1u + ADIABIT_MAX_KEYS * ADIABIT_KEY_BYTES];
  if (length < 2u) return;
  const uint32_t count = length - 2u < ADIABIT_MAX_KEYS ? length - 2u : ADIABIT_MAX_KEYS;
  uint8_t *table = payload + ADIABIT_MANIFEST_SIZE;
  table[0] = (uint8_t)count;
  for (uint32_t place = 0; place < count; place++) {
    memcpy(table + 1u + place * ADIABIT_KEY_BYTES, fuzz_key(bytes[2u + place]), ADIABIT_KEY_BYTES);
  }
  const uint32_t table_bytes = 1u + count * ADIABIT_KEY_BYTES;
  set_manifest(payload, ADIABIT_MANIFEST_KIND_KEY_TABLE, bytes[1]);
  adiabit_write_u32(payload + ADIABIT_MANIFEST_OFFSET_TOTAL_BYTES, table_bytes);
  adiabit_sha256(table, table_bytes, payload + ADIABIT_MANIFEST_OFFSET_DIGEST);
  fuzz_sign(payload, bytes[0]);
  ask(ADIABIT_MESSAGE_KEYS, payload, ADIABIT_MANIFEST_SIZE + table_bytes);
}
#endif

/* Stores `length` bytes as a sealed bitstream in a slot and asks for everything up to its confirmation. */
static void write_circuit(const uint8_t *bytes, uint32_t length) {
  uint8_t sealed[256];
  uint8_t payload[260];
  const uint32_t head = ADIABIT_CHECKS_SIGNATURES ? 3u : 1u;
  if (length < head) return;
  payload[0] = bytes[0] & 1u;
  memcpy(sealed, bytes + head, length - head);
  length = fuzz_seal(sealed, length - head);
#if ADIABIT_CHECKS_SIGNATURES
  authorize(sealed, length, bytes[1], bytes[2]);
#endif
  adiabit_write_u32(payload + 1, length);
  adiabit_sha256(sealed, length, payload + 5);
  ask(ADIABIT_MESSAGE_BEGIN, payload, 37);
  adiabit_write_u32(payload, 0);
  memcpy(payload + 4, sealed, length);
  ask(ADIABIT_MESSAGE_WRITE, payload, 4u + length);
  payload[0] = bytes[0] & 1u;
  ask(ADIABIT_MESSAGE_VERIFY, payload, 1);
  ask(ADIABIT_MESSAGE_ACTIVATE, payload, 1);
  ask(ADIABIT_MESSAGE_CONFIRM, payload, 1);
  ask_piece(ADIABIT_MESSAGE_READ, payload[0], 0, length);
  for (uint8_t layers = 0; layers < 4u; layers++) ask_piece(ADIABIT_MESSAGE_VALUES, layers, 0, 4);
}

static void live(const uint8_t *bytes, size_t length) {
  host_bench_start(&bench);
  const uint8_t flush = 0;
  while (length >= 2u) {
    const uint8_t type = bytes[0];
    const uint32_t payload = bytes[1] < length - 2u ? bytes[1] : (uint32_t)(length - 2u);
    bytes += 2;
    length -= 2u;
    if (type == RAW_BYTES) {
      push(NULL, bytes, payload);
      push(NULL, &flush, 1);
    } else if (type == WHOLE_CIRCUIT) {
      write_circuit(bytes, payload);
#if ADIABIT_CHECKS_SIGNATURES
    } else if (type == MANIFEST) {
      show_manifest(bytes, payload);
    } else if (type == KEY_TABLE) {
      send_keys(bytes, payload);
#endif
    } else {
      ask(type, bytes, payload);
    }
    bytes += payload;
    length -= payload;
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  if (length < 2u) return 0;
  insert(bytes[0] == NEVER ? -1 : bytes[0], bytes[1]);
  if (setjmp(bench.power_failed) == 0) live(bytes + 2, length - 2u);
  bench.nor.operations_left = -1;
  host_bench_start(&bench);
  ask(ADIABIT_MESSAGE_SLOTS, NULL, 0);
  ask(ADIABIT_MESSAGE_INFER, NULL, 0);
  for (uint8_t slot = 0; slot < SLOTS; slot++) ask_piece(ADIABIT_MESSAGE_READ, slot, 32, 68);
  ask_piece(ADIABIT_MESSAGE_VALUES, 1, 0, 1);
  return 0;
}
