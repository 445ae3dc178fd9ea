/**
 * Builds the documentation as a site: the markdown of the repository, and the reference of every door of its packages.
 *
 *     npm run docs
 */
import { fileURLToPath } from 'node:url';
import { Application, LogLevel, Converter, type DocumentReflection } from 'typedoc';
import { DocumentRouter } from './document-router.js';
import { SiteTheme } from './site-theme.js';
import { documentsOf, groupOf, nameDoors, titleOf } from './documents.js';

const fromRoot = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** The last one is an option of the plugin: the module for what a door mentions and does not export. */
const PACKAGE_OPTIONS = {
  skipErrorChecking: true,
  disableSources: true,
  excludeExternals: true,
  internalModule: 'not exported',
};

/** Writes the site into a folder, and throws if TypeDoc finds anything to warn of. */
export async function buildSite(folder: string): Promise<void> {
  const app = await Application.bootstrapWithPlugins({
    name: 'Adiabit',
    plugin: ['typedoc-plugin-missing-exports'],
    entryPointStrategy: 'packages',
    entryPoints: ['simulator', 'sdk', 'desktop-app'].map(fromRoot),
    packageOptions: PACKAGE_OPTIONS,
    projectDocuments: [...documentsOf(fromRoot(''))],
    readme: fromRoot('README.md'),
    favicon: fromRoot('desktop-app/src/renderer/icon.svg'),
    treatWarningsAsErrors: true,
    logLevel: LogLevel.Warn,
    router: 'documents',
    theme: 'adiabit',
    headings: { readme: false, document: false },
    sort: ['kind', 'alphabetical-ignoring-documents'],
    navigation: { includeGroups: true, includeCategories: false },
    groupOrder: ['Overview', 'Guides', 'Reference', 'Formats', 'Results', 'Decisions', 'Examples', 'Modules', '*'],
    highlightLanguages: ['sh', 'ts', 'js', 'c', 'json', 'yaml', 'diff', 'python'],
    customCss: fileURLToPath(new URL('style.css', import.meta.url)),
    searchInDocuments: true,
    includeHierarchySummary: false,
    hideGenerator: true,
    // Where the sources can be read on the web is not known here.
    disableSources: true,
  });
  app.renderer.defineRouter('documents', DocumentRouter);
  app.renderer.defineTheme('adiabit', SiteTheme);
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, document: DocumentReflection) => {
    const path = document.project.files.getReflectionPath(document) ?? document.name;
    document.frontmatter['path'] = path.slice(fromRoot('').length);
    document.frontmatter['group'] = groupOf(path);
    document.name = titleOf(document.content) ?? document.name;
  });
  const project = await app.convert();
  if (project === undefined) throw new Error('TypeDoc could not read the packages.');
  nameDoors(project);
  app.validate(project);
  await app.generateDocs(project, folder);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) throw new Error('TypeDoc warned of what stands above.');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildSite(fromRoot('site'));
