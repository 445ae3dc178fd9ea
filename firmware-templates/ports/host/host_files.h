#ifndef ADIABIT_HOST_FILES_H
#define ADIABIT_HOST_FILES_H

#include <stdint.h>

#include "adiabit_kernel.h"

/*
 * Runs the bitstream at `path` on the input vectors of stdin; outputs go to stdout as i32. `room` are bytes of memory
 * beyond those that the circuit and its kernel need.
 */
int host_run(const char *path, const adiabit_kernel_t *kernel, uint32_t room);

/* Prints the RAM in bytes that the bitstream at `path` needs. */
int host_memory(const char *path);

/* Reads (length u32, bytes) from stdin and prints the status of each bitstream as a number, one a line. */
int host_check(void);

#endif /* ADIABIT_HOST_FILES_H */
