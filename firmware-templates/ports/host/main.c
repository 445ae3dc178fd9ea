/*
 * adiabit-host: the firmware on a workstation.
 *
 *     adiabit-host link FLASH [HERTZ]
 *     adiabit-host rig < requests > replies
 *     adiabit-host run FILE.abit [--kernel NAME [ROOM]] < inputs > outputs
 *     adiabit-host memory FILE.abit
 *     adiabit-host check < bitstreams
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host_files.h"
#include "host_link.h"
#include "host_rig.h"

static int usage(void) {
  fputs("usage: adiabit-host link FLASH [HERTZ]\n"
        "       adiabit-host rig < requests > replies\n"
        "       adiabit-host run FILE.abit [--kernel NAME [ROOM]] < inputs > outputs\n"
        "       adiabit-host memory FILE.abit\n"
        "       adiabit-host check < bitstreams\n",
        stderr);
  return 2;
}

static const adiabit_kernel_t *kernel_named(const char *name) {
  if (strcmp(name, "reference") == 0) return &adiabit_kernel_reference;
  if (strcmp(name, "popcount") == 0) return &adiabit_kernel_popcount;
  if (strcmp(name, "carry-save") == 0) return &adiabit_kernel_carry_save;
  if (strcmp(name, "sums") == 0) return &adiabit_kernel_sums;
  if (strcmp(name, "bytes") == 0) return &adiabit_kernel_bytes;
  return NULL;
}

static int run_file(int count, char **arguments) {
  const adiabit_kernel_t *kernel = &adiabit_kernel_sums;
  uint32_t room = 0;
  if ((count == 3 || count == 4) && strcmp(arguments[1], "--kernel") == 0) {
    kernel = kernel_named(arguments[2]);
    if (count == 4) room = (uint32_t)strtoul(arguments[3], NULL, 10);
  } else if (count != 1) {
    return usage();
  }
  if (kernel == NULL) return usage();
  return host_run(arguments[0], kernel, room);
}

int main(int count, char **arguments) {
  if (count < 2) return usage();
  if (strcmp(arguments[1], "link") == 0 && (count == 3 || count == 4)) {
    return host_link(arguments[2], count == 4 ? (uint32_t)strtoul(arguments[3], NULL, 10) : 0u);
  }
  if (strcmp(arguments[1], "rig") == 0 && count == 2) return host_rig();
  if (strcmp(arguments[1], "run") == 0) return run_file(count - 2, arguments + 2);
  if (strcmp(arguments[1], "memory") == 0 && count == 3) return host_memory(arguments[2]);
  if (strcmp(arguments[1], "check") == 0 && count == 2) return host_check();
  return usage();
}
