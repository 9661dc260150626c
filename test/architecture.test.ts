import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { findCircle, parseSource, readSources, type Source } from './support/source-imports.js'

/** A folder imports only from itself and from those before it. */
const folders = [
  'core',
  'math',
  'onnx',
  'tflite',
  'fetch',
  'image',
  'folders',
  'runtime',
  'gradient',
  'cuda',
  'precision',
  'locate',
  'backbone',
  'catalog',
  'preprocessing',
  'features',
  'head',
  'branch',
  'tfjs',
  'merge',
  'bundle',
  'classifier',
  'evaluation',
  'calibration',
  'classes',
  'tables',
  'rehearsal',
  'training',
  'fine-tuning',
  'advice',
  'report',
  'answers',
  'queue',
  'export',
  'tensorboard',
  'workflow',
  'server',
  'cli',
]

/** Each heavy dependency has one home; protobuf, which two formats are made of, and tar, read and written, have two. */
const homes: Readonly<Record<string, string | readonly string[]>> = {
  sharp: 'image',
  'onnxruntime-node': 'runtime',
  '@bufbuild/protobuf': ['onnx', 'tensorboard'],
  commander: 'cli',
  '@huggingface/hub': 'fetch',
  'libheif-js': 'image',
  '@tensorflow/tfjs': 'tfjs',
  bullmq: 'queue',
  ioredis: 'queue',
  pacote: 'fetch',
  undici: 'fetch',
  flatbuffers: 'tflite',
  'cli-progress': 'cli',
  pluralize: 'catalog',
  '@observablehq/plot': 'report',
  domino: 'report',
  'umap-js': 'report',
  'tar-stream': ['answers', 'server'],
  fastify: 'server',
  '@fastify/ajv-compiler': 'server',
  '@fastify/helmet': 'server',
  '@fastify/multipart': 'server',
  '@fastify/rate-limit': 'server',
  '@fastify/swagger': 'server',
  '@fastify/swagger-ui': 'server',
  '@fastify/under-pressure': 'server',
  '@prometheus-io/client': 'server',
}

// Compiled code runs from dist/test.
const sources = readSources(fileURLToPath(new URL('../../src', import.meta.url)))

describe('the architecture', () => {
  test('folders import only from folders before them', () => {
    expect(sources.length).toBeGreaterThan(100)
    expect(sources.flatMap(importsFromLaterFolders)).toEqual([])
  })

  test('every import leads to a file', () => {
    const paths = new Set(sources.map(({ path }) => path))
    const lost = sources.flatMap(({ path, files }) =>
      files.filter((file) => !paths.has(file)).map((file) => `${path} -> ${file}`),
    )
    expect(lost).toEqual([])
  })

  test('files do not import each other in a circle', () => {
    expect(findCircle(sources)).toBeUndefined()
  })

  test.each(Object.entries(homes))('%s is imported in %s/ alone', (name, home) => {
    const importers = sources.filter(({ packages }) => packages.includes(name)).map(({ path }) => path)
    expect(importers).not.toEqual([])
    expect(importers.filter((path) => ![home].flat().includes(folderOf(path)))).toEqual([])
  })

  test('only cli/ touches process and the console', () => {
    expect(sources.filter((source) => folderOf(source.path) !== 'cli' && touchesProcess(source))).toEqual([])
  })
})

/**
 * Texts with a dash that is no option of the command line: what the install script of onnxruntime-node is called with.
 */
const otherOptions = ['--onnxruntime-node-install']

describe('the words', () => {
  test('only cli/ names options, commands and variables of the command line: others say it with a remedy', () => {
    const library = sources.filter(({ path }) => folderOf(path) !== 'cli')
    const found = library.flatMap(({ path, texts }) => texts.filter(namesCommand).map((text) => `${path}: ${text}`))
    expect(found).toEqual([])
  })
})

