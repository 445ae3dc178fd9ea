#include "host_rig.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adiabit_bytes.h"
#include "adiabit_device.h"
#include "host_nor.h"

#define WORK_WORDS (16u * 1024u / 4u)
#define MAX_PAYLOAD_BYTES 249u
#define WINDOW_BYTES 540u
#define GEOMETRY_BYTES 24u

typedef enum { REQUEST_POWER_ON, REQUEST_LINE, REQUEST_RESTART, REQUEST_FLASH, REQUEST_COUNT } request_kind_t;

static uint32_t work[WORK_WORDS];
static uint8_t frame_buffer[MAX_PAYLOAD_BYTES + ADIABIT_FRAME_OVERHEAD_BYTES];
static adiabit_device_t device;
static adiabit_port_t port;
static host_nor_t nor;
static bool powered;
static bool reset_wanted;
static jmp_buf power_failed;

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

static void want_reset(void *context) {
  (void)context;
  reset_wanted = true;
}

static uint32_t no_counter(void *context) {
  (void)context;
  return 0;
}

static void cut(void *context) {
  (void)context;
  longjmp(power_failed, 1);
}

static void broken(void *context, const char *rule) {
  (void)context;
  fprintf(stderr, "adiabit-host: ERROR: %s\n", rule);
  abort();
}

static void start_device(void) {
  reset_wanted = false;
  memset(work, 0xA5, sizeof work); /* RAM does not survive, nor is it zero */
  memset(frame_buffer, 0xA5, sizeof frame_buffer);
  port = (adiabit_port_t){
      .board_id = "rig",
      .flash = host_nor_slots(&nor),
      .work = work,
      .work_bytes = sizeof work,
      .kernel = &adiabit_kernel_sums,
      .frame_buffer = frame_buffer,
      .frame_buffer_bytes = sizeof frame_buffer,
      .window_bytes = WINDOW_BYTES,
      .counter_unit = ADIABIT_COUNTER_UNIT_NONE,
      .counter = no_counter,
      .send = send_to_rig,
      .reset = want_reset,
  };
  adiabit_device_start(&device, &port);
}

static void receive(const uint8_t *bytes, uint32_t length) {
  for (uint32_t index = 0; index < length; index++) {
    adiabit_device_receive(&device, &bytes[index], 1);
    if (reset_wanted) start_device();
  }
}

static void set_cut(const uint8_t *bytes) {
  nor.operations_left = (int32_t)adiabit_read_u32(bytes);
  nor.tear = (host_nor_tear_t)adiabit_read_u32(bytes + 4);
}

static bool insert_flash(const uint8_t *bytes, uint32_t length) {
  free(nor.bytes);
  free(nor.word_programs);
  nor = (host_nor_t){
      .slot_count = (uint8_t)adiabit_read_u32(bytes),
      .sector_bytes = adiabit_read_u32(bytes + 4),
      .page_bytes = adiabit_read_u32(bytes + 8),
      .region_bytes = adiabit_read_u32(bytes + 12),
      .cut = cut,
      .broken = broken,
  };
  set_cut(bytes + 16);
  const uint32_t size = nor.slot_count * nor.region_bytes;
  nor.bytes = malloc(size);
  nor.word_programs = calloc(size / 4u, 1);
  if (nor.bytes == NULL || nor.word_programs == NULL) return false;
  memset(nor.bytes, 0xFF, size);
  if (length == GEOMETRY_BYTES) return true;
  if (length - GEOMETRY_BYTES != size) return false;
  memcpy(nor.bytes, bytes + GEOMETRY_BYTES, size);
  return true;
}

/* False when the request makes no sense. The power may fail in here. */
static bool serve(request_kind_t kind, const uint8_t *bytes, uint32_t length) {
  switch (kind) {
    case REQUEST_POWER_ON:
      if (length < GEOMETRY_BYTES || !insert_flash(bytes, length)) return false;
      powered = true;
      start_device();
      return true;
    case REQUEST_LINE:
      if (powered) receive(bytes, length);
      return true;
    case REQUEST_RESTART:
      if (length != 8u) return false;
      set_cut(bytes);
      powered = true;
      start_device();
      return true;
    case REQUEST_FLASH:
      send_to_rig(NULL, nor.bytes, nor.slot_count * nor.region_bytes);
      return true;
    case REQUEST_COUNT: {
      uint8_t count[4];
      adiabit_write_u32(count, nor.operations);
      send_to_rig(NULL, count, sizeof count);
      return true;
    }
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
    if (setjmp(power_failed) != 0) {
      powered = false;
    } else if (!serve((request_kind_t)head[0], bytes, length)) {
      fprintf(stderr, "adiabit-host: ERROR: a request of the rig makes no sense\n");
      return 2;
    }
    free(bytes);
    if (!reply()) return 1;
  }
  free(nor.bytes);
  free(nor.word_programs);
  free(sent);
  return 0;
}
