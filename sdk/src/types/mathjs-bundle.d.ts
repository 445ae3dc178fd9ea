/** The part of mathjs's one-file build that is used here; its types are those of the package. */
declare module 'mathjs/lib/browser/math.js' {
  import type { fraction } from 'mathjs';

  const bundle: { readonly fraction: typeof fraction };
  export default bundle;
}
