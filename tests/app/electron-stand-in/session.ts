import { EventEmitter } from 'node:events';
import { needNotReady, needReady } from './lifecycle.js';

export interface Privileges {
  readonly standard?: boolean;
  readonly secure?: boolean;
}

type Handler = (request: Request) => Promise<Response>;

/** Schemes that were declared before the app was ready; undefined until they are. */
export let privileged: ReadonlyMap<string, Privileges> | undefined;

export const protocol = {
  registerSchemesAsPrivileged(schemes: readonly { readonly scheme: string; readonly privileges?: Privileges }[]): void {
    needNotReady('protocol.registerSchemesAsPrivileged');
    if (privileged) throw new Error('protocol.registerSchemesAsPrivileged should be called only once');
    privileged = new Map(schemes.map(({ scheme, privileges = {} }) => [scheme, privileges]));
  },
};

type PermissionRequest = (
  contents: { getURL(): string },
  permission: string,
  answer: (isGranted: boolean) => void,
  details: Readonly<Record<string, unknown>>,
) => void;

type PermissionCheck = (
  contents: unknown,
  permission: string,
  origin: string,
  details: Readonly<Record<string, unknown>>,
) => boolean;

class Session extends EventEmitter {
  readonly handlers = new Map<string, Handler>();
  // Electron grants whatever nobody refuses.
  permissionRequest: PermissionRequest = (_, __, answer) => answer(true);
  permissionCheck: PermissionCheck = () => true;
  devicePermission: (details: unknown) => boolean = () => true;
  beforeRequest: (
    details: { readonly url: string },
    answer: (response: { readonly cancel?: boolean }) => void,
  ) => void = (_, answer) => answer({});

  readonly protocol = {
    handle: (scheme: string, handler: Handler): void => {
      if (this.handlers.has(scheme)) throw new Error(`The scheme has been registered: ${scheme}`);
      if (privileged?.get(scheme)?.standard !== true)
        throw new Error(`Pages of "${scheme}" have no origin: it is no standard scheme`);
      this.handlers.set(scheme, handler);
    },
  };
  readonly webRequest = {
    onBeforeRequest: (listener: Session['beforeRequest']): void => void (this.beforeRequest = listener),
  };
  setPermissionRequestHandler = (handler: PermissionRequest): void => void (this.permissionRequest = handler);
  setPermissionCheckHandler = (handler: PermissionCheck): void => void (this.permissionCheck = handler);
  setDevicePermissionHandler = (handler: (details: unknown) => boolean): void => void (this.devicePermission = handler);

  /** What the page's request becomes. */
  isCancelled(url: string): boolean {
    let cancelled = false;
    this.beforeRequest({ url }, ({ cancel = false }) => (cancelled = cancel));
    return cancelled;
  }
}

const defaultSession = new Session();

export const session = {
  get defaultSession(): Session {
    needReady('Session');
    return defaultSession;
  },
};
