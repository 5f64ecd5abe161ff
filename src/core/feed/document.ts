// What a gateway knows: documents, one for each app, published uplink operation, service, signing key and revocation.
// They travel on the feed, lie in the snapshot on disk and are held in memory, always in this shape, and never altered.
// Secrets in them are sealed under the master key; whoever holds the key opens them, nobody else.

import type { SecretUse } from '#core/app/secret-uses.ts'
import type { GatewayFigures } from './figures.ts'

/** Grows when a document changes its shape: a gateway then forgets what it kept and asks for everything. It is the head of `instance`. */
export const feedFormat = 'v4:'

export interface AppDocument {
  readonly kind: 'app'
  /** The row's id. */
  readonly id: number
  /** The public id. */
  readonly appId: string
  readonly enabled: boolean
  /** Epoch milliseconds; null is never. */
  readonly expiresAt: number | null
  readonly internal: boolean
  readonly schemes: readonly string[]
  readonly tokenEpoch: number
  /** Whether a token that has just ended is exchanged for the next one. */
  readonly seamlessRefresh: boolean
  readonly secrets: readonly { readonly id: number; readonly sealed: string; readonly expiresAt: number | null }[]
  readonly publicKeys: readonly { readonly keyId: string; readonly alg: string; readonly publicKey: string }[]
  /** CIDR ranges; empty is everywhere. */
  readonly ipAllowList: readonly string[]
  readonly limits: Limits
  /** The `jti` of the permanent token that lives. */
  readonly permanentTokenId: string | null
  /** Projects by what callers know them by: code, or else id. */
  readonly projects: readonly string[]
  /** Ids of the operations that the app may call. */
  readonly grants: readonly number[]
  /** Of those that have limits of their own for this app. */
  readonly grantLimits: readonly (Limits & { readonly operationId: number })[]
}

/** Calls a second, a day, a month in the platform's time zone; null is no limit. */
export interface Limits {
  readonly limitCount: number | null
  readonly dayQuota: number | null
  readonly monthQuota: number | null
}

export interface OperationDocument {
  readonly kind: 'operation'
  readonly id: number
  readonly method: string
  /** As callers write it: its version stands in it already. */
  readonly path: string
  readonly disabled: boolean
  readonly security: 'none' | 'token' | 'token+sign' | 'sign'
  /** null leaves the choice to the app. */
  readonly schemes: readonly string[] | null
  readonly limitCount: number | null
  readonly limitAction: 'refuse' | 'disable'
  /** Calls that may be under way at once, on one node; null is no limit. */
  readonly concurrency: number | null
  /** Shut since its limit was reached. */
  readonly tripped: boolean
  /** Grows each time that an operator opens it. */
  readonly opening: number
  readonly serviceId: number | null
  readonly upstreamPath: string
  /** The parameter whose value must be one of the app's projects. */
  readonly projectParam: string | null
  /** JSON Schema of one object of all parameters. */
  readonly paramSchema: Readonly<Record<string, unknown>> | null
  /** When this version became deprecated, and when it goes; epoch milliseconds. */
  readonly deprecatedAt: number | null
  readonly sunsetAt: number | null
}

export interface ServiceDocument {
  readonly kind: 'service'
  readonly id: number
  readonly targets: readonly { readonly url: string; readonly weight: number }[]
  readonly balance: 'round_robin' | 'random' | 'least_conn' | 'hash'
  readonly connectTimeoutMs: number
  /** For the head of the answer with all tries, and between two pieces of its body. */
  readonly timeoutMs: number
  readonly retries: number
  readonly healthCheck: HealthCheckDocument | null
  readonly passAuthorization: boolean
}

export interface HealthCheckDocument {
  readonly path: string
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly healthyAfter: number
  readonly unhealthyAfter: number
}

export interface SigningKeyDocument {
  readonly kind: 'signing_key'
  readonly id: number
  readonly kid: string
  /** SPKI PEM. */
  readonly publicKey: string
  /** PKCS #8 PEM, sealed; of a retired key it is empty. */
  readonly privateKeySealed: string
  readonly createdAt: number
  /** Verifies only what never ends (`core/token/token.ts`). */
  readonly retired: boolean
}

/** User tokens that are good no longer: one, all of a grant, all of a person, or all of an app. Whoever knows of it may forget it after `until`. */
export interface RevocationDocument {
  readonly kind: 'revocation'
  readonly id: number
  readonly subject: 'jti' | 'grant' | 'user' | 'app'
  readonly value: string
  /** Epoch milliseconds; tokens of a person or an app that were made later are good. */
  readonly revokedAt: number
  readonly until: number
}

export type FeedDocument = AppDocument | OperationDocument | ServiceDocument | SigningKeyDocument | RevocationDocument
export type DocumentKind = FeedDocument['kind']

