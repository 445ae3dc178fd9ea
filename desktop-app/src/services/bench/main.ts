import { serve } from '../serve.js';
import { openBench } from './bench.js';

await serve<'bench'>(openBench);
