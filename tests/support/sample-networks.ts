export {
  logicNetwork,
  overRecordings,
  pictureNetwork,
  sampleNetwork,
  thermometerNetwork,
} from '../../sdk/src/board-check/sample-networks.js';
