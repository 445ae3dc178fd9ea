import type { DeviceSession } from '../../device/index.js';

/** A place where a board may be. */
export interface BoardPort {
  /** What tells it from the other ports of this gateway; for people, too. */
  readonly path: string;
  /** Whether it is left alone, until it is gone and back, once what is there has not answered as a board does. */
  readonly mayBeStranger: boolean;
  /** Opens it and says hello. @throws TransportError, ProtocolError */
  open(signal: AbortSignal): Promise<DeviceSession>;
}

/** Lists the ports that are there now; a gateway asks again and again. */
export type ListBoardPorts = () => Promise<readonly BoardPort[]>;
