import { describe, expect, it } from 'vitest';
import { readyBoards } from '../boards/index.js';
import { listPorts } from './ports.js';

const info = (path: string, more: object = {}) => ({
  path,
  manufacturer: undefined,
  serialNumber: undefined,
  pnpId: undefined,
  locationId: undefined,
  productId: undefined,
  vendorId: undefined,
  ...more,
});

describe('the list of ports', () => {
  it('has the ports of the computer and the virtual ones', async () => {
    const pico = { manufacturer: 'Raspberry Pi', vendorId: '2E8A', productId: '000A', serialNumber: 'E66' };
    const { ports, problem } = await listPorts(() => Promise.resolve([info('/dev/ttyACM0', pico), info('COM3')]));
    expect(problem).toBeUndefined();
    expect(ports).toEqual([
      {
        path: '/dev/ttyACM0',
        kind: 'serial',
        name: 'Raspberry Pi',
        serialNumber: 'E66',
        vendorId: '2e8a',
        productId: '000a',
      },
      { path: 'COM3', kind: 'serial', name: 'serial port' },
      ...readyBoards().map(({ id, name }) => ({ path: `virtual:${id}`, kind: 'virtual', name: `${name}, emulated` })),
    ]);
  });

  it('says why the ports of the computer are missing, and has the virtual ones all the same', async () => {
    const { ports, problem } = await listPorts(() => Promise.reject(new Error('spawn udevadm ENOENT')));
    expect(problem).toContain('spawn udevadm ENOENT');
    expect(new Set(ports.map(({ kind }) => kind))).toEqual(new Set(['virtual']));
  });
});
