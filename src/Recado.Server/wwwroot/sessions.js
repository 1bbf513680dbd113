import { $, busy, clock, h, phoneText, textOf } from './dom.js';

const titles = {
  connecting: 'Waiting for a scan',
  connected: 'Connected',
  reconnecting: 'Reconnecting',
  disconnected: 'Disconnected',
  logged_out: 'Logged out',
  error: 'Needs attention',
};

const running = ['connecting', 'connected', 'reconnecting'];

const nameOf = row => row.name ?? (row.phone_number ? phoneText(row.phone_number) : `Session ${row.id.slice(0, 8)}`);
const badge = status => h('span', { className: `state ${status}`, textContent: titles[status] ?? status });

export function renderList(state, select) {
  $('session-list').replaceChildren(...[...state.sessions.values()].map(row => {
    const button = h('button', { type: 'button', onclick: () => select(row.id) }, h('strong', { textContent: nameOf(row) }), badge(row.status));
    button.setAttribute('aria-current', row.id === state.selected);
    return h('li', {}, button);
  }));
}

let drawn = null; // what the detail shows; parts that the user types into are kept while it stays the same

export function renderDetail(state, actions) {
  const row = state.sessions.get(state.selected);
  const code = row?.status === 'connecting' ? state.codes.get(row.id) : null;
  const key = JSON.stringify([row ?? null, code?.code ?? null]);
  if (drawn !== key) {
    const composer = drawn !== null && JSON.parse(drawn)[0]?.id === row?.id ? $('session').querySelector('form.send') : null;
    drawn = key;
    $('session').replaceChildren(...(row ? detail(row, code, actions, composer) : [nothing()]));
  }

  if (row) {
    drawMessages(state.messages.get(row.id) ?? []);
  }
}

const nothing = () => h('div', { className: 'card empty' },
  h('h2', { textContent: 'Link your first WhatsApp' }),
  h('p', { className: 'quiet', textContent: 'Add a session, scan its QR code, and messages flow both ways.' }));

function detail(row, code, actions, composer) {
  const action = (title, run, className = '') =>
    h('button', { type: 'button', className, textContent: title, onclick: event => busy(event.currentTarget, () => run(row.id)) });

  return [
    h('div', { className: 'card' },
      h('header', {},
        h('div', {}, h('h2', { textContent: nameOf(row) }), badge(row.status)),
        h('div', { className: 'actions' },
          running.includes(row.status) ? action('Disconnect', actions.disconnect) : action('Connect', actions.connect, 'primary'),
          row.status === 'connected' ? action('Log out', actions.logout) : null,
          action('Remove', actions.remove, 'danger'))),
      row.reason ? h('p', { className: 'reason', textContent: row.reason }) : null),
    row.status === 'connecting' ? pairing(code) : null,
    row.status === 'connecting' ? null : h('div', { className: 'card' },
      h('h3', { textContent: 'Messages' }),
      h('div', { className: 'messages', id: 'messages' }),
      composer ?? sendForm(row.id, actions.send)),
  ].filter(Boolean);
}

const pairing = code => h('div', { className: 'card pairing' },
  code ? h('div', { className: 'qr' }, h('img', { id: 'qr', src: code.qr, alt: 'QR code to scan with WhatsApp' })) : h('p', { className: 'quiet', textContent: 'Fetching a QR code …' }),
  h('div', {},
    h('ol', {},
      h('li', { textContent: 'Open WhatsApp on the phone.' }),
      h('li', { textContent: 'Settings, Linked devices, Link a device.' }),
      h('li', { textContent: 'Point the camera at this code.' })),
    code ? countdown(code) : null));

function countdown({ expiresAt, issuedAt }) {
  const label = h('span');
  const bar = h('progress', { max: Math.max(1, expiresAt - issuedAt) });
  const box = h('div', { className: 'countdown' }, label, bar);
  const tick = () => {
    const left = Math.max(0, expiresAt - Date.now());
    label.textContent = left > 0 ? `A new code comes in ${Math.ceil(left / 1000)} s` : 'A new code is on its way';
    bar.value = left;
    if (left > 0 && (box.isConnected || left > expiresAt - issuedAt - 1000)) {
      setTimeout(tick, 250);
    }
  };
  tick();
  return box;
}

function sendForm(id, send) {
  const to = h('input', { name: 'to', required: true, placeholder: '+55 11 90000-0002', autocomplete: 'off', inputMode: 'tel' });
  const text = h('textarea', { name: 'message', required: true, rows: 1, maxLength: 65536, placeholder: 'Write a message' });
  const button = h('button', { className: 'primary', textContent: 'Send' });
  text.addEventListener('keydown', event => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      text.form.requestSubmit();
    }
  });
  return h('form', {
    className: 'send',
    onsubmit: event => {
      event.preventDefault();
      busy(button, async () => {
        await send(id, to.value, text.value);
        text.value = '';
      });
    },
  }, h('label', {}, 'To', to), h('label', {}, 'Message', text), button);
}

let drawnMessages = '';

function drawMessages(rows) {
  const box = $('messages');
  const key = JSON.stringify(rows.map(m => [m.id, m.status]));
  if (!box || (drawnMessages === key && box.childElementCount > 0)) {
    return;
  }

  drawnMessages = key;
  box.replaceChildren(...(rows.length === 0
    ? [h('p', { className: 'quiet', textContent: 'No messages yet.' })]
    : rows.map(bubble)));
  box.scrollTop = box.scrollHeight;
}

const bubble = row => h('div', { className: `message ${row.direction}` },
  h('p', { textContent: textOf(row.content) }),
  h('small', { textContent: [partner(row), clock(row.timestamp), row.direction === 'sent' ? row.status : null].filter(Boolean).join(' · ') }));

const partner = row => row.direction === 'received'
  ? row.push_name ?? (row.phone_number ? phoneText(row.phone_number) : row.sender)
  : `to ${row.phone_number ? phoneText(row.phone_number) : row.chat}`;
