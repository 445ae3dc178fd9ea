/**
 * Every stable error code: which class carries it, whether trying the same thing again can help, the exit code of the command
 * line, and what to do. The message of an error is more exact than the advice here, because it knows the names and numbers.
 * Kinds of error classes, `isRetryable`, exit codes, the refusals of devices and `docs/errors.md` all derive from this table.
 */
export interface ErrorCodeEntry {
  readonly class: string;
  readonly retry: boolean;
  readonly exitCode: number;
  readonly advice: string;
}

/** The exit codes of the command line other than 0 (success). */
export const EXIT_CODES = {
  /** A failure that Adiabit explains. */
  failure: 1,
  usage: 2,
  /** A fault of Adiabit itself. */
  internal: 70,
  cancelled: 130,
} as const;

/** Makes the entry of a failure that stays until something is changed. */
const lasting = (of: string, advice: string): ErrorCodeEntry => ({
  class: of,
  retry: false,
  exitCode: EXIT_CODES.failure,
  advice,
});

/** Makes the entry of a failure that can go away by itself. */
const passing = (of: string, advice: string): ErrorCodeEntry => ({ ...lasting(of, advice), retry: true });

export const ERROR_CODES = {
  'model.unsupported-layer': lasting('ModelError', 'Replace the layer by one of the kinds that the message names.'),
  'model.shape-mismatch': lasting('ModelError', 'Give the layers shapes that follow from one another.'),
  'model.bad-value': lasting('ModelError', 'Correct the value that the message names.'),

  'netlist.multiple-drivers': lasting('NetlistError', 'Rename one of the two, or remove one driver of the net.'),
  'netlist.undriven': lasting('NetlistError', 'Drive the net from a cell or an input port.'),
  'netlist.width-mismatch': lasting('NetlistError', 'Give the widths that the message names.'),
  'netlist.combinational-loop': lasting('NetlistError', 'Put a register into the loop.'),
  'netlist.syntax': lasting('NetlistError', 'Correct the line that the message names.'),
  'netlist.bad-name': lasting('NetlistError', 'Rename what the message names.'),
  'netlist.unsupported': lasting('NetlistError', 'Choose another format, or the form of the circuit that it can hold.'),

  'compile.budget-exceeded': lasting('CompileError', 'Choose a larger target, the folded form, or a smaller model.'),
  'compile.unsupported': lasting('CompileError', 'Choose another form of the circuit, or other options.'),

  'format.bad-magic': lasting('FormatError', 'Name a file of the kind that the message asks for.'),
  'format.unsupported-version': lasting('FormatError', 'Update Adiabit, or make the file again with this version.'),
  'format.truncated': lasting('FormatError', 'Copy the file again: its end is missing.'),
  'format.digest-mismatch': lasting('FormatError', 'Copy or make the file again: it was changed or damaged.'),
  'format.crc-mismatch': lasting('FormatError', 'Copy or make the file again: it is damaged.'),
  'format.bad-value': lasting('FormatError', 'Make the file again; its parts contradict one another.'),

  'data.not-found': lasting('DataError', 'Check the path, or get the data first.'),
  'data.shape-mismatch': lasting('DataError', 'Give data of the shape that the message names.'),
  'data.bad-value': lasting('DataError', 'Correct the value that the message names.'),
  'data.missing-value': lasting('DataError', 'Fill the value in, or say what to do about missing ones.'),
  'data.too-few-recordings': lasting('DataError', 'Record the class more often, or say what else is a recording.'),

  'project.no-config': lasting(
    'ProjectError',
    'Write an adiabit.config.ts ("adiabit recipe NAME" prints one), or name the file.',
  ),
  'project.bad-name': lasting('ProjectError', 'Name a folder as the message says.'),
  'project.not-empty': lasting('ProjectError', 'Name an empty folder, or one that is not there yet.'),
  'project.bad-config': lasting('ProjectError', 'Correct what the message names in the config.'),
  'project.not-frozen': lasting('ProjectError', 'Choose a mode or layers that have exact integers.'),
  'project.budget-missed': lasting('ProjectError', 'Train or compile for less, or change the budgets of the config.'),
  'project.not-built': lasting('ProjectError', 'Build the project (adiabit build), and commit what it writes.'),
  'project.out-of-date': lasting('ProjectError', 'Build the project again (adiabit build), and commit what it writes.'),
  'project.mismatch': lasting('ProjectError', 'Report it with the .abit file: two runs of one network disagree.'),

  'board.unknown': lasting(
    'BoardError',
    'Name one of the boards that the message lists, or the folder that describes yours.',
  ),
  'board.bad-entry': lasting('BoardError', 'Correct the field of boards.json that the message names.'),
  'board.exists': lasting('BoardError', 'Choose another id.'),
  'board.no-emulator': lasting('BoardError', 'Connect the board and name its port.'),
  'board.not-built': lasting(
    'BoardError',
    'Install the compiler that the message names, or build the firmware (adiabit build-board).',
  ),

  'app.bad-request': lasting('AppError', 'Reload the page.'),
  'app.not-found': lasting('AppError', 'Choose something that is in the list.'),
  'app.not-now': passing('AppError', 'Do first what the message names.'),
  'app.not-installed': lasting('AppError', 'Install the package that the message names.'),
  'app.connection-lost': passing('AppError', 'Start the studio again, and open the address that it prints.'),
  'app.service-stopped': passing('AppError', 'Ask again: the process is started anew.'),

  'fleet.rollout-unknown': lasting('FleetError', 'Create the rollout, or name one that there is.'),
  'fleet.bad-option': lasting('FleetError', 'Give what the message asks for.'),
  'fleet.bad-message': lasting('FleetError', 'Find out who publishes it; docs/formats/fleet.md says what it may hold.'),
  'fleet.message-too-large': lasting(
    'FleetError',
    'Find out who publishes it; docs/formats/fleet.md says how large it may be.',
  ),
  'fleet.broker-unreachable': passing('FleetError', 'Start the broker ("adiabit fleet serve"), or check its address.'),
  'fleet.not-allowed': lasting('FleetError', 'Check user, password, certificate and the access list of the broker.'),
  'fleet.taken-over': lasting('FleetError', 'Give one of the two another name.'),
  'fleet.port-taken': lasting('FleetError', 'Choose another port, or end the program that has it.'),
  'fleet.blob-missing': passing('FleetError', 'Publish the file again.'),
  'fleet.blob-damaged': passing('FleetError', 'Publish the file again.'),
  'fleet.other-circuit': lasting('FleetError', 'Make the wish again, by the file.'),
  'fleet.unknown-key': lasting('FleetError', 'Start the gateway with the key that the message names.'),
  'fleet.no-file': lasting('FleetError', 'Make a wish that names the file of its circuit.'),
  'fleet.not-kept': lasting('FleetError', 'Look at the flash and the supply of the board.'),
  'fleet.no-chip-id': lasting('FleetError', 'Flash the board by "adiabit flash".'),
  'fleet.same-chip': lasting('FleetError', 'Unplug one of the two boards.'),

  'package.not-installed': lasting(
    'PackageError',
    'Give the command that the message names, in the folder of your project.',
  ),

  'file.disk-full': lasting('FileError', 'Make room, or name a file elsewhere.'),
  'file.read-only': lasting('FileError', 'Allow writing there, or name a file elsewhere.'),
  'file.not-found': lasting('FileError', 'Make the folder first.'),
  'file.exists': lasting('FileError', 'Choose another name, or move away what is there.'),
  'file.wrong-kind': lasting('FileError', 'Name a file where a folder stands, or the other way round.'),
  'file.outside': lasting('FileError', 'Name something in the folder that the message is about.'),
  'file.too-large': lasting('FileError', 'Name a smaller file.'),
  'file.not-written': lasting('FileError', 'Name another file; what was there before is untouched.'),

  'circuit.latency': lasting('AdiabitError', 'Check the circuit: its "valid" does not come when it should.'),
  'board.emulator-failed': lasting('AdiabitError', 'Install the emulator ("adiabit doctor" says how).'),

  'signature.missing': lasting('SignatureError', 'Sign the bitstream ("adiabit sign").'),
  'signature.invalid': lasting('SignatureError', 'Do not use the file: it was changed after it was signed.'),
  'signature.other-key': lasting('SignatureError', 'Use the key that the bitstream was signed with, or sign it again.'),
  'signature.bad-option': lasting('SignatureError', 'Give what the message asks for.'),
  'signature.bad-key': lasting('SignatureError', 'Give an Ed25519 key in PEM form ("adiabit key new" makes one).'),
  'signature.bad-passphrase': lasting('SignatureError', 'Give the passphrase under which the key was made.'),
  'signature.exposed-key': lasting('SignatureError', 'Take the rights of others away from the file: chmod 600.'),

  'transport.not-found': lasting('TransportError', 'List the ports ("adiabit devices") and check the cable.'),
  'transport.port-busy': passing('TransportError', 'Close the other program that uses the port.'),
  'transport.permission-denied': lasting('TransportError', 'Join the group that owns the port, and log in again.'),
  'transport.disconnected': passing('TransportError', 'Check the cable and connect the board again.'),
  'transport.timeout': passing('TransportError', 'Check that the board runs Adiabit firmware, and its baud rate.'),

  'protocol.bad-frame': passing('ProtocolError', 'Use a shorter cable or a lower baud rate if it happens often.'),
  'protocol.unexpected-reply': lasting('ProtocolError', 'Put Adiabit firmware of this version onto the board.'),
  'protocol.version-mismatch': lasting('ProtocolError', 'Update the older side.'),

  'device.bad-frame': passing('DeviceError', 'Try again; use a shorter cable if it happens often.'),
  'device.unknown-message': lasting('DeviceError', 'Update the firmware.'),
  'device.bad-length': lasting('DeviceError', 'Update the firmware or Adiabit, so that both have the same version.'),
  'device.bad-argument': lasting(
    'DeviceError',
    'Check that the slot exists and that the input has the length the circuit takes.',
  ),
  'device.version-mismatch': lasting('DeviceError', 'Update the older side.'),
  'device.slot-unavailable': lasting('DeviceError', 'Ask for the slots and choose another one.'),
  'device.too-large': lasting('DeviceError', 'Compile a smaller model or choose a board with more flash.'),
  'device.out-of-order': passing('DeviceError', 'Try again.'),
  'device.erase-failed': lasting('DeviceError', 'Try again; the flash may be worn out if it happens often.'),
  'device.write-failed': lasting('DeviceError', 'Try again; the flash may be worn out if it happens often.'),
  'device.incomplete': lasting('DeviceError', 'The device may have restarted: flash the circuit again.'),
  'device.digest-mismatch': lasting('DeviceError', 'Flash the circuit again.'),
  'device.bad-bitstream': lasting(
    'DeviceError',
    'Compile the model again with the Adiabit version the firmware came from, then flash it.',
  ),
  'device.no-memory': lasting('DeviceError', 'Compile a smaller model or choose a board with more RAM.'),
  'device.self-test-failed': lasting(
    'DeviceError',
    'Compile the model again; if it stays, report it with the .abit file.',
  ),
  'device.no-circuit': lasting('DeviceError', 'Flash a circuit first.'),
  'device.bad-signature': lasting(
    'DeviceError',
    'Sign it with a key that the device trusts ("adiabit sign"), or put firmware without a key onto the device.',
  ),
  'device.unknown-key': lasting('DeviceError', 'Sign it with a key that the device trusts; its hello lists their ids.'),
  'device.other-product': lasting('DeviceError', 'Sign it for the product that the device names in its hello.'),
  'device.other-board': lasting('DeviceError', 'Sign it for this kind of board, or for every board of the product.'),
  'device.counter-too-low': lasting(
    'DeviceError',
    'Older circuits do not come back. Sign this one with the counter that the device names, or a higher one.',
  ),
  'device.firmware-too-old': lasting('DeviceError', 'Update the firmware, or sign it for this version.'),
  'device.key-in-use': lasting(
    'DeviceError',
    'Flash a circuit that a key of the new table has signed, confirm it, and send the table again.',
  ),

  'flash.erase-failed': passing('FlashError', 'Flash again; the flash may be worn out if it happens often.'),
  'flash.write-failed': passing('FlashError', 'Flash again; the flash may be worn out if it happens often.'),
  'flash.verify-failed': passing('FlashError', 'Flash the circuit again.'),
  'flash.slot-unavailable': lasting('FlashError', 'Choose a slot that the device has and that does not run.'),
  'flash.self-test-failed': lasting('FlashError', 'Compile the model again; if it stays, report it.'),
  'flash.canary-failed': lasting('FlashError', 'Check the board and its firmware; it computes something else.'),
  'flash.reverted': passing('FlashError', 'Flash the circuit again: the board restarted before it was confirmed.'),
  'flash.too-large': lasting('FlashError', 'Compile a smaller model or choose a larger board.'),
  'flash.not-signed': lasting('FlashError', 'Sign the bitstream with the key that the firmware trusts.'),

  'loader.none': lasting('LoaderError', 'Do what the message says: Adiabit knows no way into this board.'),
  'loader.no-place': lasting('LoaderError', 'Name the port or the drive that the message asks for.'),
  'loader.drive-not-found': lasting('LoaderError', 'Do what the message says so that the drive appears.'),
  'loader.several-drives': lasting('LoaderError', 'Name one of the drives, or take the other boards away.'),
  'loader.wrong-drive': lasting('LoaderError', 'Name the drive of this board, or the board of this drive.'),
  'loader.drive-failed': passing('LoaderError', 'Enter the boot loader again, and write again.'),
  'loader.wrong-image': lasting('LoaderError', 'Name an image that was built for this board.'),
  'loader.no-answer': passing(
    'LoaderError',
    'Enter the boot loader as the message says, check the wires, and try again.',
  ),
  'loader.bad-reply': passing('LoaderError', 'Check the wires and what listens on the port, and try again.'),
  'loader.refused': lasting(
    'LoaderError',
    'Enter the boot loader again; flash that is write-protected stays as it is.',
  ),
  'loader.protected': lasting('LoaderError', 'Take the read protection off with a tool of the chip: that erases it.'),
  'loader.wrong-chip': lasting('LoaderError', 'Name the board that is connected.'),
  'loader.fuses': lasting('LoaderError', 'Let the fuses be set, if the board has its own crystal.'),
  'loader.verify-failed': passing('LoaderError', 'Write again; the flash may be worn out if it happens often.'),
  'loader.no-hello': passing(
    'LoaderError',
    'Start the board (BOOT0 back to GND, reset), and ask it with adiabit devices.',
  ),
  'loader.no-library': lasting('LoaderError', 'Install the package that the message names.'),

  'sweep.no-config': lasting('SweepError', 'Go to the folder of the sweep, or name its file.'),
  'sweep.bad-message': lasting('SweepError', 'Let workers and sweep be of one version of Adiabit.'),
  'sweep.other-inputs': lasting('SweepError', 'Give the worker the data that the sweep has.'),
  'sweep.no-trial': lasting('SweepError', 'Write the script anew: the sweep has changed since.'),
  'sweep.not-listable': lasting('SweepError', 'Search by grid or at random, without early stopping.'),
  'sweep.bad-address': lasting('SweepError', 'Give an address such as redis://127.0.0.1:6379.'),
  'sweep.no-queue': passing('SweepError', 'Check that Redis runs at that address, and its password.'),
  'sweep.worker-ended': passing('SweepError', 'Give the same command to go on; fewer workers need less memory.'),

  cancelled: { ...lasting('CancelledError', 'Give the same command to go on.'), exitCode: EXIT_CODES.cancelled },
  /** The rest of the code is the operating system's error name in lower case: `system.enoent`. */
  'system.*': lasting('Error', 'Check the file or device that the message names.'),
  usage: {
    ...lasting('CommanderError', 'See what the command takes: adiabit help COMMAND.'),
    exitCode: EXIT_CODES.usage,
  },
  internal: { ...lasting('Error', 'Report it: this is a fault of Adiabit itself.'), exitCode: EXIT_CODES.internal },
} as const satisfies Readonly<Record<string, ErrorCodeEntry>>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** The codes of a family without its name: `KindOf<'data'>` is `'not-found' | ...`. */
export type KindOf<Family extends string> = ErrorCode extends infer Code
  ? Code extends `${Family}.${infer Kind}`
    ? Kind
    : never
  : never;
