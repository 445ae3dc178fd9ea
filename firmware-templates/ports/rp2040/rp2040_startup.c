/*
 * From the second-stage boot block to main. Everything but this file is copied to RAM first: flash cannot be read
 * while it is erased or programmed, and bytes keep arriving then.
 */
#include "cortex_m.h"
#include "cpu.h"

typedef void (*vector_t)(void);

/* Placed by link.ld. */
extern uint32_t ram_image_start[];
extern uint32_t ram_image_end[];
extern const uint32_t ram_image_source[];
extern uint32_t zeroed_start[];
extern uint32_t zeroed_end[];
extern uint32_t stack_top[];

/* Far away in RAM: beyond what a branch instruction reaches. */
extern int main(void) __attribute__((long_call));

extern void port_uart_interrupt(void);
extern void systick_interrupt(void);
extern void rp2040_usb_interrupt(void);

__attribute__((section(".flash_text"), noreturn)) void rp2040_reset(void);
__attribute__((noreturn)) static void halt(void);

/* What the boot block needs: stack and entry. */
typedef struct {
  uint32_t *stack;
  vector_t entry;
} boot_vectors_t;
__attribute__((section(".flash_vectors"), used)) static const boot_vectors_t boot_vectors = {stack_top, rp2040_reset};

/* Exceptions 1 to 15 and interrupts 0 to 25 (RP2040 datasheet section 2.3.2), behind the stack word. */
typedef struct {
  uint32_t *stack;
  vector_t exceptions[15];
  vector_t interrupts[26];
} vectors_t;
__attribute__((section(".ram_vectors"), used, aligned(256))) static const vectors_t vectors = {
    .stack = stack_top,
    .exceptions = {[0] = rp2040_reset, [1] = halt, [2] = halt, [14] = systick_interrupt},
    .interrupts = {[5] = rp2040_usb_interrupt, [20] = port_uart_interrupt},
};

void rp2040_reset(void) {
  const uint32_t *source = ram_image_source;
  for (uint32_t *target = ram_image_start; target < ram_image_end;) *target++ = *source++;
  for (uint32_t *target = zeroed_start; target < zeroed_end;) *target++ = 0;
  VTOR = (uint32_t)&vectors;
  (void)main();
  for (;;) {
  }
}

/* A fault cannot be reported in a way that the host understands. The host times out and says so. */
static void halt(void) {
  for (;;) sleep_until_interrupt();
}
