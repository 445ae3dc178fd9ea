import { describe, expect, it } from 'vitest';
import { fleetCircuits } from '../campaigns/fleet-circuits.js';
import { runFleet } from '../campaigns/fleet-run.js';
import { buildFleetFirmware } from '../support/fleet-firmware.js';
import { temporaryFolder } from '../support/host-device.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';

const missing = missingTools(...HOST_TOOLS, 'mosquitto', 'setpriv');

describe.skipIf(missing.length > 0)(titled('a rollout over twenty boards behind two gateways', missing), () => {
  it('goes on by itself when everybody is killed, and every board ends on one of two confirmed circuits', async () => {
    const folder = await temporaryFolder();
    try {
      const result = await runFleet({
        folder: folder.path,
        programs: await buildFleetFirmware(folder.path),
        ...fleetCircuits(),
        devices: 20,
        gateways: 2,
        bad: 2,
        seed: 22,
        deathsAt: ['write', 'canary'],
        onStop: 'resume',
        limitMs: 100_000,
      });
      expect(result).toMatchObject({
        phase: 'finished',
        endings: { after: 18, before: 2, bricked: 0, unknown: 0 },
        badWithNew: 0,
        targets: { succeeded: 18, failed: 2 },
      });
      expect(result.deaths.gateway + result.deaths.device).toBeGreaterThan(0);
    } finally {
      await folder.dispose();
    }
  });
});
