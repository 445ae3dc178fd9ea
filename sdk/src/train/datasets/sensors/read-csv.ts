import { withPackages } from '../../../packages/features.js';
import type { CsvStyle } from './csv.js';
import type { Table } from './table.js';

/**
 * Reads comma-separated values with the parser, which not everybody has installed.
 * @throws PackageError `package.not-installed`; as `parseCsv`
 */
export async function readCsv(bytes: Uint8Array, file: string, style?: CsvStyle): Promise<Table> {
  const { parseCsv } = await withPackages('tables', () => import('./csv.js'));
  return parseCsv(bytes, file, style);
}
