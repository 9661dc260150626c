import { isBundle } from '../../bundle/layout.js'
import { Problem } from '../problems.js'
import type { Services } from '../services.js'

type Served = Pick<Services, 'models' | 'options'>

/** What is extended, and where the bundle of it is written. */
export interface Target {
  readonly name: string
  /** As in `ModelOptions`. */
  readonly model: string
  readonly out: string
  /** Revision of the bundle; 0 where there is none yet. */
  readonly revision: number
}

/**
 * What teaching a model would change: its bundle, or where there is none yet, one beside it.
 *
 * @param name of a served model. @default the first
 * @throws Problem `unknown-model`; `conflict` for a base model whose bundle has no place
 */
export async function targetOf({ models, options }: Served, name?: string): Promise<Target> {
  using lease = models.lease(name)
  const { revision, model } = lease
  if (revision > 0) return { name: lease.name, model, out: model, revision }
  const { out } = options.models[models.names.indexOf(lease.name)]!
  if (out === undefined) {
    const detail = `"${lease.name}" is a base model that the service knows no place for a bundle of; it cannot be taught.`
    throw new Problem('conflict', detail)
  }
  return { name: lease.name, model: (await isBundle(out)) ? out : model, out, revision }
}

/**
 * The bundle of a model.
 *
 * @throws Problem `unknown-model`; `conflict` where the model was taught nothing yet
 */
export async function bundleOf(served: Served, name?: string): Promise<Target> {
  const target = await targetOf(served, name)
  if (target.model !== target.out) throw new Problem('conflict', `"${target.name}" was taught nothing yet.`)
  return target
}
