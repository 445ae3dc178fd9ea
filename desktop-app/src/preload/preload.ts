/**
 * What the window of the desktop app gives to its page: a function for each method of the contract, and the events. It runs in Electron's
 * sandbox, before the page. Nothing of Electron itself reaches the page.
 */
import { contextBridge, ipcRenderer } from 'electron';
import { CALL_CHANNEL, EVENT_CHANNEL } from '../common/channels.js';

/** The names of the contract's methods, written in when this file is built. */
declare const METHOD_NAMES: readonly string[];

const methods = Object.fromEntries(
  METHOD_NAMES.map((name) => [
    name,
    (params: unknown): Promise<unknown> => ipcRenderer.invoke(CALL_CHANNEL, name, params),
  ]),
);

const onEvent = (listener: (event: string, data: unknown) => void): void => {
  ipcRenderer.on(EVENT_CHANNEL, (_, event: string, data: unknown) => listener(event, data));
};

contextBridge.exposeInMainWorld('adiabit', { methods, onEvent });
