#include "host_nor.h"

#include <stddef.h>
#include <string.h>

/* Gives the bits that a torn operation still changes in one byte: scattered, and the same in every run. */
static uint8_t torn_bits(const host_nor_t *nor, uint32_t index, uint32_t length) {
  switch (nor->tear) {
    case HOST_NOR_TEAR_HALF:
      return index < length / 2u ? 0xFFu : 0x00u;
    case HOST_NOR_TEAR_BITS:
      return (uint8_t)(((index + nor->operations) * 2654435761u) >> 13);
    case HOST_NOR_TEAR_DONE:
      return 0xFFu;
    case HOST_NOR_TEAR_NONE:
    default:
      return 0x00u;
  }
}

static bool is_erased(const uint8_t word[4]) {
  return (word[0] & word[1] & word[2] & word[3]) == 0xFFu;
}

/*
 * Moves `length` bytes towards `target` (erased bytes if NULL) as one operation, in the middle of which the power may
 * fail.
 */
static bool operate(host_nor_t *nor, uint32_t offset, const uint8_t *target, uint32_t length) {
  const bool cut = nor->operations_left == 0;
  uint8_t *bytes = nor->bytes + offset;
  for (uint32_t index = 0; index < length; index++) {
    const uint8_t wanted = target == NULL ? 0xFFu : (uint8_t)(bytes[index] & target[index]);
    const uint8_t changed = cut ? torn_bits(nor, index, length) : 0xFFu;
    bytes[index] = (uint8_t)((bytes[index] & (uint8_t)~changed) | (wanted & changed));
  }
  for (uint32_t word = offset / 4u; word < (offset + length) / 4u; word++) {
    if (target != NULL && is_erased(target + (4u * word - offset))) continue; /* ones change nothing */
    if (target != NULL && nor->word_programs[word] != 0u) nor->broken(nor->context, "a word was programmed twice");
    /* Words of a torn erase may not be relied on. A torn program may be followed by another one. */
    if (!cut || nor->tear == HOST_NOR_TEAR_DONE) nor->word_programs[word] = target != NULL;
  }
  const bool stored = nor->store == NULL || nor->store(nor->context, offset, length);
  if (cut) nor->cut(nor->context);
  if (nor->operations_left > 0) nor->operations_left--;
  nor->operations++;
  return stored;
}

/* Gives where a region begins, and its size in `*bytes`; no such region has none. */
static uint32_t region(const host_nor_t *nor, uint8_t slot, uint32_t *bytes) {
  *bytes = slot < nor->slot_count ? nor->region_bytes : 0u;
#if ADIABIT_CHECKS_SIGNATURES
  if (slot == ADIABIT_TRUST_STORE) {
    *bytes = 2u * nor->sector_bytes;
    return nor->slot_count * nor->region_bytes;
  }
#endif
  return slot * nor->region_bytes;
}

uint32_t host_nor_bytes(const host_nor_t *nor) {
  const uint32_t slots = nor->slot_count * nor->region_bytes;
#if ADIABIT_CHECKS_SIGNATURES
  return slots + 2u * nor->sector_bytes;
#else
  return slots;
#endif
}

static bool erase(void *context, uint8_t slot, uint32_t offset, uint32_t length) {
  host_nor_t *nor = context;
  uint32_t room;
  const uint32_t start = region(nor, slot, &room);
  if (offset % nor->sector_bytes != 0u || length % nor->sector_bytes != 0u || offset > room || length > room - offset) {
    nor->broken(nor->context, "an erase was not of whole sectors of a slot");
  }
  for (uint32_t done = 0; done < length; done += nor->sector_bytes) {
    const uint32_t place = start + offset + done;
    if (nor->sector_erases != NULL) nor->sector_erases[place / nor->sector_bytes]++;
    if (!operate(nor, place, NULL, nor->sector_bytes)) return false;
  }
  return true;
}

static bool program(void *context, uint8_t slot, uint32_t offset, const uint8_t *bytes, uint32_t length) {
  host_nor_t *nor = context;
  uint32_t region_bytes;
  uint32_t start = region(nor, slot, &region_bytes) + offset;
  if (offset % 4u != 0u || length % 4u != 0u || offset > region_bytes || length > region_bytes - offset) {
    nor->broken(nor->context, "a program was not of whole words of a slot");
  }
  while (length > 0u) {
    const uint32_t room = nor->page_bytes - start % nor->page_bytes;
    const uint32_t piece = length < room ? length : room;
    if (!operate(nor, start, bytes, piece)) return false;
    start += piece;
    bytes += piece;
    length -= piece;
  }
  return true;
}

adiabit_flash_t host_nor_slots(host_nor_t *nor) {
  adiabit_flash_t flash = {
      .slot_count = nor->slot_count,
      .slot_region_bytes = nor->region_bytes,
      .sector_bytes = nor->sector_bytes,
      .erase = erase,
      .program = program,
      .context = nor,
  };
  for (uint8_t slot = 0; slot < nor->slot_count; slot++) flash.slot[slot] = nor->bytes + slot * nor->region_bytes;
#if ADIABIT_CHECKS_SIGNATURES
  flash.slot[ADIABIT_TRUST_STORE] = nor->bytes + nor->slot_count * nor->region_bytes;
#endif
  return flash;
}
