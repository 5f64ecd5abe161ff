// What an error means, as the gateway says it, without what was different each time.

import { type FaultName, faults } from '#core/fault.ts'
import { describeFault } from '#text/text.ts'
import { Words } from '../../components/words.tsx'
import { useLanguage } from '../../text/text.ts'

/** A newer gateway may know errors that we do not. */
const isKnown = (error: string): error is FaultName => Object.hasOwn(faults, error)

export function Meaning({ error }: { readonly error: string }) {
  const language = useLanguage()
  return isKnown(error) && <Words text={describeFault(error, {}, language)} />
}
