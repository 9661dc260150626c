import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, test } from '@jest/globals'
import { writeBundle } from '../../src/bundle/write.js'
import { knownNames } from '../../src/cli/completion/names.js'
import { errorLine } from '../../src/cli/failure.js'
import { buildProgram } from '../../src/cli/program.js'
import { describeEvaluation } from '../../src/cli/reports/evaluation.js'
import { describeExtension } from '../../src/cli/reports/extension.js'
import { describePassedOver } from '../../src/cli/reports/passed-over.js'
import { describePredictions } from '../../src/cli/reports/predictions.js'
import { describeRemoval } from '../../src/cli/reports/removal.js'
import { describeSuggestion } from '../../src/cli/reports/suggestion.js'
import { styleOf } from '../../src/cli/style.js'
import { onScreen } from '../../src/cli/terminal/screen.js'
import { tinyChange } from '../bundle/tiny-bundle.js'
import { nastyNames } from '../support/nasty-names.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { KeptOutput } from './streams.js'

// Whatever a name holds, it is a part of its line: nothing in it has an effect, and no line is made up by it.

const folder = temporaryFolder()
const names = nastyNames.filter((name) => name.length < 1000)

test.each(['classes', 'history', 'verify'])(
  'what %s prints of a bundle with such names is harmless',
  async (command) => {
    const model = join(folder(), 'bundle')
    await writeBundle(model, tinyChange(1, names))
    const args = command === 'verify' ? [command, model] : [command, '--model', model]
    expectHarmless(await printed(args))
    const json = (await printed([...args, '--json'])).trimEnd()
    expectHarmless(json)
    expect(json).not.toContain('\n')
    // The labels are all there, each as it is.
    if (command !== 'classes') return
    const { labels } = JSON.parse(json) as { readonly labels: readonly { readonly label: string }[] }
    expect(labels.slice(2).map(({ label }) => label)).toEqual(names)
  },
)

test('a shell completes the names that it can show', async () => {
  const model = join(folder(), 'bundle')
  await writeBundle(model, tinyChange(1, names))
  const completed = await knownNames('remove', ['remove', '--model', model])
  expectHarmless(completed.join('\n'))
  expect(completed).toEqual(expect.arrayContaining(['~', '-rf', '\u00e9']))
  expect(completed.filter((name) => name.includes('\n'))).toEqual([])
})

async function printed(args: readonly string[]): Promise<string> {
  const [stdout, stderr] = [true, true].map((terminal) => new KeptOutput({ terminal, columns: 80 }))
  const environment = {
    args,
    variables: { NO_COLOR: '1' },
    home: folder(),
    stdin: Readable.from([]),
    stdout: stdout!,
    stderr: stderr!,
    relaunch: () => Promise.reject(new Error('not needed')),
    signal: new AbortController().signal,
  }
  await (await buildProgram(environment, args)).parseAsync(args, { from: 'user' })
  return stdout!.content
}

const plain = styleOf(false)
const heldOut = (label: string) => ({
  old: null,
  new: { top1: 0.5, count: 2 },
  leak: null,
  miss: null,
  perClass: [{ label, count: 2, top1: 0.5, confusedWith: [{ label, count: 1 }] }],
})
const preprocess = {
  ...({ width: 8, height: 8, resize: 'squash', cropFraction: 1, interpolation: 'bilinear' } as const),
  ...{ values: null, convention: null, source: 'bundle', sizeSource: 'usual', sure: false },
}
const classes = { base: 2, added: 1, total: 3 }
const unranked = { averagePrecision: null, bestF1: null }

const reports: Readonly<Record<string, (name: string) => string>> = {
  predict: (name) => {
    const prediction = { index: 2, label: name, probability: 0.5, increment: name }
    return describePredictions({ file: name, predictions: [prediction, prediction] }, plain)
  },
  evaluate: (name) =>
    describeEvaluation(
      {
        ...{ count: 2, top1: 0.5, top5: 1, either: 0.5, harmonicMean: null, leak: null, miss: null },
        old: { count: 0, top1: null, top1Base: null },
        new: { count: 2, top1: 0.5, top1Alone: 0.5 },
        perClass: [{ label: name, count: 2, top1: 0.5, precision: 0.5, recall: 0.5, f1: 0.5, ...unranked }],
        confusions: [{ label: name, predicted: name, count: 1 }],
        unreadable: [{ file: name, reason: name }],
        passedOver: [{ kind: 'text file', count: 1, files: [name] }],
        warnings: [name],
        skipped: [{ folder: name, images: 1 }],
        wrong: [{ file: name, label: name, predicted: name, probability: 0.5 }],
      } as never,
      plain,
    ),
  '--add': (name) =>
    describeExtension(
      {
        ...{
          revision: 1,
          bundle: join('/', name.replaceAll('\0', ''), 'bundle'),
          classes,
          nearDuplicates: 0,
          known: 0,
          inSeveralClasses: 0,
          unwritten: [],
        },
        grown: [{ label: name, before: 1, images: 3, top1Before: 0.5, top1: 0.6 }],
        increment: { name, labels: [`${name} `], images: 2 },
        layers: [{ increment: name, taken: 'default', read: ['bottleneck'], tried: [] }],
        fineTuning: null,
        head: { asked: 'softmax', kind: 'softmax', tried: [] },
        regularisation: { taken: 1, tried: [] },
        passedOver: [],
        heldOut: heldOut(name),
        augment: { asked: 'auto', perClass: [{ label: name, views: 1 }], probe: null },
        preprocess: { ...preprocess, evidence: name } as never,
        images: { given: 2, used: 2, unreadable: 0, duplicate: 0, passedOver: 0 },
        warnings: [name],
        seconds: { total: 1 },
      },
      plain,
    ),
  remove: (name) =>
    describeRemoval({ bundle: name, removed: [name], shrunk: [name], alsoNamed: [name], classes } as never),
  suggest: (name) =>
    describeSuggestion(
      {
        files: [name],
        images: [{ file: name, answer: { index: 2, label: name, increment: name }, unsureness: 0.5 }],
        counts: { given: 1, compared: 1, known: 0, unreadable: 0, duplicate: 0 },
        unreadable: [{ file: name, reason: name }],
        passedOver: [{ kind: 'text file', count: 1, files: [name] }],
      },
      name,
      plain,
    ),
  'files passed over': (name) => describePassedOver([{ kind: 'text file', count: 1, files: [name] }]).join('\n'),
  'an error': (name) => errorLine(`Cannot use "${name}": it is damaged.`),
}

test.each(Object.entries(reports))('what is said of %s with such names is harmless', (_, describe) => {
  for (const name of names) expectHarmless(onScreen(describe(name)))
})

/** Nothing that a terminal obeys, and no line that a name begins. */
function expectHarmless(text: string): void {
  expect(text).not.toMatch(/(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u)
  expect(text).not.toMatch(/^(extend: )?forged/m)
  expect(text).not.toMatch(/[\u2028\u2029]/)
}
