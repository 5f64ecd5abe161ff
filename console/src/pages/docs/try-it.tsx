// A call in earnest, from a form that the schema of the parameters makes.

import { Alert, Button, Card, Flex, Form, Input, InputNumber, Select, Typography } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTell } from '../../api/query.ts'
import type { Answer } from '../../api/types.ts'
import { Code } from '../../components/code.tsx'
import { ButtonLink } from '../../components/link.tsx'
import { Problem } from '../../components/problem.tsx'
import { StatusTag } from '../../components/status-tag.tsx'
import { useText } from '../../text/text.ts'
import type { Doc, Values } from './doc.tsx'
import type { OwnApp } from './own-app.tsx'
import { type Schema, typeOf } from './parameter-rows.ts'
import { filledPath, pathNames, withoutPath } from './path.ts'

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

const formId = 'try-parameters'

interface FieldsProps {
  readonly values: Values
  onValues(values: Values): void
}

function FormFields({ doc, schema, values, onValues, send }: FieldsProps & Pick<TryItProps, 'doc' | 'schema'> & { send(): void }) {
  const t = useText('docs')
  return (
    <Form
      id={formId}
      layout="vertical"
      initialValues={{ values: shownAs(values, schema) }}
      onValuesChange={(_, all) => onValues(readBack(all.values ?? {}, schema))}
      onFinish={send}
      scrollToFirstError
    >
      {pathNames(doc.path).map((name) => (
        <Form.Item key={name} name={['values', name]} label={`{${name}}`} extra={t('pathParameters')} rules={[{ required: true }]}>
          <Input autoComplete="off" />
        </Form.Item>
      ))}
      <SchemaFields schema={schema} leaveOut={pathNames(doc.path)} />
    </Form>
  )
}

/** All parameters as one JSON object, those of the path too; also what the schema does not name, to see it refused. */
function RawFields({ values, onValues, onBroken }: FieldsProps & { onBroken(isBroken: boolean): void }) {
  const t = useText('docs')
  const [text, setText] = useState(() => JSON.stringify(values, null, 2))
  const isBroken = !isObject(parsed(text))
  function change(written: string) {
    setText(written)
    const object = parsed(written)
    onBroken(!isObject(object))
    if (isObject(object)) onValues(object)
  }
  return (
    <Form.Item
      label={t('jsonBody')}
      htmlFor="try-json"
      layout="vertical"
      {...(isBroken ? { validateStatus: 'error', help: t('jsonWrong') } : {})}
    >
      <Input.TextArea
        id="try-json"
        rows={12}
        spellCheck={false}
        value={text}
        onChange={({ target }) => change(target.value)}
        style={code}
      />
    </Form.Item>
  )
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A parameter that no schema describes has no field of its own: then all of them are one object. */
const whole = '\0whole'

function SchemaFields({ schema, leaveOut }: { readonly schema: Schema; readonly leaveOut: readonly string[] }) {
  const t = useText('docs')
  const fields = Object.entries(schema.properties ?? {}).filter(([name]) => !leaveOut.includes(name))
  if (!schema.properties) {
    return (
      <Form.Item name={['values', whole]} label={t('jsonBody')} rules={[jsonRule(t('jsonWrong'))]}>
        <Input.TextArea rows={4} spellCheck={false} placeholder="{}" style={code} />
      </Form.Item>
    )
  }
  return fields.map(([name, one]) => (
    <Form.Item
      key={name}
      name={['values', name]}
      label={<code>{name}</code>}
      extra={one.description ?? one.title}
      rules={[{ required: schema.required?.includes(name) ?? false }, ...(isNested(one) ? [jsonRule(t('jsonWrong'))] : [])]}
    >
      {fieldFor(one, t('notSent'), t('jsonHint', { type: typeOf(one) }))}
    </Form.Item>
  ))
}

const code = { fontFamily: 'var(--ant-font-family-code)', fontSize: 13 }

function fieldFor(schema: Schema, notSent: string, hint: string): ReactNode {
  const narrow = { maxWidth: 420 }
  if (schema.enum)
    return (
      <Select
        allowClear
        placeholder={notSent}
        options={schema.enum.map((one) => ({ value: one as string, label: String(one) }))}
        style={narrow}
      />
    )
  switch (typeOf(schema)) {
    case 'integer':
    case 'number':
      return <InputNumber placeholder={notSent} style={{ width: '100%', ...narrow }} />
    case 'boolean':
      return (
        <Select
          allowClear
          placeholder={notSent}
          options={[
            { value: true, label: 'true' },
            { value: false, label: 'false' },
          ]}
          style={narrow}
        />
      )
    case 'string':
      return <Input placeholder={notSent} autoComplete="off" style={narrow} />
    default:
      return <Input.TextArea rows={3} spellCheck={false} placeholder={hint} style={code} />
  }
}

const isNested = (schema: Schema) => !schema.enum && !['integer', 'number', 'boolean', 'string'].includes(typeOf(schema))

function jsonRule(message: string) {
  return {
    validator: (_: unknown, text: string | undefined) =>
      !text || parsed(text) !== undefined ? Promise.resolve() : Promise.reject(new Error(message)),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What is nested stands in its field as JSON. */
function shownAs(values: Values, { properties }: Schema): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      properties?.[name] && isNested(properties[name]) ? JSON.stringify(value, null, 2) : value,
    ]),
  )
}

function readBack(fields: Readonly<Record<string, unknown>>, { properties }: Schema): Values {
  const { [whole]: all, ...named } = fields
  const object = typeof all === 'string' ? parsed(all) : undefined
  const own = Object.entries(named).flatMap(([name, value]) => {
    if (value === undefined || value === null || value === '') return []
    const isJson = properties?.[name] && isNested(properties[name])
    return [[name, isJson ? parsed(value as string) : value] as const]
  })
  return { ...(isObject(object) ? object : {}), ...Object.fromEntries(own) }
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function Outcome({ outcome }: { readonly outcome: Answer<'POST /openapi/app/try/{id}'> }) {
  const t = useText('docs')
  const { sent, stringToSign, answer } = outcome
  const isGood = answer.status < 400
  const lines = (fields: readonly { name: string; value: string }[]) => fields.map(({ name, value }) => `${name}: ${value}`).join('\n')
  const request = [`${sent.method} ${sent.url}`, lines(sent.fields), ...(sent.body === null ? [] : ['', sent.body])].join('\n')
  return (
    <Flex vertical gap={16}>
      <Card
        size="small"
        title={
          <Flex wrap gap={8} align="center">
            {t('answer')}
            <StatusTag mood={isGood ? 'good' : 'bad'}>{answer.status}</StatusTag>
            <Typography.Text type="secondary">{t('latency', { ms: answer.latency })}</Typography.Text>
          </Flex>
        }
        extra={
          !isGood &&
          answer.requestId && (
            <ButtonLink size="small" to={'/explain' as string} search={{ requestId: answer.requestId } as never}>
              {t('explain')}
            </ButtonLink>
          )
        }
      >
        <Flex vertical gap={12}>
          {answer.truncated && <Alert type="warning" showIcon title={t('truncated')} />}
          <Code title={t('answer')} text={pretty(answer.body)} />
          <Code title={t('answerFields')} text={lines(answer.fields)} />
        </Flex>
      </Card>
      {stringToSign !== null && <Code title={`${t('stringToSign')} (${outcome.scheme})`} text={stringToSign} />}
      <Code title={t('sent')} text={request} />
    </Flex>
  )
}

function pretty(body: string): string {
  const value = parsed(body)
  return value === undefined || typeof value !== 'object' ? body : JSON.stringify(value, null, 2)
}
