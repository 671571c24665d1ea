import { render } from 'preact';
import type { EventsAsk } from './engine/protocol.js';
import { App } from './page/app.js';
import { adoptReportStyle } from './page/sheet.js';
import { load } from './page/state.js';
import './style.css';

adoptReportStyle();
render(<App />, document.body);

// A server that has a source to show says so in the page it serves.
const served = document.querySelector<HTMLMetaElement>('meta[name="bitmapist-source"]');
if (served !== null) {
  const { name = 'data', prefix, events = '{}' } = served.dataset;
  const address = new URL(served.content, document.baseURI).href;
  void load({ source: address, name, prefix, events: JSON.parse(events) as EventsAsk });
}
