import { create } from '@bufbuild/protobuf'
import { realpath, stat, type FileHandle } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import { NpluskError, readError } from '../core/errors.js'
import { isPlainPath } from '../core/plain-names.js'
import { openFile } from '../core/regular-file.js'
import { TensorProto_DataLocation as DataLocation, TensorProtoSchema } from './generated/onnx_pb.js'
import { changed, type LoadedModel, type TensorProto } from './model.js'
import { storedBytes } from './tensor-size.js'

/** A model is written as one protobuf message, which holds at most 2 GiB. */
const maxBytes = 2 ** 31 - 1

/**
 * Loads the tensors that a model keeps in files beside it (`model.onnx.data`), so that it stands alone.
 *
 * @param folder the folder of the model's file; only files in or below it are read, after links are followed
 * @param file the model's file, if it may be a link: files in or below the folder of its target are read as well
 * @returns a new model, or the same one where no tensor is external
 * @throws NpluskError `BAD_MODEL` for a path that leads out of the folder, a missing or truncated file, or more than 2
 * GiB in all; `IO` where a file cannot be read
 */
export async function loadExternalData(model: LoadedModel, folder: string, file?: string): Promise<LoadedModel> {
  const { initializer } = model.graph
  const isOutside = (tensor: TensorProto): boolean => tensor.dataLocation === DataLocation.EXTERNAL
  const inNodes = model.graph.node.flatMap(({ attribute }) =>
    attribute.flatMap(({ t }) => (t && isOutside(t) ? [t] : [])),
  )
  if (inNodes.length > 0)
    throw new NpluskError(
      'BAD_MODEL',
      `Constant ${inNodes[0]!.name} lies in an external file; save the model as one file.`,
    )
  if (!initializer.some(isOutside)) return model

  const total = initializer.reduce(
    (sum, tensor) => sum + (isOutside(tensor) ? storedBytes(tensor) : tensor.rawData.length),
    0,
  )
  if (!(total <= maxBytes)) {
    throw new NpluskError(
      'BAD_MODEL',
      'The model holds more than 2 GiB of weights, more than one ONNX file can; use a smaller or a float16 one.',
    )
  }
  const folders = file === undefined ? [folder] : [folder, dirname(await realpath(file))]
  const files = new Map<string, FileHandle>()
  try {
    const loaded: TensorProto[] = []
    for (const tensor of initializer) loaded.push(isOutside(tensor) ? await loadTensor(tensor, folders, files) : tensor)
    return changed(model, { graph: changed(model.graph, { initializer: loaded }) })
  } finally {
    await Promise.all([...files.values()].map((file) => file.close()))
  }
}

async function loadTensor(
  tensor: TensorProto,
  folders: readonly string[],
  files: Map<string, FileHandle>,
): Promise<TensorProto> {
  const field = (key: string): string | undefined => tensor.externalData.find((entry) => entry.key === key)?.value
  const file = await openBeside(tensor.name, field('location') ?? '', folders, files)
  const size = storedBytes(tensor)
  const offset = Number(field('offset') ?? 0)
  const length = Number(field('length') ?? size)
  const available = (await file.stat()).size
  if (length !== size || !Number.isSafeInteger(offset) || offset < 0 || offset + length > available) {
    throw new NpluskError(
      'BAD_MODEL',
      `Tensor ${tensor.name} needs ${size} bytes at ${field('offset') ?? 0} of ${field('location')}, which does not hold them (${available} bytes); fetch both files again.`,
    )
  }
  const rawData = new Uint8Array(size)
  for (let read = 0; read < size;) {
    const { bytesRead } = await file.read(rawData, read, size - read, offset + read)
    if (bytesRead === 0)
      throw new NpluskError('BAD_MODEL', `${field('location')} became shorter while it was read; try again.`)
    read += bytesRead
  }
  return create(TensorProtoSchema, {
    name: tensor.name,
    dataType: tensor.dataType,
    dims: tensor.dims,
    rawData,
  })
}

/** Opens a file that a model names; an untrusted model must not read anything outside its own folder. */
async function openBeside(
  tensor: string,
  location: string,
  folders: readonly string[],
  files: Map<string, FileHandle>,
): Promise<FileHandle> {
  const known = files.get(location)
  if (known) return known
  const path = location.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '')
  if (!isPlainPath(path)) throw outside(tensor, location)
  try {
    const real = await realpath(join(folders[0]!, path))
    // The file may be a link, as may the model: it must then lie in or below the folder of the model itself or of its
    // target.
    if (!(await Promise.all(folders.map((one) => realpath(one)))).some((one) => isBelow(real, one))) {
      throw outside(tensor, location)
    }
    if (!(await stat(real)).isFile()) {
      throw new NpluskError(
        'BAD_MODEL',
        `Tensor ${tensor} lies in "${location}", which is no file; fetch the model again.`,
      )
    }
    const file = await openFile(real)
    files.set(location, file)
    return file
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new NpluskError(
        'BAD_MODEL',
        `The model's weights lie in ${location}, which is not beside it: put both into one folder, and give that.`,
        { cause: error },
      )
    }
    throw readError(error, location)
  }
}

function isBelow(path: string, folder: string): boolean {
  const relativePath = relative(folder, path)
  return relativePath !== '' && !isAbsolute(relativePath) && relativePath.split(sep)[0] !== '..'
}

function outside(tensor: string, location: string): NpluskError {
  const message = `Tensor ${tensor} lies in "${location}", outside the model's folder: that is refused; fetch the model again.`
  return new NpluskError('BAD_MODEL', message)
}
