import { entrySchema, problemResponses } from '../problem-documents.js'
import type { ProblemName } from '../problems.js'

const text = { type: 'string' } as const
const count = { type: 'integer', minimum: 0 } as const
const share = { type: ['number', 'null'], minimum: 0, maximum: 1 } as const

export function object<P extends object>(properties: P, required: readonly string[] = Object.keys(properties)) {
  return { type: 'object', properties, required: [...required] } as const
}

/** The answers of a route that takes the token, and the problems that it may answer with. */
export function answers(good: Readonly<Record<number, object>>, ...names: readonly ProblemName[]) {
  return { ...good, ...problemResponses('bad-request', 'unauthorized', ...names) }
}

/** An answer that is no JSON. */
export function content(description: string, ...types: readonly string[]) {
  const schema = { type: 'string', format: 'binary' } as const
  return { description, content: Object.fromEntries(types.map((type) => [type, { schema }])) }
}

export const nothing = { description: 'Done.', type: 'null' } as const
export const begun = { description: 'Begun; it goes on behind this answer.', type: 'null' } as const

export function list<I extends object>(items: I) {
  return { type: 'array', items } as const
}

/** Only given properties are taken. */
export function body<P extends object>(properties: P, required: readonly string[] = []) {
  return { ...object(properties, required), additionalProperties: false } as const
}

export const lessonId = { type: 'string', pattern: '^[0-9a-f]{24}$' } as const
export const imageId = { type: 'string', pattern: '^p[1-9][0-9]{0,9}$' } as const
export const label = { type: 'string', minLength: 1, maxLength: 1024, description: 'The name of a class' } as const
export const modelName = {
  type: 'string',
  minLength: 1,
  maxLength: 1024,
  description: 'A served model; the first by default',
} as const
export const revision = { type: 'integer', minimum: 1 } as const

export const lessonParams = object({ lesson: lessonId })
export const imageParams = object({ lesson: lessonId, image: imageId })

export const state = { type: 'string', enum: ['collecting', 'teaching', 'taught', 'failed', 'undone'] } as const

export const lesson = object({
  lesson: lessonId,
  model: text,
  state,
  classes: list(object({ label: text, images: list(object({ image: imageId, file: text })) })),
  images: count,
  bytes: count,
  limits: object({ images: count, bytes: count }),
})

const bytes = { schema: { type: 'string', format: 'binary' } } as const

/** A picture as it is, or a form with pictures in any of its fields. */
export const pictures = {
  content: {
    'image/*': bytes,
    'application/octet-stream': bytes,
    'multipart/form-data': {
      schema: { type: 'object', properties: { images: { type: 'array', items: bytes.schema } } },
    },
  },
} as const

export const uploads = object({
  images: list({
    anyOf: [object({ image: imageId, label: text, file: text }), object({ file: text, error: entrySchema })],
  }),
})

export const warning = object({ code: text, message: text, remedy: text }, ['code', 'message'])
const classes = object({ base: count, added: count, total: count })
const labelled = object({ label: text, images: count })

export const heldOut = object({
  old: { anyOf: [object({ top1Before: share, top1After: share, count }), { type: 'null' }] },
  new: object({ top1: share, count }),
  leak: share,
  miss: share,
  perClass: list(object({ label: text, count, top1: share, confusedWith: list(object({ label: text, count })) })),
})

export const result = object({
  revision,
  increment: object({ name: text, labels: list(text), images: count }),
  classes,
  heldOut,
  grown: list(object({ label: text, before: count, images: count })),
  nearDuplicates: count,
  images: object({ given: count, used: count, unreadable: count, duplicate: count }),
  warnings: list(warning),
  confusions: list(object({ label: text, predicted: text, count, images: list(imageId) })),
})

export const rolledBack = object({ model: text, restored: revision, revision, classes, changes: { type: 'object' } })

export const history = object({
  model: text,
  keep: count,
  revisions: list(
    object(
      {
        revision,
        date: { type: ['string', 'null'] },
        kind: { type: ['string', 'null'], enum: ['add', 'remove', 'rename', 'rollback', null] },
        restored: revision,
        classes: { anyOf: [classes, { type: 'null' }] },
        changes: {
          anyOf: [object({ added: list(labelled), removed: list(labelled) }), { type: 'null' }],
        },
        heldOut: { type: 'object' },
        kept: { type: 'boolean' },
      },
      ['revision', 'date', 'kind', 'classes', 'changes', 'heldOut', 'kept'],
    ),
  ),
})
