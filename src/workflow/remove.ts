import type { FeatureTable } from '../bottleneck/table.js'
import { selectRows } from '../bottleneck/table.js'
import { checkWritable } from '../bundle/place.js'
import { readBundle } from '../bundle/read.js'
import type { Increment, Manifest } from '../bundle/manifest.js'
import { NpluskError } from '../core/errors.js'
import { nearestNames } from '../model/known-nearest.js'
import { formFor } from '../precision/form-for.js'
import { chooseProvider } from '../runtime/providers.js'
import { openWorkerSession } from '../runtime/worker-session.js'
import { addedCount, keptIncrements } from './kept.js'
import type { ModelOptions } from './model-options.js'
import { backboneOf } from './open-backbone.js'
import { rebuild } from './rebuild.js'
import type { IncrementFeatures } from './refit.js'
import { bundleRehearsal } from './rehearsal.js'

export interface RemoveOptions extends ModelOptions {
  /** An increment's name, or a label or folder name of one added class. */
  readonly name: string
}

export interface RemoveResult {
  readonly bundle: string
  readonly removed: readonly string[]
  readonly classes: { readonly base: number; readonly added: number; readonly total: number }
}

/**
 * Takes an increment, or one class, out of a bundle. What stays is refitted from its kept features, so that the result is the
 * one that would have come about had the classes never been added.
 *
 * @throws NpluskError `NOT_FOUND` when the bundle holds nothing of that name
 */
export async function removeClasses(options: RemoveOptions): Promise<RemoveResult> {
  const bundle = await readBundle(options.model)
  const { manifest, folder } = bundle
  const target = findTarget(manifest, options.name)
  await checkWritable(folder, bundle)
  const kept = await keptIncrements(bundle)
  const increments = kept.flatMap((entry) =>
    entry.increment === target.increment ? without(entry, target.classes) : [entry],
  )

  const backbone = await backboneOf(bundle)
  const provider = await chooseProvider(options.device ?? 'auto', options.onProgress)
  const session = await openWorkerSession((await formFor(provider, backbone.graph)).model, provider)
  try {
    const rebuilt = await rebuild(
      {
        folder,
        revision: manifest.revision + 1,
        backbone,
        session,
        increments,
        rehearsal: await bundleRehearsal(bundle),
        settings: manifest.training,
      },
      options,
    )
    return {
      bundle: folder,
      removed: [...target.classes].map((place) => target.increment.classes[place]!.label),
      classes: { base: backbone.classes.length, ...addedCount(rebuilt.manifest) },
    }
  } finally {
    await session.close()
  }
}

/** The increment that a name means, and which of its classes. */
function findTarget({ increments }: Manifest, name: string): { increment: Increment; classes: ReadonlySet<number> } {
  const whole = increments.find((increment) => increment.name === name)
  if (whole) return { increment: whole, classes: new Set(whole.classes.keys()) }
  for (const increment of increments) {
    const place = increment.classes.findIndex(({ label, folder }) => label === name || folder === name)
    if (place >= 0) return { increment, classes: new Set([place]) }
  }
  const names = increments.flatMap((increment) => [increment.name, ...increment.classes.map(({ label }) => label)])
  const known =
    names.length === 0
      ? 'nothing was added to it'
      : `it has ${nearestNames(name, names)
          .slice(0, 5)
          .map((one) => `"${one}"`)
          .join(', ')}`
  throw new NpluskError('NOT_FOUND', `The bundle has no increment and no added class "${name}"; ${known}.`)
}

function without({ increment, table }: IncrementFeatures, removed: ReadonlySet<number>): IncrementFeatures[] {
  const classes = increment.classes.filter((_, place) => !removed.has(place))
  if (classes.length === 0) return []
  const placeOf = new Map<number, number>()
  increment.classes.forEach((_, place) => {
    if (!removed.has(place)) placeOf.set(place, placeOf.size)
  })
  const selected = selectRows(table, (row) => placeOf.has(table.label[row]!))
  const relabelled: FeatureTable = { ...selected, label: selected.label.map((label) => placeOf.get(label)!) }
  return [{ increment: { ...increment, classes, features: '' }, table: relabelled }]
}
