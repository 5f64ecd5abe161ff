// Filters by an app and by an interface: chosen by name, and in the address by their ids.

import { useMayOwn } from '../../api/me.ts'
import { useAsk } from '../../api/query.ts'
import type { Filter } from '../../components/filters.tsx'
import { RemoteSelect } from '../../components/remote-select.tsx'
import { useText } from '../../text/text.ts'

const width = { flex: '1 1 160px', maxWidth: 240 }

/** A text for the id where the person may not look for names. */
export function useAppFilter(): Filter {
  const t = useText('calls')
  const may = useMayOwn()
  const text: Filter = { name: 'appId', label: t('appId') }
  return may('view-app') ? { ...text, control: (value, narrow) => <OneApp value={value} narrow={narrow} /> } : text
}

export function useInterfaceFilter(): Filter {
  const t = useText('calls')
  const may = useMayOwn()
  const text: Filter = { name: 'interfaceId', label: t('interfaceId'), pattern: /^[1-9]\d{0,9}$/ }
  return may('view-interface') ? { ...text, control: (value, narrow) => <OneInterface value={value} narrow={narrow} /> } : text
}

interface OneProps {
  readonly value: string | undefined
  narrow(value: string | undefined): void
}

const numberOf = (value: string | undefined) => (value !== undefined && /^[1-9]\d*$/.test(value) ? Number(value) : undefined)
const textOf = (id: number | number[] | undefined) => (id === undefined ? undefined : String(id))

function OneApp({ value, narrow }: OneProps) {
  const t = useText('calls')
  const id = numberOf(value)
  const { data } = useAsk('GET /openapi/app/{id}', { params: { id: id ?? 0 } }, { enabled: id !== undefined })
  return (
    <RemoteSelect
      of="GET /openapi/app/page"
      by="name"
      label={t('app')}
      placeholder={t('app')}
      style={width}
      labelOf={({ name, appId }) => `${name} · ${appId}`}
      chosenName={data?.name ?? undefined}
      value={id}
      onChange={(chosen) => narrow(textOf(chosen))}
    />
  )
}

function OneInterface({ value, narrow }: OneProps) {
  const t = useText('calls')
  const id = numberOf(value)
  const { data } = useAsk('GET /openapi/interface/{id}', { params: { id: id ?? 0 } }, { enabled: id !== undefined })
  return (
    <RemoteSelect
      of="GET /openapi/interface/page"
      by="name"
      label={t('interface')}
      placeholder={t('interface')}
      style={width}
      labelOf={({ name, method, path }) => `${name} · ${method} ${path}`}
      chosenName={data?.name ?? undefined}
      value={id}
      onChange={(chosen) => narrow(textOf(chosen))}
    />
  )
}
