export { overRecordings, pictureNetwork, sampleNetwork } from '../../sdk/src/board-check/sample-networks.js';
