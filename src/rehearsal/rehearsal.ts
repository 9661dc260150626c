import { readdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Extractor } from '../features/extract.js'
import { imageCount, type FeatureTable } from '../features/table.js'
import type { Rehearsal } from '../bundle/parts.js'
import { decodeRehearsalPack } from '../bundle/rehearsal-pack.js'
import type { Bundle } from '../bundle/bundle.js'
import { assetPath } from '../core/assets.js'
import { NpluskError, readError } from '../core/errors.js'
import { isPlainName } from '../core/plain-names.js'
import type { CallOptions, Stage } from '../core/progress.js'
import type { Remedy } from '../core/remedies.js'
import { readWhole } from '../core/regular-file.js'
import { listImages } from '../folders/folder.js'
import { tableDims, type Backbone } from '../features/backbone.js'
import { classByPath } from '../catalog/class-of-file.js'
import { tableOf } from '../tables/image-table.js'

/** Path of a backbone's built-in rehearsal pack, whether or not it exists. */
export function rehearsalPackFile({ name }: Pick<Backbone, 'name'>): string {
  // The name may come from an untrusted bundle, and names of hub models contain a slash.
  return assetPath(`rehearsal/${isPlainName(name) ? name : 'none'}.safetensors`)
}

/** Path of the cached pack that `pullModel` makes for a backbone, whether or not it exists. */
export function cachedPackFile(
  { sha256, graphHash }: Pick<Backbone, 'sha256' | 'graphHash'>,
  cacheDir: string,
): string {
  return join(cacheDir, 'rehearsal', `${sha256.slice(0, 16)}-${graphHash}.safetensors`)
}

/**
 * Finds the old images for rehearsal. A bundle made without old images does not keep later calls from using some.
 *
 * @param wanted `builtin`, `none`, a folder, or `undefined` for the bundle's own or else the built-in pack
 * @param options.cacheDir where packs made by the user are kept; without it only the shipped pack is looked for
 * @returns `undefined` for none
 * @throws NpluskError `NOT_FOUND` when `builtin` is asked for and this backbone has no pack
 */
export async function openRehearsal(
  wanted: string | undefined,
  backbone: Backbone,
  bundle: Bundle | undefined,
  extractor: Extractor,
  options: CallOptions & { readonly cacheDir?: string; readonly augment: number; readonly seed: number },
): Promise<Rehearsal | undefined> {
  if (wanted === 'none') return undefined
  const own = bundle?.manifest.rehearsal
  if (wanted === undefined && own) return bundle!.rehearsal()
  if (wanted === undefined || wanted === 'builtin') {
    // The user's own pack may be on another machine, but the bundle holds a copy.
    const kept = () => (own?.source === 'builtin' ? bundle!.rehearsal() : undefined)
    const found = await builtinRehearsal(backbone, options)
    const pack = found && hasAllLayers(found.table, backbone) ? found : ((await kept()) ?? found)
    if (pack === undefined && wanted === 'builtin') {
      throw new NpluskError('NOT_FOUND', `There is no built-in rehearsal pack for ${backbone.name}.`, {
        remedy: { kind: 'give-old-images-or-none' },
      })
    }
    return pack
  }
  return folderRehearsal(wanted, backbone, extractor, options)
}

/**
 * Reads a folder of old images. Their classes are known where `classByPath` finds them in the paths.
 *
 * @param options.stage for progress @default 'rehearse'
 * @param options.only files to read @default all pictures in the folder
 * @throws NpluskError `BAD_INPUT` when no image can be read
 */
export async function folderRehearsal(
  folder: string,
  backbone: Backbone,
  extractor: Extractor,
  options: CallOptions & {
    readonly augment: number
    readonly seed: number
    readonly stage?: Stage
    readonly only?: ReadonlySet<string>
  },
): Promise<Rehearsal> {
  const { only } = options
  const files = (await listImages(folder)).filter((file) => only === undefined || only.has(file))
  const classOf = classByPath(backbone.classes)
  const images = files.map((file) => ({ file, label: classOf(file) }))
  const { table, files: read } = await tableOf(extractor, images, {
    stage: 'rehearse',
    ...options,
    ...tableDims(backbone),
  })
  if (table.count === 0)
    throw new NpluskError('BAD_INPUT', `None of the images in ${folder} can be read.`, {
      remedy: { kind: 'choose-another', option: 'rehearsal' },
    })
  return { table, source: sourceOf(folder), images: imageCount(table), files: read }
}

/** A folder's name; never that of the built-in pack. */
function sourceOf(folder: string): string {
  const name = basename(resolve(folder))
  return name === 'builtin' ? 'folder builtin' : name
}

/** The user's own pack takes precedence over the shipped one. */
async function builtinRehearsal(
  backbone: Backbone,
  { cacheDir, onProgress }: CallOptions & { readonly cacheDir?: string },
): Promise<Rehearsal | undefined> {
  const shipped = rehearsalPackFile(backbone)
  if (cacheDir === undefined) return readPack(shipped, backbone)
  const file = cachedPackFile(backbone, cacheDir)
  const again = { kind: 'make-pack-again', model: backbone.name } as const
  const pack = (await readPack(file, backbone, again)) ?? (await readPack(shipped, backbone))
  const [model] = basename(file).split('-')
  if (
    pack === undefined &&
    (await readdir(dirname(file)).catch(() => [])).some((name) => name.startsWith(`${model}-`))
  ) {
    const message = `There is a rehearsal pack for ${backbone.name}, but its pictures were prepared in another way (scaling, size or features).`
    onProgress?.({ type: 'warning', code: 'PACK_UNFIT', message, remedy: { kind: 'make-fitting-pack' } })
  }
  return pack
}

async function readPack(file: string, backbone: Backbone, remedy?: Remedy): Promise<Rehearsal | undefined> {
  const bytes = await readWhole(file).catch((error: NodeJS.ErrnoException) => {
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(error.code ?? '')) return undefined
    // An unreadable pack must not be taken for a missing one.
    throw readError(error, file)
  })
  if (bytes === undefined) return undefined
  const { table, baseHash } = decodeRehearsalPack(bytes, file, remedy)
  // Features of another version of the model would give wrong results without any error.
  if (baseHash !== backbone.sha256 || table.dim !== tableDims(backbone).dim) return undefined
  // A bundle of an earlier version has other further layers, or none, and takes a pack without its own.
  const fitting = hasAllLayers(table, backbone) ? table : { ...table, further: undefined }
  return { table: fitting, source: 'builtin', images: imageCount(table) }
}

function hasAllLayers({ further }: FeatureTable, backbone: Backbone): boolean {
  return (further?.dim ?? 0) === tableDims(backbone).furtherDim
}
