// Interfaces from a file: first what it would change, row by row, then, if one likes it, all of it at once.

import { InboxOutlined } from '@ant-design/icons'
import { useNavigate } from '@tanstack/react-router'
import { Alert, App, Button, Card, Flex, Spin, Statistic, Table, Tag, Typography, Upload } from 'antd'
import { useState } from 'react'
import { useTell } from '../../api/query.ts'
import type { Answer } from '../../api/types.ts'
import { PageShell } from '../../components/page-shell.tsx'
import { Problem } from '../../components/problem.tsx'
import { useText } from '../../text/text.ts'

type Difference = NonNullable<Answer<'POST /openapi/interface/import'>>

export function Page() {
  const t = useText('interfaces')
  const [file, setFile] = useState<File>()
  const compare = useTell('POST /openapi/interface/import')

  function pick(chosen: File) {
    setFile(chosen)
    compare.mutate({ query: { dryRun: 'true' }, body: formOf(chosen) as never })
    return false
  }
  const again = () => {
    setFile(undefined)
    compare.reset()
  }
  return (
    <PageShell title={t('importTitle')} about={t('importAbout')}>
      {!file && (
        <Upload.Dragger accept=".xlsx,.json,.yaml,.yml" showUploadList={false} beforeUpload={pick}>
          <p className="ant-upload-drag-icon">
            <InboxOutlined />
          </p>
          <p className="ant-upload-text">{t('importPick')}</p>
          <p className="ant-upload-hint">{t('importKinds')}</p>
        </Upload.Dragger>
      )}
      {compare.isPending && (
        <Flex gap={12} align="center" role="status">
          <Spin /> {t('importReading')}
        </Flex>
      )}
      {compare.error && <Problem error={compare.error} />}
      {compare.data && file && <Compared file={file} difference={compare.data} />}
      {file && !compare.isPending && (
        <div>
          <Button onClick={again}>{t('importAnother')}</Button>
        </div>
      )}
    </PageShell>
  )
}

function formOf(file: File): FormData {
  const form = new FormData()
  form.set('file', file)
  return form
}

function Compared({ file, difference }: { readonly file: File; readonly difference: Difference }) {
  const t = useText('interfaces')
  const navigate = useNavigate()
  const { message } = App.useApp()
  const write = useTell('POST /openapi/interface/import')
  const { added, changed, unchanged, errors } = difference
  const count = added.length + changed.length

  async function importIt() {
    await write.mutateAsync({ query: {}, body: formOf(file) as never })
    message.success(t('importDone', { added: added.length, changed: changed.length }))
    navigate({ to: '/interfaces' as '/' })
  }
  return (
    <Flex vertical gap={16}>
      <Card size="small">
        <Flex wrap gap={48}>
          <Statistic title={t('importAdded')} value={added.length} />
          <Statistic title={t('importChanged')} value={changed.length} />
          <Statistic title={t('importUnchanged')} value={unchanged} />
          <Statistic title={t('importErrors')} value={errors.length} />
        </Flex>
      </Card>
      {errors.length > 0 && <Alert type="error" showIcon title={t('importBlocked')} />}
      {errors.length === 0 && count === 0 && <Alert type="info" showIcon title={t('importNothing')} />}
      {errors.length > 0 && <Errors rows={errors} />}
      {added.length > 0 && <Rows title={t('importAdded')} rows={added} />}
      {changed.length > 0 && <Changed rows={changed} />}
      {write.error && <Problem error={write.error} />}
      {errors.length === 0 && count > 0 && (
        <div>
          <Button type="primary" loading={write.isPending} onClick={() => importIt().catch(() => {})}>
            {t('importIt', { count })}
          </Button>
        </div>
      )}
    </Flex>
  )
}

const pagination = { pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }
const scroll = { x: 'max-content' }

function Errors({ rows }: { readonly rows: Difference['errors'] }) {
  const t = useText('interfaces')
  return (
    <Titled title={t('importErrors')}>
      <Table
        size="small"
        scroll={scroll}
        pagination={pagination}
        dataSource={rows.map((row, at) => ({ ...row, key: at }))}
        columns={[
          { title: t('importRow'), dataIndex: 'row', align: 'right', className: 'numbers', width: 80 },
          { title: t('importField'), dataIndex: 'field', render: (field?: string) => (field ? <code>{field}</code> : '–') },
          { title: t('importReason'), dataIndex: 'reason' },
        ]}
      />
    </Titled>
  )
}

function Rows({ title, rows }: { readonly title: string; readonly rows: Difference['added'] }) {
  return (
    <Titled title={title}>
      <Table size="small" scroll={scroll} pagination={pagination} rowKey="row" dataSource={rows} columns={usePlace()} />
    </Titled>
  )
}

function Changed({ rows }: { readonly rows: Difference['changed'] }) {
  const t = useText('interfaces')
  return (
    <Titled title={t('importChanged')}>
      <Table
        size="small"
        scroll={scroll}
        pagination={pagination}
        rowKey="row"
        dataSource={rows}
        columns={usePlace()}
        expandable={{
          defaultExpandAllRows: rows.length <= 20,
          expandedRowRender: ({ differences }) => (
            <Table
              size="small"
              pagination={false}
              rowKey="field"
              dataSource={differences}
              columns={[
                { title: t('importField'), dataIndex: 'field', render: (field: string) => <code>{field}</code> },
                { title: t('importBefore'), dataIndex: 'before', render: (value: unknown) => <Value of={value} /> },
                { title: t('importAfter'), dataIndex: 'after', render: (value: unknown) => <Value of={value} /> },
              ]}
            />
          ),
        }}
      />
    </Titled>
  )
}

function usePlace() {
  const t = useText('interfaces')
  return [
    { title: t('importRow'), dataIndex: 'row', align: 'right' as const, className: 'numbers', width: 80 },
    { title: t('name'), dataIndex: 'name' },
    { title: t('method'), dataIndex: 'method', render: (method: string) => <Tag>{method}</Tag> },
    { title: t('path'), dataIndex: 'path', render: (path: string) => <code>{path}</code> },
    { title: t('version'), dataIndex: 'version' },
  ]
}

const shownMax = 300

function Value({ of: value }: { readonly of: unknown }) {
  if (value === null || value === undefined) return '–'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return <span style={{ overflowWrap: 'anywhere' }}>{text.length > shownMax ? `${text.slice(0, shownMax)} …` : text}</span>
}

function Titled({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <section aria-label={title}>
      <Typography.Title level={2} style={{ fontSize: 16 }}>
        {title}
      </Typography.Title>
      {children}
    </section>
  )
}
