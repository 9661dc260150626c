// Server-sent events (HTML standard, 9.2) by `fetch`, as the browser's own EventSource sends no token.

/** How often a stream that broke off is asked for again, and how long after, in milliseconds. */
const tries = 20
const pause = 1000

/** After these nothing follows. */
const last = ['taught', 'failed']
/** The token is wrong, or the lesson is gone: asking again changes nothing. */
const final = [401, 404]

/**
 * Every event of teaching up to its end, over broken connections too; none where the service has none.
 *
 * @param {(headers: Record<string, string>) => Promise<Response>} open
 * @returns {AsyncGenerator<{event: string, data: any}>}
 */
export async function* eventsOf(open, signal) {
  let id
  for (let left = tries; left > 0; left--) {
    try {
      const response = await open({ accept: 'text/event-stream', ...(id && { 'last-event-id': id }) })
      if (response.status === 204) return
      for await (const event of parsed(response.body)) {
        left = tries
        id = event.id ?? id
        yield event
        if (last.includes(event.event)) return
      }
    } catch (error) {
      if (signal?.aborted || final.includes(error.status) || left === 1) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
}

async function* parsed(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      text += value.replaceAll('\r', '')
      const blocks = text.split('\n\n')
      text = blocks.pop()
      for (const block of blocks) {
        const event = eventOf(block)
        if (event !== undefined) yield event
      }
    }
  } finally {
    reader.cancel().catch(() => {})
  }
}

/** A block of lines `name: value`; a line that begins with a colon is a comment. */
function eventOf(block) {
  const fields = {}
  for (const line of block.split('\n')) {
    const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? []
    if (name !== undefined) fields[name] = name in fields && name === 'data' ? `${fields[name]}\n${value}` : value
  }
  if (fields.data === undefined) return undefined
  return { id: fields.id, event: fields.event ?? 'message', data: JSON.parse(fields.data) }
}
