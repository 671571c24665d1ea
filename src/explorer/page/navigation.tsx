import { useEffect, useRef, useState } from 'preact/hooks';
import { hrefOf, route, VIEWS } from './route.js';

/** All views: below each other beside the page, or if there is no room for them as a menu below the name of the one shown. */
export function Navigation() {
  const { view } = route.value;
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => setOpen(false), [view]);
  return (
    <nav
      class="navigation"
      aria-label="Views"
      onKeyDown={({ key }) => {
        if (key !== 'Escape' || !isOpen) return;
        setOpen(false);
        button.current?.focus();
      }}
    >
      <button
        ref={button}
        type="button"
        class="menu"
        aria-expanded={isOpen}
        aria-controls="views"
        onClick={() => setOpen(!isOpen)}
      >
        {VIEWS.get(view)}
      </button>
      <div id="views" class={isOpen ? 'views open' : 'views'}>
        {[...VIEWS].map(([name, title]) => (
          <a
            key={name}
            href={hrefOf(name)}
            aria-current={name === view ? 'page' : undefined}
            onClick={() => setOpen(false)}
          >
            {title}
          </a>
        ))}
      </div>
    </nav>
  );
}
