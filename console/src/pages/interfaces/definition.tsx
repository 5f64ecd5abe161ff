// Everything an interface is, but for its document. What is emptied in the form is emptied at the server (`clear`), since an absent or null
// field of an edit leaves it alone.

import { App, Button, Flex, Form } from 'antd'
import { useState } from 'react'
import { useMay } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import type { Body } from '../../api/types.ts'
import { useOnward } from '../../components/onward.ts'
import { Problem } from '../../components/problem.tsx'
import { useText } from '../../text/text.ts'
import { Basics, Forwarding, Limits, Parameters, Protection, type Sent, type Values } from './definition-fields.tsx'
import type { Interface } from './interfaces.tsx'

type Clearable = NonNullable<NonNullable<Body<'PUT /openapi/interface/edit/{id}'>['clear']>>[number]

/** Fields that an emptied form empties. */
const clearable: readonly Clearable[] = [
  'code',
  'deprecationTime',
  'sunsetTime',
  'remark',
  'limitCount',
  'concurrency',
  'upstreamPath',
  'schemes',
  'projectParam',
  'paramSchema',
  'ownerAppId',
]

export function Definition({ of: one }: { readonly of?: Interface }) {
  const t = useText('interfaces')
  const may = useMay()
  const goOn = useOnward()
  const { message } = App.useApp()
  const add = useTell('POST /openapi/interface/add')
  const edit = useTell('PUT /openapi/interface/edit/{id}')
  const [error, setError] = useState<Error>()

  async function submit(values: Values) {
    setError(undefined)
    const body: Sent = {
      ...values,
      serviceType: Number(values.serviceType),
      paramSchema: values.paramSchema?.trim() ? JSON.parse(values.paramSchema) : null,
    }
    try {
      if (one) {
        const clear = clearable.filter((field) => isEmpty(body[field]) && !isEmpty(one[field]))
        await edit.mutateAsync({ params: { id: one.id }, body: { ...body, clear } })
        message.success(t('common:saved'))
      } else {
        const { id } = await add.mutateAsync({ body })
        message.success(t('created', { name: values.name }))
        goOn(`/interfaces/${id}`)
      }
    } catch (thrown) {
      setError(thrown as Error)
    }
  }

  return (
    <Form<Values>
      layout="vertical"
      requiredMark="optional"
      scrollToFirstError
      disabled={!may(one ? 'edit-interface' : 'create-interface')}
      initialValues={one ? shown(one) : usual}
      onFinish={submit}
      validateMessages={{ required: t('common:required') }}
    >
      <Flex vertical gap={16}>
        <Basics />
        <Forwarding />
        <Protection />
        <Limits />
        <Parameters />
        {error && <Problem error={error} />}
        <div>
          <Button type="primary" htmlType="submit" loading={add.isPending || edit.isPending}>
            {one ? t('common:save') : t('common:create')}
          </Button>
        </div>
      </Flex>
    </Form>
  )
}

const usual = {
  method: 'POST',
  type: 0,
  version: 'v1',
  security: 'token+sign',
  visibility: 'public',
  approval: 'manual',
  limitAction: 'refuse',
  schemes: [],
} as const

/** As the form holds it: without nulls, which its fields do not know, and with the schema as text. */
function shown(one: Interface): object {
  const { paramSchema, serviceType, ...rest } = one
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null))
  return { ...given, serviceType: String(serviceType), paramSchema: paramSchema ? JSON.stringify(paramSchema, null, 2) : '' }
}

const isEmpty = (value: unknown) => value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
