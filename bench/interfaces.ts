// What interfaces there are to call: a kind for each thing that one may ask of its callers. A new feature of interfaces is a row here.

export type InterfaceKind = 'none' | 'token' | 'full' | 'schema' | 'project' | 'post'

interface Interfaces {
  /** All of one length, so that a request is as long whatever is asked of it. */
  readonly folder: string
  readonly fields: { readonly [field: string]: unknown }
}

/** The code of the project that all apps are bound to. */
export const park = 'east-gate-park-03'

const limitCount = 1_000_000
const text = { type: 'string' }

export const interfaces: { readonly [Kind in InterfaceKind]: Interfaces } = {
  none: { folder: 'open', fields: { security: 'none' } },
  token: { folder: 'only', fields: { security: 'token', limitCount } },
  full: { folder: 'full', fields: { security: 'token+sign', limitCount } },
  project: { folder: 'park', fields: { security: 'token+sign', limitCount, projectParam: 'park' } },
  schema: {
    folder: 'form',
    fields: {
      security: 'token+sign',
      limitCount,
      paramSchema: {
        type: 'object',
        required: ['park', 'plate'],
        properties: {
          page: { type: 'integer', minimum: 1 },
          size: { type: 'integer', minimum: 1, maximum: 200 },
          park: { ...text, const: park },
          plate: { ...text, pattern: '^[A-Z][0-9]{6}$' },
        },
        additionalProperties: false,
      },
    },
  },
  post: { folder: 'post', fields: { security: 'token+sign', limitCount, method: 'POST' } },
}
