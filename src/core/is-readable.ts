import { access, constants } from 'node:fs/promises'

/** Whether something of this name exists and may be read. */
export async function isReadable(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  )
}
