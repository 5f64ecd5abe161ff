// What is typed into a field whose text goes to the address, once one has stopped typing.

import { useEffect, useRef, useState } from 'react'

/** What stands in the field, and what to do with each text: `meant` is what the address will say then; undefined: not yet. */
export function useTyped(
  inAddress: string,
  write: (meant: string) => void,
): [typed: string, type: (text: string, meant: string | undefined, pauseMs: number) => void] {
  const [typed, setTyped] = useState(inAddress)
  const waiting = useRef<number>(undefined)
  /** From what the address says on: what we wrote there comes back late, when one has typed more. */
  const written = useRef([inAddress])
  useEffect(() => {
    const at = written.current.indexOf(inAddress)
    written.current = at === -1 ? [inAddress] : written.current.slice(at)
    if (at !== -1) return
    // Changed without us: "back", or filters that are cleared.
    window.clearTimeout(waiting.current)
    setTyped(inAddress)
  }, [inAddress])
  useEffect(() => () => window.clearTimeout(waiting.current), [])

  function type(text: string, meant: string | undefined, pauseMs: number) {
    setTyped(text)
    window.clearTimeout(waiting.current)
    if (meant === undefined) return
    waiting.current = window.setTimeout(() => {
      written.current.push(meant)
      write(meant)
    }, pauseMs)
  }
  return [typed, type]
}
