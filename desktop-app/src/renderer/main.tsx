import { render } from 'preact';
import { Shell } from './shell/shell.js';
import { start } from './state.js';

start();
render(<Shell />, document.getElementById('app')!);
