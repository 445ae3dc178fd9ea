import type { PortInfo } from '@serialport/bindings-interface' with { 'resolution-mode': 'require' };
import { virtualPortsOf, type VirtualPorts } from './virtual-ports.js';

/** A place where a device may be. */
export interface PortDescription {
  /** What `openPort` takes. */
  readonly path: string;
  readonly kind: 'serial' | 'virtual';
  /** A name for people: maker and product, or what the port is. */
  readonly name: string;
  readonly serialNumber?: string;
  /** USB vendor and product, four hexadecimal digits each. */
  readonly vendorId?: string;
  readonly productId?: string;
}

export interface PortList {
  readonly ports: readonly PortDescription[];
  /** Why the system's ports could not be listed; a port can still be opened by its path. */
  readonly problem?: string;
}

/** Lists the ports of this computer, and the virtual ones. Never fails: what cannot be listed is said in `problem`. */
export async function listPorts(
  listSerial: () => Promise<readonly PortInfo[]> = systemPorts,
  virtualPorts: VirtualPorts = virtualPortsOf(),
): Promise<PortList> {
  const virtual = virtualPorts.list().map(({ path, name }): PortDescription => ({ path, kind: 'virtual', name }));
  try {
    return { ports: [...(await listSerial()).map(describe), ...virtual] };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      ports: virtual,
      problem: `The serial ports of this computer cannot be listed (${why}). A port can still be opened by its path.`,
    };
  }
}

async function systemPorts(): Promise<readonly PortInfo[]> {
  const { SerialPort } = await import('serialport');
  return SerialPort.list();
}

const describe = ({ path, manufacturer, serialNumber, vendorId, productId }: PortInfo): PortDescription => ({
  path,
  kind: 'serial',
  name: manufacturer ?? 'serial port',
  ...(serialNumber === undefined ? {} : { serialNumber }),
  ...(vendorId === undefined ? {} : { vendorId: vendorId.toLowerCase() }),
  ...(productId === undefined ? {} : { productId: productId.toLowerCase() }),
});
