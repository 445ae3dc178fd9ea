/*
 * A test rig: one process that gives power to one device after another, each with flash of any shape, and cuts it.
 *
 *     request   kind u8 | length u32 | that many bytes
 *     reply     power u8 (1 on, 0 cut) | length u32 | that many bytes
 *
 *     power on  0   slots u32, sector, page and region bytes u32, operations until the cut i32, tear u32, then what is
 *                   in flash or nothing for erased flash
 *     line      1   bytes to the device; the reply has the bytes that it sent
 *     restart   2   operations until the cut i32, tear u32: the device loses its power and gets it again
 *     flash     3   the reply has what is in flash
 *     count     4   the reply has what was done since `power on`: flash operations u32, readings of the counter u32,
 * and for each sector its erases u32 decay     5   offset u32, bits u8: these bits of a byte in flash change, and the
 * device is not told
 */
#ifndef ADIABIT_HOST_RIG_H
#define ADIABIT_HOST_RIG_H

/* Serves requests on stdin until it ends. */
int host_rig(void);

#endif /* ADIABIT_HOST_RIG_H */
