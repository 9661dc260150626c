import type { Budget } from '../../core/budget.js'
import { placesOf } from '../requests/places.js'
import type { ServedModels } from '../models/served-models.js'
import type { ServeLimits } from '../options.js'
import type { Services } from '../services.js'
import { decompress, splitBody } from './body.js'
import { outputTensor, wantedOutputs } from './outputs.js'
import { leaseVersion, type ModelPath } from './lease-version.js'
import { readPictures } from './pictures.js'
import { checkRequest } from './request.js'
import { writeResponse, type Response } from './response.js'
import { scorePictures } from './score-pictures.js'

export interface InferCall extends ModelPath {
  readonly body: Buffer
  /** Of the request, in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly signal: AbortSignal
  /** Bytes that the compressed bodies of all requests in hand may grow to. */
  readonly decompressed: Budget
}

/** So many bytes at most are packed into one by deflate (zlib's documentation, "Maximum Compression Factor"). */
const mostPacked = 1032

/**
 * Answers one inference request.
 *
 * @throws Problem where the request is wrong, and what `Lease.score` throws
 */
export async function infer(
  { models, options }: Pick<Services, 'models' | 'options'>,
  call: InferCall,
): Promise<Response> {
  const { limits } = options
  const encoding = textOf(call.headers['content-encoding']) ?? 'identity'
  if (encoding === 'identity') return answer(models, limits, call, call.body)
  const giveBack = await call.decompressed.take(Math.min(call.body.length * mostPacked, limits.bodyBytes), call.signal)
  try {
    return await answer(models, limits, call, await decompress(call.body, encoding, limits.bodyBytes))
  } finally {
    giveBack()
  }
}

async function answer(models: ServedModels, limits: ServeLimits, call: InferCall, body: Buffer): Promise<Response> {
  const request = checkRequest(splitBody(body, textOf(call.headers['inference-header-content-length'])))
  const wanted = wantedOutputs(request)
  using lease = leaseVersion(models, call)
  const { preprocess, labels } = lease.classifier
  const { height, width } = preprocess
  const pictures = readPictures(request.inputs, { height, width, most: limits.imagesPerRequest })
  const scores = await scorePictures(lease, pictures, { places: placesOf(lease, limits), signal: call.signal })
  return writeResponse({
    modelName: lease.name,
    modelVersion: String(lease.revision),
    id: request.id,
    outputs: wanted.map((output) => outputTensor(output, scores, labels)),
  })
}

function textOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.join()
}
