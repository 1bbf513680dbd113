// Baileys sessions as an application holds them: pair, connect, receive, send.
import { join } from 'node:path';
import { baileys, logger } from './baileys.mjs';

const { makeWASocket, useMultiFileAuthState, initAuthCreds, DisconnectReason, WA_CERT_DETAILS } = baileys;

/** Credentials and keys in memory, the cheapest store there is. */
const memoryStore = () => {
  const kept = {};
  const keys = {
    get: (type, ids) => Object.fromEntries(ids.map(id => [id, kept[type]?.[id]])),
    set: changes => {
      for (const [type, values] of Object.entries(changes)) {
        kept[type] ??= {};
        for (const [id, value] of Object.entries(values)) {
          if (value === null) delete kept[type][id];
          else kept[type][id] = value;
        }
      }
    },
  };
  return { state: { creds: initAuthCreds(), keys }, saveCreds: () => {} };
};

class Session {
  socket;
  groups = new Map();
  received = 0;
  target = Infinity;

  constructor(url, store) {
    this.url = url;
    this.store = store;
  }

  /** Opens a connection, pairing first if need be; `onQr` gets each code. */
  async connect(onQr) {
    for (;;) {
      const code = await this.#attempt(onQr);
      if (code === undefined) return;
      if (code !== DisconnectReason.restartRequired) throw new Error(`The connection closed with ${code}.`);
    }
  }

  /** Undefined once open, or the status code with which the connection closed. */
  #attempt(onQr) {
    this.socket = makeWASocket({
      auth: this.store.state,
      logger,
      waWebSocketUrl: this.url,
      // As its documentation advises; without it the group is asked for before each text.
      cachedGroupMetadata: async jid => this.groups.get(jid),
      // Otherwise the first login holds every event back until a history arrives, for up to 20 s.
      shouldSyncHistoryMessage: () => false,
    });
    this.socket.ev.on('creds.update', this.store.saveCreds);
    this.socket.ev.on('messages.upsert', ({ messages }) => this.#count(messages));
    return new Promise(resolve =>
      this.socket.ev.on('connection.update', ({ connection, qr, lastDisconnect }) => {
        if (qr) onQr?.(qr);
        if (connection === 'open') resolve();
        if (connection === 'close') resolve(lastDisconnect?.error?.output?.statusCode ?? 0);
      }));
  }

  #count(messages) {
    this.received += messages.filter(m => !m.key.fromMe && (m.message?.conversation || m.message?.extendedTextMessage)).length;
    if (this.received >= this.target) this.reached();
  }

  disconnect() {
    return this.socket.end(undefined);
  }

  /** Waits until so many more texts have arrived, and connects for it. */
  async receive(count) {
    this.target = this.received + count;
    const reached = new Promise(resolve => (this.reached = resolve));
    await this.connect();
    await reached;
    this.target = Infinity;
  }

  /** Sends texts and waits for the server's ack of each, so many at a time. */
  async send(to, count, parallel) {
    if (to.endsWith('@g.us') && !this.groups.has(to)) this.groups.set(to, await this.socket.groupMetadata(to));
    const waiting = new Map();
    const early = new Set();
    const acknowledged = ({ attrs: { id } }) => (waiting.has(id) ? waiting.get(id)() : early.add(id));
    this.socket.ws.on('CB:ack,class:message', acknowledged);

    let left = count;
    const worker = async () => {
      while (left-- > 0) {
        const { key } = await this.socket.sendMessage(to, { text: `text ${left}` });
        if (!early.delete(key.id)) await new Promise(resolve => waiting.set(key.id, resolve));
        waiting.delete(key.id);
      }
    };
    await Promise.all(Array.from({ length: parallel }, worker));
    this.socket.ws.off('CB:ack,class:message', acknowledged);
  }
}

/** Opens sessions one after the other; with a folder their state is kept there, in files. */
export async function open({ url, rootKey, phones, folder }, onQr) {
  WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(rootKey, 'hex');
  const sessions = [];
  for (const phone of phones) {
    const session = new Session(url, folder ? await useMultiFileAuthState(join(folder, phone)) : memoryStore());
    await session.connect(code => onQr(phone, code));
    sessions.push(session);
  }
  return sessions;
}
