/**
 * Stands in for the module `electron`, whose executable the tests do not have. Main process, preload script and services are the app's
 * own, and the page is drawn by a real Chromium; what is between them refuses what Electron refuses.
 */
export { app, dialog, Menu, nativeTheme, record, screen, shell } from './lifecycle.js';
export { protocol, session, privileged } from './session.js';
export { utilityProcess } from './utility-process.js';
export { BrowserWindow, closeBrowser, invokeFrom, ipcMain } from './window.js';
