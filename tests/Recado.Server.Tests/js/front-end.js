// A front end as people wrote it for the original backend: fetch, a WebSocket with ?token=, and nothing that this server added.
// Usage: node front-end.js <address of the server> <token>
import assert from 'node:assert/strict';
import WebSocket from 'ws';
import { Phone, readQr } from './phone.js';

const [address, token] = process.argv.slice(2);
const ana = new Phone(address, token, '5511900000001');
const bruno = new Phone(address, token, '5511900000002');

const api = async (method, path, body) => {
  const response = await fetch(new URL(path, address), {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
};

class Live {
  #waiting = [];
  #seen = [];

  static async open() {
    const live = new Live();
    live.socket = new WebSocket(`${address.replace(/^http/, 'ws')}?token=${token}`);
    live.socket.on('message', data => live.#take(JSON.parse(data)));
    await new Promise((resolve, reject) => live.socket.once('open', resolve).once('error', reject));
    return live;
  }

  send(message) {
    this.socket.send(JSON.stringify(message));
  }

  /** The first event of that type that has not been taken yet. */
  next(type) {
    const at = this.#seen.findIndex(event => event.type === type);
    return at >= 0 ? Promise.resolve(this.#seen.splice(at, 1)[0]) : new Promise(resolve => this.#waiting.push({ type, resolve }));
  }

  #take(event) {
    assert.notEqual(event.type, 'error', event.message);
    const at = this.#waiting.findIndex(wait => wait.type === event.type);
    if (at >= 0) {
      this.#waiting.splice(at, 1)[0].resolve(event);
    } else {
      this.#seen.push(event);
    }
  }
}

// WebSocket: from the QR code to the end of the session.
const live = await Live.open();
assert.deepEqual((await live.next('sessions_update')).data, []);

live.send({ type: 'ping' });
await live.next('pong');

live.send({ type: 'create_session' });
const { sessionId, qr } = await live.next('qr_code');
assert.match(qr, /^data:image\/png;base64,/);
await ana.scan(readQr(qr));
const ready = await live.next('session_ready');
assert.equal(ready.sessionId, sessionId);
assert.equal(ready.phoneNumber, ana.number);

live.send({ type: 'send_message', sessionId, to: '+55 (11) 90000-0002', message: 'Hello from the front end' });
const sent = await live.next('message_sent');
assert.deepEqual([sent.success, sent.sessionId], [true, sessionId]);
assert.deepEqual((await bruno.inbox()).map(m => [m.id, m.text]), [[sent.messageId, 'Hello from the front end']]);

await bruno.send(ana.number, 'Hello from the phone');
const { message, ...received } = await live.next('message_received');
assert.equal(received.sessionId, sessionId);
assert.equal(message.sessionId, sessionId);
assert.equal(message.from, `${bruno.number}@s.whatsapp.net`);
assert.equal(message.content.conversation, 'Hello from the phone');
assert.ok(message.messageId);
assert.ok(Date.parse(message.timestamp) > Date.now() - 60_000);

// REST: the same session, and one of its own.
const health = await api('GET', '/api/health');
assert.deepEqual([health.status, health.body.status, health.body.activeSessions], [200, 'ok', 1]);

const list = await api('GET', '/api/sessions');
assert.deepEqual(list.body.sessions.map(s => [s.id, s.status, s.phone_number]), [[sessionId, 'connected', ana.number]]);

const answer = await api('POST', `/api/sessions/${sessionId}/messages`, { to: bruno.number, message: 'Hello by REST' });
assert.deepEqual([answer.status, answer.body.success], [200, true]);
assert.equal((await bruno.inbox()).at(-1).id, answer.body.messageId);

const { body: { messages } } = await api('GET', `/api/sessions/${sessionId}/messages`);
assert.deepEqual(
  messages.map(m => [m.direction, m.content.conversation, m.whatsapp_session_id]).sort(),
  [
    ['received', 'Hello from the phone', sessionId],
    ['sent', 'Hello by REST', sessionId],
    ['sent', 'Hello from the front end', sessionId],
  ]);

const created = await api('POST', '/api/sessions');
assert.equal(created.status, 201);
assert.ok(created.body.message);
const other = created.body.sessionId;
assert.equal((await live.next('qr_code')).sessionId, other);
const status = await api('GET', `/api/sessions/${other}/status`);
assert.equal(status.body.status, 'connecting');
assert.match(readQr(status.body.qr), /^https:|^2@/);

const missing = await api('POST', `/api/sessions/${other}/messages`, { to: bruno.number });
assert.equal(missing.status, 400);
assert.equal(typeof missing.body.error, 'string');

assert.deepEqual((await api('DELETE', `/api/sessions/${other}`)).body, { success: true });
assert.equal((await api('GET', `/api/sessions/${other}/status`)).body.status, 'disconnected');

live.send({ type: 'disconnect_session', sessionId });
assert.equal((await live.next('session_disconnected')).sessionId, sessionId);
assert.equal((await api('GET', `/api/sessions/${sessionId}/status`)).body.status, 'disconnected');

// Who has no token sees nothing.
const strange = new WebSocket(`${address.replace(/^http/, 'ws')}?token=wrong`);
assert.equal(await new Promise(resolve => strange.once('close', resolve)), 1008);
assert.equal((await fetch(new URL('/api/sessions', address))).status, 401);

live.socket.close();
