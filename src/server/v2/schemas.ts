/** JSON schemas of the protocol's objects, for the OpenAPI document; requests are checked by `request.ts`. */
const parameters = {
  type: 'object',
  description: 'Names and values; those that this server does not know have no effect.',
  additionalProperties: { type: ['string', 'number', 'boolean'] },
}
const shape = { type: 'array', items: { type: 'integer', minimum: 0 } }
const datatype = { type: 'string', enum: ['BYTES', 'UINT8'] }

/** A picture of one pixel, as a PNG file. */
const picture = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mP40KAAAAP0AZHtKTzIAAAAAElFTkSuQmCC'

export const inferRequest = {
  type: 'object',
  required: ['inputs'],
  examples: [
    {
      inputs: [{ name: 'image', shape: [1], datatype: 'BYTES', data: [picture] }],
      outputs: [{ name: 'label' }, { name: 'probabilities', parameters: { classification: 5 } }],
    },
  ],
  properties: {
    id: { type: 'string' },
    parameters: {
      ...parameters,
      properties: { binary_data_output: { type: 'boolean', description: 'Returns every output as bytes.' } },
    },
    inputs: {
      type: 'array',
      minItems: 1,
      maxItems: 1,
      items: {
        type: 'object',
        required: ['name', 'shape', 'datatype'],
        properties: {
          name: { type: 'string', enum: ['image'] },
          shape: {
            ...shape,
            minItems: 1,
            maxItems: 4,
            description: 'BYTES: [N]; UINT8: [N, height, width, 3], of the size in the metadata.',
          },
          datatype: { ...datatype, description: 'BYTES: encoded pictures; UINT8: RGB pixels.' },
          parameters: {
            ...parameters,
            properties: {
              binary_data_size: { type: 'integer', minimum: 0, description: 'Bytes of it behind the JSON object.' },
            },
          },
          data: {
            type: 'array',
            minItems: 1,
            description: 'BYTES: pictures in base64; UINT8: values 0..255, flat or nested as the shape has it.',
          },
        },
      },
    },
    outputs: {
      type: 'array',
      description: 'Default: all of them.',
      items: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string', enum: ['probabilities', 'logits', 'label'] },
          parameters: {
            ...parameters,
            properties: {
              binary_data: { type: 'boolean', description: 'Returns it as bytes.' },
              classification: {
                type: 'integer',
                minimum: 1,
                description: 'Returns so many of the best classes, as value:index:label, in place of all numbers.',
              },
            },
          },
        },
      },
    },
  },
}

export const inferResponse = {
  type: 'object',
  required: ['model_name', 'model_version', 'outputs'],
  properties: {
    model_name: { type: 'string' },
    model_version: { type: 'string' },
    id: { type: 'string' },
    outputs: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'shape', 'datatype'],
        properties: {
          name: { type: 'string' },
          shape,
          datatype: { type: 'string', enum: ['FP32', 'BYTES'] },
          parameters: { type: 'object', properties: { binary_data_size: { type: 'integer' } } },
          data: { type: 'array', items: { type: ['number', 'string'] } },
        },
      },
    },
  },
}

const metadataTensor = {
  type: 'object',
  required: ['name', 'datatype', 'shape'],
  properties: {
    name: { type: 'string' },
    datatype: { type: 'string' },
    shape: { type: 'array', items: { type: 'integer', minimum: -1 } },
    parameters: { type: 'object', properties: { height: { type: 'integer' }, width: { type: 'integer' } } },
  },
}

export const serverMetadata = {
  type: 'object',
  required: ['name', 'version', 'extensions'],
  properties: {
    name: { type: 'string' },
    version: { type: 'string' },
    extensions: { type: 'array', items: { type: 'string' } },
  },
}

export const modelMetadata = {
  type: 'object',
  required: ['name', 'versions', 'platform', 'inputs', 'outputs'],
  properties: {
    name: { type: 'string' },
    versions: { type: 'array', items: { type: 'string' } },
    platform: { type: 'string' },
    inputs: { type: 'array', items: metadataTensor },
    outputs: { type: 'array', items: metadataTensor },
  },
}

const flag = { type: 'boolean' }

export const liveness = { type: 'object', required: ['live'], properties: { live: flag } }
export const readiness = { type: 'object', required: ['ready'], properties: { live: flag, ready: flag } }
export const modelReadiness = {
  type: 'object',
  required: ['name', 'ready'],
  properties: { name: { type: 'string' }, ready: flag },
}

export const failure = {
  description: 'Why there is no answer.',
  type: 'object',
  required: ['error'],
  properties: { error: { type: 'string' } },
}
