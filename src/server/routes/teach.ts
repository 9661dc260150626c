import type { FastifyInstance } from 'fastify'
import { requireToken } from '../guard/token.js'
import type { Services } from '../services.js'
import { openTeaching, type TeachingOptions } from '../teaching/teaching.js'
import { teachEventRoutes } from './teach-events.js'
import { teachLessonRoutes } from './teach-lessons.js'
import { teachModelRoutes } from './teach-models.js'
import { teachPictureRoutes } from './teach-pictures.js'

/** Everything about teaching; nothing where it is not allowed. */
export async function teachRoutes(
  app: FastifyInstance,
  services: Services,
  options: TeachingOptions = {},
): Promise<void> {
  if (!services.options.allowAdd) return
  const teaching = await openTeaching(services, options)
  app.addHook('onClose', () => teaching.close())
  await app.register(async (guarded) => {
    guarded.addHook('onRequest', requireToken(services.options))
    guarded.addHook(
      'onRoute',
      ({ schema }) => void Object.assign(schema!, { tags: ['teaching'], security: [{ token: [] }] }),
    )
    teachLessonRoutes(guarded, teaching)
    teachPictureRoutes(guarded, teaching)
    teachEventRoutes(guarded, teaching)
    teachModelRoutes(guarded, teaching)
  })
}
