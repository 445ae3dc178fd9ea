/*
 * Tells gestures of a hand that holds an accelerometer: an ADXL335 with X, Y and Z at A0, A1 and A2, supplied with
 * 3.3 V, which goes to AREF, too. The network lies beside this sketch as a bitstream (gestures.c).
 */
#include <adiabit.h>

#include "gestures.h"

const uint8_t AXES = 3;
const unsigned long SAMPLE_MILLISECONDS = 40; /* 25 a second, as in training */

static const char *const names[] = GESTURES_CLASS_NAMES;
static uint32_t memory[GESTURES_MEMORY_WORDS];
static adiabit_network_t *network;

void setup() {
  Serial.begin(115200);
#if defined(__AVR__)
  analogReference(EXTERNAL);
#endif
  const adiabit_status_t status = adiabit_open(&network, &gestures, memory, sizeof memory);
  if (status != ADIABIT_STATUS_OK) {
    Serial.print(F("The bitstream cannot run: status "));
    Serial.println(status);
    for (;;) {
    }
  }
}

/* Records about a second. */
static void record(uint8_t *input) {
  unsigned long next = millis();
  for (uint8_t index = 0; index < GESTURES_INPUT_BYTES; index++) {
    if (index % AXES == 0) {
      while ((long)(millis() - next) < 0) {
      }
      next += SAMPLE_MILLISECONDS;
    }
    /* From 10 bits to the 8 that the network knows. A sensor with other units is scaled here, as its training data were. */
    input[index] = (uint8_t)(analogRead(A0 + index % AXES) >> 2);
  }
}

void loop() {
  record(adiabit_input(network));
  const unsigned long start = micros();
  const uint32_t best = adiabit_run(network);
  const unsigned long taken = micros() - start;
  Serial.print(names[best]);
  Serial.print(':');
  for (uint8_t output = 0; output < GESTURES_OUTPUTS; output++) {
    Serial.print(' ');
    Serial.print(adiabit_outputs(network)[output]);
  }
  Serial.print(F(", "));
  Serial.print(taken);
  Serial.println(F(" us"));
}
