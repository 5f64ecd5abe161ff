// Of undici what we use, and not the rest, which is fetch, caches, mocks and more: 4 MB in each thread. These are its own inner
// files; its version is exact, and a test of services fails when one has moved.

import { createRequire } from 'node:module'
import type * as Undici from 'undici'

const load = createRequire(import.meta.url)

export const Client = load('undici/lib/dispatcher/client.js') as typeof Undici.Client
export const Pool = load('undici/lib/dispatcher/pool.js') as typeof Undici.Pool
export const buildConnector = load('undici/lib/core/connect.js') as typeof Undici.buildConnector

// Its index adds the method to all dispatchers.
const request = load('undici/lib/api/api-request.js') as Undici.Client['request']
Client.prototype.request = request
Pool.prototype.request = request
