import js from '@eslint/js'
import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

export default defineConfig(
  { ignores: ['dist/', 'src/onnx/generated/', 'node_modules/'] },
  js.configs.recommended,
  tseslint.configs.strict,
  {
    // The page that web exports hold runs in browsers.
    files: ['assets/web/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        ['addEventListener', 'createImageBitmap', 'document', 'fetch', 'URL'].map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    rules: {
      // Indices into typed arrays are in range by construction; noUncheckedIndexedAccess makes each of them say so.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
)
