// A form at the side of the page that it belongs to. A refusal stays beside what was typed; what was typed is not lost by a stray click.

import { Button, Drawer, Flex, Form, type FormInstance, Typography } from 'antd'
import { type ReactNode, useRef, useState } from 'react'
import { useIsPhone } from '../shell/shell.tsx'
import { useText } from '../text/text.ts'
import { useConfirm } from './confirm-action.tsx'
import { Problem } from './problem.tsx'

interface FormDrawerProps<Values extends object> {
  readonly open: boolean
  readonly title: string
  readonly about?: ReactNode
  readonly initial: Partial<Values>
  /** What is on the button; "Save" when absent. */
  readonly submitLabel?: string
  readonly width?: number
  /** Closes when it resolves; what it throws is shown. */
  submit(values: Values): Promise<unknown>
  onClose(): void
  readonly children: ReactNode | ((form: FormInstance<Values>) => ReactNode)
}

/** Each opening has a form of its own: what was in the last one, which may still be closing, is not in this one. */
export function FormDrawer<Values extends object>(props: FormDrawerProps<Values>) {
  const { open } = props
  const [{ wasOpen, opening }, setState] = useState({ wasOpen: open, opening: 0 })
  if (wasOpen !== open) setState({ wasOpen: open, opening: opening + Number(open) })
  return <OneForm<Values> key={opening} {...props} />
}

function OneForm<Values extends object>(props: FormDrawerProps<Values>) {
  const { open, title, about, initial, submitLabel, width = 520, submit, onClose, children } = props
  const t = useText('common')
  const isPhone = useIsPhone()
  const confirm = useConfirm()
  const [form] = Form.useForm<Values>()
  const [error, setError] = useState<Error>()
  const [isBusy, setBusy] = useState(false)
  /** At once: a second Enter may come before the button tells it. */
  const isSending = useRef(false)

  async function finish(values: Values) {
    if (isSending.current) return
    isSending.current = true
    setBusy(true)
    setError(undefined)
    try {
      await submit(values)
      onClose()
    } catch (thrown) {
      setError(thrown as Error)
    } finally {
      isSending.current = false
      setBusy(false)
    }
  }
  const leave = () => {
    // What was sent cannot be taken back, and its answer may be a secret that is shown once.
    if (isSending.current) return
    if (!form.isFieldsTouched()) return onClose()
    confirm({ title: t('discard'), effect: t('discardEffect'), label: t('discardIt'), act: async () => onClose() })
  }
  return (
    <Drawer
      open={open}
      onClose={leave}
      title={title}
      size={isPhone ? '100%' : width}
      destroyOnHidden
      footer={
        <Flex gap={8} justify="flex-end">
          <Button onClick={leave} disabled={isBusy}>
            {t('cancel')}
          </Button>
          <Button type="primary" loading={isBusy} onClick={() => form.submit()}>
            {submitLabel ?? t('save')}
          </Button>
        </Flex>
      }
    >
      <Flex vertical gap={16}>
        {about && <Typography.Text type="secondary">{about}</Typography.Text>}
        {error && <Problem error={error} />}
        <Form<Values>
          form={form}
          layout="vertical"
          requiredMark="optional"
          initialValues={initial}
          onFinish={finish}
          scrollToFirstError
          preserve={false}
          validateMessages={{ required: t('required') }}
        >
          {typeof children === 'function' ? children(form) : children}
          {/* So that Enter sends it: the buttons stand outside the form. */}
          <button type="submit" hidden />
        </Form>
      </Flex>
    </Drawer>
  )
}
