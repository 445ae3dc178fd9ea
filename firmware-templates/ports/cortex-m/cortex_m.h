/*
 * What every Cortex-M has. Sections are those of the Armv6-M Architecture Reference Manual (DDI 0419).
 */
#ifndef CORTEX_M_H
#define CORTEX_M_H

#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))

/* B3.3: SysTick */
#define SYST_CSR REGISTER(0xE000E010u)
#define SYST_RVR REGISTER(0xE000E014u)
#define SYST_CVR REGISTER(0xE000E018u)
#define SYST_CSR_ENABLE (1u << 0)
#define SYST_CSR_TICKINT (1u << 1)
#define SYST_CSR_CLKSOURCE_CORE (1u << 2)

/* B3.4: interrupt controller */
#define NVIC_ENABLE(interrupt) (REGISTER(0xE000E100u + 4u * ((interrupt) / 32u)) = 1u << ((interrupt) % 32u))

/* B3.2: system control block */
#define ICSR REGISTER(0xE000ED04u)
#define ICSR_PENDSTSET (1u << 26)
#define VTOR REGISTER(0xE000ED08u)
#define AIRCR REGISTER(0xE000ED0Cu)
#define AIRCR_SYSRESETREQ 0x05FA0004u

#endif /* CORTEX_M_H */
