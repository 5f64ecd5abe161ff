// Every error that the platform and its gateways answer, from the table that they answer from: name, code, status, meaning, and what to do.

import { SearchOutlined } from '@ant-design/icons'
import { Card, Flex, Input } from 'antd'
import { type FaultName, faults } from '#core/fault.ts'
import { adviseOn, describeFault, textIn } from '#text/text.ts'
import { Anchor, useHash } from '../../components/anchor.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { useUrlState } from '../../components/url-state.ts'
import { Words } from '../../components/words.tsx'
import { useLanguage, useText } from '../../text/text.ts'
import './doc.css'

interface Row {
  readonly error: FaultName
  readonly code: number
  readonly status: number
  readonly text: string
  readonly advice: string | null
}

export function Page() {
  const t = useText('docs')
  const language = useLanguage()
  const [{ search = '' }, change] = useUrlState()
  useHash(true)
  const wanted = search.trim().toLowerCase()
  const isFound = (...texts: readonly (string | number | null)[]) => texts.some((text) => String(text ?? '').toLowerCase().includes(wanted)) // biome-ignore format: one thought
  const rows = rowsIn(language).filter(({ error, code, status, text, advice }) => isFound(error, code, status, text, advice))
  const reasons = Object.entries(textIn(language).reasons).filter(([name, text]) => isFound(name, text))
  return (
    <PageShell title={t('errorsTitle')} about={t('errorsAbout')}>
      <Input
        className="not-printed"
        aria-label={t('errorsSearch')}
        placeholder={t('errorsSearch')}
        prefix={<SearchOutlined aria-hidden />}
        allowClear
        value={search}
        onChange={({ target }) => change({ search: target.value || undefined }, { replace: true })}
        style={{ maxWidth: 420 }}
      />
      <Flex vertical gap={16}>
        <Table title={t('errorsOfCalls')} rows={rows.filter(({ advice }) => advice !== null)} />
        <Table title={t('errorsOfPlatform')} rows={rows.filter(({ advice }) => advice === null)} />
        {reasons.length > 0 && <Reasons rows={reasons} />}
      </Flex>
    </PageShell>
  )
}

function rowsIn(language: ReturnType<typeof useLanguage>): Row[] {
  return Object.entries(faults).map(([name, row]) => {
    const error = name as FaultName
    return { error, ...row, text: describeFault(error, {}, language), advice: adviseOn(error, language) }
  })
}

function Table({ title, rows }: { readonly title: string; readonly rows: readonly Row[] }) {
  const t = useText('docs')
  if (rows.length === 0) return null
  const hasAdvice = rows.some(({ advice }) => advice !== null)
  return (
    <Card size="small" title={title}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
      <div tabIndex={0} style={{ overflowX: 'auto' }}>
        <table className="pairs folds">
          <thead>
            <tr>
              <th scope="col">{t('error')}</th>
              <th scope="col">{t('code')}</th>
              <th scope="col">{t('status')}</th>
              <th scope="col">{t('meaning')}</th>
              {hasAdvice && <th scope="col">{t('advice')}</th>}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ error, code, status, text, advice }) => (
              <tr key={error}>
                <td style={{ whiteSpace: 'nowrap' }}>
                  <Anchor id={error}>
                    <code>{error}</code>
                  </Anchor>
                </td>
                <td className="numbers" style={{ whiteSpace: 'nowrap' }}>
                  {code}
                </td>
                <td className="numbers">{status}</td>
                <td className="folds-words">
                  <Words text={text} />
                </td>
                {hasAdvice && (
                  <td className="folds-words">
                    <Words text={advice ?? ''} />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}

function Reasons({ rows }: { readonly rows: readonly (readonly [name: string, text: string])[] }) {
  const t = useText('docs')
  return (
    <Card size="small" title={<Anchor id="reasons">{t('reasons')}</Anchor>}>
      <table className="pairs">
        <tbody>
          {rows.map(([name, text]) => (
            <tr key={name}>
              <td>
                <Words text={text.replace(/\{\w+\}/g, '…')} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  )
}
