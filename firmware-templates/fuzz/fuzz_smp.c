/*
 * A device that speaks SMP beside the link, under lines of any kind, most of them well framed: its flash allows what
 * NOR flash does and the power may fail in any operation. What is sent as a whole message must be answered once, in
 * lines that can be read. At the end the device starts again and must run nothing that it has not confirmed, and
 * answers on the link.
 *
 *     operations until the power fails u8 | tear u8 | messages: kind u8 | length u8 | payload ...
 *
 * Kind 0xF0 stands for raw bytes on the line, 0xF1 for a whole upload of a circuit (wrapped u8 | piece bytes u8 |
 * bytes), with every CRC and the digest put right, a test, a reset and a confirmation. Every other kind is a message:
 * its low three bits are the operation, the next one the group, the high four the command; the payload is its CBOR.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "adiabit_bytes.h"
#include "adiabit_cbor.h"
#include "adiabit_sha256.h"
#include "fuzz.h"
#include "fuzz_seal.h"
#include "host_bench.h"

#define REGION_BYTES 2048u
#define SLOTS 2u
#define SECTOR_BYTES 256u
#define FLASH_BYTES (SLOTS * REGION_BYTES)
#define NEVER 0xFFu
#define RAW_BYTES 0xF0u
#define WHOLE_UPLOAD 0xF1u
#define HEADER_BYTES 8u
#define IMAGE_HEADER_BYTES 64u
#define MAX_FILE_BYTES 400u

static uint32_t flash_words[FLASH_BYTES / 4u];
static uint8_t word_programs[FLASH_BYTES / 4u];
static uint32_t work[1024];
static uint8_t frame_buffer[512 + ADIABIT_FRAME_OVERHEAD_BYTES];
static host_bench_t bench;
static adiabit_smp_line_t heard;
static uint32_t messages_heard;
static uint32_t frames_heard;

/* Reads what the device sends. */
static void hear(void *context, const uint8_t *bytes, uint32_t length) {
  (void)context;
  for (uint32_t index = 0; index < length; index++) {
    frames_heard += bytes[index] == 0u;
    if (adiabit_smp_line_push(&heard, bytes[index], true) == ADIABIT_SMP_LINE_MESSAGE) messages_heard++;
  }
}

static void only_what_was_confirmed(const adiabit_device_t *device) {
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
                               .send = hear};
  host_bench_insert(&bench, &nor, &port);
  bench.started = only_what_was_confirmed;
  adiabit_smp_line_start(&heard);
}

static void push(void *context, const uint8_t *bytes, uint32_t length) {
  (void)context;
  host_bench_receive(&bench, bytes, length);
}

/* Sends a message whose CBOR lies in `message` behind room for what comes before it. It must be answered once. */
static void ask(uint8_t *message, uint32_t payload_bytes, uint8_t operation, uint8_t group, uint8_t command) {
  static const uint8_t delimiter = 0;
  uint8_t *header = message + ADIABIT_SMP_LENGTH_BYTES;
  const uint8_t fields[HEADER_BYTES] = {
      operation, 0, (uint8_t)(payload_bytes >> 8), (uint8_t)payload_bytes, 0, group, 7, command};
  memcpy(header, fields, sizeof fields);
  const uint32_t before = messages_heard;
  push(NULL, &delimiter, 1);
  adiabit_smp_line_start(&heard);
  adiabit_smp_line_send(message, HEADER_BYTES + payload_bytes, push, NULL);
  const bool request = (operation & 7u) == 0u || (operation & 7u) == 2u;
  if (messages_heard != before + request) abort();
}

static void send_message(uint8_t kind, const uint8_t *bytes, uint32_t length) {
  uint8_t message[ADIABIT_SMP_LENGTH_BYTES + HEADER_BYTES + 255u + ADIABIT_SMP_CRC_BYTES];
  memcpy(message + ADIABIT_SMP_LENGTH_BYTES + HEADER_BYTES, bytes, length);
  ask(message, length, kind & 7u, (kind >> 3) & 1u, kind >> 4);
}

