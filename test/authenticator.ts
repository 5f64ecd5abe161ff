// A device with passkeys, in software: what it would answer to a page, true or forged (WebAuthn level 3, ES256, no attestation).

import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

export interface Forged {
  readonly origin?: string
  readonly rpId?: string
  readonly challenge?: string
  /** Whether the device made sure who holds it. */
  readonly isVerified?: boolean
  readonly counter?: number
  readonly type?: string
}

interface Options {
  readonly challenge: string
  readonly rpId?: string
  readonly rp?: { readonly id: string }
}

export type Authenticator = ReturnType<typeof newAuthenticator>

export function newAuthenticator(origin: string) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x, y } = publicKey.export({ format: 'jwk' }) as { x: string; y: string }
  const id = randomBytes(16)
  let counter = 0

  const clientData = (type: string, options: Options, forged: Forged) =>
    Buffer.from(
      JSON.stringify({
        type: forged.type ?? type,
        challenge: forged.challenge ?? options.challenge,
        origin: forged.origin ?? origin,
        crossOrigin: false,
      }),
    )

  function authData(options: Options, forged: Forged, attested = Buffer.alloc(0)): Buffer {
    const rpId = forged.rpId ?? options.rpId ?? options.rp!.id
    const flags = 0x01 | (forged.isVerified === false ? 0 : 0x04) | (attested.length > 0 ? 0x40 : 0)
    const count = Buffer.alloc(4)
    count.writeUInt32BE(forged.counter ?? ++counter)
    return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.of(flags), count, attested])
  }

  const answer = (response: object) =>
    JSON.stringify({
      id: id.toString('base64url'),
      rawId: id.toString('base64url'),
      type: 'public-key',
      clientExtensionResults: {},
      response,
    })

  return {
    create(options: Options, forged: Forged = {}): string {
      const cose = Buffer.concat([Buffer.from('a5010203262001215820', 'hex'), Buffer.from(x, 'base64url'), Buffer.from('225820', 'hex'), Buffer.from(y, 'base64url')]) // biome-ignore format: one key
      const data = authData(options, forged, Buffer.concat([Buffer.alloc(16), Buffer.of(0, id.length), id, cose]))
      const length = Buffer.of(0x59, data.length >> 8, data.length & 0xff)
      const attestation = Buffer.concat([Buffer.from('\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData', 'latin1'), length, data])
      return answer({
        clientDataJSON: clientData('webauthn.create', options, forged).toString('base64url'),
        attestationObject: attestation.toString('base64url'),
        transports: ['internal'],
      })
    },
    get(options: Options, forged: Forged = {}): string {
      const client = clientData('webauthn.get', options, forged)
      const data = authData(options, forged)
      const signature = sign('sha256', Buffer.concat([data, createHash('sha256').update(client).digest()]), privateKey)
      return answer({
        clientDataJSON: client.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: signature.toString('base64url'),
      })
    },
  }
}