describe('the checks see', () => {
  test('an import from a later folder, of a type as well, and of an unknown folder', () => {
    const problems = (path: string, text: string) => importsFromLaterFolders(parseSource(path, text))
    expect(problems('math/a.ts', "import type { Head } from '../head/types.js'")).toEqual([
      'math/a.ts -> head/types.ts',
    ])
    expect(problems('math/a.ts', "const head = await import('../head/types.js')")).toHaveLength(1)
    expect(problems('head/a.ts', "export { argMax } from '../math/softmax.js'")).toEqual([])
    expect(problems('index.ts', "export { main } from './cli/main.js'")).toHaveLength(1)
    expect(problems('index.ts', "export { extendModel } from './workflow/extend.js'")).toEqual([])
    expect(problems('head/a.ts', "import { extendModel } from '../index.js'")).toHaveLength(1)
    expect(problems('other/a.ts', "import { argMax } from '../math/softmax.js'")).toHaveLength(1)
  })

  test('a circle through three files', () => {
    const circle = [
      parseSource('core/a.ts', "import { b } from './b.js'"),
      parseSource('core/b.ts', "import './d.js'\nexport { c } from './sub/c.js'"),
      parseSource('core/sub/c.ts', "import type { a } from '../a.js'"),
      parseSource('core/d.ts', ''),
    ]
    expect(findCircle(circle)).toEqual(['core/a.ts', 'core/b.ts', 'core/sub/c.ts', 'core/a.ts'])
    expect(findCircle(circle.slice(0, 2))).toBeUndefined()
  })

  test('the process in code, not in comments and texts', () => {
    expect(touchesProcess(parseSource('head/a.ts', "// console.log\nconst text = 'process.env'"))).toBe(false)
    expect(touchesProcess(parseSource('head/a.ts', 'const { env } = process'))).toBe(true)
    expect(touchesProcess(parseSource('head/a.ts', 'globalThis.console.log(1)'))).toBe(true)
    expect(touchesProcess(parseSource('head/a.ts', "import { argv } from 'node:process'"))).toBe(true)
  })

  test('an option, a command or a variable in a text, and in a piece of a template, not in a comment', () => {
    const found = (text: string) => parseSource('head/a.ts', text).texts.filter(namesCommand)
    expect(found("const text = 'use --device cpu'")).toHaveLength(1)
    expect(found('const text = `${a}; give ${b} with --labels ${c}`')).toHaveLength(1)
    expect(found('const text = `choose another --out`')).toHaveLength(1)
    expect(found(`const text = 'run "extend doctor"'`)).toHaveLength(1)
    expect(found("const text = 'build it again with extend --add'")).toHaveLength(1)
    expect(found("const text = 'a known model (extend models)'")).toHaveLength(1)
    expect(found("const text = 'set HF_TOKEN'")).toHaveLength(1)
    expect(found(`const text = '<i style="--share: 1; color: var(--ink)">'`)).toEqual([])
    expect(found("// --device\nconst text = 'only classifiers can be extended; a--b'")).toEqual([])
  })

  test('a package by a file of it', () => {
    expect(parseSource('head/a.ts', "import { x } from '@bufbuild/protobuf/wire'").packages).toEqual([
      '@bufbuild/protobuf',
    ])
  })
})

function folderOf(path: string): string {
  return path.includes('/') ? path.split('/')[0]! : ''
}

/** `src/index.ts` is the public API: it may import all but the command line. */
function importsFromLaterFolders({ path, files }: Source): string[] {
  const own = path === 'index.ts' ? folders.indexOf('cli') - 1 : folders.indexOf(folderOf(path))
  return files
    .filter((file) => !folders.includes(folderOf(file)) || folders.indexOf(folderOf(file)) > own)
    .map((file) => `${path} -> ${file}`)
}

const commandLine = [
  // Names of CSS look the same: var(--ink), style="--share: 1".
  /(?<!var\(|style="|[\w-])--[a-z]/,
  /"extend |\bextend --/,
  /\bextend (advise|cache|classes|completion|doctor|evaluate|export|features|inspect|models|predict|remove|serve|setup-cuda|worker)\b/,
  /\b(HF|NPLUSK)_[A-Z]|\bHTTPS?_PROXY\b/,
]

function namesCommand(text: string): boolean {
  return commandLine.some((pattern) => pattern.test(text)) && !otherOptions.includes(text)
}

function touchesProcess({ identifiers, packages }: Source): boolean {
  const names = ['process', 'console']
  return names.some((name) => identifiers.has(name) || packages.includes(name) || packages.includes(`node:${name}`))
}
