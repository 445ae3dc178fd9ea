export { renderReport } from './report.js';
export type { ReportData, ReportEpoch } from './report-data.js';
