/** Runs the command line of this process. */
export async function main(): Promise<void> {
  const { argv } = process
  // For commands that mainly run a classifier, the runtime is loaded while this thread parses the command line.
  const asksClassifier = ['predict', 'evaluate'].includes(argv[2]!)
  const discard = asksClassifier ? (await import('../runtime/worker-session.js')).prepareWorkerSession() : undefined
  const [{ runProcess }] = await Promise.all([
    import('./run.js'),
    asksClassifier ? import('../classifier/open-classifier.js') : undefined,
  ])
  await runProcess(process)
  await discard?.()
}
