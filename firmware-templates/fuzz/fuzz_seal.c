#include "fuzz_seal.h"

#include "adiabit_bytes.h"
#include "adiabit_circuit.h"
#include "adiabit_crc32.h"
#include "adiabit_sha256.h"

/* Corrects every frame that fits before `end`. Gives their number, and the kinds that must be understood. */
static uint32_t seal_frames(uint8_t *bytes, uint32_t end, uint32_t *kinds) {
  uint32_t offset = ADIABIT_HEADER_SIZE;
  uint32_t frames = 0;
  *kinds = 0;
  while (end - offset >= ADIABIT_FRAME_SIZE) {
    uint8_t *const frame = bytes + offset;
    const uint32_t payload = adiabit_read_u32(frame + ADIABIT_FRAME_OFFSET_PAYLOAD_BYTES);
    if (payload > end - offset - ADIABIT_FRAME_SIZE) return frames + 1u;
    const uint32_t padded = (payload + 3u) & ~UINT32_C(3);
    uint32_t crc = adiabit_crc32_update(ADIABIT_CRC32_START, frame, ADIABIT_FRAME_OFFSET_CRC32);
    crc = adiabit_crc32_update(crc, frame + ADIABIT_FRAME_SIZE, padded);
    adiabit_write_u32(frame + ADIABIT_FRAME_OFFSET_CRC32, adiabit_crc32_finish(crc));
    const uint8_t kind = frame[ADIABIT_FRAME_OFFSET_KIND];
    if (kind < ADIABIT_REQUIRED_KINDS) *kinds |= UINT32_C(1) << kind;
    offset += ADIABIT_FRAME_SIZE + padded;
    frames++;
  }
  return frames;
}

uint32_t fuzz_seal(uint8_t *bytes, uint32_t length) {
  const uint32_t total = length & ~UINT32_C(3);
  if (total < ADIABIT_HEADER_SIZE + ADIABIT_DIGEST_BYTES) return length;
  const uint32_t end = total - ADIABIT_DIGEST_BYTES;
  adiabit_write_u32(bytes + ADIABIT_HEADER_OFFSET_MAGIC, ADIABIT_MAGIC);
  bytes[ADIABIT_HEADER_OFFSET_VERSION_MAJOR] = ADIABIT_VERSION_MAJOR;
  adiabit_write_u16(bytes + ADIABIT_HEADER_OFFSET_HEADER_BYTES, ADIABIT_HEADER_SIZE);
  adiabit_write_u16(bytes + ADIABIT_HEADER_OFFSET_RESERVED, 0);
  adiabit_write_u32(bytes + ADIABIT_HEADER_OFFSET_TOTAL_BYTES, total);
  uint32_t kinds;
  adiabit_write_u32(bytes + ADIABIT_HEADER_OFFSET_FRAME_COUNT, seal_frames(bytes, end, &kinds));
  adiabit_write_u32(bytes + ADIABIT_HEADER_OFFSET_REQUIRED_KINDS, kinds);
  adiabit_write_u32(bytes + ADIABIT_HEADER_OFFSET_CRC32, adiabit_crc32(bytes, ADIABIT_HEADER_OFFSET_CRC32));
  adiabit_sha256(bytes, end, bytes + end);
  return total;
}
