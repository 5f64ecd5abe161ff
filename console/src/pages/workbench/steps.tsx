// The steps of a string to sign, for people.

import { Typography } from 'antd'
import type { ReactNode } from 'react'
import type { GuessedScheme } from '#schemes/pasted-request.ts'
import type { Build, LeftOut, Pair, Step } from '#schemes/steps.ts'
import { Code } from '../../components/code.tsx'
import { useText } from '../../text/text.ts'
import { sourceOf } from './rules.ts'

interface BuildStepsProps {
  readonly build: Build
  readonly scheme: GuessedScheme
}

export function BuildSteps({ build, scheme }: BuildStepsProps) {
  const t = useText('workbench')
  return (
    <ol className="steps">
      {build.steps.map((step) => (
        <li key={step.kind}>
          <Typography.Text strong>{t(`step_${step.kind}`)}</Typography.Text>
          <div style={{ color: 'var(--ant-color-text-secondary)', fontSize: 13 }}>
            {t(`rule_${step.kind}`)} <cite style={{ whiteSpace: 'nowrap' }}>({sourceOf(t, scheme, step.kind)})</cite>
          </div>
          <div style={{ marginTop: 6 }}>
            <StepContent step={step} />
          </div>
        </li>
      ))}
      <li>
        <Typography.Text strong>{t('result')}</Typography.Text>
        <div style={{ marginTop: 6 }}>
          <Code text={build.stringToSign} />
        </div>
      </li>
    </ol>
  )
}

function StepContent({ step }: { readonly step: Step }) {
  const t = useText('workbench')
  switch (step.kind) {
    case 'read': {
      const rows = [...step.query.map((pair) => [pair, t('inQuery')] as const), ...step.body.map((pair) => [pair, t('inBody')] as const)]
      if (rows.length === 0) return <Typography.Text type="secondary">{t('noParameters')}</Typography.Text>
      return <Pairs head={[t('name'), t('value'), t('place')]} rows={rows.map(([pair, place]) => [...cells(pair), place])} />
    }
    case 'left_out':
      if (step.pairs.length === 0) return <Typography.Text type="secondary">{t('nothingLeftOut')}</Typography.Text>
      return (
        <Pairs
          head={[t('name'), t('value'), t('why')]}
          rows={step.pairs.map((pair) => [...cells(pair), t(`why_${pair.why satisfies LeftOut['why']}`)])}
        />
      )
    case 'sorted':
      if (step.pairs.length === 0) return <Typography.Text type="secondary">{t('noParameters')}</Typography.Text>
      return <Pairs head={[t('name'), t('value')]} rows={step.pairs.map(cells)} />
    case 'lines':
      return (
        <Pairs
          head={[t('component'), t('value')]}
          rows={step.lines.map(({ identifier, value }) => [<code key="name">{identifier}</code>, <code key="value">{value}</code>])}
        />
      )
    default:
      return <Code text={step.text} />
  }
}

const cells = ({ name, text }: Pair): ReactNode[] => [<code key="name">{name}</code>, <code key="value">{text ?? 'null'}</code>]

function Pairs({ head, rows }: { readonly head: readonly string[]; readonly rows: readonly (readonly ReactNode[])[] }) {
  return (
    <table className="pairs">
      <thead>
        <tr>
          {head.map((title) => (
            <th scope="col" key={title}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows are only ever shown anew as a whole
          <tr key={at}>
            {row.map((cell, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a column has no name of its own
              <td key={column}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
