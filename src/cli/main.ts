/** Runs the command line that this process was started with. */
export async function main(): Promise<void> {
  const { argv } = process
  // Commands that ask a classifier and do little else: what runs it is loaded while this thread reads the command line.
  const asksClassifier = ['predict', 'evaluate'].includes(argv[2]!)
  const discard = asksClassifier ? (await import('../runtime/worker-session.js')).prepareWorkerSession() : undefined
  const [{ runProcess }] = await Promise.all([
    import('./run.js'),
    asksClassifier ? import('../classifier/open-classifier.js') : undefined,
  ])
  await runProcess(process)
  await discard?.()
}
