#include "report.h"

#include "example_board.h"

static void text(const char *characters) {
  while (*characters != '\0') board_put(*characters++);
}

static void number(int32_t value) {
  char digits[10];
  uint32_t count = 0;
  uint32_t rest = value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
  do {
    digits[count++] = (char)('0' + rest % 10u);
    rest /= 10u;
  } while (rest > 0u);
  if (value < 0) board_put('-');
  while (count > 0u) board_put(digits[--count]);
}

void report(const char *class_name, const int32_t *outputs, uint32_t count, uint32_t microseconds) {
  text(class_name);
  text(":");
  for (uint32_t index = 0; index < count; index++) {
    text(" ");
    number(outputs[index]);
  }
  text(", ");
  number((int32_t)microseconds);
  text(" us\r\n");
}

void report_failure(uint32_t status) {
  for (;;) {
    text("The bitstream cannot run: status ");
    number((int32_t)status);
    text("\r\n");
    const uint32_t start = board_microseconds();
    while (board_microseconds() - start < 1000000u) {
    }
  }
}
