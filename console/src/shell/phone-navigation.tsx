// The navigation in a drawer. A module of its own, so that only phones load what a drawer needs.

import { Drawer } from 'antd'
import { Brand, Navigation } from './navigation.tsx'

export default function PhoneNavigation({ open, onClose }: { readonly open: boolean; onClose(): void }) {
  return (
    <Drawer open={open} onClose={onClose} placement="left" size={264} title={<Brand />} styles={{ body: { padding: 8 } }}>
      <Navigation onChosen={onClose} />
    </Drawer>
  )
}
