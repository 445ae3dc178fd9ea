/* Prints what a network has said, in one line: a class, all outputs, and how long it took. */
#ifndef EXAMPLE_REPORT_H
#define EXAMPLE_REPORT_H

#include <stdint.h>

void report(const char *class_name, const int32_t *outputs, uint32_t count, uint32_t microseconds);

/* Prints why nothing runs, once a second, and does not return. `status` is one of adiabit_status_t. */
__attribute__((noreturn)) void report_failure(uint32_t status);

#endif /* EXAMPLE_REPORT_H */
