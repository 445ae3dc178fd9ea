/** The `data` of a configuration for formats `csv`, `npy` and `json-lines`: its schema, its type, and how it is loaded. */
export { loadSensorData, type SensorLoadOptions } from '../train/datasets/sensors/load.js';
export {
  csvSourceSchema,
  jsonLinesSourceSchema,
  npySourceSchema,
  sensorSourceSchema,
  type CsvSource,
  type JsonLinesSource,
  type NpySource,
  type SensorSource,
} from '../train/datasets/sensors/source.js';
