// A modal dialog: the browser's own, with its focus rules. Messages come into it, or it would cover them.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { app } from '../app';
import { ToolButton } from '../widgets';
import { Toasts } from './notices';

export function Modal({ title, children }: { title: string; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const close = (): void => app.set({ dialog: 'none' });
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} class="modal" aria-labelledby="dialog-title" onClose={close}
      onClick={(event) => event.target === dialog.current && close()}>
      <div class="modal-body">
        <div class="row heading">
          <h2 id="dialog-title">{title}</h2>
          <ToolButton icon="close" label="Close" keys="Esc" class="quiet" onClick={close} />
        </div>
        {children}
      </div>
      <Toasts />
    </dialog>
  );
}
