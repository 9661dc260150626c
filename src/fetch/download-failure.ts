import { ioError, messageOf, NpluskError } from '../core/errors.js'

const notForAll = 'it does not give this to everybody: download it by hand and give its path'

/** A response other than the file. */
export class ServerError extends Error {
  readonly status: number
  constructor({ status, statusText }: Response) {
    super(`the server answers ${status} ${statusText}`.trim())
    this.status = status
  }
}

/** Whether the same request may succeed in a moment. */
export function isWorthRetrying(error: unknown): boolean {
  if (error instanceof NpluskError) return false
  if (error instanceof ServerError) return error.status >= 500 || [206, 408, 416, 429].includes(error.status)
  return (error as NodeJS.ErrnoException).code === undefined || ioError(error, '') === error
}

/** How a file of the Hugging Face hub is named: as one, or by its plain address, which gets no token. */
export type HubName = 'model' | 'address'

/** The error to throw for a download that was given up. */
export function downloadError(error: unknown, url: string, hub?: HubName): unknown {
  if (error instanceof NpluskError) return error
  const data = { url }
  if (error instanceof ServerError) {
    const { status } = error
    const problem = `Cannot download ${url}: ${error.message}`
    const details = { cause: error, data: { ...data, status } }
    if (status === 401 || status === 403) {
      if (hub === 'model') {
        return new NpluskError('DOWNLOAD', `${problem}.`, { ...details, remedy: { kind: 'give-token' } })
      }
      const advice = hub === 'address' ? 'for models that need a token write hf:OWNER/NAME' : notForAll
      return new NpluskError('DOWNLOAD', `${problem}; ${advice}.`, details)
    }
    const advice = status === 404 ? 'check its name' : 'try again later'
    return new NpluskError('DOWNLOAD', `${problem}; ${advice}.`, details)
  }
  const fromDisk = ioError(error, 'store the download in the cache folder')
  if (fromDisk !== error) return fromDisk
  const cause = (error as { cause?: unknown }).cause
  const reason = cause === undefined ? messageOf(error) : messageOf(cause)
  return new NpluskError('DOWNLOAD', `Cannot download ${url} (${reason}); check the network, then run again.`, {
    cause: error,
    data,
  })
}
