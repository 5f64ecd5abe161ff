// Interfaces from a file: first what it would change, row by row, then, if one likes it, that is written, in portions that show how far it is.

import { InboxOutlined } from '@ant-design/icons'
import { Alert, App, Button, Flex, Progress, Spin, Statistic, Table, Tag, Typography, Upload } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTell } from '../../api/query.ts'
import type { Answer } from '../../api/types.ts'
import { useOnward } from '../../components/onward.ts'
import { PageShell } from '../../components/page-shell.tsx'
import { Panel } from '../../components/panel.tsx'
import { Problem } from '../../components/problem.tsx'
import { useText } from '../../text/text.ts'
import { usePortions } from './use-portions.ts'

type Difference = NonNullable<Answer<'POST /openapi/interface/import'>>

export function Page() {
  const t = useText('interfaces')
  const [file, setFile] = useState<File>()
  const compare = useTell('POST /openapi/interface/import')

  function pick(chosen: File) {
    setFile(chosen)
    compare.mutate({ query: { dryRun: 'true', rows: 'true' }, body: formOf(chosen) as never })
    return false
  }
  const again = () => {
    setFile(undefined)
    compare.reset()
  }
  const another = <Button onClick={again}>{t('importAnother')}</Button>
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
      {compare.data && file && !compare.isPending && (
        <Compared key={compare.submittedAt} difference={compare.data} again={() => pick(file)} another={another} />
      )}
      {compare.error && <div>{another}</div>}
    </PageShell>
  )
}

function formOf(file: File): FormData {
  const form = new FormData()
  form.set('file', file)
  return form
}

interface ComparedProps {
  readonly difference: Difference
  /** Compares once more: what is written already is unchanged then. */
  again(): void
  readonly another: ReactNode
}

function Compared({ difference, again, another }: ComparedProps) {
  const t = useText('interfaces')
  const { added, changed, unchanged, errors } = difference
  const count = added.length + changed.length
  return (
    <Flex vertical gap={16}>
      <Panel>
        <Flex wrap gap="16px 48px">
          <Statistic title={t('importAdded')} value={added.length} />
          <Statistic title={t('importChanged')} value={changed.length} />
          <Statistic title={t('importUnchanged')} value={unchanged} />
          <Statistic title={t('importErrors')} value={errors.length} />
        </Flex>
      </Panel>
      {errors.length > 0 && <Alert type="error" showIcon title={t('importBlocked')} />}
      {errors.length === 0 && count === 0 && <Alert type="info" showIcon title={t('importNothing')} />}
      {errors.length === 0 && count > 0 ? <Writing difference={difference} again={again} another={another} /> : <div>{another}</div>}
      {errors.length > 0 && <Errors rows={errors} />}
      {added.length > 0 && <Rows title={t('importAdded')} rows={added} />}
      {changed.length > 0 && <Changed rows={changed} />}
    </Flex>
  )
}

function Writing({ difference: { added, changed }, again, another }: ComparedProps) {
  const t = useText('interfaces')
  const goOn = useOnward()
  const { message } = App.useApp()
  const count = added.length + changed.length
  const { written, isRunning, isStopping, error, run, stop } = usePortions([...added, ...changed].map(({ given }) => given ?? {}))
  const isBegun = written > 0 || isRunning || error !== undefined

  async function importIt() {
    if (!(await run())) return
    message.success(t('importDone', { added: added.length, changed: changed.length }))
    goOn('/interfaces')
  }
  const facts = { written: written.toLocaleString(), count: count.toLocaleString() }
  return (
    <Flex vertical gap={12}>
      {isBegun && (
        <div>
          <Progress
            percent={Math.floor((100 * written) / count)}
            status={error ? 'exception' : isRunning ? 'active' : 'normal'}
            aria-label={t('importProgress')}
          />
          {isRunning && (
            <Typography.Text type="secondary" role="status">
              {isStopping ? t('importStopping') : t('importWritten', facts)}
            </Typography.Text>
          )}
        </div>
      )}
      {error && <Problem error={error} />}
      {isBegun && !isRunning && <Alert type="warning" showIcon title={t('importStopped', facts)} description={t('importGoOnHint')} />}
      <Flex wrap gap={8} align="center">
        {isRunning ? (
          <Button disabled={isStopping} onClick={stop}>
            {t('importStop')}
          </Button>
        ) : (
          <>
            <Button type="primary" onClick={importIt}>
              {isBegun ? t('importGoOn') : t('importIt', { count })}
            </Button>
            {isBegun && <Button onClick={again}>{t('importCompare')}</Button>}
            {another}
          </>
        )}
      </Flex>
    </Flex>
  )
}

const pagination = { pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }
const scroll = { x: 'max-content' }

function Errors({ rows }: { readonly rows: Difference['errors'] }) {
  const t = useText('interfaces')
  return (
    <Panel isFlush title={t('importErrors')} label={t('importErrors')}>
      <Table
        size="small"
        scroll={scroll}
        pagination={pagination}
        dataSource={rows.map((row, at) => ({ ...row, key: at }))}
        columns={[
          { title: t('importRow'), dataIndex: 'row', align: 'right', className: 'numbers', width: 64 },
          { title: t('importField'), dataIndex: 'field', render: (field?: string) => (field ? <code>{field}</code> : '–') },
          { title: t('importReason'), dataIndex: 'reason' },
        ]}
      />
    </Panel>
  )
}

function Rows({ title, rows }: { readonly title: string; readonly rows: Difference['added'] }) {
  return (
    <Panel isFlush title={title} label={title}>
      <Table size="small" scroll={scroll} pagination={pagination} rowKey="row" dataSource={rows} columns={usePlace()} />
    </Panel>
  )
}

function Changed({ rows }: { readonly rows: Difference['changed'] }) {
  const t = useText('interfaces')
  return (
    <Panel isFlush title={t('importChanged')} label={t('importChanged')}>
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
    </Panel>
  )
}

function usePlace() {
  const t = useText('interfaces')
  return [
    { title: t('importRow'), dataIndex: 'row', align: 'right' as const, className: 'numbers', width: 64 },
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
