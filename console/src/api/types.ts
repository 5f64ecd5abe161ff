// What the management API takes and answers, as the compiler finds it in the server's own table of routes: there is no second list.
// Nothing of the server is in the bundle.

import type { z } from 'zod'
import type { managementRoutes } from '#edge/management/routes.ts'

type Row = (typeof managementRoutes)[number]
type Named<R> = R extends { readonly method: infer M extends string; readonly path: infer P extends string } ? `${M} ${P}` : never

/** `GET /openapi/user/page` and all others. */
export type Key = Named<Row>
export type ReadKey = Extract<Key, `GET ${string}`>

type Shape<K extends Key> = K extends `${infer M} ${infer P}`
  ? NonNullable<Extract<Row, { readonly method: M; readonly path: P }>['shape']>
  : never
type SchemaOf<K extends Key, Part extends 'query' | 'body' | 'answer'> = Shape<K> extends { readonly [P in Part]?: infer S } ? S : never

type ParamName<Path> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | ParamName<Rest> : never
/** A query is texts; numbers and flags become texts on the way, what is undefined or empty is left out. */
type Loose<Q> = { readonly [Name in keyof Q]?: string | number | boolean | undefined }

export type Params<K extends Key> = { readonly [Name in ParamName<K>]: string | number }
export type Query<K extends Key> = NonNullable<SchemaOf<K, 'query'>> extends infer S extends z.ZodType ? Loose<z.input<S>> : undefined
export type Body<K extends Key> = NonNullable<SchemaOf<K, 'body'>> extends infer S extends z.ZodType ? z.input<S> : undefined
export type Answer<K extends Key> = NonNullable<SchemaOf<K, 'answer'>> extends infer S extends z.ZodType ? z.output<S> : null

export type Input<K extends Key> = ([ParamName<K>] extends [never] ? object : { readonly params: Params<K> }) &
  ([Query<K>] extends [undefined] ? object : { readonly query?: Query<K> }) &
  ([Body<K>] extends [undefined] ? object : undefined extends Body<K> ? { readonly body?: Body<K> } : { readonly body: Body<K> })

/** A row of a page of answers. */
export type RecordOf<K extends Key> = Answer<K> extends { readonly records: readonly (infer R)[] } ? R : never
/** The keys that answer pages. */
export type PageKey = { [K in ReadKey]: Answer<K> extends { readonly records: readonly unknown[] } ? K : never }[ReadKey]
