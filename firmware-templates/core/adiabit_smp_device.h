/* What the files of SMP share. */
#ifndef ADIABIT_SMP_DEVICE_H
#define ADIABIT_SMP_DEVICE_H

#include "adiabit_cbor.h"
#include "adiabit_device.h"

#if ADIABIT_SMP
/* The fields that requests have. */
typedef enum {
  ADIABIT_SMP_OFF,
  ADIABIT_SMP_DATA,
  ADIABIT_SMP_LEN,
  ADIABIT_SMP_SHA,
  ADIABIT_SMP_IMAGE,
  ADIABIT_SMP_SLOT,
  ADIABIT_SMP_HASH,
  ADIABIT_SMP_CONFIRM,
  ADIABIT_SMP_TEXT,
  ADIABIT_SMP_FIELDS
} adiabit_smp_field_t;

/* Gives the field of a request if it is there and of a kind; else NULL. */
static inline const adiabit_cbor_item_t *adiabit_smp_field(const adiabit_cbor_item_t *fields, adiabit_smp_field_t field,
                                                           adiabit_cbor_kind_t kind) {
  return fields[field].kind == kind ? &fields[field] : NULL;
}

typedef void (*adiabit_smp_handler_t)(adiabit_device_t *device);

/* Makes a request of the link and gives the status of its reply. */
adiabit_status_t adiabit_smp_ask(adiabit_device_t *device, adiabit_smp_handler_t handler, const uint8_t *payload,
                                 uint32_t payload_bytes);

/* Gives the slot that hosts see as slot 0: the one that runs. The other one, if there is one, is their slot 1. */
uint8_t adiabit_smp_primary(const adiabit_device_t *device);

/* Takes a piece of a file. `device->smp.upload.next_offset` says what is wanted next. */
adiabit_status_t adiabit_smp_upload(adiabit_device_t *device, const adiabit_cbor_item_t *fields);
#endif

#endif /* ADIABIT_SMP_DEVICE_H */
