import { shell, type App, type Session } from 'electron';
import { isPageUrl } from './page-protocol.js';

/** Addresses that may be opened in the user's browser, by their beginnings. The page links to none yet. */
const BROWSER_ADDRESSES: readonly string[] = [];

/** Schemes of what a page may load: its own files, and what it made itself. In development also Chromium's tools. */
const OWN_SCHEMES: ReadonlySet<string> = new Set(['app:', 'blob:', 'data:', 'devtools:']);

/** Lets the page load nothing from elsewhere, and gives it two rights: to listen to the microphone, and to copy a line. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, answer, details) => {
    const media = 'mediaTypes' in details ? details.mediaTypes : [];
    const isSound = media.length === 1 && media[0] === 'audio';
    answer(isPageUrl(contents.getURL()) && isPageUrl(details.requestingUrl) && isGiven(permission, isSound));
  });
  session.setPermissionCheckHandler(
    (_, permission, origin, { mediaType }) => isPageUrl(origin) && isGiven(permission, mediaType === 'audio'),
  );
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    answer({ cancel: !URL.canParse(url) || !OWN_SCHEMES.has(new URL(url).protocol) });
  });
  // What the page made itself may be saved, such as the log: Electron asks where to.
  session.on('will-download', (event, item) => {
    if (!item.getURL().startsWith('blob:')) event.preventDefault();
  });
}

const isGiven = (permission: string, isSound: boolean): boolean =>
  permission === 'clipboard-sanitized-write' || (permission === 'media' && isSound);

/** Keeps every page at its address: no navigation, no new windows, no pages in pages. */
export function guardContents(app: App): void {
  app.on('web-contents-created', (_, contents) => {
    contents.on('will-navigate', (details) => {
      if (!isPageUrl(details.url)) details.preventDefault();
    });
    contents.on('will-frame-navigate', (details) => {
      if (!details.isMainFrame) details.preventDefault();
    });
    contents.on('will-redirect', (details) => details.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      openInBrowser(url);
      return { action: 'deny' };
    });
  });
}

function openInBrowser(url: string): void {
  const isKnown = BROWSER_ADDRESSES.some((beginning) => url.startsWith(beginning));
  if (isKnown && url.startsWith('https://')) void shell.openExternal(url);
}
