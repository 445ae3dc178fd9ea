#include "avr_boot.h"

#include <avr/interrupt.h>
#include <avr/io.h>

#include "port.h"

/* Boards come with fuses that start the boot section after a reset; there is no boot loader in it any more. */
__asm__(".section .boot,\"ax\",@progbits\n\tjmp 0\n\t.text\n");

#if defined(SPMCSR)
#define SPM_CONTROL SPMCSR
#endif

/* Section 26.3: SPM within four cycles of the write to its control register. */
#define SPM(command, address, word)                                                                                \
  __asm__ volatile("movw r0, %[data]\n\tout %[control], %[bits]\n\tspm\n\tclr __zero_reg__\n\t"                    \
                   :                                                                                               \
                   : [control] "I"(_SFR_IO_ADDR(SPM_CONTROL)), [bits] "r"(command), [data] "r"(word), "z"(address) \
                   : "r0", "memory")

__attribute__((section(".boot"), noinline)) void avr_boot_spm(uint32_t address, uint16_t word, uint8_t command) {
  const uint8_t status = SREG;
  cli();
#if defined(RAMPZ)
  RAMPZ = (uint8_t)(address >> 16);
#endif
  SPM(command, (uint16_t)address, word);
  while ((SPM_CONTROL & (1u << SPMEN)) != 0u) {
    if ((UCSR0A & (1u << RXC0)) != 0u) port_ring_put(&port_received, UDR0);
  }
  if ((SPM_CONTROL & (1u << RWWSB)) != 0u) SPM((uint8_t)((1u << RWWSRE) | (1u << SPMEN)), (uint16_t)address, word);
  SREG = status;
}
