/** A choice of layers, and what was tried for it. */
interface Choice {
  readonly taken: string
  readonly tried: readonly { readonly name: string }[]
}

/** What of a manifest has to fit together. */
export interface Parts {
  readonly base: { readonly classes: readonly unknown[] }
  readonly backbone: {
    readonly dim: number
    readonly layers?: readonly { readonly name: string; readonly size: number; readonly byDefault: boolean }[]
  }
  readonly increments: readonly {
    readonly classes: readonly { readonly label: string; readonly mergedInto?: number }[]
    readonly layers?: readonly string[]
  }[]
  readonly training: {
    readonly layers?: 'default' | readonly string[]
    readonly heads?: readonly unknown[]
    readonly layerChoices?: readonly (Choice | null)[]
    readonly fineTuning?: {
      readonly increments: number
      readonly heldOut: readonly number[]
      readonly alone: { readonly shifts?: readonly unknown[] }
    }
  }
}

/**
 * Checks that classes are merged into existing ones, that equal labels mean the same class in all increments, and that
 * no label occurs twice in one increment.
 *
 * @returns the path to the first fault
 */
export function unfitClass({ base, increments }: Pick<Parts, 'base' | 'increments'>): string | undefined {
  const mergedInto = new Map<string, number | undefined>()
  for (const [i, { classes }] of increments.entries()) {
    const labels = new Set<string>()
    for (const [place, one] of classes.entries()) {
      const path = `.increments[${i}].classes[${place}]`
      if ((one.mergedInto ?? 0) >= base.classes.length) return `${path}.mergedInto`
      const isOther = mergedInto.has(one.label) && mergedInto.get(one.label) !== one.mergedInto
      if (isOther || labels.has(one.label)) return `${path}.label`
      mergedInto.set(one.label, one.mergedInto)
      labels.add(one.label)
    }
  }
  return undefined
}

/**
 * Checks that every layer has a name of its own, that those of the features come first and make up their length, that
 * all layers read or asked for exist, that what was taken is among what was tried, and that every increment has its
 * kind of head.
 *
 * @returns the path to the first fault
 */
export function unfitLayer({ backbone, increments, training }: Omit<Parts, 'base'>): string | undefined {
  const { dim, layers = [] } = backbone
  const names = new Set<string>()
  let left = dim
  for (const [i, { name, size, byDefault }] of layers.entries()) {
    if (names.has(name)) return `.backbone.layers[${i}].name`
    names.add(name)
    if (byDefault !== left > 0) return `.backbone.layers[${i}].byDefault`
    if (byDefault) left -= size
    if (left < 0) return `.backbone.layers[${i}].size`
  }
  if (layers.length > 0 && left > 0) return '.backbone.layers'
  const unknownIn = (read: readonly string[] = []) => read.findIndex((name) => !names.has(name))
  for (const [i, { layers: read }] of increments.entries()) {
    if (unknownIn(read) >= 0) return `.increments[${i}].layers[${unknownIn(read)}]`
  }
  const { layers: asked, heads, layerChoices } = training
  if (Array.isArray(asked) && unknownIn(asked) >= 0) return `.training.layers[${unknownIn(asked)}]`
  const isOfOthers = (list: readonly unknown[] | undefined) => list !== undefined && list.length !== increments.length
  if (isOfOthers(layerChoices)) return '.training.layerChoices'
  for (const [i, choice] of (layerChoices ?? []).entries()) {
    const fault = choice && unfitChoice(choice)
    if (fault) return `.training.layerChoices[${i}]${fault}`
  }
  return isOfOthers(heads) ? '.training.heads' : undefined
}

/** A choice names each of what was tried once, and took one of these; where there was nothing to judge by, none is. */
function unfitChoice({ taken, tried }: Choice): string | undefined {
  const names = new Set(tried.map(({ name }) => name))
  if (names.size < tried.length) return '.tried'
  return names.size > 0 && !names.has(taken) ? '.taken' : undefined
}

/**
 * Checks that fine-tuning is of the first increment, whose head reads the branch, the last layer, that each of its
 * held-out images is listed once, and that what it says of these increments alone is of as many.
 *
 * @returns the path to the first fault
 */
export function unfitTuning({ backbone, increments, training }: Parts): string | undefined {
  const { fineTuning } = training
  if (fineTuning === undefined) return undefined
  const path = '.training.fineTuning'
  const branch = backbone.layers?.at(-1)?.name
  const last = increments[0]?.layers?.at(-1)
  if (fineTuning.increments !== 1 || last === undefined || last !== branch) return `${path}.increments`
  const { heldOut, alone } = fineTuning
  if (heldOut.length === 0 || new Set(heldOut).size !== heldOut.length) return `${path}.heldOut`
  return alone.shifts?.length === 1 ? undefined : `${path}.alone.shifts`
}
