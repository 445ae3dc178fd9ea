/** A worker for the tests of the pool. Requests tell it what to do. */
import { DataError } from '../../errors.js';
import type { WorkerProtocol } from '../messages.js';
import { serve } from '../serve.js';

interface TestStart {
  readonly name: string;
  readonly fails?: boolean;
}

type TestRequest =
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'count'; readonly to: number }
  | { readonly kind: 'refuse'; readonly vector: number }
  | { readonly kind: 'throw' }
  | { readonly kind: 'end' }
  | { readonly kind: 'signal'; readonly signal: 'SIGINT' | 'SIGTERM' };

export interface TestProtocol extends WorkerProtocol {
  readonly start: TestStart;
  readonly request: TestRequest;
  readonly reply: string;
  readonly note: number;
}

serve<TestProtocol>(({ name, fails }) => {
  if (fails === true) throw new Error(`${name} does not start.`);
  return async (request, note) => {
    switch (request.kind) {
      case 'wait':
        await new Promise((resolve) => setTimeout(resolve, request.ms));
        return `${name} waited ${request.ms} ms`;
      case 'count':
        for (let number = 1; number <= request.to; number++) note(number);
        return `${name} counted`;
      case 'refuse':
        throw new DataError('bad-value', 'No such vector.', { vector: request.vector });
      case 'throw':
        throw new TypeError('not an error of ours');
      case 'end':
        return process.exit(3);
      case 'signal':
        process.kill(process.pid, request.signal);
        await new Promise((resolve) => setTimeout(resolve, 20));
        return `${name} goes on after ${request.signal}`;
    }
  };
});
