import { serve } from '../serve.js';
import { openLab } from './lab.js';

await serve<'lab'>(openLab);
