/** What teaching takes at most. */
export interface TeachingLimits {
  /** Lessons that are open at once. @default 8 */
  readonly lessons: number
  /** Pictures of one lesson. @default 5000 */
  readonly images: number
  /** Bytes of all pictures of one lesson. @default 2 GiB */
  readonly bytes: number
  /** Width times height of one picture. @default that of `ServeLimits` */
  readonly pixels: number
  /** After how long without a request a lesson is deleted, in milliseconds. @default two hours */
  readonly idleMs: number
}

export const teachingLimits: Omit<TeachingLimits, 'pixels'> = {
  lessons: 8,
  images: 5000,
  bytes: 2 * 2 ** 30,
  idleMs: 2 * 60 * 60_000,
}
