// The panel of simulate mode: the phone that scans, and a contact to write with.

import { call } from './connection.js';
import { $, busy, clock, h, phoneText } from './dom.js';

/** Returns null when the server does not simulate. */
export async function startSimulator(state, render) {
  let owner, contact;
  try {
    [owner, contact] = await call('GET', '/simulator/accounts');
  } catch {
    return null;
  }

  const selected = () => state.sessions.get(state.selected);
  const scan = h('button', { className: 'primary', type: 'button', id: 'scan', textContent: 'Scan' });
  const scanHint = h('p', { className: 'quiet' });
  const inbox = h('div', { className: 'messages', id: 'inbox' });
  const text = h('input', { name: 'text', required: true, placeholder: `Write as ${contact.name}`, autocomplete: 'off' });
  const send = h('button', { textContent: 'Send', id: 'phone-send' });
  const read = h('button', { type: 'button', textContent: 'Mark as read', id: 'mark-read' });

  const loadInbox = async () => {
    const messages = await call('GET', `/simulator/accounts/${contact.phone}/inbox`);
    inbox.replaceChildren(...messages.map(m => h('div', { className: 'message' },
      h('p', { textContent: m.kind === 'text' ? m.text : `(${m.kind.replaceAll('_', ' ')}) ${m.text ?? ''}` }), h('small', { textContent: clock(m.timestamp) }))));
    inbox.scrollTop = inbox.scrollHeight;
    read.hidden = messages.length === 0;
  };

  scan.onclick = () => busy(scan, () =>
    call('POST', `/simulator/accounts/${owner.phone}/scan`, { qr: state.codes.get(state.selected).code }));
  read.onclick = () => busy(read, () => call('POST', `/simulator/accounts/${contact.phone}/read`, {}));
  const form = h('form', {
    onsubmit: event => {
      event.preventDefault();
      busy(send, async () => {
        await call('POST', `/simulator/accounts/${contact.phone}/messages`, { to: selected().phone_number, text: text.value });
        text.value = '';
      }).finally(render);
    },
  }, text, send);

  $('simulator').replaceChildren(
    h('h2', { id: 'simulator-title', textContent: 'Simulated phones' }),
    h('div', { className: 'phone' },
      h('div', { className: 'row' }, h('div', {}, h('h3', { textContent: `${owner.name}, who scans` }), h('span', { className: 'quiet mono', textContent: phoneText(owner.phone) })), scan),
      scanHint),
    h('div', { className: 'phone' },
      h('div', { className: 'row' }, h('div', {}, h('h3', { textContent: `${contact.name}, a contact` }), h('span', { className: 'quiet mono', textContent: phoneText(contact.phone) })), read),
      inbox, form));
  $('simulator').hidden = false;
  await loadInbox();

  return {
    render() {
      const code = state.codes.get(state.selected);
      const connected = selected()?.status === 'connected';
      scan.disabled = !code;
      scanHint.textContent = code ? 'Scans the code that is shown.' : connected ? 'Linked.' : 'Add a session to have a code to scan.';
      send.disabled = text.disabled = !connected;
    },
    refresh(event) {
      if (event.type === 'message_status') {
        loadInbox().catch(() => {}); // shown again with the next event
      }
    },
  };
}
