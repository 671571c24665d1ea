import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

interface SaveButtonProps {
  readonly name: string;
  readonly type: string;
  /** What is saved; nothing if there is none. */
  readonly make: () => Content | Promise<Content>;
  readonly isDisabled?: boolean;
  readonly children: ComponentChildren;
}

type Content = Blob | string | undefined;

/** Makes a file and hands it to the reader. */
export function SaveButton({ name, type, make, isDisabled = false, children }: SaveButtonProps) {
  const [failure, setFailure] = useState('');
  const save = async (): Promise<void> => {
    try {
      const content = await make();
      if (content !== undefined) saveFile(name, new Blob([content], { type }));
      setFailure('');
    } catch (error) {
      setFailure((error as Error).message);
    }
  };
  return (
    <>
      {failure && (
        <span role="alert" class="warning">
          {failure}
        </span>
      )}
      <button type="button" disabled={isDisabled} onClick={save}>
        {children}
      </button>
    </>
  );
}

function saveFile(name: string, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken hold of the content by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
