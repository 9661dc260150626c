import { access, constants } from 'node:fs/promises'

/** Whether there is something of this name that may be read. */
export async function isReadable(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  )
}
