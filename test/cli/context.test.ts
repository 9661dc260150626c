import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, test } from '@jest/globals'
import { Command } from 'commander'
import { addGlobalOptions, perform, withWarnings, type Context } from '../../src/cli/context.js'
import { buildProgram } from '../../src/cli/program.js'
import { writeBundle } from '../../src/bundle/write.js'
import { tinyChange } from '../bundle/tiny-bundle.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { KeptOutput } from './streams.js'

const folder = temporaryFolder()

function environmentOf(args: readonly string[]) {
  const [stdout, stderr] = [new KeptOutput({ terminal: false }), new KeptOutput({ terminal: false })]
  const stdin = Readable.from([])
  const relaunch = () => Promise.reject(new Error('not needed'))
  const { signal } = new AbortController()
  return { args, variables: {}, home: folder(), stdin, stdout, stderr, relaunch, signal }
}

async function printed(...args: string[]): Promise<string> {
  const environment = environmentOf(args)
  await (await buildProgram(environment, args)).parseAsync(args, { from: 'user' })
  return environment.stdout.content
}

test('names that turn the direction of writing are shown without, and exactly as they are in JSON', async () => {
  const model = join(folder(), 'bundle')
  await writeBundle(model, tinyChange(1, ['a\u202egpj.b']))
  const words = await printed('classes', '--model', model)
  expect(words).toContain('a?gpj.b')
  expect(words).not.toContain('\u202e')
  const { labels } = JSON.parse(await printed('classes', '--model', model, '--json')) as { labels: { label: string }[] }
  expect(labels.at(-1)!.label).toBe('a\u202egpj.b')
})

test('warnings that a result lacks are shown as they come; the others, and urgent ones, are left to the reporter', () => {
  const told: string[] = []
  const call = { onProgress: (event: { code: string }) => told.push(`reported ${event.code}`) }
  const complain = (message: string, code: string) => told.push(`shown ${code}: ${message}`)
  const { onProgress } = withWarnings({ call, complain } as unknown as Context, ['FOLDERS'])
  const warning = { type: 'warning', message: 'It failed.' } as const
  onProgress({ ...warning, code: 'FOLDERS' })
  onProgress({ ...warning, code: 'NOT_CONVERGED', remedy: { kind: 'try-again' } })
  onProgress({ ...warning, code: 'CPU_INSTEAD', isUrgent: true })
  expect(told).toEqual(['reported FOLDERS', 'shown NOT_CONVERGED: It failed; try again.', 'reported CPU_INSTEAD'])
})

test('complaints are shown with --quiet, in JSON too', async () => {
  const environment = environmentOf([])
  const command = addGlobalOptions(new Command('x'))
  command.parse(['--quiet', '--progress', 'json'], { from: 'user' })
  await perform(environment, command, async ({ complain, remark }) => {
    await Promise.resolve()
    complain('It failed.', 'CODE')
    remark('By the way.')
  })
  expect(JSON.parse(environment.stderr.content)).toEqual({ type: 'warning', code: 'CODE', message: 'It failed.' })
})
