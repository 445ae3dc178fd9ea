import { describe, expect, it } from 'vitest';
import { browserPlaces, findBrowser } from './app-window.js';

describe('findBrowser', () => {
  it('looks for Chromium, Chrome and Edge where each system has them', () => {
    expect(browserPlaces('linux', { PATH: '/usr/bin:/snap/bin' })).toContain('/snap/bin/chromium');
    expect(browserPlaces('linux', { PATH: '/usr/bin:/snap/bin' })).toContain('/usr/bin/microsoft-edge');
    expect(browserPlaces('darwin', { HOME: '/Users/a' })).toContain(
      '/Users/a/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    );
    expect(browserPlaces('win32', { ProgramFiles: 'C:\\Program Files' })).toEqual([
      'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
      'C:\\Program Files\\Microsoft\\Edge\\Application\\msedge.exe',
    ]);
  });

  it('takes the first that can be run', () => {
    const isProgram = (path: string): boolean => path.endsWith('google-chrome');
    expect(findBrowser('linux', { PATH: '/bin:/usr/bin' }, isProgram)).toBe('/bin/google-chrome');
  });

  it('takes the one that is named, and no other', () => {
    const environment = { PATH: '/usr/bin', ADIABIT_BROWSER: '/opt/other' };
    expect(findBrowser('linux', environment, () => true)).toBe('/opt/other');
    expect(() => findBrowser('linux', environment, (path) => path === '/usr/bin/chromium')).toThrow('/opt/other');
  });

  it('says what to install where there is none', () => {
    expect(() => findBrowser('linux', { PATH: '/usr/bin' }, () => false)).toThrow(
      expect.objectContaining({ code: 'app.not-installed', message: expect.stringContaining('Install one') as string }),
    );
  });
});
