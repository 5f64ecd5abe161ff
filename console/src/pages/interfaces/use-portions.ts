// A long import, in portions: the server writes each whole or not at all. What is written stays when one fails or somebody stops it, and going
// on begins with the portion that is not known to be written; sent twice it changes nothing, because a row that is there is the same interface.

import { useEffect, useRef, useState } from 'react'
import { useTell } from '../../api/query.ts'

type Row = Readonly<Record<string, unknown>>

/** Some seconds at most, and far from what a file may hold. */
const rowsMax = 500
const charactersMax = 4 * 1024 * 1024

interface Portions {
  /** Rows that are. */
  readonly written: number
  readonly isRunning: boolean
  readonly isStopping: boolean
  readonly error: Error | undefined
  /** From where it stands. Answers whether all is written then. */
  run(): Promise<boolean>
  stop(): void
}

export function usePortions(rows: readonly Row[]): Portions {
  const write = useTell('POST /openapi/interface/import')
  const [written, setWritten] = useState(0)
  const [isRunning, setRunning] = useState(false)
  const [isStopping, setStopping] = useState(false)
  const [error, setError] = useState<Error>()
  const isStopped = useRef(false)
  const stop = () => {
    isStopped.current = true
    setStopping(true)
  }
  useEffect(() => {
    isStopped.current = false
    // Whoever leaves the page stops it.
    return () => {
      isStopped.current = true
    }
  }, [])
  useEffect(() => {
    if (!isRunning) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [isRunning])

  async function run() {
    isStopped.current = false
    setError(undefined)
    setRunning(true)
    let done = written
    try {
      for (const portion of portionsOf(inOrder(rows).slice(written))) {
        if (isStopped.current) break
        await write.mutateAsync({ query: {}, body: formOf(portion) as never })
        done += portion.length
        setWritten(done)
      }
    } catch (thrown) {
      setError(thrown as Error)
    } finally {
      setRunning(false)
      setStopping(false)
    }
    return done === rows.length
  }
  return { written, isRunning, isStopping, error, run, stop }
}

/** What is unpublished makes room for what is published, as within one file. */
function inOrder(rows: readonly Row[]): Row[] {
  return [...rows.filter(({ status }) => status !== 1), ...rows.filter(({ status }) => status === 1)]
}

function* portionsOf(rows: readonly Row[]): Generator<string[]> {
  let portion: string[] = []
  let characters = 0
  for (const row of rows) {
    const text = JSON.stringify(row)
    if (portion.length === rowsMax || (portion.length > 0 && characters + text.length > charactersMax)) {
      yield portion
      portion = []
      characters = 0
    }
    portion.push(text)
    characters += text.length
  }
  if (portion.length > 0) yield portion
}

function formOf(rows: readonly string[]): FormData {
  const form = new FormData()
  form.set('file', new Blob([`[${rows.join(',')}]`]), 'rows.json')
  return form
}
