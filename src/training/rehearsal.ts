import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Extractor } from '../features/extract.js'
import { imageCount } from '../features/table.js'
import type { Rehearsal } from '../bundle/parts.js'
import { decodeRehearsalPack } from '../bundle/rehearsal-pack.js'
import type { Bundle } from '../bundle/bundle.js'
import { assetPath } from '../core/assets.js'
import { NpluskError, readError } from '../core/errors.js'
import { isPlainName } from '../core/plain-names.js'
import type { CallOptions } from '../core/progress.js'
import type { Remedy } from '../core/remedies.js'
import { listImages } from '../folders/folder.js'
import type { Backbone } from '../features/backbone.js'
import { classByPath } from '../catalog/class-of-file.js'
import { tableOf } from './image-table.js'

/** The file of a backbone's built-in rehearsal pack, whether there is one or not. */
export function rehearsalPackFile({ name }: Pick<Backbone, 'name'>): string {
  // A bundle says what its model is called, and may come from anywhere; a model of the hub has a slash in its name.
  return assetPath(`rehearsal/${isPlainName(name) ? name : 'none'}.safetensors`)
}

/** The file of the pack that `pullModel` made for a backbone, whether there is one or not. */
export function cachedPackFile(
  { sha256, graphHash }: Pick<Backbone, 'sha256' | 'graphHash'>,
  cacheDir: string,
): string {
  return join(cacheDir, 'rehearsal', `${sha256.slice(0, 16)}-${graphHash}.safetensors`)
}

/**
 * Finds the old images that training rehearses with. That a bundle was made without any binds no later call.
 *
 * @param wanted `builtin`, `none`, a folder, or `undefined` for the bundle's own or else the built-in pack
 * @param options.cacheDir where packs that the user had made are kept; without it only the one that ships is looked for
 * @returns `undefined` for none
 * @throws NpluskError `NOT_FOUND` when `builtin` is asked for and there is none for this backbone
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
    // A pack that the user had made may be on another machine, and the bundle holds it.
    const kept = () => (own?.source === 'builtin' ? bundle!.rehearsal() : undefined)
    const pack = (await builtinRehearsal(backbone, options)) ?? (await kept())
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
 * A folder of old images; where its path tells its class (`classByPath`), that is known.
 *
 * @throws NpluskError `BAD_INPUT` where none of them can be read
 */
export async function folderRehearsal(
  folder: string,
  backbone: Backbone,
  extractor: Extractor,
  options: CallOptions & { readonly augment: number; readonly seed: number },
): Promise<Rehearsal> {
  const files = await listImages(folder)
  const classOf = classByPath(backbone.classes)
  const images = files.map((file) => ({ file, label: classOf(file) }))
  const { table } = await tableOf(extractor, images, { ...options, stage: 'rehearse', dim: backbone.dim })
  if (table.count === 0)
    throw new NpluskError('BAD_INPUT', `None of the images in ${folder} can be read.`, {
      remedy: { kind: 'choose-another', option: 'rehearsal' },
    })
  return { table, source: basename(folder), images: imageCount(table) }
}

/** A pack that the user had made counts before the one that ships. */
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
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(error.code ?? '')) return undefined
    // A pack that is there and cannot be read must not pass for none.
    throw readError(error, file)
  })
  if (bytes === undefined) return undefined
  const { table, baseHash } = decodeRehearsalPack(bytes, file, remedy)
  // Features of another version of the model would be silently wrong.
  if (baseHash !== backbone.sha256 || table.dim !== backbone.dim) return undefined
  return { table, source: 'builtin', images: imageCount(table) }
}
