import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Completion } from './completion.js';

interface ComboboxProps {
  readonly label: string;
  readonly value: string;
  /** What could be typed; `undefined` text asks for everything. */
  readonly complete: (text: string, caret: number) => readonly Completion[];
  /** Called with every change of the text. */
  readonly onInput?: (text: string) => void;
  /** Called when the reader has decided: by Enter, by choosing, or by leaving. */
  readonly onCommit?: (text: string) => void;
  /** Where typing goes on behind a chosen text, suggestions stay open. */
  readonly isContinuous?: boolean;
  readonly placeholder?: string;
  readonly invalid?: boolean;
  readonly describedBy?: string;
  readonly class?: string;
}

/** A text field with suggestions: the editable combobox of the ARIA Authoring Practices, list autocomplete. */
export function Combobox(props: ComboboxProps) {
  const { label, value, complete, isContinuous = false } = props;
  const [draft, setDraft] = useState(value);
  // With every change told at once, the value is what was typed; a second copy could fall behind a quick typist.
  const text = props.onInput === undefined ? draft : value;
  const [options, setOptions] = useState<readonly Completion[]>([]);
  const [active, setActive] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const listId = useId();
  useEffect(() => setDraft(value), [value]);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);

  const close = (): void => {
    setOptions([]);
    setActive(-1);
  };
  const open = (typed: string, caret: number): void => {
    setOptions(complete(typed, caret));
    setActive(-1);
  };
  const openAll = (): void => {
    const { current } = input;
    if (current === null) return;
    if (isContinuous) {
      open(current.value, current.selectionStart ?? current.value.length);
      return;
    }
    // The field holds a whole name already: all others are offered, not those that resemble it.
    const all = complete('', 0).map((option) => ({ ...option, to: current.value.length }));
    setOptions(all);
    setActive(all.findIndex((option) => option.text === current.value));
  };
  const choose = (option: Completion): void => {
    const next = text.slice(0, option.from) + option.text + text.slice(option.to);
    const caret = option.from + option.text.length;
    setDraft(next);
    props.onInput?.(next);
    if (isContinuous) {
      requestAnimationFrame(() => input.current?.setSelectionRange(caret, caret));
      open(next, caret);
    } else {
      close();
      props.onCommit?.(next);
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step !== undefined) {
      event.preventDefault();
      if (options.length === 0) openAll();
      else setActive((active + step + options.length + (active < 0 && step < 0 ? 1 : 0)) % options.length);
    } else if (event.key === 'Enter' || (event.key === 'Tab' && active >= 0)) {
      const option = options[active];
      if (option !== undefined) {
        event.preventDefault();
        choose(option);
      } else {
        close();
        props.onCommit?.(text);
      }
    } else if (event.key === 'Escape' && options.length > 0) {
      event.preventDefault();
      close();
    }
  };

  const isOpen = options.length > 0;
  return (
    <div class={`combobox ${props.class ?? ''}`}>
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={active >= 0 ? `${listId}-${active}` : undefined}
        aria-invalid={props.invalid}
        aria-describedby={props.describedBy}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        placeholder={props.placeholder}
        value={text}
        onInput={({ currentTarget }) => {
          setDraft(currentTarget.value);
          props.onInput?.(currentTarget.value);
          open(currentTarget.value, currentTarget.selectionStart ?? currentTarget.value.length);
        }}
        onClick={() => (isOpen ? close() : openAll())}
        onKeyDown={onKeyDown}
        onBlur={() => {
          close();
          if (text !== value) props.onCommit?.(text);
        }}
      />
      <div
        ref={list}
        id={listId}
        role="listbox"
        aria-label={`Suggestions: ${label}`}
        tabIndex={-1}
        hidden={!isOpen}
      >
        {options.map((option, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard stays in the field, as the pattern has it
          <div
            key={option.label}
            id={`${listId}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(option)}
          >
            {option.label}
          </div>
        ))}
      </div>
    </div>
  );
}

const STEPS: Partial<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
