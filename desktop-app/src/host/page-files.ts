import { realpath, stat } from 'node:fs/promises';
import { extname, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the built page. */
export const PAGE_FOLDER = fileURLToPath(new URL('../renderer', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

export interface PageFile {
  readonly path: string;
  readonly type: string;
}

/**
 * Returns the file that a URL of the page stands for, and its media type; undefined for anything outside the page's folder or of a type
 * that the page does not have. Whether the file exists is not asked.
 * @param url an absolute URL, or a path
 */
export function pageFile(url: string, folder = PAGE_FOLDER): PageFile | undefined {
  let name: string;
  try {
    name = decodeURIComponent(new URL(url, 'app://page').pathname);
  } catch {
    return undefined;
  }
  if (name.includes('\0') || name.includes('\\')) return undefined;
  const path = resolve(folder, `.${name.endsWith('/') ? `${name}index.html` : name}`);
  const type = Object.hasOwn(TYPES, extname(path)) ? TYPES[extname(path)] : undefined;
  return type !== undefined && path.startsWith(folder + sep) ? { path, type } : undefined;
}

/**
 * Finds the file that a URL of the page stands for, its size too; undefined if there is none. A link that leads out of the page's
 * folder is not followed.
 */
export async function findPageFile(
  url: string,
  folder = PAGE_FOLDER,
): Promise<(PageFile & { readonly bytes: number }) | undefined> {
  const named = pageFile(url, folder);
  if (named === undefined) return undefined;
  try {
    const [path, root] = await Promise.all([realpath(named.path), realpath(folder)]);
    const info = await stat(path);
    return info.isFile() && path.startsWith(root + sep) ? { ...named, path, bytes: info.size } : undefined;
  } catch {
    return undefined;
  }
}
