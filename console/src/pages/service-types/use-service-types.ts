// Kinds of business in the person's language, to choose from and to look up.

import { useAsk } from '../../api/query.ts'
import { useLanguage } from '../../text/text.ts'

export function useServiceTypes(): { value: string; label: string }[] {
  const language = useLanguage()
  const { data } = useAsk('GET /openapi/serviceType/page', { query: { size: 200 } }, { staleTime: 60_000 })
  return (data?.records ?? []).map(({ id, titleZh, titleEn }) => ({ value: String(id), label: language === 'en' ? titleEn : titleZh }))
}
