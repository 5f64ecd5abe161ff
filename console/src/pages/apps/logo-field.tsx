// Choosing, replacing and removing an app's logo. What was chosen is shown at once and sent with the rest of the form, so what is not saved
// leaves nothing behind.

import { DeleteOutlined, UploadOutlined } from '@ant-design/icons'
import { Button, Flex, Form, Typography } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTell } from '../../api/query.ts'
import { useText } from '../../text/text.ts'
import { AppLogo, LogoPicture } from './app-logo.tsx'

/** What is there already, or a picture that is yet to be sent; empty for none. */
export type Logo = string | File | null | undefined

// As the server has it (core/file/file.ts), which looks at the bytes as well.
const types = ['image/png', 'image/jpeg', 'image/webp', 'image/gif']
const bytesMax = 1024 * 1024

/** Beside a field `name`, whose first letter stands in for a logo. */
export function LogoField() {
  const t = useText('apps')
  async function check(_: unknown, logo: Logo) {
    if (!(logo instanceof File)) return
    if (!types.includes(logo.type)) throw new Error(t('logoType'))
    if (logo.size > bytesMax) throw new Error(t('logoSize', { size: (logo.size / bytesMax).toFixed(1) }))
  }
  return (
    <Form.Item name="logo" label={t('logo')} extra={t('logoHint')} rules={[{ validator: check }]}>
      <LogoInput />
    </Form.Item>
  )
}

interface LogoInputProps {
  /** From `Form.Item`. */
  readonly id?: string
  readonly value?: Logo
  onChange?(value: Logo): void
}

const shownSize = 64

function LogoInput({ id, value, onChange }: LogoInputProps) {
  const t = useText('apps')
  const name: string = Form.useWatch('name') ?? ''
  const input = useRef<HTMLInputElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const picture = usePreview(value)
  const isElsewhere = typeof value === 'string' && value.startsWith('https://')
  function remove() {
    onChange?.('')
    // The button that had the focus is gone.
    button.current?.focus()
  }
  return (
    <Flex gap={16} align="center">
      {picture ? <LogoPicture src={picture} size={shownSize} /> : <AppLogo app={{ name, logo: saved(value) }} size={shownSize} />}
      <Flex vertical gap={8} align="flex-start">
        <Flex wrap gap={8}>
          <Button ref={button} icon={<UploadOutlined />} onClick={() => input.current?.click()}>
            {value ? t('logoReplace') : t('logoChoose')}
          </Button>
          {value && (
            <Button icon={<DeleteOutlined />} onClick={remove}>
              {t('logoRemove')}
            </Button>
          )}
        </Flex>
        {value instanceof File && <Typography.Text type="secondary">{value.name}</Typography.Text>}
        {isElsewhere && <Typography.Text type="secondary">{t('logoElsewhere', { url: value })}</Typography.Text>}
      </Flex>
      <input
        ref={input}
        id={id}
        type="file"
        accept={types.join(',')}
        // Not by its attribute, which antd's styles overrule.
        style={{ display: 'none' }}
        onChange={({ target }) => {
          const [chosen] = target.files ?? []
          if (chosen) onChange?.(chosen)
          // The same one may be chosen again.
          target.value = ''
        }}
      />
    </Flex>
  )
}

const saved = (logo: Logo) => (typeof logo === 'string' ? logo : null)

/** As the address of its content: others than ours and those are not shown. */
function usePreview(logo: Logo): string | undefined {
  const [shown, setShown] = useState<string>()
  useEffect(() => {
    setShown(undefined)
    if (!(logo instanceof File) || !types.includes(logo.type) || logo.size > bytesMax) return
    const reader = new FileReader()
    reader.onload = () => setShown(reader.result as string)
    reader.readAsDataURL(logo)
    return () => reader.abort()
  }, [logo])
  return shown
}

/** Sends a chosen picture, once however often the form is sent, and answers what to save. */
export function useKeepLogo(): (logo: Logo) => Promise<string> {
  const upload = useTell('POST /openapi/file')
  const [keys] = useState(() => new WeakMap<File, string>())
  return async (logo) => {
    if (!(logo instanceof File)) return logo ?? ''
    const body = new FormData()
    body.set('file', logo)
    const key = keys.get(logo) ?? (await upload.mutateAsync({ body: body as never })).key
    keys.set(logo, key)
    return key
  }
}
