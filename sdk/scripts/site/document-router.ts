import { ReflectionKind, StructureRouter, type Reflection } from 'typedoc';

/** Gives documents the addresses of their files and declarations those of their doors, so that addresses outlive titles. */
export class DocumentRouter extends StructureRouter {
  protected override getIdealBaseName(reflection: Reflection): string {
    const path = reflection.isDocument() && reflection.frontmatter['path'];
    if (typeof path === 'string') return path.replace(/^docs\//, '').replace(/\.md$/, '');
    const [unit, scope, ...behind] = super.getIdealBaseName(reflection).split('/');
    // A door is a module "@adiabit/sdk/train" in a module "sdk".
    const parts = scope === '_adiabit' ? behind : [unit, scope, ...behind].filter(Boolean);
    return ['api', ...parts, ...(reflection.kindOf(ReflectionKind.Module) ? ['index'] : [])].join('/');
  }
}
