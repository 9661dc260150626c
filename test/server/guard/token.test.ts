import { expect, test } from '@jest/globals'
import type { FastifyRequest } from 'fastify'
import { requireToken } from '../../../src/server/guard/token.js'

test('wrong tokens are refused, more of them than ten for a while, and the right one never', async () => {
  const check = requireToken({ token: 'right' })
  const send = (token: string) => check({ ip: '::1', headers: { authorization: `Bearer ${token}` } } as FastifyRequest)
  for (let i = 0; i < 10; i++) await expect(send(`wrong${i}`)).rejects.toMatchObject({ type: 'unauthorized' })
  await expect(send('right')).resolves.toBeUndefined()
  await expect(send('wrong')).rejects.toMatchObject({ type: 'too-many-requests' })
  await expect(send('right')).resolves.toBeUndefined()
})
