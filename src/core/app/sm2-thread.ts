// Checks `sm2` signatures for others, one after the other (see `sm2-verifier.ts`).

import type { KeyObject } from 'node:crypto'
import { parentPort } from 'node:worker_threads'
import { getOrMake } from '#lib/get-or-make.ts'
import { readPublicKey } from '#schemes/public-key.ts'
import { sm2 } from '#schemes/sm2.ts'

/** A number that comes back with the answer, the string to sign, the signature, and the keys as PEM. */
export type Sm2Question = readonly [number: number, stringToSign: string, sign: string, keys: readonly string[]]

const rememberedKeysMax = 1_000
const read = new Map<string, KeyObject | undefined>()

parentPort!.on('message', ([number, stringToSign, sign, keys]: Sm2Question) => {
  let held = false
  for (const pem of keys) {
    const key = keyOf(pem)
    if (key && sm2.verify(stringToSign, sign, key)) held = true
  }
  parentPort!.postMessage([number, held])
})

function keyOf(pem: string): KeyObject | undefined {
  if (read.size >= rememberedKeysMax) read.clear()
  return getOrMake(read, pem, () => {
    const found = readPublicKey(pem)
    return typeof found === 'string' || found.alg !== 'sm2' ? undefined : found.key
  })
}
