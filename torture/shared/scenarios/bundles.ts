import { asItIs, type Inputs } from '../inputs.js'
import { nothing, type Scenario } from '../scenario.js'

const bundle = ['--model', 'bundle']

/** Commands that change a bundle. */
export function bundleScenarios({ model, one, two, more, old }: Inputs): Scenario[] {
  const first = ['--add', one, '--model', model, ...asItIs, '--out', 'bundle']
  const second = ['--add', two, ...bundle]
  const write = { target: 'bundle', kind: 'bundle' } as const
  const next = () => ['rename', 'b', 'y', ...bundle]
  return [
    {
      ...write,
      name: 'add-new',
      before: [],
      command: first,
      next: (state) => (state === nothing ? first : next()),
    },
    { ...write, name: 'add', before: [first], command: second, next },
    {
      ...write,
      name: 'add-layers',
      before: [first],
      command: [...second, '--rehearsal', old, '--layers', 'block0,block3:4x4', '--head', 'svm'],
      next,
    },
    { ...write, name: 'grow', before: [first], command: ['--add', more, ...bundle], next },
    { ...write, name: 'remove', before: [first, second], command: ['remove', 'two', ...bundle], next },
    { ...write, name: 'rollback', before: [first, second], command: ['rollback', ...bundle], next },
    { ...write, name: 'rename', before: [first], command: ['rename', 'a', 'z', ...bundle], next },
  ]
}
