#include "cortex_m.h"
#include "port.h"

/* B3.2.6: a system reset. port_uart_send of these boards returns when the last byte is on the line. */
void port_restart(void *context) {
  (void)context;
  AIRCR = AIRCR_SYSRESETREQ;
  for (;;) {
  }
}
