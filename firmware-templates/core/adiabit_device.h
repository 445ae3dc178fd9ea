/*
 * The device end of the link (docs/formats/link.md): bytes in, bytes out. It does no I/O of its own and owns no
 * memory; a port gives it both.
 */
#ifndef ADIABIT_DEVICE_H
#define ADIABIT_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "adiabit_frame_reader.h"
#include "adiabit_frame_writer.h"
#include "adiabit_manifest.h"
#include "adiabit_runner.h"
#include "adiabit_sensor.h"
#include "adiabit_slots.h"
#include "adiabit_smp.h"

#define ADIABIT_FIRMWARE_MAJOR 0u
#define ADIABIT_FIRMWARE_MINOR 2u

/*
 * A build that gives classes and nothing from which they or the circuit could be computed: no outputs, no values of
 * layers, no bytes of a slot.
 */
#if !defined(ADIABIT_CLASS_ONLY)
#define ADIABIT_CLASS_ONLY 0
#endif

/* Builds whose flash may be a file, which does not wear out. */
#if !defined(ADIABIT_SIMULATED_FLASH)
#define ADIABIT_SIMULATED_FLASH 0
#endif

/* What a port provides. Everything in it must outlive the device. */
typedef struct {
  const char *board_id;   /* ASCII, as in boards.json, at most 255 characters */
  const uint8_t *chip_id; /* the chip's own id; NULL if it has none */
  uint8_t chip_id_bytes;
  adiabit_flash_t flash;
  uint32_t *work; /* for one circuit */
  uint32_t work_bytes;
  const adiabit_kernel_t *kernel;
  /*
   * Holds one request or one part of its reply, which are never needed at the same time. Its size is at least the
   * largest payload plus ADIABIT_FRAME_OVERHEAD_BYTES, and at least ADIABIT_FRAME_WRITER_BLOCK_BYTES.
   */
  uint8_t *frame_buffer;
  uint32_t frame_buffer_bytes;
  uint16_t window_bytes; /* what the port can store while a request is handled */
  uint8_t counter_unit;  /* ADIABIT_COUNTER_UNIT_... */
  uint32_t counter_hz;   /* 0 when the unit is not time */
  uint32_t (*counter)(void *context);
  adiabit_send_t send;          /* puts bytes on the line */
  void (*reset)(void *context); /* restarts the board when the line has sent everything */
  void *context;
#if ADIABIT_SENSOR
  const adiabit_sensor_t *sensor;
#endif
#if ADIABIT_SIMULATED_FLASH
  bool erases_are_free; /* none is put off */
#endif
} adiabit_port_t;

/* An update: a bitstream that is being written to a slot. */
typedef struct {
  bool open;
  uint8_t slot;
  uint32_t total_bytes;
  uint32_t next_offset;
  uint8_t digest[ADIABIT_DIGEST_BYTES];
} adiabit_session_t;

typedef struct {
  const adiabit_port_t *port;
  adiabit_frame_reader_t reader;
  adiabit_frame_writer_t writer;
  adiabit_circuit_t circuits[2]; /* the active one and one to examine */
  uint8_t active_circuit;        /* which of them runs; means nothing while active_slot is ADIABIT_NO_SLOT */
  uint8_t active_slot;
  uint8_t boot_slot; /* what a reset would start */
  adiabit_runner_t runner;
  adiabit_session_t session;
#if ADIABIT_CHECKS_SIGNATURES
  adiabit_trust_t trust;
  volatile adiabit_verdict_t verdict; /* on what the request in hand is about; fails until that has been checked */
  bool has_authorized;                /* since the reset */
  uint8_t authorized[ADIABIT_MANIFEST_SIZE]; /* the manifest of what `begin` may announce */
#endif
#if ADIABIT_SMP
  adiabit_smp_t smp;
#endif
} adiabit_device_t;

/* Starts the device with the confirmed circuit of the highest sequence number whose bytes are still good. */
void adiabit_device_start(adiabit_device_t *device, const adiabit_port_t *port);

/* Takes bytes from the line and answers the requests that they complete. */
void adiabit_device_receive(adiabit_device_t *device, const uint8_t *bytes, uint32_t length);

/* The functions below are shared between the files of the device. Ports do not call them. */

/* Starts a reply to the request just read; the caller appends fields and ends the writer. */
void adiabit_device_begin_reply(adiabit_device_t *device, adiabit_status_t status);
/* Sends a reply that consists of the status byte. */
void adiabit_device_reply(adiabit_device_t *device, adiabit_status_t status);
/* Appends stored bytes to a reply. */
void adiabit_device_send_stored(adiabit_device_t *device, adiabit_stored_t *bytes, uint16_t length);
/* Reads the slot that a request names in its first byte. Sends a refusal and gives false if there is none. */
bool adiabit_device_take_slot(adiabit_device_t *device, uint8_t *slot);

void adiabit_device_boot(adiabit_device_t *device);
void adiabit_device_handle_begin(adiabit_device_t *device);
void adiabit_device_handle_write(adiabit_device_t *device);
void adiabit_device_handle_verify(adiabit_device_t *device);
void adiabit_device_handle_activate(adiabit_device_t *device);
void adiabit_device_handle_confirm(adiabit_device_t *device);
#if !ADIABIT_CLASS_ONLY
void adiabit_device_handle_read(adiabit_device_t *device);
void adiabit_device_handle_values(adiabit_device_t *device);
#endif
#if ADIABIT_CHECKS_SIGNATURES
void adiabit_device_handle_authorize(adiabit_device_t *device);
void adiabit_device_handle_keys(adiabit_device_t *device);
/* Appends what the device trusts to the reply to hello. */
void adiabit_device_send_trust(adiabit_device_t *device);
/* Checks the manifest of a circuit, for `verdict`, and gives what is wrong with it. */
adiabit_status_t adiabit_device_check_manifest(adiabit_device_t *device, adiabit_stored_t *manifest);
/* Tells whether the manifest that was authorized last names these bytes. */
bool adiabit_device_has_authorized(const adiabit_device_t *device, uint32_t total_bytes,
                                   const uint8_t digest[ADIABIT_DIGEST_BYTES]);
/* Raises the security counter to that of a confirmed circuit, whose manifest this is. */
bool adiabit_device_raise_counter(adiabit_device_t *device, adiabit_stored_t *manifest);
#endif
#if ADIABIT_SENSOR
void adiabit_device_handle_samples(adiabit_device_t *device);
#endif
#if ADIABIT_SMP
/* Takes a byte of the line. Tells whether it ended a line of SMP, and so belongs to no frame. */
bool adiabit_smp_receive(adiabit_device_t *device, uint8_t byte);
/* Takes a piece of a reply to a request that came by SMP. */
void adiabit_smp_swallow(void *context, const uint8_t *bytes, uint32_t length);
#endif

#endif /* ADIABIT_DEVICE_H */
