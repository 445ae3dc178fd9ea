import { serve } from '../serve.js';
import { openFleet } from './fleet.js';

await serve<'fleet'>(openFleet);