/* Sends a piece of a file, the first one with its length and digest. */
static void send_piece(const uint8_t *file, uint32_t total, uint32_t offset, uint32_t length) {
  uint8_t message[ADIABIT_SMP_BUFFER_BYTES];
  adiabit_cbor_writer_t writer = {message + ADIABIT_SMP_LENGTH_BYTES + HEADER_BYTES, 400, 0, false};
  adiabit_cbor_write_map(&writer, offset == 0u ? 4 : 2);
  adiabit_cbor_write_text(&writer, "off");
  adiabit_cbor_write_unsigned(&writer, offset);
  if (offset == 0u) {
    uint8_t sha[ADIABIT_DIGEST_BYTES];
    adiabit_sha256(file, total, sha);
    adiabit_cbor_write_text(&writer, "len");
    adiabit_cbor_write_unsigned(&writer, total);
    adiabit_cbor_write_text(&writer, "sha");
    adiabit_cbor_write_bytes(&writer, sha, sizeof sha);
  }
  adiabit_cbor_write_text(&writer, "data");
  adiabit_cbor_write_bytes(&writer, file + offset, length);
  if (writer.overflow) abort();
  ask(message, writer.length, 2, 1, 1);
}

static void set_state(const uint8_t *hash, bool confirm) {
  uint8_t message[128];
  adiabit_cbor_writer_t writer = {message + ADIABIT_SMP_LENGTH_BYTES + HEADER_BYTES, 100, 0, false};
  adiabit_cbor_write_map(&writer, 2);
  adiabit_cbor_write_text(&writer, "hash");
  adiabit_cbor_write_bytes(&writer, hash, ADIABIT_DIGEST_BYTES);
  adiabit_cbor_write_text(&writer, "confirm");
  adiabit_cbor_write_boolean(&writer, confirm);
  ask(message, writer.length, 2, 1, 0);
}

static void reset(void) {
  uint8_t message[32];
  message[ADIABIT_SMP_LENGTH_BYTES + HEADER_BYTES] = 0xA0; /* an empty map */
  ask(message, 1, 2, 0, 5);
}

static void upload(const uint8_t *bytes, uint32_t length) {
  uint8_t file[MAX_FILE_BYTES] = {0};
  uint8_t digest[ADIABIT_DIGEST_BYTES];
  if (length < 2u) return;
  const uint32_t start = (bytes[0] & 1u) != 0u ? IMAGE_HEADER_BYTES : 0u;
  const uint32_t piece = 4u + bytes[1];
  memcpy(file + start, bytes + 2, length - 2u);
  const uint32_t circuit = fuzz_seal(file + start, length - 2u);
  adiabit_sha256(file + start, circuit, digest);
  uint32_t total = start + circuit;
  if (start != 0u) {
    adiabit_write_u32(file, 0x96F3B83Du);
    adiabit_write_u16(file + 8, IMAGE_HEADER_BYTES);
    adiabit_write_u32(file + 12, circuit);
    memcpy(file + 32, digest, sizeof digest);
    total += 5u; /* what stands behind a circuit is nothing to the device */
  }
  const adiabit_smp_upload_t *state = &bench.device.smp.upload;
  /* The last piece may be shorter. Pieces are sent again from where the device says. */
  for (uint32_t offset = 0, tries = 0; offset < total && tries < 2u * MAX_FILE_BYTES; tries++) {
    send_piece(file, total, offset, total - offset < piece ? total - offset : piece);
    if (!state->open || state->next_offset > total) break;
    if (state->next_offset < offset) abort();
    offset = state->next_offset;
  }
  set_state(digest, false);
  reset();
  set_state(digest, true);
}

static void live(const uint8_t *bytes, size_t length) {
  host_bench_start(&bench);
  while (length >= 2u) {
    const uint8_t kind = bytes[0];
    const uint32_t payload = bytes[1] < length - 2u ? bytes[1] : (uint32_t)(length - 2u);
    bytes += 2;
    length -= 2u;
    if (kind == RAW_BYTES) {
      push(NULL, bytes, payload);
    } else if (kind == WHOLE_UPLOAD) {
      upload(bytes, payload);
    } else {
      send_message(kind, bytes, payload);
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
  static const uint8_t map[] = {0xA0};
  send_message(0x08, map, sizeof map);
  /* A frame of the link between lines: it is answered, too. */
  uint8_t block[ADIABIT_FRAME_WRITER_BLOCK_BYTES];
  adiabit_frame_writer_t writer;
  writer.block = block;
  const uint32_t before = frames_heard;
  adiabit_frame_writer_begin(&writer, push, NULL, ADIABIT_MESSAGE_SLOTS, 7);
  adiabit_frame_writer_end(&writer);
  if (frames_heard != before + 1u) abort();
  return 0;
}
