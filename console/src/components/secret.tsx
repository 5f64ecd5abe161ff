// A secret, at the one moment that it can be seen: to copy or to download. It closes only by saying that it is kept.

import { DownloadOutlined } from '@ant-design/icons'
import { Alert, Button, Flex, Modal, Typography } from 'antd'
import { useText } from '../text/text.ts'
import { CopyButton } from './copy.tsx'

interface SecretProps {
  /** Absent: nothing is shown. */
  readonly secret: string | undefined
  /** Of what, such as the name of the app. */
  readonly title: string
  /** What goes along into the file, such as the app's public id. */
  readonly facts?: Readonly<Record<string, string>>
  readonly name: string
  onClose(): void
}

export function Secret({ secret, title, facts = {}, name, onClose }: SecretProps) {
  const t = useText('common')
  const file = [...Object.entries(facts), [name, secret ?? '']].map(([key, value]) => `${key}=${value}\n`).join('')
  return (
    <Modal
      open={secret !== undefined}
      title={title}
      closable={false}
      keyboard={false}
      mask={{ closable: false }}
      footer={
        <Button type="primary" onClick={onClose}>
          {t('secretKept')}
        </Button>
      }
    >
      <Flex vertical gap={16}>
        <Alert type="warning" showIcon title={t('secretOnce')} description={t('secretOnceHint')} />
        <dl style={{ display: 'grid', gridTemplateColumns: 'auto 1fr', gap: '6px 16px', margin: 0 }}>
          {[...Object.entries(facts), [name, secret ?? '']].map(([key, value]) => (
            <div key={key} style={{ display: 'contents' }}>
              <dt style={{ color: 'var(--ant-color-text-description)' }}>{key}</dt>
              <dd style={{ margin: 0, overflowWrap: 'anywhere' }}>
                <Typography.Text code>{value}</Typography.Text>
              </dd>
            </div>
          ))}
        </dl>
        <Flex gap={8}>
          <CopyButton text={secret ?? ''} />
          <Button
            icon={<DownloadOutlined />}
            href={`data:text/plain;charset=utf-8,${encodeURIComponent(file)}`}
            download={`${facts.appId ?? name}.env`}
          >
            {t('download')}
          </Button>
        </Flex>
      </Flex>
    </Modal>
  )
}
