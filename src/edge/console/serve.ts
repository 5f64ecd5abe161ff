// The console, as `bin/console.mjs` built it: files whose names change with their content, and one page that stands for all addresses of
// the console, since it is the browser that tells them apart. The page may load nothing but what comes from here.

import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fastifyStatic } from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { unbuiltPage } from './unbuilt.ts'

const dist = join(import.meta.dirname, '..', '..', '..', 'console', 'dist')
/** Vite left it where the nonce goes. */
const placeholder = /CSP-NONCE/g

export function serveConsole(server: FastifyInstance): void {
  const assets = join(dist, 'assets')
  if (existsSync(assets)) {
    server.register(fastifyStatic, {
      root: assets,
      prefix: '/assets/',
      index: false,
      decorateReply: false,
      preCompressed: true,
      immutable: true,
      maxAge: '365d',
    })
  }
  server.get('/', (_, reply) => sendConsole(reply))
}

/** Of an address that no route knows: whether a person's browser asks for a page, and not a program for data. */
export function isForConsole({ method, url, headers }: FastifyRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  return !notPages.test(url) && (headers.accept ?? '').includes('text/html')
}

const notPages = /^\/(openapi|oauth|api|site|assets|\.well-known|metrics|healthz)([/?]|$)/

/** Read each time, so that a build beside a running platform is served whole. */
export async function sendConsole(reply: FastifyReply): Promise<FastifyReply> {
  const nonce = randomBytes(18).toString('base64')
  const page = await readFile(join(dist, 'index.html'), 'utf8').catch(() => unbuiltPage)
  return reply
    .headers({
      'content-security-policy': policy(nonce),
      'cache-control': 'no-store',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
    })
    .type('text/html; charset=utf-8')
    .send(page.replace(placeholder, nonce))
}

// antd makes style elements while it runs, each with the nonce. Nothing inline is run, and nobody may show us in a frame.
const policy = (nonce: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "font-src 'self'",
    "manifest-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; ')
