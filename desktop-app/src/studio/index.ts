/** The app in a browser: a server on this computer that gives out the page and does what it asks. */
export { openStudio, type Studio, type StudioOptions } from './studio.js';