/** A line of the feed. `reset` comes before a whole snapshot, `revision` after each complete set of changes. */
export type FeedLine =
  | FeedDocument
  | { readonly kind: 'gone'; readonly of: DocumentKind; readonly id: number }
  | { readonly kind: 'reset'; readonly instance: string }
  | { readonly kind: 'revision'; readonly revision: number }
  /** Nothing changed, the platform is there. */
  | { readonly kind: 'alive' }
  /** Somebody wants the counts of this moment: report usage now. */
  | { readonly kind: 'report' }

/** Calls of one operation and app (0: not identified) in one minute, as a gateway reports them. */
export interface UsageCount {
  /** The minute's first second, epoch seconds. Every time zone in use begins its minutes there. */
  readonly minute: number
  readonly operationId: number
  readonly appId: number
  readonly calls: number
  readonly refused: number
  /** Of those that were refused: by a limit. */
  readonly limited: number
  readonly failed: number
  /** Milliseconds until the answers began, all together. */
  readonly latencyMs: number
}

/** Calls that ended with one error of ours in one minute, by the app that they came from, or said that they came from (0: they named none). */
export interface ErrorCount {
  readonly minute: number
  readonly appId: number
  /** The fault's name. */
  readonly error: string
  readonly calls: number
}

/**
 * Batches are numbered from 1 within their source, which is one start of a gateway; the platform takes each number once.
 * What bears 0 is no batch: it has nothing that would have to be kept.
 */
export interface UsageBatch {
  readonly source: string
  readonly number: number
  readonly counts: readonly UsageCount[]
  readonly errors?: readonly ErrorCount[]
  /** Single calls, as far as they are kept, and how many were left out. */
  readonly calls?: readonly ReportedCall[]
  readonly leftOut?: readonly LeftOut[]
  /** Operations that shut because their limit was reached, with the opening in which they did. */
  readonly tripped?: readonly { readonly operationId: number; readonly opening: number }[]
  /** When it was asked for: the calls of the second that is running. They are in `counts` too, now or later. */
  readonly running?: readonly RunningCount[]
  /** Secrets that were used, some of the times; it does no harm when they are told of twice. */
  readonly secretUses?: readonly SecretUse[]
  /** Of the moment when it was sent; never kept on disk. */
  readonly figures?: GatewayFigures
}

export interface LeftOut {
  /** The minute's first second, epoch seconds. */
  readonly minute: number
  readonly calls: number
}

export interface RunningCount {
  readonly operationId: number
  readonly appId: number
  readonly calls: number
}

/** One call, for the call log (settled F19, F20). */
export interface CallRecord {
  /** When it came, epoch milliseconds. */
  readonly time: number
  readonly requestId: string
  readonly ip: string
  readonly method: string
  /** As it was sent, without the query; at most 200 characters. */
  readonly path: string
  /** 0: none was found. */
  readonly operationId: number
  /** The app that it came from, or said that it came from; 0: it named none. */
  readonly appId: number
  readonly status: number
  /** Milliseconds until the answer began. */
  readonly latencyMs: number
  /** Of the answer's body. */
  readonly bytes: number
  /** The fault's name, when the answer is ours. */
  readonly error: string | null
  readonly stage: Stage | null
  readonly detail: Readonly<Record<string, string | number>> | null
  /** The configuration that decided. */
  readonly revision: number
  /** Of a call with a bad signature. */
  readonly evidence?: Evidence | undefined
}

/** As it waits on the gateway's disk and travels: what a caller sent is sealed (purpose `evidence`). */
export type ReportedCall = Omit<CallRecord, 'evidence'> & { readonly evidence?: string | undefined }

/** The stages of the gateway's walk, in their order (settled F13). */
export type Stage =
  | 'match'
  | 'open'
  | 'shield'
  | 'identify'
  | 'body'
  | 'freshness'
  | 'signature'
  | 'state'
  | 'replay'
  | 'decrypt'
  | 'authorize'
  | 'limit'
  | 'validate'
  | 'forward'

/** What a call with a bad signature sent: enough to say what is wrong with it, and at most 4 KB together; else it is not kept. */
export type Evidence =
  | {
      readonly scheme: 'openapi' | 'hmac-sha256' | 'rsa2' | 'sm2'
      readonly query: string
      readonly body: 'none' | 'json' | 'form'
      readonly bodyText: string
      readonly sign: string
    }
  | {
      readonly scheme: 'rfc9421'
      readonly base: string
      readonly keyId: string | null
      readonly alg: string | null
      /** Base64. */
      readonly signature: string
    }
  | {
      readonly scheme: 'auth-id'
      readonly query: string
      readonly body: 'none' | 'json' | 'form'
      readonly bodyText: string
      readonly token: string
    }
