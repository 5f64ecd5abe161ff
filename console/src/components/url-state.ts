// Filters and pages live in the address, so that a view can be sent to somebody, and "back" goes where one was.

import { useNavigate, useSearch } from '@tanstack/react-router'

type UrlState = Readonly<Record<string, string | undefined>>

export function useUrlState(): [UrlState, (change: UrlState, how?: { readonly replace: boolean }) => void] {
  const search = useSearch({ strict: false }) as UrlState
  const navigate = useNavigate()
  const change = (changed: UrlState, { replace } = { replace: false }) => {
    navigate({ to: '.', search: ((before: UrlState) => ({ ...before, ...changed })) as never, replace })
  }
  return [search, change]
}
