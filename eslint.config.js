import js from '@eslint/js'
import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

export default defineConfig(
  { ignores: ['dist/', 'src/onnx/generated/', 'node_modules/'] },
  js.configs.recommended,
  tseslint.configs.strict,
  {
    // The page, served or exported, and reports run in browsers.
    files: ['assets/page/**/*.js', 'assets/report/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'AbortController',
          'AbortSignal',
          'addEventListener',
          'Blob',
          'clearInterval',
          'clearTimeout',
          'createImageBitmap',
          'document',
          'Element',
          'Event',
          'EventTarget',
          'fetch',
          'File',
          'history',
          'innerHeight',
          'innerWidth',
          'location',
          'matchMedia',
          'navigator',
          'performance',
          'scrollTo',
          'sessionStorage',
          'setInterval',
          'setTimeout',
          'TextDecoderStream',
          'URL',
          'URLSearchParams',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    files: ['src/**'],
    rules: {
      // Versions of Node round other powers than squares and powers of two differently.
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "BinaryExpression[operator='**'][left.value!=2][right.value!=2], MemberExpression[object.name='Math'][property.name='pow']",
          message: 'Use power() of math/power.ts, or products, for the same bits on every version of Node.',
        },
      ],
    },
  },
  {
    rules: {
      // Indices into typed arrays are in range by construction; noUncheckedIndexedAccess makes each of them say so.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // As `import x = require('x')`: Node loads a package that has a CommonJS form twice as fast in that form.
      '@typescript-eslint/no-require-imports': ['error', { allowAsImport: true }],
      // The formatter's width, for comments as well, which it leaves alone.
      'max-len': [
        'error',
        { code: 120, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreUrls: true, ignoreRegExpLiterals: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
)
