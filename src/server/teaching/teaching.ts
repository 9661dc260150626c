import type { Services } from '../services.js'
import { systemClock, type Clock } from './clock.js'
import { Lessons } from './lessons.js'
import { teachingLimits, type TeachingLimits } from './limits.js'
import { Teacher } from './teacher.js'
import { Turn } from './turn.js'

/** How often lessons that nobody asks for are looked for, in milliseconds. */
const sweepMs = 60_000

/** All that the routes of teaching work with. */
export interface Teaching {
  readonly services: Services
  readonly lessons: Lessons
  readonly teacher: Teacher
  /** One export is made at a time. */
  readonly exports: Turn
  readonly limits: TeachingLimits
  readonly clock: Clock
  /** Stops what is in hand, and deletes every upload. */
  close(): Promise<void>
}

export interface TeachingOptions {
  readonly limits?: Partial<TeachingLimits>
  readonly clock?: Clock
}

export async function openTeaching(
  services: Services,
  { limits: given, clock = systemClock }: TeachingOptions = {},
): Promise<Teaching> {
  const limits = { ...teachingLimits, pixels: services.options.limits.pixelsPerImage, ...given }
  const lessons = await Lessons.open(limits, clock)
  const closing = new AbortController()
  const sweeping = sweep(lessons, clock, closing.signal)
  return {
    services,
    lessons,
    teacher: new Teacher(services),
    exports: new Turn(),
    limits,
    clock,
    async close() {
      closing.abort()
      await sweeping
      await lessons.close()
    },
  }
}

async function sweep(lessons: Lessons, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await clock.wait(sweepMs, signal).catch(() => undefined)
    if (!signal.aborted) await lessons.endIdle().catch(() => undefined)
  }
}
