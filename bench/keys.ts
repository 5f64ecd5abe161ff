// The key pairs that all apps of the benchmark have registered: making one takes longer than a thousand calls, and which one it is costs nothing.

import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'

type KeyName = 'rsa2' | 'sm2' | 'ed25519'

export const keys: { readonly [Name in KeyName]: { readonly publicKey: KeyObject; readonly privateKey: KeyObject } } = {
  rsa2: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  sm2: readAgain(generateKeyPairSync('ec', { namedCurve: 'SM2' })),
  ed25519: generateKeyPairSync('ed25519'),
}

/** As an app registers them. */
export const publicKeys = Object.entries(keys).map(([keyId, { publicKey }]) => ({
  keyId,
  publicKey: publicKey.export({ type: 'spki', format: 'pem' }),
}))

// A key that Node made on this curve is one of ECDSA to OpenSSL, until it is read from its text (`schemes/sm2.ts`).
function readAgain({ publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject }) {
  return { publicKey, privateKey: createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })) }
}
