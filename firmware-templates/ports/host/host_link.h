#ifndef ADIABIT_HOST_LINK_H
#define ADIABIT_HOST_LINK_H

#include <stdint.h>

/*
 * Speaks the link on stdin and stdout until stdin ends, with the flash in a file. Built with ADIABIT_SENSOR=1 it has a
 * sensor with a wave of so many hertz.
 */
int host_link(const char *flash_path, uint32_t wave_hertz);

#endif /* ADIABIT_HOST_LINK_H */
