// The interface's Markdown, written beside how partners will see it.

import { App, Button, Flex, Input, Segmented, Typography } from 'antd'
import { useState } from 'react'
import { useMay } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import { Markdown } from '../../components/markdown.tsx'
import { Problem } from '../../components/problem.tsx'
import { useIsPhone } from '../../shell/shell.tsx'
import { useText } from '../../text/text.ts'
import type { Interface } from './interfaces.tsx'

export function Document({ of: one }: { readonly of: Interface }) {
  const t = useText('interfaces')
  const may = useMay()
  const isPhone = useIsPhone()
  const { message } = App.useApp()
  const save = useTell('PUT /openapi/interface/doc/{id}')
  const [text, setText] = useState(one.doc ?? '')
  const [shown, setShown] = useState<'write' | 'preview'>('write')

  const preview = text.trim() === '' ? <Typography.Text type="secondary">{t('docEmpty')}</Typography.Text> : <Markdown text={text} />
  if (!may('edit-interface')) return preview

  const write = (
    <Input.TextArea
      aria-label={t('document')}
      value={text}
      onChange={({ target }) => setText(target.value)}
      maxLength={262_144}
      rows={24}
      style={{ fontFamily: 'var(--ant-font-family-code)', fontSize: 13, resize: 'vertical' }}
    />
  )
  return (
    <Flex vertical gap={12}>
      <Flex wrap gap={12} justify="space-between" align="center">
        <Typography.Text type="secondary">{t('docHint')}</Typography.Text>
        {isPhone && (
          <Segmented
            value={shown}
            onChange={setShown}
            options={[
              { value: 'write', label: t('write') },
              { value: 'preview', label: t('preview') },
            ]}
          />
        )}
      </Flex>
      {isPhone ? (
        shown === 'write' ? (
          write
        ) : (
          preview
        )
      ) : (
        <Flex gap={24} align="stretch">
          <div style={{ flex: 1, minWidth: 0 }}>{write}</div>
          <section aria-label={t('preview')} style={{ flex: 1, minWidth: 0, overflow: 'auto' }}>
            {preview}
          </section>
        </Flex>
      )}
      {save.error && <Problem error={save.error} />}
      <div>
        <Button
          type="primary"
          loading={save.isPending}
          disabled={text === (one.doc ?? '')}
          onClick={() =>
            save.mutateAsync({ params: { id: one.id }, body: { doc: text } }).then(
              () => message.success(t('docSaved')),
              () => {},
            )
          }
        >
          {t('common:save')}
        </Button>
      </div>
    </Flex>
  )
}
