// Reads documents for the feed. A snapshot is nothing but all changes since revision 0.

import { and, asc, eq, getTableColumns, gt, inArray, isNull, sql } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import {
  app,
  appProject,
  appSecret,
  change,
  grant,
  instance,
  operation,
  project,
  revocation,
  service,
  signingKey,
  user,
} from '#db/schema.ts'
import { effectivePath, effectiveUpstreamPath } from '../operation/operation.ts'
import type {
  AppDocument,
  DocumentKind,
  FeedDocument,
  FeedLine,
  Limits,
  OperationDocument,
  RevocationDocument,
  ServiceDocument,
  SigningKeyDocument,
} from './document.ts'

export interface Changes {
  readonly lines: FeedLine[]
  readonly revision: number
}

const idsPerQuery = 5_000

/** Everything that changed after `revision`, from one consistent view of the database. */
export function changesSince(db: Db, revision: number): Promise<Changes> {
  return db.transaction(
    async (tx) => {
      const changed = await tx.select().from(change).where(gt(change.revision, revision)).orderBy(asc(change.revision))
      const lines: FeedLine[] = []
      for (const kind of kinds) {
        const ids = changed.filter((row) => row.kind === kind).map((row) => row.id)
        for (let at = 0; at < ids.length; at += idsPerQuery) {
          const some = ids.slice(at, at + idsPerQuery)
          const documents = await loaders[kind](tx, some)
          const found = new Set(documents.map((document) => document.id))
          lines.push(...documents)
          for (const id of some) if (!found.has(id)) lines.push({ kind: 'gone', of: kind, id })
        }
      }
      return { lines, revision: changed.at(-1)?.revision ?? revision }
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  )
}

export async function currentRevision(db: Db): Promise<number> {
  const [row] = await db.select({ newest: sql<string | null>`max(${change.revision})` }).from(change)
  return Number(row?.newest ?? 0)
}

export async function instanceId(db: Db): Promise<string> {
  const [row] = await db.select({ id: instance.id }).from(instance)
  return row!.id
}

/** The document of one app by its public id, or undefined when there is none that lives. */
export async function appDocument(db: Db, appId: string): Promise<AppDocument | undefined> {
  const [row] = await db
    .select({ id: app.id })
    .from(app)
    .where(and(eq(app.appId, appId), isNull(app.deletedAt)))
  return row && (await loadApps(db, [row.id]))[0]
}

/** The same by its row. */
export async function appDocumentById(db: Db, id: number): Promise<AppDocument | undefined> {
  return (await loadApps(db, [id]))[0]
}

export async function signingKeyDocuments(db: Db): Promise<SigningKeyDocument[]> {
  const rows = await db.select({ id: signingKey.id }).from(signingKey)
  return loadSigningKeys(db, rows.map((row) => row.id)) // biome-ignore format: one thought
}

// Keys and services come before what needs them, so that a gateway can serve from the first complete set.
const kinds: readonly DocumentKind[] = ['revocation', 'signing_key', 'service', 'operation', 'app']
const loaders: Record<DocumentKind, (db: Db, ids: number[]) => Promise<FeedDocument[]>> = {
  app: loadApps,
  operation: loadOperations,
  service: loadServices,
  signing_key: loadSigningKeys,
  revocation: loadRevocations,
}

async function loadApps(db: Db, ids: number[]): Promise<AppDocument[]> {
  const rows = await db
    .select(getTableColumns(app))
    .from(app)
    // Who was deleted has no apps any more (settled C8).
    .innerJoin(user, and(eq(user.id, app.userId), isNull(user.deletedAt)))
    .where(and(inArray(app.id, ids), isNull(app.deletedAt)))
  const secrets = await db
    .select()
    .from(appSecret)
    .where(and(inArray(appSecret.appId, ids), isNull(appSecret.endedAt)))
    .orderBy(asc(appSecret.id))
  const grants = await db.select().from(grant).where(inArray(grant.appId, ids)).orderBy(asc(grant.operationId))
  const secretsOf = Map.groupBy(secrets, (secret) => secret.appId)
  const grantsOf = Map.groupBy(grants, (one) => one.appId)
  const projects = await db
    .select({ appId: appProject.appId, projectId: project.id, code: project.code })
    .from(appProject)
    .innerJoin(project, and(eq(project.id, appProject.projectId), isNull(project.deletedAt)))
    .where(inArray(appProject.appId, ids))
    .orderBy(asc(project.id))
  const projectsOf = Map.groupBy(projects, (one) => one.appId)
  return rows.map((row) => ({
    kind: 'app',
    id: row.id,
    appId: row.appId,
    enabled: row.enabled,
    expiresAt: row.expiresAt?.getTime() ?? null,
    internal: row.internal,
    schemes: row.schemes,
    tokenEpoch: row.tokenEpoch,
    seamlessRefresh: row.seamlessRefresh,
    secrets: (secretsOf.get(row.id) ?? []).map(({ id, sealed, expiresAt }) => ({ id, sealed, expiresAt: expiresAt?.getTime() ?? null })),
    publicKeys: row.publicKeys,
    ipAllowList: row.ipAllowList,
    limits: limitsOf(row),
    permanentTokenId: row.permanentTokenId,
    projects: (projectsOf.get(row.id) ?? []).map(({ code, projectId }) => code ?? String(projectId)),
    grants: (grantsOf.get(row.id) ?? []).map((one) => one.operationId),
    grantLimits: (grantsOf.get(row.id) ?? []).filter(hasLimits).map((one) => ({ operationId: one.operationId, ...limitsOf(one) })),
  }))
}

const limitsOf = ({ limitCount, dayQuota, monthQuota }: Limits): Limits => ({ limitCount, dayQuota, monthQuota })
const hasLimits = ({ limitCount, dayQuota, monthQuota }: Limits) => limitCount !== null || dayQuota !== null || monthQuota !== null

async function loadOperations(db: Db, ids: number[]): Promise<OperationDocument[]> {
  const rows = await db
    .select()
    .from(operation)
    .where(and(inArray(operation.id, ids), isNull(operation.deletedAt), eq(operation.published, true), eq(operation.direction, 'uplink')))
  return rows.map((row) => ({
    kind: 'operation',
    id: row.id,
    method: row.method,
    path: effectivePath(row),
    disabled: row.disabled,
    security: row.security,
    schemes: row.schemes,
    limitCount: row.limitCount,
    limitAction: row.limitAction,
    concurrency: row.concurrency,
    tripped: row.trippedAt !== null,
    opening: row.opening,
    serviceId: row.serviceId,
    upstreamPath: effectiveUpstreamPath(row),
    projectParam: row.projectParam,
    paramSchema: row.paramSchema,
    deprecatedAt: row.deprecatedAt?.getTime() ?? null,
    sunsetAt: row.sunsetAt?.getTime() ?? null,
  }))
}

async function loadServices(db: Db, ids: number[]): Promise<ServiceDocument[]> {
  const rows = await db
    .select()
    .from(service)
    .where(and(inArray(service.id, ids), isNull(service.deletedAt)))
  return rows.map((row) => ({
    kind: 'service',
    id: row.id,
    targets: row.targets,
    balance: row.balance,
    connectTimeoutMs: row.connectTimeoutMs,
    timeoutMs: row.timeoutMs,
    retries: row.retries,
    healthCheck: row.healthCheck,
    passAuthorization: row.passAuthorization,
  }))
}

async function loadSigningKeys(db: Db, ids: number[]): Promise<SigningKeyDocument[]> {
  const rows = await db.select().from(signingKey).where(inArray(signingKey.id, ids)).orderBy(asc(signingKey.id))
  return rows.map((row) => ({
    kind: 'signing_key',
    id: row.id,
    kid: row.kid,
    publicKey: row.publicKey,
    privateKeySealed: row.privateKeySealed,
    createdAt: row.createdAt.getTime(),
    retired: row.retiredAt !== null,
  }))
}

async function loadRevocations(db: Db, ids: number[]): Promise<RevocationDocument[]> {
  const rows = await db.select().from(revocation).where(inArray(revocation.id, ids))
  return rows.map(({ revokedAt, until, ...row }) => ({
    kind: 'revocation',
    ...row,
    revokedAt: revokedAt.getTime(),
    until: until.getTime(),
  }))
}
