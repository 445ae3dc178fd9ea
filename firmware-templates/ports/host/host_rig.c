#include "host_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adiabit_bytes.h"
#include "host_bench.h"

#define WORK_WORDS (16u * 1024u / 4u)
#if ADIABIT_CHECKS_SIGNATURES
#define MAX_PAYLOAD_BYTES 320u /* a key table with its manifest */
#else
#define MAX_PAYLOAD_BYTES 249u
#endif
#define WINDOW_BYTES 540u
#define GEOMETRY_BYTES 24u

typedef enum {
  REQUEST_POWER_ON,
  REQUEST_LINE,
  REQUEST_RESTART,
  REQUEST_FLASH,
  REQUEST_COUNT,
  REQUEST_DECAY
} request_kind_t;

static uint32_t work[WORK_WORDS];
static uint8_t frame_buffer[MAX_PAYLOAD_BYTES + ADIABIT_FRAME_OVERHEAD_BYTES];
static host_bench_t bench;
static bool powered;

static uint8_t *sent;
static uint32_t sent_bytes;
static uint32_t sent_room;

static void send_to_rig(void *context, const uint8_t *bytes, uint32_t length) {
  (void)context;
  while (sent_bytes + length > sent_room) {
    sent_room = 2u * sent_room + 1024u;
    sent = realloc(sent, sent_room);
    if (sent == NULL) abort();
  }
  memcpy(sent + sent_bytes, bytes, length);
  sent_bytes += length;
}

static void send_count(uint32_t count) {
  uint8_t bytes[4];
  adiabit_write_u32(bytes, count);
  send_to_rig(NULL, bytes, sizeof bytes);
}

static void set_cut(const uint8_t *bytes) {
  bench.nor.operations_left = (int32_t)adiabit_read_u32(bytes);
  bench.nor.tear = (host_nor_tear_t)adiabit_read_u32(bytes + 4);
}

static void remove_flash(void) {
  free(bench.nor.bytes);
  free(bench.nor.word_programs);
  free(bench.nor.sector_erases);
}

static bool insert_flash(const uint8_t *bytes, uint32_t length) {
  remove_flash();
  host_nor_t nor = {
      .slot_count = (uint8_t)adiabit_read_u32(bytes),
      .sector_bytes = adiabit_read_u32(bytes + 4),
      .page_bytes = adiabit_read_u32(bytes + 8),
      .region_bytes = adiabit_read_u32(bytes + 12),
  };
  const uint32_t size = host_nor_bytes(&nor);
  nor.bytes = malloc(size);
  nor.word_programs = calloc(size / 4u, 1);
  nor.sector_erases = calloc(size / nor.sector_bytes, sizeof *nor.sector_erases);
  const adiabit_port_t port = {
      .board_id = "rig",
      .work = work,
      .work_bytes = sizeof work,
      .frame_buffer = frame_buffer,
      .frame_buffer_bytes = sizeof frame_buffer,
      .window_bytes = WINDOW_BYTES,
      .send = send_to_rig,
  };
  host_bench_insert(&bench, &nor, &port);
  set_cut(bytes + 16);
  bench.counter_readings = 0;
  if (nor.bytes == NULL || nor.word_programs == NULL || nor.sector_erases == NULL) return false;
  memset(nor.bytes, 0xFF, size);
  if (length == GEOMETRY_BYTES) return true;
  if (length - GEOMETRY_BYTES != size) return false;
  memcpy(nor.bytes, bytes + GEOMETRY_BYTES, size);
  return true;
}

/* Serves a request. False if it makes no sense. The power may fail in here. */
static bool serve(request_kind_t kind, const uint8_t *bytes, uint32_t length) {
  switch (kind) {
    case REQUEST_POWER_ON:
      if (length < GEOMETRY_BYTES || !insert_flash(bytes, length)) return false;
      powered = true;
      host_bench_start(&bench);
      return true;
    case REQUEST_LINE:
      if (powered) host_bench_receive(&bench, bytes, length);
      return true;
    case REQUEST_RESTART:
      if (length != 8u) return false;
      set_cut(bytes);
      powered = true;
      host_bench_start(&bench);
      return true;
    case REQUEST_FLASH:
      send_to_rig(NULL, bench.nor.bytes, host_nor_bytes(&bench.nor));
      return true;
    case REQUEST_COUNT: {
      const host_nor_t *nor = &bench.nor;
      send_count(nor->operations);
      send_count(bench.counter_readings);
      const uint32_t sectors = host_nor_bytes(nor) / nor->sector_bytes;
      for (uint32_t sector = 0; sector < sectors; sector++) send_count(nor->sector_erases[sector]);
      return true;
    }
    case REQUEST_DECAY:
      if (length != 5u || adiabit_read_u32(bytes) >= host_nor_bytes(&bench.nor)) return false;
      bench.nor.bytes[adiabit_read_u32(bytes)] ^= bytes[4];
      return true;
    default:
      return false;
  }
}

static bool reply(void) {
  uint8_t head[5];
  head[0] = powered;
  adiabit_write_u32(head + 1, sent_bytes);
  if (fwrite(head, 1, sizeof head, stdout) != sizeof head) return false;
  if (sent_bytes > 0u && fwrite(sent, 1, sent_bytes, stdout) != sent_bytes) return false;
  return fflush(stdout) == 0;
}

int host_rig(void) {
  uint8_t head[5];
  while (fread(head, 1, sizeof head, stdin) == sizeof head) {
    const uint32_t length = adiabit_read_u32(head + 1);
    uint8_t *const bytes = malloc(length + 1u);
    if (bytes == NULL || fread(bytes, 1, length, stdin) != length) return 1;
    sent_bytes = 0;
    if (setjmp(bench.power_failed) != 0) {
      powered = false;
    } else if (!serve((request_kind_t)head[0], bytes, length)) {
      fprintf(stderr, "adiabit-host: ERROR: a request of the rig makes no sense\n");
      return 2;
    }
    free(bytes);
    if (!reply()) return 1;
  }
  remove_flash();
  free(sent);
  return 0;
}
