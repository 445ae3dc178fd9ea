import { AdiabitError, type ErrorDetails, type KindOf } from '@adiabit/simulator/errors';

/** A project whose config, artefacts or budgets are not as they should be. */
export class ProjectError extends AdiabitError {
  constructor(kind: KindOf<'project'>, message: string, details?: ErrorDetails, cause?: unknown) {
    super(`project.${kind}`, message, details, cause);
  }
}
