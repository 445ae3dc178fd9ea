import { describe, expect, it } from 'vitest';
import { DeviceError, ProtocolError } from '../protocol/errors.js';
import { FlashError, isRetryable, TransportError } from './errors.js';
import { lostPort, openFailure } from './port-errors.js';

describe('a port that cannot be opened', () => {
  it.each([
    ['Error: No such file or directory, cannot open /dev/ttyUSB9', 'transport.not-found'],
    ['Opening COM9: File not found', 'transport.not-found'],
    ['Error Resource temporarily unavailable Cannot lock port', 'transport.port-busy'],
    ['Error: Resource busy, cannot open /dev/tty.usbmodem1', 'transport.port-busy'],
    ['Error: Permission denied, cannot open /dev/ttyACM0', 'transport.permission-denied'],
    ['Opening COM3: Access denied', 'transport.permission-denied'],
    ['Error: No such device or address, cannot open /dev/ttyS9', 'transport.disconnected'],
    ['Error: Input/output error setting custom baud rate', 'transport.disconnected'],
    ['something never seen before', 'transport.not-found'],
  ])('because of "%s" is %s', (message, code) => {
    const error = openFailure('PORT', new Error(message));
    expect(error.code).toBe(code);
    expect(error.message).toContain('PORT');
  });

  it('goes by the error code where there is one', () => {
    const cause = Object.assign(new Error('open failed'), { code: 'EACCES' });
    expect(openFailure('/dev/ttyACM0', cause)).toMatchObject({ code: 'transport.permission-denied', cause });
  });

  it.runIf(process.platform === 'linux')('for lack of permission names the group to join', () => {
    expect(openFailure('/dev/ttyACM0', new Error('Permission denied')).message).toContain('usermod -a -G dialout');
  });
});

describe('a port that is lost', () => {
  it('says what the system said, if anything', () => {
    expect(lostPort('PORT', new Error('write EIO')).message).toContain('(write EIO)');
    expect(lostPort('PORT').message).toBe('The connection to PORT broke. Check the cable and connect the board again.');
  });
});

describe('whether trying again can help', () => {
  it.each([
    [new TransportError('port-busy', ''), true],
    [new TransportError('permission-denied', ''), false],
    [new ProtocolError('bad-frame', ''), true],
    [new DeviceError('outOfOrder', 'write'), true],
    [new DeviceError('tooLarge', 'begin'), false],
    [new FlashError('self-test-failed', ''), false],
    [new FlashError('reverted', ''), true],
    [new Error('bug'), false],
  ])('is decided for %o', (error, expected) => {
    expect(isRetryable(error)).toBe(expected);
  });
});
