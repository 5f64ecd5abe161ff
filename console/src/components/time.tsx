// A point in time as the platform says it, in the platform's own zone: everybody who talks about it reads the same figures.

import { useText } from '../text/text.ts'

export function Time({ at, none }: { readonly at: string | null | undefined; readonly none?: string }) {
  if (!at) return none ?? <None />
  return (
    <time dateTime={at} className="numbers">
      {at}
    </time>
  )
}

const None = () => useText('common')('none')
