import { AppError } from '@adiabit/simulator/errors';
import { isMethodName, METHODS, type Handlers } from '../common/contract.js';
import type { Outcome } from '../common/envelope.js';
import { failureOf } from '../common/failure.js';
import type { Services } from './services.js';

/**
 * The one way from a page to what is behind it: checks that a method exists and that its parameters are what it takes, then has it
 * done. Never rejects.
 */
export class Router {
  readonly #services: Services;
  readonly #own: Handlers<'host'>;

  constructor(services: Services, own: Handlers<'host'>) {
    this.#services = services;
    this.#own = own;
  }

  async call(method: unknown, params: unknown): Promise<Outcome> {
    try {
      if (typeof method !== 'string' || !isMethodName(method)) {
        throw new AppError('bad-request', 'The page asked for something that does not exist. Reload it.');
      }
      const { service, params: schema } = METHODS[method];
      const checked = schema.safeParse(params);
      if (!checked.success) {
        const [issue] = checked.error.issues;
        const where = issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
        throw new AppError('bad-request', `${method} was called with wrong values${where}: ${issue.message}.`);
      }
      if (service !== 'host') return await this.#services.call(service, method, checked.data);
      return { ok: true, value: await ownHandler(this.#own, method)(checked.data) };
    } catch (error) {
      return { ok: false, error: failureOf(error) };
    }
  }
}

function ownHandler(own: object, method: string): (params: unknown) => unknown {
  return (own as Record<string, (params: unknown) => unknown>)[method];
}
