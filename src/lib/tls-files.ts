// The certificate and the key of our listeners: two PEM files, read at the start and again whenever they change.

import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { StartError } from './start-error.ts'

export interface TlsPair {
  /** PEM, with the certificates that lead to a root behind it. */
  readonly cert: string
  readonly key: string
}

export interface TlsFiles {
  readonly cert: string
  readonly key: string
}

/** Which files the settings name: both, or undefined for none. */
export function tlsFiles(cert: string | undefined, key: string | undefined): TlsFiles | undefined {
  if (cert !== undefined && key !== undefined) return { cert, key }
  if (cert === undefined && key === undefined) return undefined
  throw new StartError({
    en: 'KAIMEN_TLS_CERT and KAIMEN_TLS_KEY belong together: give both, or none to listen without TLS.',
    zh: 'KAIMEN_TLS_CERT 与 KAIMEN_TLS_KEY 必须同时设置；都不设置则不使用 TLS。',
  })
}

/** Throws a StartError when they cannot be used. */
export function readTlsPair(files: TlsFiles): TlsPair {
  const pair = { cert: read(files.cert, 'KAIMEN_TLS_CERT'), key: read(files.key, 'KAIMEN_TLS_KEY') }
  const certificate = parsed(() => new X509Certificate(pair.cert), files.cert, 'KAIMEN_TLS_CERT')
  const key = parsed(() => createPrivateKey(pair.key), files.key, 'KAIMEN_TLS_KEY')
  if (certificate.checkPrivateKey(key)) return pair
  throw new StartError({
    en: `The key in ${files.key} (KAIMEN_TLS_KEY) is not that of the certificate in ${files.cert} (KAIMEN_TLS_CERT).`,
    zh: `${files.key}（KAIMEN_TLS_KEY）中的私钥与 ${files.cert}（KAIMEN_TLS_CERT）中的证书不匹配。`,
  })
}

/** Looks now and then whether they changed; answers how to stop. What cannot be used is told once, and what there was stays. */
export function followTlsFiles(files: TlsFiles, onChange: (pair: TlsPair) => void, onError: (error: unknown) => void, lookMs = 2_000) {
  let seen = stampOf(files)
  const timer = setInterval(() => {
    const stamp = stampOf(files)
    if (stamp === seen) return
    seen = stamp
    try {
      onChange(readTlsPair(files))
    } catch (error) {
      onError(error)
    }
  }, lookMs).unref()
  return () => clearInterval(timer)
}

function stampOf({ cert, key }: TlsFiles): string {
  return [cert, key]
    .map((file) => statSync(file, { throwIfNoEntry: false }))
    .map((stat) => `${stat?.ino} ${stat?.mtimeMs}`)
    .join()
}

function read(file: string, setting: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new StartError(
      {
        en: `${file} (${setting}) cannot be read: ${(error as Error).message}`,
        zh: `无法读取 ${file}（${setting}）：${(error as Error).message}`,
      },
      { cause: error },
    )
  }
}

function parsed<Value>(parse: () => Value, file: string, setting: string): Value {
  try {
    return parse()
  } catch (error) {
    throw new StartError(
      {
        en: `${file} (${setting}) is not PEM that can be used: ${(error as Error).message}`,
        zh: `${file}（${setting}）不是可用的 PEM 文件：${(error as Error).message}`,
      },
      { cause: error },
    )
  }
}
