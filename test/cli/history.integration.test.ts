import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { withoutSeal } from '../../src/bundle/seals/model-seal.js'
import type { History } from '../../src/workflow/history.js'
import type { RollbackResult } from '../../src/workflow/rollback.js'
import { contentsOf, fixtures, openWorkplace, type Workplace } from '../end-to-end/workplace.js'

// Three changes to a bundle of the default model, and what it takes to go back.

let place: Workplace
/** Answers and contents of the bundle at each of its revisions. */
const answers: string[] = []

beforeAll(async () => {
  place = openWorkplace()
  const changes = [
    ['--add', place.flowers('meadow', { poppy: 4, bluebell: 4 })],
    ['--add', place.flowers('garden', { snowdrop: 4 })],
    ['remove', 'bluebell'],
    ['rename', 'poppy', 'corn poppy'],
  ]
  for (const change of changes) {
    await place.json(change)
    answers.push(await predictions())
    cpSync(place.path('extended'), place.path(`revision-${answers.length}`), { recursive: true })
  }
})
afterAll(() => place.remove())

/** All probabilities, to the digits that a double has. */
async function predictions(): Promise<string> {
  const { code, stdout } = await place.run([
    'predict',
    join(fixtures, 'flowers', 'poppy', '01.jpg'),
    join(fixtures, 'objects'),
    '--json',
    '--top',
    '1003',
  ])
  expect(code).toBe(0)
  return stdout
}

/** Places of the bytes that two files differ in. */
function differences(first: Uint8Array, second: Uint8Array): number[] {
  expect(first.length).toBe(second.length)
  return [...first.keys()].filter((at) => first[at] !== second[at])
}

test('rollback after three changes gives the first answers bit for bit, and files that differ in one number', async () => {
  const result = await place.json<RollbackResult>(['rollback', '1'])
  expect(result).toMatchObject({ restored: 1, revision: 5, classes: { added: 2 } })
  expect(await predictions()).toBe(answers[0])
  for (const file of ['model.onnx', 'bundle.json']) {
    const then = withoutSeal(readFileSync(place.path('revision-1', file)))
    const now = withoutSeal(readFileSync(place.path('extended', file)))
    const [at, ...others] = differences(then, now)
    expect(others).toEqual([])
    expect(Buffer.from(then.subarray(at! - 13, at! + 1)).toString()).toMatch(/"revision": ?1$/)
    expect(Buffer.from(now.subarray(at! - 13, at! + 1)).toString()).toMatch(/"revision": ?5$/)
  }
})

test('other revisions can be had as well, also the one before the rollback', async () => {
  for (const revision of [2, 4]) {
    await place.json(['rollback', `${revision}`, '--keep', '20'])
    expect(await predictions()).toBe(answers[revision - 1])
  }
  const { revisions, keep } = await place.json<History>(['history'])
  expect(keep).toBe(20)
  expect(revisions.map(({ kind }) => kind)).toEqual([
    ...Array<string>(3).fill('rollback'),
    'rename',
    'remove',
    'add',
    'add',
  ])
  expect(revisions.map(({ command }) => command)).toContain("extend rename poppy 'corn poppy' --json --quiet")
  expect(revisions.at(-1)!.heldOut).toMatchObject({ before: null, after: { new: { count: 8 } } })
})

test('each command says in words what it did', async () => {
  const { stdout: back } = await place.run(['rollback', '2'])
  expect(back).toMatch(/^\.\/extended is as it was at revision 2, and this is revision \d+\.\n/)
  expect(back).toContain('  1 class came with 4 images: bluebell\n  renamed: corn poppy to poppy\n')
  const { stdout: named } = await place.run(['rename', 'garden', 'yard', '--increment'])
  expect(named).toBe('The increment garden of ./extended is called yard now.\n')
  const { stdout: history } = await place.run(['history'])
  expect(history).toMatch(/^\d+ {2}\d{4}-\d\d-\d\d \d\d:\d\d {2}renamed {2}current\n {2}extend rename garden yard/)
  expect(history).toMatch(
    /earlier revisions can be brought back: extend rollback REVISION\.\n[^\n]* for the history\.\n$/,
  )
})

test.each([
  [['rollback', '99'], 1, 'does not keep a revision 99'],
  [['rollback', 'x'], 2, 'whole number'],
  [['rename', 'daisy', 'x'], 1, '"daisy" is a class of the base model, whose names stay as they are.'],
  [['rename', 'poppy', ''], 2, 'An argument is empty'],
  [['rename', 'poppy', '\u200b'], 1, 'shows nothing'],
  [['rename', 'poppy', 'a\u0007b'], 1, 'holds a slash, a backslash or a control character'],
  [['rename', 'poppy', 'x', '--keep', '1001'], 2, '--keep'],
  [['history', '--model', 'nowhere'], 1, 'nowhere'],
])('extend %j ends with %d, and changes nothing', async (args, code, message) => {
  const before = contentsOf(place.path('extended'))
  const outcome = await place.run(args)
  expect(outcome).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(message) })
  expect(contentsOf(place.path('extended'))).toEqual(before)
})
