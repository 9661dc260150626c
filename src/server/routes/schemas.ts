/** Schemas that several routes share. */

/** A class of a model. */
export const labelSchema = {
  $id: 'Label',
  type: 'object',
  required: ['index', 'label', 'increment'],
  additionalProperties: false,
  properties: {
    index: { type: 'integer', minimum: 0, description: 'Place among the outputs of the model.' },
    label: { type: 'string' },
    increment: { type: 'string', description: 'What the class came with; `base` for an old class.' },
    wnid: { type: 'string', description: 'WordNet id of an old class.' },
  },
} as const

/** One class of an answer. */
export const predictionSchema = {
  $id: 'Prediction',
  type: 'object',
  required: ['index', 'label', 'probability', 'increment'],
  additionalProperties: false,
  properties: {
    index: { type: 'integer', minimum: 0 },
    label: { type: 'string' },
    probability: { type: 'number', minimum: 0, maximum: 1 },
    increment: { type: 'string' },
    unsure: {
      type: 'boolean',
      description: 'Whether the probability is below the threshold of its class; only where thresholds were asked for.',
    },
  },
} as const

export const modelName = {
  type: 'string',
  description: 'Name of a model. Default: the first one that is served.',
} as const

export const revision = {
  type: 'integer',
  minimum: 0,
  description: 'Revision of the bundle that answered; 0 for a base model.',
} as const

export const noParameters = { type: 'object', additionalProperties: false, properties: {} } as const
