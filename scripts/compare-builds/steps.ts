/** A call of the command line, and the bundle that it writes. */
export interface Step {
  /** Whose folder the command runs in; steps of one subject go on with each other's bundles. */
  readonly subject: string
  readonly name: string
  readonly args: readonly string[]
  /** In the subject's folder. */
  readonly bundle: string
}

export const tinyClasses = 10

/**
 * What is done with each of two models: the default one, which brings its rehearsal features, and a tiny one, which has
 * none, so that old images are made up.
 *
 * @param fixtures the folder of drawings
 * @param tiny the file of the tiny model
 */
export function stepsOf(fixtures: string, tiny: string): Step[] {
  const [flowers, more, objects] = ['flowers', 'flowers-test', 'objects'].map((name) => `${fixtures}/${name}`)
  const tinyOptions = ['--model', tiny, '--mean', '0.5', '--std', '0.25', '--channels', 'RGB', '--size', '8']
  const stepsFor = (subject: string, model: string[], rehearsal: string): Step[] => {
    const step = (name: string, args: string[], bundle = 'extended'): Step => ({ subject, name, args, bundle })
    return [
      step('five classes', ['--add', flowers!, ...model]),
      step('more pictures', ['--add', more!]),
      step('a class beside frozen ones', ['--add', objects!, '--freeze-added']),
      step('one class removed', ['remove', 'poppy']),
      step('other old images', ['--add', more!, ...model, '--rehearsal', rehearsal, '--out', 'other'], 'other'),
    ]
  }
  return [...stepsFor('inception-v3', ['--model', 'inception-v3'], 'none'), ...stepsFor('tiny', tinyOptions, objects!)]
}
