// The parameters of a call that is tried: as a form that their schema makes, or as JSON.

import { Form, Input, InputNumber, Select } from 'antd'
import { type ReactNode, useState } from 'react'
import { isObject, parsed } from '../../json.ts'
import { useText } from '../../text/text.ts'
import type { Doc, Values } from './doc.tsx'
import { type Schema, typeOf } from './parameter-rows.ts'
import { pathNames } from './path.ts'

export const formId = 'try-parameters'

interface FieldsProps {
  readonly values: Values
  onValues(values: Values): void
}

interface FormFieldsProps extends FieldsProps {
  readonly doc: Doc
  /** With its references resolved. */
  readonly schema: Schema
  send(): void
}

export function FormFields({ doc, schema, values, onValues, send }: FormFieldsProps) {
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
export function RawFields({ values, onValues, onBroken }: FieldsProps & { onBroken(isBroken: boolean): void }) {
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
