// A point in time as the platform says it, in the platform's own zone: everybody who talks about it reads the same figures.

import { useText } from '../text/text.ts'

export function Time({ at, none }: { readonly at: string | null | undefined; readonly none?: string }) {
  const t = useText('common')
  if (!at) return <span>{none ?? t('none')}</span>
  return (
    <time dateTime={at} className="numbers" style={{ whiteSpace: 'nowrap' }}>
      {at}
    </time>
  )
}
