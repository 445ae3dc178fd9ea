import { z } from 'zod';

/** The processes that do the work. */
export type ServiceName = 'bench' | 'lab' | 'trainer' | 'fleet';

/** A method of the contract: who does it, and what it takes. The host is the process that starts the services. */
export interface Method<
  Service extends ServiceName | 'host' = ServiceName | 'host',
  Params extends z.ZodType = z.ZodType,
  Result = unknown,
> {
  readonly service: Service;
  readonly params: Params;
  /** Stands for the type of the result; there is no value. */
  readonly result?: Result;
}

/** Declares a method: `method<Result>()('bench', schema)`. */
export const method =
  <Result>() =>
  <Service extends ServiceName | 'host', Params extends z.ZodType>(
    service: Service,
    params: Params,
  ): Method<Service, Params, Result> => ({ service, params });

/** The name of a serial port. The page sends no paths but these. */
export const portPath = z.string().regex(/^(\/dev\/(?!.*\.\.)[\w./-]{1,200}|COM\d{1,3})$/, 'this is no name of a port');
