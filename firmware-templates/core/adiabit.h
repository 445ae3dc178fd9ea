/*
 * Inference in a program of your own: a bitstream in flash, the bytes of an input, a class. No link, no slots, no
 * allocation (docs/guides/own-firmware.md). `adiabit export --format flash-c` writes the bitstream as a C array and the
 * sizes that are used here.
 *
 *     static uint32_t memory[GESTURES_MEMORY_WORDS];
 *     adiabit_network_t *network;
 *     if (adiabit_open(&network, &gestures, memory, sizeof memory) != ADIABIT_STATUS_OK) stop();
 *     memcpy(adiabit_input(network), readings, GESTURES_INPUT_BYTES);
 *     class = adiabit_run(network);
 *
 * C++ may include this header. It is the only one that a program needs.
 */
#ifndef ADIABIT_H
#define ADIABIT_H

#include <stdint.h>

#include "generated/adiabit_protocol.h"

#if defined(__cplusplus)
extern "C" {
#endif

/* A bitstream in memory that does not change: where it begins (aligned to four), and the bytes that may be read. */
typedef struct adiabit_bitstream adiabit_bitstream_t;

/* C++ on an AVR has no pointers into flash. There, bitstreams are defined in C, and C++ only names them. */
#if !defined(__AVR__) || !defined(__cplusplus)
#include "adiabit_stored.h"
struct adiabit_bitstream {
  adiabit_stored_t *bytes;
  uint32_t length; /* more than the bitstream has, if it is not known: its header says where it ends */
};
#endif

/* A network that is ready to run. It lies in the memory that it was opened with. */
typedef struct adiabit_network adiabit_network_t;

/* The memory that a network takes beside that of its values. Checked against the real size when the core is built. */
#define ADIABIT_STATE_BYTES (64u + 24u * sizeof(void *))

/*
 * Checks a bitstream and gets it ready to run in `memory`: once, before the first inference. Bitstream and memory have
 * to stay as long as the network is used. Answers
 *   OK              `*network` can run
 *   DIGEST_MISMATCH the bytes are not those that were written
 *   BAD_BITSTREAM   there is none, or one of another version, or with layers that this build leaves out
 *   NO_MEMORY       adiabit_memory_bytes says how much it needs
 */
adiabit_status_t adiabit_open(adiabit_network_t **network, const adiabit_bitstream_t *bitstream, uint32_t *memory,
                              uint32_t memory_bytes);

/*
 * Gives the bytes of memory that a bitstream needs, 0 if it cannot be run. For one that is known when the program is
 * compiled, `export` has written the number. With more, some kernels are faster (docs/guides/add-a-board.md, Which
 * kernel).
 */
uint32_t adiabit_memory_bytes(const adiabit_bitstream_t *bitstream);

/*
 * Gives where the input goes, and its bytes: a byte a value; values of one bit are packed, the first one lowest in the
 * first byte. The bytes stay until others are written.
 */
uint8_t *adiabit_input(adiabit_network_t *network);
uint32_t adiabit_input_length(const adiabit_network_t *network);

/* Runs the network on its input. Gives the class: the position of the largest output, the lowest one on a tie. */
uint32_t adiabit_run(adiabit_network_t *network);

/* Gives the outputs of the last run, and their number. */
const int32_t *adiabit_outputs(const adiabit_network_t *network);
uint32_t adiabit_output_count(const adiabit_network_t *network);

/*
 * Runs the golden vectors that the bitstream carries. Gives how many of them have other outputs than the compiler has
 * computed: 0 on a machine that works. The input is zero afterwards.
 */
uint32_t adiabit_self_test(adiabit_network_t *network);

#if defined(__cplusplus)
}
#endif

#endif /* ADIABIT_H */
