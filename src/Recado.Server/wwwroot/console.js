import { call, forgetToken, keepToken, listen, takeToken } from './connection.js';
import { $, busy, toast } from './dom.js';
import { addEvent } from './events.js';
import { renderDetail, renderList } from './sessions.js';
import { startSimulator } from './simulator.js';

const state = {
  sessions: new Map(), // id → row, newest first
  codes: new Map(), // id → { qr, code, expiresAt, issuedAt }
  messages: new Map(), // id → rows, oldest first
  selected: null,
};

let simulator = null;

function select(id) {
  state.selected = id;
  render();
  const session = state.sessions.get(id);
  if (session) {
    loadMessages(id);
    loadCode(session);
  }
}

async function loadMessages(id) {
  try {
    const { messages } = await call('GET', `/api/sessions/${id}/messages`);
    state.messages.set(id, messages.reverse());
    render();
  } catch (error) {
    toast(error.message);
  }
}

/** A code that was issued before this page opened comes with no event. */
async function loadCode({ id, status }) {
  if (status !== 'connecting' || state.codes.has(id)) {
    return;
  }

  try {
    const answer = await call('GET', `/api/sessions/${id}/status`);
    if (answer.qr) {
      showCode(id, answer);
    }
  } catch (error) {
    toast(error.message);
  }
}

function showCode(id, { qr, code, expiresAt }) {
  state.codes.set(id, { qr, code, expiresAt: Date.parse(expiresAt), issuedAt: Date.now() });
  render();
}

async function reloadSessions() {
  const { sessions } = await call('GET', '/api/sessions');
  setSessions(sessions);
}

function setSessions(rows) {
  state.sessions = new Map(rows.map(row => [row.id, row]));
  if (!state.sessions.has(state.selected)) {
    state.selected = null;
  }

  if (state.selected === null && rows.length > 0) {
    select(rows[0].id);
  } else {
    render();
  }
}

const handlers = {
  sessions_update: event => setSessions(event.data),
  qr_code: event => showCode(event.sessionId, event),
  session_ready: event => state.codes.delete(event.sessionId),
  message_received: event => loadMessages(event.sessionId),
  message_echo: event => loadMessages(event.sessionId),
  message_status: event => {
    const row = state.messages.get(event.sessionId)?.find(m => m.direction === 'sent' && m.whatsapp_id === event.messageId);
    if (row) {
      row.status = event.status;
    }
  },
  status_update: event => {
    if (event.status !== 'connecting') {
      state.codes.delete(event.sessionId);
    }

    reloadSessions().catch(error => toast(error.message));
  },
};

function onEvent(event) {
  handlers[event.type]?.(event);
  if (event.eventId !== undefined) {
    addEvent(event);
    simulator?.refresh(event);
  }

  render();
}

const actions = {
  connect: id => call('POST', `/api/sessions/${id}/connect`),
  disconnect: id => call('DELETE', `/api/sessions/${id}`),
  logout: id => call('POST', `/api/sessions/${id}/logout`),
  async remove(id) {
    $('confirm').showModal();
    await new Promise(resolve => $('confirm').addEventListener('close', resolve, { once: true }));
    if ($('confirm').returnValue === 'yes') {
      await call('DELETE', `/api/sessions/${id}?purge=true`);
      await reloadSessions();
    }
  },
  async send(id, to, message) {
    await call('POST', `/api/sessions/${id}/messages`, { to, message });
    await loadMessages(id);
  },
};

function render() {
  renderList(state, select);
  renderDetail(state, actions);
  simulator?.render();
}

function signIn() {
  forgetToken();
  $('console').hidden = true;
  $('sign-in').hidden = false;
}

async function open() {
  $('sign-in').hidden = true;
  $('console').hidden = false;
  listen({
    onEvent,
    onLive(isLive) {
      $('live').textContent = isLive ? 'Live' : 'Reconnecting …';
      $('live').className = `live ${isLive ? 'on' : ''}`;
    },
    onRefused() {
      $('live').textContent = 'Signed out';
      $('live').className = 'live off';
      signIn();
    },
  });

  simulator = await startSimulator(state, render);
  render();
}

$('new-session').addEventListener('click', event => busy(event.currentTarget, async () => {
  const { sessionId } = await call('POST', '/api/sessions');
  await reloadSessions();
  select(sessionId);
}));

$('token-form').addEventListener('submit', event => {
  event.preventDefault();
  keepToken(new FormData(event.target).get('token').trim());
  open();
});

if (takeToken()) {
  open();
} else {
  signIn();
  $('live').textContent = 'Signed out';
  $('live').className = 'live off';
}
