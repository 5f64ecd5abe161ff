// A call in earnest, from a form of its parameters, and what came of it.

import { Button, Card, Flex, Form, Select, Typography } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTell } from '../../api/query.ts'
import { Problem } from '../../components/problem.tsx'
import { useText } from '../../text/text.ts'
import type { Doc, Values } from './doc.tsx'
import type { OwnApp } from './own-app.tsx'
import type { Schema } from './parameter-rows.ts'
import { filledPath, withoutPath } from './path.ts'
import { FormFields, formId, RawFields } from './try-fields.tsx'
import { Outcome } from './try-outcome.tsx'

interface TryItProps {
  readonly doc: Doc
  /** With its references resolved. */
  readonly schema: Schema
  readonly app: OwnApp | undefined
  readonly values: Values
  onValues(values: Values): void
  readonly choose: ReactNode
}

/** By the app's secret; others need a key that the platform does not have. */
const signable = ['hmac-sha256', 'rfc9421', 'openapi', 'auth-id']

export function TryIt({ doc, schema, app, values, onValues, choose }: TryItProps) {
  const t = useText('docs')
  const attempt = useTell('POST /openapi/app/try/{id}')
  const [scheme, setScheme] = useState('')
  const [isRaw, setRaw] = useState(false)
  const [isBroken, setBroken] = useState(false)
  const schemes = doc.schemes.filter(({ name }) => signable.includes(name) && app?.schemes.includes(name)).map(({ name }) => name)

  function send() {
    const given = withoutPath(doc.path, values)
    const hasBody = doc.method === 'POST' || doc.method === 'PUT'
    const query = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, asText(value)]))
    attempt.mutate({
      params: { id: app!.id },
      body: {
        interfaceId: doc.id,
        path: filledPath(doc.path, values),
        ...(scheme ? { scheme } : {}),
        ...(hasBody ? { body: given } : { query }),
      },
    })
  }

  return (
    <Flex vertical gap={16}>
      {choose}
      <Typography.Text type="secondary">{app ? t('tryAbout') : t('tryNeedsApp')}</Typography.Text>
      <Card
        size="small"
        title={t('parameters')}
        extra={
          <Button size="small" disabled={isBroken} aria-pressed={isRaw} onClick={() => setRaw(!isRaw)}>
            {isRaw ? t('asForm') : t('asJson')}
          </Button>
        }
      >
        {isRaw ? (
          <RawFields values={values} onValues={onValues} onBroken={setBroken} />
        ) : (
          <FormFields doc={doc} schema={schema} values={values} onValues={onValues} send={send} />
        )}
        <Flex wrap gap={12} align="end">
          {schemes.length > 0 && (
            <Form.Item label={t('scheme')} htmlFor="try-scheme" layout="vertical" style={{ margin: 0, minWidth: 220 }}>
              <Select
                id="try-scheme"
                value={scheme}
                onChange={setScheme}
                options={[{ value: '', label: t('schemeBest') }, ...schemes.map((name) => ({ value: name, label: name }))]}
              />
            </Form.Item>
          )}
          {isRaw ? (
            <Button type="primary" onClick={send} disabled={!app || isBroken} loading={attempt.isPending}>
              {t('send')}
            </Button>
          ) : (
            <Button type="primary" htmlType="submit" form={formId} disabled={!app} loading={attempt.isPending}>
              {t('send')}
            </Button>
          )}
        </Flex>
      </Card>
      <div aria-live="polite">
        {attempt.error && <Problem error={attempt.error} />}
        {attempt.data && <Outcome outcome={attempt.data} />}
      </div>
    </Flex>
  )
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
