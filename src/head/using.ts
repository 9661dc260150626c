/** Passes a resource to `work` and closes it afterwards, also on failure. */
export async function using<Resource extends { close(): Promise<void> }, Result>(
  opening: Promise<Resource>,
  work: (resource: Resource) => Promise<Result>,
): Promise<Result> {
  const resource = await opening
  try {
    return await work(resource)
  } finally {
    await resource.close()
  }
}
