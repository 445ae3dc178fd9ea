import type { RP2040 } from 'rp2040js';

type UsbController = RP2040['usbCtrl'];

const PACKET_BYTES = 64;
const CONTROL = 0;
const BULK = 2;
const DATA_CLASS = 10;
const INTERFACE = 4;
const ENDPOINT = 5;
const CONFIGURATION_HEADER_BYTES = 9;

/** Requests of a host (USB 2.0 chapter 9.4, PSTN 6.3): type, request, value, index, length. */
const packet = (type: number, request: number, value: number, length = 0): Uint8Array =>
  Uint8Array.of(type, request, value & 0xff, value >> 8, 0, 0, length & 0xff, length >> 8);
const DEVICE_BYTES = 18;
const getDescriptor = (kind: number, index: number, length: number): Uint8Array =>
  packet(0x80, 6, (kind << 8) | index, length);

/** The endpoints of the data interface of a serial port (CDC ACM). */
interface Endpoints {
  readonly in: number;
  readonly out: number;
}

/** Finds the endpoints of a configuration. Undefined if it has no serial port. */
function endpointsOf(configuration: readonly number[]): Endpoints | undefined {
  let isData = false;
  const found: { in?: number; out?: number } = {};
  for (let at = 0; at + 1 < configuration.length && configuration[at] > 0; at += configuration[at]) {
    const kind = configuration[at + 1];
    if (kind === INTERFACE) isData = configuration[at + 5] === DATA_CLASS;
    if (kind !== ENDPOINT || !isData || (configuration[at + 3] & 3) !== BULK) continue;
    const address = configuration[at + 2];
    found[address & 0x80 ? 'in' : 'out'] = address & 0xf;
  }
  return found.in === undefined || found.out === undefined ? undefined : { in: found.in, out: found.out };
}

/**
 * A USB host beside an emulated RP2040, which finds a serial port on it and opens it: it resets the bus, reads device,
 * configuration and a string, chooses the configuration and raises the terminal's lines. Then bytes go both ways.
 */
export class Rp2040UsbHost {
  readonly #usb: UsbController;
  readonly #onByte: (byte: number) => void;
  /** The requests that are left, and what is done with the data of each. */
  #steps: { readonly request: Uint8Array; readonly take?: (data: readonly number[]) => void }[] = [];
  #answer: number[] = [];
  #wanted = 0;
  /** Whether the device has sent all of its answer, and whether it waits for the status of one. */
  #hasAnswered = false;
  #wantsStatus = false;
  #endpoints: Endpoints | undefined;
  #isOpen = false;
  #toDevice: number[] = [];
  /** The bytes of a packet that the device waits for. */
  #room: number | undefined;

  constructor(usb: UsbController, onByte: (byte: number) => void) {
    this.#usb = usb;
    this.#onByte = onByte;
    usb.onUSBEnabled = () => usb.resetDevice();
    usb.onResetReceived = () => this.#enumerate();
    usb.onEndpointWrite = (endpoint, buffer) => this.#fromDevice(endpoint, buffer);
    usb.onEndpointRead = (endpoint, size) => this.#deviceReads(endpoint, size);
  }

  /** Whether the port is open and can take a byte. */
  get ready(): boolean {
    return this.#isOpen && this.#toDevice.length < PACKET_BYTES;
  }

  /** Whether something goes on that the device does not know of yet. */
  get busy(): boolean {
    return !this.#isOpen || this.#toDevice.length > 0 || this.#room === undefined;
  }

  send(byte: number): void {
    this.#toDevice.push(byte);
    this.#flush();
  }

  #enumerate(): void {
    let configurationBytes = 0;
    const configuration = (data: readonly number[]): void => {
      this.#endpoints = endpointsOf(data);
    };
    this.#steps = [
      { request: getDescriptor(1, 0, DEVICE_BYTES) },
      { request: packet(0, 5, 1) }, // address 1
      { request: getDescriptor(3, 2, 255) }, // the product in words
      {
        request: getDescriptor(2, 0, CONFIGURATION_HEADER_BYTES),
        take: (data) => {
          configurationBytes = data[2] | (data[3] << 8);
          this.#steps.unshift({ request: getDescriptor(2, 0, configurationBytes), take: configuration });
        },
      },
      { request: packet(0, 9, 1) }, // configuration 1
      { request: packet(0x21, 0x22, 3) }, // DTR and RTS
    ];
    this.#next();
  }

  #next(): void {
    if (this.#steps.length === 0) {
      this.#isOpen = this.#endpoints !== undefined;
      return;
    }
    const [step] = this.#steps;
    this.#answer = [];
    this.#hasAnswered = false;
    this.#wantsStatus = false;
    this.#wanted = step.request[6] | (step.request[7] << 8);
    this.#usb.sendSetupPacket(step.request);
  }

  #fromDevice(endpoint: number, buffer: Uint8Array): void {
    if (endpoint === this.#endpoints?.in) {
      for (const byte of buffer) this.#onByte(byte);
      return;
    }
    if (endpoint !== CONTROL || this.#steps.length === 0) return;
    this.#answer.push(...buffer);
    // A packet that is not full ends the answer, and so does the last byte that was asked for.
    this.#hasAnswered = buffer.length < PACKET_BYTES || this.#answer.length >= this.#wanted;
    this.#finishIfDone();
  }

  #deviceReads(endpoint: number, size: number): void {
    if (endpoint === CONTROL) {
      // The emulated controller says so before the packet that comes first has arrived.
      this.#wantsStatus = true;
      this.#finishIfDone();
    } else if (endpoint === this.#endpoints?.out) {
      this.#room = size;
      this.#flush();
    }
  }

  /** Ends a request: one with data has a status from here, behind it; one without has been answered by its status. */
  #finishIfDone(): void {
    if (!this.#hasAnswered || (this.#wanted > 0 && !this.#wantsStatus)) return;
    if (this.#wanted > 0) this.#usb.endpointReadDone(CONTROL, new Uint8Array(0));
    const step = this.#steps.shift();
    step?.take?.(this.#answer);
    this.#next();
  }

  #flush(): void {
    if (this.#room === undefined || this.#endpoints === undefined || this.#toDevice.length === 0) return;
    const bytes = Uint8Array.from(this.#toDevice.splice(0, this.#room));
    this.#room = undefined;
    this.#usb.endpointReadDone(this.#endpoints.out, bytes);
  }
}
