// Every table, by what it is about. A published 接口 is an `operation` here as in the code; on the wire it is an `interface`.
// Migrations are generated from this file (`npm run migration`); triggers and what else Drizzle does not know are in their by-hand parts.

export * from './schema/apps.ts'
export type { PublicKey } from './schema/columns.ts'
export * from './schema/events.ts'
export * from './schema/feed.ts'
export * from './schema/grants.ts'
export * from './schema/identity.ts'
export * from './schema/keys.ts'
export * from './schema/operations.ts'
export * from './schema/people.ts'
export * from './schema/records.ts'
export * from './schema/usage.ts'
