import { access, readFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { Extractor } from '../bottleneck/extract.js'
import type { FeatureTable } from '../bottleneck/table.js'
import { decodeRehearsalPack } from '../bundle/rehearsal-pack.js'
import { openTable } from '../bundle/table-file.js'
import { checkBundleFile, type Bundle } from '../bundle/bundle.js'
import { assetPath } from '../core/assets.js'
import { NpluskError } from '../core/errors.js'
import type { CallOptions } from '../core/progress.js'
import { listImages } from '../image/folder.js'
import type { Backbone } from '../model/backbone.js'
import { tableOf } from './features.js'

/** Old images as features, and where they came from. */
export interface Rehearsal {
  readonly table: FeatureTable
  /** `builtin` or the folder's name. */
  readonly source: string
  readonly images: number
  /** Its file in the bundle it was read from. */
  readonly file?: string
}

/** The file of a backbone's built-in rehearsal pack, whether there is one or not. */
export function rehearsalPackFile(backbone: Pick<Backbone, 'name'>): string {
  return assetPath(`rehearsal/${backbone.name}.safetensors`)
}

/**
 * Finds the old images that training rehearses with.
 *
 * @param wanted `builtin`, `none`, a folder, or `undefined` for the bundle's own or else the built-in pack
 * @returns `undefined` for none
 * @throws NpluskError `NOT_FOUND` when `builtin` is asked for and there is none for this backbone
 */
export async function openRehearsal(
  wanted: string | undefined,
  backbone: Backbone,
  bundle: Bundle | undefined,
  extractor: Extractor,
  options: CallOptions & { readonly augment: number; readonly seed: number },
): Promise<Rehearsal | undefined> {
  if (wanted === 'none') return undefined
  if (wanted === undefined && bundle) return bundleRehearsal(bundle)
  if (wanted === undefined || wanted === 'builtin') {
    const pack = await builtinRehearsal(backbone)
    if (pack === undefined && wanted === 'builtin') {
      throw new NpluskError(
        'NOT_FOUND',
        `There is no built-in rehearsal pack for ${backbone.name}; give old images with --rehearsal DIR, or --rehearsal none.`,
      )
    }
    return pack
  }
  const files = await listImages(wanted)
  const classOfWnid = new Map(
    backbone.classes.flatMap(({ wnid }, i) => (wnid === undefined ? [] : [[wnid, i] as const])),
  )
  const images = files.map((file) => ({ file, label: labelOf(file, classOfWnid) }))
  const { table } = await tableOf(extractor, images, { ...options, stage: 'rehearse', dim: backbone.dim })
  if (table.count === 0)
    throw new NpluskError('BAD_INPUT', `None of the images in ${wanted} can be read; give another --rehearsal folder.`)
  return { table, source: basename(wanted), images: imageCount(table) }
}

/** The rehearsal features kept in a bundle. */
export async function bundleRehearsal(bundle: Bundle): Promise<Rehearsal | undefined> {
  const { rehearsal } = bundle.manifest
  if (rehearsal === null) return undefined
  const table = openTable(await checkBundleFile(bundle, rehearsal.file))
  return { table, ...rehearsal }
}

async function builtinRehearsal(backbone: Backbone): Promise<Rehearsal | undefined> {
  const file = rehearsalPackFile(backbone)
  const present = await access(file).then(
    () => true,
    () => false,
  )
  if (!present) return undefined
  const { table, baseHash } = decodeRehearsalPack(await readFile(file), file)
  // Features of another version of the model would be silently wrong.
  if (baseHash !== backbone.sha256 || table.dim !== backbone.dim) return undefined
  return { table, source: 'builtin', images: imageCount(table) }
}

/** The WordNet id in a file's name or in its folder's. */
function labelOf(file: string, classOfWnid: ReadonlyMap<string, number>): number {
  for (const name of [basename(file), basename(dirname(file))]) {
    const wnid = /n\d{8}/.exec(name)?.[0]
    const label = wnid === undefined ? undefined : classOfWnid.get(wnid)
    if (label !== undefined) return label
  }
  return -1
}

function imageCount({ image, count }: FeatureTable): number {
  return count === 0 ? 0 : image[count - 1]! + 1
}
