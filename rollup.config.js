import { isAbsolute } from 'node:path'

/**
 * Puts the command line into a few files of CommonJS: Node reads, links and starts them in half the time that it takes
 * for as many ES modules as there are files in src. Packages stay what they are. The folder lies as deep as those of
 * the modules, so that paths relative to a file still hold.
 */
export default {
  input: [
    'cli/start',
    'runtime/session-worker',
    'runtime/probe-cuda',
    'image/heic-worker',
    'server/teaching/library-worker',
  ].map((name) => `dist/src/${name}.js`),
  external: (id) => !id.startsWith('.') && !isAbsolute(id),
  output: {
    dir: 'dist/src/program',
    format: 'cjs',
    chunkFileNames: '[name].js',
    dynamicImportInCjs: true,
  },
  plugins: [
    {
      name: 'commonjs-folder',
      generateBundle() {
        this.emitFile({ type: 'asset', fileName: 'package.json', source: '{ "type": "commonjs" }\n' })
      },
    },
  ],
}
