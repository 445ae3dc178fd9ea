/* gestures: made by adiabit 0.1.0 from the model bbf8bf38a4c95270. Do not edit. */
#ifndef GESTURES_H
#define GESTURES_H

#include <stdint.h>

/* 72 values of 8 bits, a byte each. */
#define GESTURES_INPUT_BYTES 72u
#define GESTURES_OUTPUTS 4u
/* Memory for one inference; it means nothing before and after. */
#define GESTURES_WORK_WORDS 2u

void gestures_infer(const uint8_t input[GESTURES_INPUT_BYTES], uint32_t work[GESTURES_WORK_WORDS],
                    int32_t outputs[GESTURES_OUTPUTS]);

/* The position of the largest output, the lowest one on a tie. */
uint32_t gestures_class(const int32_t outputs[GESTURES_OUTPUTS]);
/* 0: rest */
/* 1: shake */
/* 2: circle */
/* 3: knock */

#endif
