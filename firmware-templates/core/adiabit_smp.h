/*
 * SMP (the Simple Management Protocol of mcumgr, docs/formats/smp.md) beside the link, on the same line: tools such as
 * smpmgr list, upload, test and confirm circuits. A build switch, ADIABIT_SMP=1.
 *
 * It is a translation: every command becomes requests of the link, answered by the code that answers them from the
 * link. So nothing can be reached by SMP that the link does not allow, and firmware with keys takes no circuit that
 * they have not signed.
 */
#ifndef ADIABIT_SMP_H
#define ADIABIT_SMP_H

#if !defined(ADIABIT_SMP)
#define ADIABIT_SMP 0
#endif

#if ADIABIT_SMP

#include "adiabit_smp_line.h"
#include "generated/adiabit_layout.h"
#include "generated/adiabit_protocol.h"

/* The header of an MCUboot image, and the longest that an image of ours has: with a manifest. */
#define ADIABIT_SMP_IMAGE_HEADER_BYTES 32u
#define ADIABIT_SMP_LONGEST_HEADER_BYTES (ADIABIT_SMP_IMAGE_HEADER_BYTES + ADIABIT_MANIFEST_SIZE)

/* A file that a host is sending: a bitstream as it is, or one in an image of ours. */
typedef struct {
  bool open;
  uint32_t total_bytes;
  uint32_t next_offset;
  uint8_t sha[ADIABIT_DIGEST_BYTES]; /* of the file; the host names the upload by it */
  uint32_t header_bytes;             /* 0: a bitstream as it is */
  uint32_t circuit_end;              /* offset; 0 until the header is there */
  uint8_t slot;
  uint8_t digest[ADIABIT_DIGEST_BYTES]; /* of the circuit */
  uint8_t header[ADIABIT_SMP_LONGEST_HEADER_BYTES];
} adiabit_smp_upload_t;

typedef struct {
  adiabit_smp_line_t line;
  adiabit_smp_upload_t upload;
  uint8_t tested_slot;     /* what the next reset tries; ADIABIT_NO_SLOT if none */
  bool asks;               /* a request of the link is from here: its reply does not go onto the line */
  adiabit_status_t status; /* of the last reply */
} adiabit_smp_t;

#endif
#endif /* ADIABIT_SMP_H */
