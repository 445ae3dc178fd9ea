/** The channels between the desktop app's window and its main process: calls of the page, and what it is told. */
export const CALL_CHANNEL = 'adiabit:call';
export const EVENT_CHANNEL = 'adiabit:event';
