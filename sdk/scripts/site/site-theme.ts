import { DefaultTheme, type NavigationElement, type ProjectReflection } from 'typedoc';

/** TypeDoc's theme, with a navigation in which a package has doors and nothing between. */
export class SiteTheme extends DefaultTheme {
  override buildNavigation(project: ProjectReflection): NavigationElement[] {
    return super
      .buildNavigation(project)
      .map((group) => (group.text === 'Modules' ? { ...group, text: 'API', children: packagesOf(group) } : group));
  }
}

const packagesOf = ({ children = [] }: NavigationElement): NavigationElement[] =>
  children.map((unit) => ({ ...unit, children: (unit.children ?? []).flatMap(doorsOf) }));

/** Returns the doors in place of the group "Modules", by what stands behind the package's name. */
const doorsOf = (group: NavigationElement): NavigationElement[] =>
  group.text === 'Modules' && group.path === undefined
    ? (group.children ?? []).map((door) => ({ ...door, text: door.text.replace(/^@adiabit\/[^/]+\//, '') }))
    : [group];
