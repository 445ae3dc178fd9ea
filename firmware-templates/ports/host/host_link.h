#ifndef ADIABIT_HOST_LINK_H
#define ADIABIT_HOST_LINK_H

/* Speaks the link on stdin and stdout until stdin ends, with the flash in a file. */
int host_link(const char *flash_path);

#endif /* ADIABIT_HOST_LINK_H */
