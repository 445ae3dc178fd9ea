#ifndef ADIABIT_HOST_LINK_H
#define ADIABIT_HOST_LINK_H

#include <stdbool.h>

#include "host_flash.h"

typedef struct {
  const char *flash_path;
  long power_cut_after; /* flash operations until the power fails; negative: never */
  host_flash_tear_t tear;
  bool report_operations; /* prints the number of flash operations to stderr at the end */
} host_link_options_t;

/* Speaks the link on stdin and stdout until stdin ends. */
int host_link(const host_link_options_t *options);

#endif /* ADIABIT_HOST_LINK_H */
