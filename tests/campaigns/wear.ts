/** The wear campaign: every attack on the life of the flash, with the erases that it gets and the time that it takes. */
import { parseArgs } from 'node:util';
import { scriptFlags } from '../../sdk/bench/flags.js';
import { DeviceRig } from '../support/device-rig.js';
import { HOST_BINARY } from '../support/host-firmware.js';
import { WEAR_ATTACKS, type WearAttackName } from './wear-attacks.js';
import { runWearAttack, WEAR_GEOMETRIES } from './wear-run.js';

const USAGE = `Attacks on the life of the flash, and how many erases they get.

    npm run campaign:wear -- [--times 1000] [--binary FILE]

  --times N      how often each attack does its worst
  --binary FILE  another build of adiabit-host (firmware-templates/build/adiabit-host)`;

const { times, binary } = scriptFlags(USAGE, () =>
  parseArgs({
    options: { times: { type: 'string', default: '1000' }, binary: { type: 'string', default: HOST_BINARY } },
  }),
);

const rig = new DeviceRig(binary);
console.log('| attack | slots | times | erases of a sector | the device waits, s | boots what it had |');
console.log('| --- | ---: | ---: | ---: | ---: | --- |');
for (const name of Object.keys(WEAR_ATTACKS) as WearAttackName[]) {
  for (const geometry of Object.values(WEAR_GEOMETRIES)) {
    if (name === 'confirms in turn' && geometry.slots === 1) continue;
    const { erases, waitedSeconds, keepsCircuit } = await runWearAttack(rig, geometry, name, Number(times));
    const cells = [name, geometry.slots, times, erases, waitedSeconds.toFixed(1), keepsCircuit ? 'yes' : 'no'];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
await rig.close();
if (rig.errors !== '') throw new Error(rig.errors);
