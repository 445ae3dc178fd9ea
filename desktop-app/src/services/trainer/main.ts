import { serve } from '../serve.js';
import { openTrainer } from './trainer.js';

await serve<'trainer'>(openTrainer);
