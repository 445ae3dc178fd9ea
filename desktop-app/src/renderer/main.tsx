import { render } from 'preact';
import { Shell } from './shell/shell.js';
import { guardUnload } from './shell/guard-unload.js';
import { start } from './state.js';

start();
guardUnload();
render(<Shell />, document.getElementById('app')!);
