import { asItIs, type Inputs } from '../inputs.js'
import { type Scenario } from '../scenario.js'

/** Commands that write other files than bundles. */
export function fileScenarios({ model, one, two }: Inputs): Scenario[] {
  const first = ['--add', one, '--model', model, ...asItIs, '--out', 'bundle']
  const second = ['--add', two, '--model', 'bundle']
  const features = (folder: string) => ['features', folder, '--model', model, ...asItIs.slice(2), '--out', 'part']
  const exportTo = (out: string, format: string) => ['export', '--model', 'bundle', '--format', format, '--out', out]
  return [
    ...(['onnx', 'transformers', 'triton'] as const).map((format): Scenario => {
      const out = format === 'onnx' ? 'out.onnx' : 'out'
      const command = exportTo(out, format)
      return {
        name: `export-${format}`,
        before: [first, command, second],
        command,
        target: format === 'triton' ? 'out/bundle' : out,
        kind: format === 'onnx' ? 'file' : 'folder',
      }
    }),
    { name: 'features', before: [features(one)], command: features(two), target: 'part', kind: 'file' },
    {
      name: 'cache-clear',
      before: [first],
      command: ['cache', 'clear'],
      target: 'cache',
      kind: 'cache',
      next: () => ['--add', two, '--model', 'bundle'],
    },
  ]
}
