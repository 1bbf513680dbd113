import { $, clock, h, phoneText, textOf } from './dom.js';

const shown = 100;

const summaries = {
  qr_code: () => 'A QR code waits to be scanned',
  session_ready: event => `Connected as ${phoneText(event.phoneNumber)}`,
  status_update: event => event.reason ?? `The session is ${event.status.replace('_', ' ')}`,
  message_received: ({ message }) => `${message.pushName ?? message.from}: ${textOf(message.content)}`,
  message_echo: ({ message }) => `From the phone: ${textOf(message.content)}`,
  message_status: event => `Message ${event.status}`,
};

/** The picture of a QR code is long and the code itself a secret: neither helps to understand the event. */
const readable = event => JSON.stringify(event, (key, value) => (key === 'qr' || key === 'code' ? '…' : value), 2);

export function addEvent(event) {
  const list = $('event-list');
  list.prepend(h('li', {}, h('details', {},
    h('summary', {},
      h('span', { className: 'mono', textContent: event.type }),
      h('time', { textContent: clock(event.message?.timestamp ?? Date.now()) }),
      h('span', { className: 'quiet', textContent: summaries[event.type]?.(event) ?? '' })),
    h('pre', { className: 'mono', textContent: readable(event) }))));
  list.children[shown]?.remove();
  $('no-events').hidden = true;
}
