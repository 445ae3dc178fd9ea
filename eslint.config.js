import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** One way to write a thing, where TypeScript has two. */
const dialect = [
  {
    selector: 'ObjectExpression > SpreadElement > ObjectExpression',
    message: 'Write the fields plainly.',
  },
  {
    selector: ':matches(PropertyDefinition, TSParameterProperty)[accessibility="private"]',
    message: 'Make the field private with #.',
  },
  {
    selector: 'MethodDefinition[accessibility="private"][kind!="constructor"]',
    message: 'Make the method private with #.',
  },
];

/** A number, string or boolean at the top of a module is a constant; what a build script computes there is not in src/. */
const primitive = ['boolean', 'number', 'string'];
const constants = [
  { selector: 'variable', modifiers: ['const', 'global', 'destructured'], types: primitive, format: null },
  { selector: 'variable', modifiers: ['const', 'global'], types: primitive, format: ['UPPER_CASE'] },
];

export default defineConfig(
  {
    ignores: [
      '**/dist/**',
      '**/build/**',
      'out/**',
      'site/**',
      'sdk/{create,templates}/**',
      'firmware-templates/**',
      'tests/app/electron-stand-in/*.{js,mjs}',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js', 'sdk/bin/*.js', 'desktop-app/vite*.config.ts'] },
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      'no-duplicate-imports': 'error',
      'no-restricted-syntax': ['error', ...dialect],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ['*/src/**/*.{ts,tsx}'],
    rules: { '@typescript-eslint/naming-convention': ['error', ...constants] },
  },
);
