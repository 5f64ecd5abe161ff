// Choices that are rows of the server.

import { Select } from 'antd'
import { useState } from 'react'
import { useAsk } from '../../api/query.ts'
import { useLanguage } from '../../text/text.ts'

export function useServiceTypes(): { value: string; label: string }[] {
  const language = useLanguage()
  const { data } = useAsk('GET /openapi/serviceType/page', { query: { size: 200 } }, { staleTime: 60_000 })
  return (data?.records ?? []).map(({ id, titleZh, titleEn }) => ({ value: String(id), label: language === 'en' ? titleEn : titleZh }))
}

interface ServiceSelectProps {
  readonly id?: string
  readonly value?: number | null
  onChange?(value: number): void
}

/** Searched by name, for there may be more of them than anybody wants to scroll through. */
export function ServiceSelect({ id, value, onChange }: ServiceSelectProps) {
  const [name, setName] = useState('')
  const { data, isFetching } = useAsk('GET /openapi/service/page', { query: { name, size: 50 } })
  const options = (data?.records ?? []).map((service) => ({
    value: service.id,
    label: `${service.name} (${service.targets.map(({ url }) => url).join(', ')})`,
  }))
  // One that is not among those found is known by its number until it is.
  const known = value == null || options.some((option) => option.value === value) ? options : [{ value, label: `#${value}` }, ...options]
  return (
    <Select
      {...(id ? { id } : {})}
      value={value ?? null}
      onChange={(chosen) => chosen !== null && onChange?.(chosen)}
      showSearch={{ filterOption: false, onSearch: setName }}
      loading={isFetching}
      options={known}
    />
  )
}
