import { placesOf } from '../requests/places.js'
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
}

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
  const body = await decompress(call.body, textOf(call.headers['content-encoding']) ?? 'identity', limits.bodyBytes)
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
