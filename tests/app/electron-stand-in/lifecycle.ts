import { EventEmitter } from 'node:events';

/** An event that a listener may prevent, as Electron's are. */
export class PreventableEvent {
  defaultPrevented = false;
  preventDefault = (): void => void (this.defaultPrevented = true);
}

/** What the tests see of the app that runs, and what they decide for it. */
export const record = {
  isReady: false,
  hasQuit: false,
  isSandboxed: false,
  /** What the user answers to dialogs, in order. A dialog that nobody expects is a fault. */
  dialogAnswers: [] as unknown[],
  dialogsShown: [] as unknown[],
  openedOutside: [] as string[],
  /** Requests of the page that were cancelled, by their addresses. */
  cancelled: [] as string[],
  /** Requests that were not cancelled and would have left the app. */
  left: [] as string[],
  complaints: [] as string[],
  menu: [] as unknown,
  userData: '',
  isPackaged: true,
  hasLock: true,
};

export function needReady(what: string): void {
  if (!record.isReady) throw new Error(`${what} cannot be used before the app is ready`);
}

export function needNotReady(what: string): void {
  if (record.isReady) throw new Error(`${what} can only be called before the app is ready`);
}

interface Closable {
  close(): void;
}

class App extends EventEmitter {
  readonly windows: Closable[] = [];

  get isPackaged(): boolean {
    return record.isPackaged;
  }

  whenReady = (): Promise<void> =>
    record.isReady ? Promise.resolve() : new Promise((resolve) => this.once('ready', resolve));
  getVersion = (): string => '0.1.0';
  requestSingleInstanceLock = (): boolean => record.hasLock;

  enableSandbox(): void {
    needNotReady('app.enableSandbox()');
    record.isSandboxed = true;
  }

  getPath(name: string): string {
    if (name !== 'userData') throw new Error(`Failed to get '${name}' path`);
    return record.userData;
  }

  quit(): void {
    const event = new PreventableEvent();
    this.emit('before-quit', event);
    if (event.defaultPrevented) return;
    for (const window of [...this.windows]) window.close();
    if (this.windows.length > 0) return;
    record.hasQuit = true;
    this.emit('will-quit', new PreventableEvent());
    this.emit('quit');
  }
}

export const app = new App();

export const dialog = {
  showOpenDialog: (...given: unknown[]): Promise<unknown> => answer('showOpenDialog', given.at(-1)),
  showMessageBox: (...given: unknown[]): Promise<unknown> => answer('showMessageBox', given.at(-1)),
};

function answer(kind: string, options: unknown): Promise<unknown> {
  needReady('dialog');
  record.dialogsShown.push({ kind, options });
  if (record.dialogAnswers.length === 0) throw new Error(`Nobody expects a dialog: ${JSON.stringify(options)}`);
  return Promise.resolve(record.dialogAnswers.shift());
}

export const shell = {
  openExternal: (url: string): Promise<void> => {
    record.openedOutside.push(url);
    return Promise.resolve();
  },
};

export const nativeTheme = { shouldUseDarkColors: false };

export const screen = {
  getAllDisplays: () => {
    needReady("The 'screen' module");
    return [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }];
  },
};

const ROLES =
  /^(appMenu|fileMenu|editMenu|windowMenu|reload|toggleDevTools|resetZoom|zoomIn|zoomOut|togglefullscreen)$/;

interface MenuItem {
  readonly role?: string;
  readonly label?: string;
  readonly type?: string;
  readonly submenu?: readonly MenuItem[];
}

export const Menu = {
  buildFromTemplate: (template: readonly MenuItem[]): readonly MenuItem[] => {
    for (const { role, label, type, submenu } of template) {
      if (role === undefined && label === undefined && type !== 'separator') {
        throw new Error('Invalid template for MenuItem: must have at least one of label, role or type');
      }
      if (role !== undefined && !ROLES.test(role)) throw new Error(`Unknown role "${role}"`);
      if (submenu) Menu.buildFromTemplate(submenu);
    }
    return template;
  },
  setApplicationMenu: (menu: readonly MenuItem[]): void => void (record.menu = menu),
};
