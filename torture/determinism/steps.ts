/** A command of the program; `path` gives a file or folder as the command is told of it. */
export interface Step {
  readonly name: string
  args(path: (name: string) => string): string[]
}

/** A model to be extended: what `--model` names, and the options that go with it. */
export interface Subject {
  readonly model: string
  readonly options: readonly string[]
}

/** Warms the cache by some of the pictures. */
export function warmingStep({ model, options }: Subject): Step {
  return { name: 'warm', args: (path) => ['features', path('more'), '--model', model, ...options] }
}

/** All that writes to a bundle or reads its figures. Whatever these print as JSON is compared too. */
export function stepsOf({ model, options }: Subject): Step[] {
  const onBundle = (name: string, args: (path: Parameters<Step['args']>[0]) => string[]): Step => ({
    name,
    args: (path) => [...args(path), '--model', path('bundle')],
  })
  return [
    {
      name: 'add',
      args: (path) => [
        ...['--add', path('flowers'), '--model', model, ...options],
        ...['--out', path('bundle'), '--name', 'spring', '--seed', '3'],
      ],
    },
    onBundle('add more', (path) => ['--add', path('more')]),
    onBundle('remove', () => ['remove', 'İris', '--class']),
    onBundle('rename', () => ['rename', 'zinnia', 'Zinnie']),
    onBundle('rollback', () => ['rollback', '2']),
    onBundle('predict', (path) => ['predict', path('test')]),
    onBundle('evaluate', (path) => ['evaluate', path('test')]),
    onBundle('advise', (path) => ['advise', path('more')]),
    onBundle('suggest', (path) => ['suggest', path('flowers'), '--n', '5']),
    onBundle('export', (path) => ['export', '--format', 'onnx', '--out', path('written/exported.onnx')]),
    onBundle('export a folder', (path) => ['export', '--format', 'triton', '--out', path('written/triton')]),
    onBundle('features', (path) => ['features', path('test'), '--out', path('written/part.safetensors')]),
  ]
}
