// Asks before something is done that others feel, and says what it will do. A refusal is shown where it was asked.

import { App, Button, type ButtonProps, Flex } from 'antd'
import type { ReactNode } from 'react'
import { useText } from '../text/text.ts'
import { Problem } from './problem.tsx'

export interface Question {
  /** With the name of what it is about. */
  readonly title: string
  /** What happens then, to whom, and whether it can be undone. */
  readonly effect: ReactNode
  /** What is on the button: the verb. */
  readonly label: string
  readonly danger?: boolean
  act(): Promise<unknown>
}

export function useConfirm(): (question: Question) => void {
  const { modal } = App.useApp()
  const t = useText('common')
  return ({ title, effect, label, danger = true, act }) => {
    async function run(close: () => void) {
      asked.update({ okButtonProps: { danger, loading: true } })
      try {
        await act()
        close()
      } catch (error) {
        const content = (
          <Flex vertical gap={12}>
            {effect}
            <Problem error={error as Error} />
          </Flex>
        )
        asked.update({ content, okButtonProps: { danger, loading: false } })
      }
    }
    const asked = modal.confirm({
      title,
      content: effect,
      okText: label,
      cancelText: t('cancel'),
      okButtonProps: { danger },
      autoFocusButton: 'cancel',
      // With a parameter, antd leaves the closing to us.
      onOk: (close: () => void) => {
        run(close)
      },
    })
  }
}

export function ConfirmAction({ question, ...button }: ButtonProps & { readonly question: Question }) {
  const confirm = useConfirm()
  return (
    <Button danger={question.danger ?? true} onClick={() => confirm(question)} {...button}>
      {question.label}
    </Button>
  )
}
