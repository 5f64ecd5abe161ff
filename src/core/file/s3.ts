// Files in an object store that speaks S3: Amazon's, MinIO, OSS, COS and their like.

import { openAsBlob } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import type { S3mini } from 's3mini'
import { isFileKey } from './file.ts'
import type { FileStore } from './file-store.ts'

export interface S3Settings {
  /** With the bucket: `https://s3.example/bucket`. */
  readonly endpoint: string
  readonly region: string
  readonly accessKey: string
  readonly secretKey: string
}

/** Also below it one may have other things. */
const folder = 'kaimen'
const askMsMax = 60_000

export function createS3Store({ endpoint, region, accessKey, secretKey }: S3Settings): FileStore {
  let client: Promise<S3mini> | undefined
  // Loaded with the first file: most of the time there is none.
  async function load(): Promise<S3mini> {
    const { S3mini } = await import('s3mini')
    return new S3mini({ endpoint, region, accessKeyId: accessKey, secretAccessKey: secretKey, requestAbortTimeout: askMsMax })
  }
  const opened = () => {
    client ??= load()
    return client
  }
  const nameOf = (key: string) => {
    if (!isFileKey(key)) throw new Error('not a key of a file')
    return `${folder}/${key}`
  }
  return {
    async keep(key, place, type) {
      // Read from the disk as it is sent.
      await (await opened()).putAnyObject(nameOf(key), await openAsBlob(place), type)
      await rm(place)
    },
    async read(key) {
      const answer = await (await opened()).getObjectResponse(nameOf(key))
      return answer?.body ? Readable.fromWeb(answer.body as ReadableStream) : undefined
    },
    async remove(key) {
      await (await opened()).deleteObject(nameOf(key))
    },
  }
}
