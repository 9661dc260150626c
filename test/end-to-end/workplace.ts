import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { cacheFolder } from '../../src/catalog/cache-folder.js'
import { mainFile, type Outcome } from '../cli/spawn.js'

/** Jest runs in the repository's root. */
export const fixtures = resolve('fixtures')

const { NPLUSK_CACHE_DIR: nplusk, XDG_CACHE_HOME: xdg } = process.env

export interface RunOptions {
  /** @default the workplace */
  readonly cwd?: string
  readonly nodeArgs?: readonly string[]
}

/** A process that is running. */
export interface Running {
  readonly outcome: Promise<Outcome>
  kill(signal: NodeJS.Signals): void
  /** Resolves when the process has written a text, to either stream, or has ended. */
  shown(text: string): Promise<void>
}

/** A folder to work in, with a cache of its own that shares nothing but the downloaded models with the user's. */
export interface Workplace {
  readonly folder: string
  readonly cacheDir: string
  path(...names: string[]): string
  /** Makes a folder of classes out of the drawn flowers: how many images of each. */
  flowers(name: string, classes: Readonly<Record<string, number>>): string
  start(args: readonly string[], options?: RunOptions): Running
  /** Runs `extend` as it ships, in a process of its own. */
  run(args: readonly string[], options?: RunOptions): Promise<Outcome>
  /** Runs it with `--json --quiet`, and gives the object on the one line that it prints; throws unless all is well. */
  json<T>(args: readonly string[], options?: RunOptions): Promise<T>
  remove(): void
}

export function openWorkplace(): Workplace {
  const folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  const cacheDir = join(folder, 'cache')
  const path = (...names: string[]) => join(folder, ...names)
  linkModels(cacheDir)

  const start = (args: readonly string[], { cwd = folder, nodeArgs = [] }: RunOptions = {}): Running => {
    const child = spawn(process.execPath, [...nodeArgs, mainFile, ...args], {
      cwd,
      env: { ...process.env, NO_COLOR: '1', NPLUSK_CACHE_DIR: cacheDir },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const closed = once(child, 'close') as Promise<[number | null]>
    const outcome = Promise.all([text(child.stdout), text(child.stderr), closed]).then(
      ([stdout, stderr, [code]]): Outcome => ({ code, stdout, stderr }),
    )
    let seen = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (seen += chunk.toString()))
    return {
      outcome,
      kill: (signal) => child.kill(signal),
      async shown(wanted) {
        while (!seen.includes(wanted) && child.exitCode === null && child.signalCode === null) {
          await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), closed])
        }
      },
    }
  }
  const run = (args: readonly string[], options?: RunOptions) => start(args, options).outcome

  return {
    folder,
    cacheDir,
    path,
    start,
    run,
    flowers(name, classes) {
      for (const [label, images] of Object.entries(classes)) {
        mkdirSync(path(name, label), { recursive: true })
        for (const file of readdirSync(join(fixtures, 'flowers', label))
          .sort()
          .slice(0, images)) {
          cpSync(join(fixtures, 'flowers', label, file), path(name, label, file))
        }
      }
      return path(name)
    },
    async json<T>(args: readonly string[], options?: RunOptions) {
      const { code, stdout, stderr } = await run([...args, '--json', '--quiet'], options)
      if (code !== 0 || stderr !== '') throw new Error(`extend ${args.join(' ')} ended with ${code}: ${stderr}`)
      if (!/^.*\n$/.test(stdout)) throw new Error(`extend ${args.join(' ')} printed more than a line: ${stdout}`)
      return JSON.parse(stdout) as T
    },
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  }
}

/** Gives a cache folder the models that the user has; what a test downloads stays for the next. */
export function linkModels(cacheDir: string): void {
  const models = join(cacheFolder({ home: homedir(), nplusk, xdg }), 'models')
  mkdirSync(models, { recursive: true })
  mkdirSync(cacheDir, { recursive: true })
  symlinkSync(models, join(cacheDir, 'models'))
}

/** Names and hashes of all files in a folder, hidden ones too: equal where the folders are equal byte for byte. */
export function contentsOf(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  return Object.fromEntries(
    entries.map((file) => [
      file.slice(folder.length + 1),
      createHash('sha256').update(readFileSync(file)).digest('hex'),
    ]),
  )
}

/** The same of a bundle without its history, which has dates and commands in it. */
export function withoutHistory(contents: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(contents).filter(([name]) => !name.startsWith('revisions/')))
}

/** Files of the engine's temporary naming in a folder and below. */
export function temporaryFilesIn(folder: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[]).filter((name) => /\.tmp$|\.lock$/.test(name))
}

/** Arguments that make a process in which pictures cannot be decoded: `sharp` is there, and every use of it throws. */
export function withoutDecoder(place: Workplace): readonly string[] {
  const preload = place.path('without-decoder.cjs')
  writeFileSync(
    preload,
    `const loader = require('node:module')
    const load = loader._load
    const sharp = Object.assign(() => { throw new Error('nothing may be decoded') }, { cache() {} })
    loader._load = (name, ...rest) => (name === 'sharp' ? sharp : load(name, ...rest))\n`,
  )
  return ['--require', preload]
}
