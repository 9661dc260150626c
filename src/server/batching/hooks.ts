/** What time goes into: `decode` and `queue`, which is all waiting, are of one image, `inference` of a batch. */
export type ScoringStage = 'queue' | 'decode' | 'inference'

/** Is told what the queue of one model does. */
export interface ScoringHooks {
  onStage(stage: ScoringStage, seconds: number): void
  /** @param images that wait for an answer */
  onQueueLength(images: number): void
  /** @param images of a batch that begins */
  onBatch(images: number): void
}
