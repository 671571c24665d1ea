import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks';
import { makeCombobox, type Suggest } from '../../report.js';

interface ComboboxProps {
  readonly label: string;
  readonly value: string;
  readonly suggest: Suggest;
  /** Called with every change of the text. */
  readonly onInput?: (text: string) => void;
  /** Called when the reader has decided: by Enter, by choosing, or by leaving. */
  readonly onCommit?: (text: string) => void;
  /** Typing goes on after a choice. */
  readonly isContinuous?: boolean;
  readonly placeholder?: string | undefined;
  readonly invalid?: boolean;
  readonly describedBy?: string | undefined;
  readonly class?: string;
}

/** A text field with suggestions. */
export function Combobox({ value, suggest, isContinuous, onInput, onCommit, ...props }: ComboboxProps) {
  const input = useRef<HTMLInputElement>(null);
  const latest = useRef(suggest);
  latest.current = suggest;
  useEffect(() => {
    makeCombobox(input.current!, (typed, caret) => latest.current(typed, caret), isContinuous);
  }, []);
  // What is being typed is the field's own until it is decided on. A later effect could undo the next keystroke.
  useLayoutEffect(() => {
    if (input.current!.value !== value) input.current!.value = value;
  }, [value]);
  return (
    <div class={`combobox ${props.class ?? ''}`}>
      <input
        ref={input}
        id={useId()}
        type="text"
        aria-label={props.label}
        aria-invalid={props.invalid}
        aria-describedby={props.describedBy}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        placeholder={props.placeholder}
        onInput={({ currentTarget }) => onInput?.(currentTarget.value)}
        onChange={({ currentTarget }) => onCommit?.(currentTarget.value)}
      />
    </div>
  );
}
