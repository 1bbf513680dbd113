// One Baileys client as a child process: commands in, events out, one JSON object per line.
//   in:  {"id": n, "command": name, ...arguments}
//   out: {"reply": n, "result": value} or {"reply": n, "error": text}, and {"event": name, ...fields}
import { readdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';

// libsignal prints whole sessions, private keys included, and stdout belongs to the protocol above.
for (const level of ['log', 'info', 'warn', 'error', 'debug', 'trace']) console[level] = () => {};

const { generateMessageIDV2, makeWASocket, useMultiFileAuthState, WA_CERT_DETAILS, proto } = await import('baileys');

const emit = (event, fields = {}) => process.stdout.write(JSON.stringify({ event, ...fields }) + '\n');

// Warnings and errors go to stderr, where the test finds them when something fails.
const note = level => (fields, text) => {
  const line = JSON.stringify({ level, text, fields }, (_, value) => (value instanceof Error ? value.message : value));
  process.stderr.write(line.slice(0, 2000) + '\n');
};
const quiet = () => {};
const logger = { level: 'warn', trace: quiet, debug: quiet, info: quiet, warn: note('warn'), error: note('error'), child: () => logger };
if (process.env.BAILEYS_VERBOSE) Object.assign(logger, { level: 'trace', info: note('info'), debug: note('debug'), trace: note('trace') });

const textOf = message => message?.conversation || message?.extendedTextMessage?.text || null;

/** Sent messages, for the answer to a retry receipt: Baileys asks the application for them. */
const sent = new Map();
let folder, auth, socket;
let saving = Promise.resolve();

async function connect({ url, rootKey, authDir }) {
  WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(rootKey, 'hex');
  folder = authDir;
  await saving;
  auth = await useMultiFileAuthState(authDir);
  const { saveCreds } = auth;
  socket = makeWASocket({
    auth: auth.state,
    logger,
    waWebSocketUrl: url,
    getMessage: async key => sent.get(key.id),
    // Otherwise the first login holds every event back until a history arrives, for up to 20 s.
    shouldSyncHistoryMessage: () => false,
  });

  socket.ev.on('creds.update', () => (saving = saving.then(saveCreds)));
  socket.ev.on('connection.update', ({ connection, qr, lastDisconnect }) => {
    if (qr) emit('qr', { code: qr });
    if (connection === 'open') emit('open', { jid: socket.user.id, lid: socket.user.lid });
    if (connection === 'close') emit('close', { code: lastDisconnect?.error?.output?.statusCode ?? 0 });
  });
  socket.ev.on('messages.upsert', ({ messages }) => messages.forEach(report));
  socket.ev.on('messages.update', updates => updates.forEach(({ key, update }) => report({ key, ...update })));
}

/** Baileys folds a status into the message when both happen close together, so both kinds of event end here. */
function report({ key, message, status, messageStubType, messageTimestamp }) {
  const about = { messageId: key.id, chat: key.remoteJid, fromMe: key.fromMe };
  if (message) emit('message', { ...about, text: textOf(message), timestamp: Number(messageTimestamp ?? 0) });
  if (messageStubType === proto.WebMessageInfo.StubType.CIPHERTEXT) emit('undecryptable', about);
  if (status && key.fromMe) emit('status', { ...about, status: proto.WebMessageInfo.Status[status] });
}

const commands = {
  connect,
  async sendText({ to, text }) {
    const messageId = generateMessageIDV2(socket.user.id);
    sent.set(messageId, { extendedTextMessage: { text } }); // a retry receipt may come before the call below returns
    await socket.sendMessage(to, { text }, { messageId });
    return messageId;
  },
  read: ({ chat, messageId }) => socket.readMessages([{ remoteJid: chat, id: messageId, fromMe: false }]),
  async deleteSessions() {
    const names = (await readdir(folder)).map(file => /^session-(.+)\.json$/.exec(file)?.[1]).filter(Boolean);
    await auth.state.keys.set({ session: Object.fromEntries(names.map(name => [name, null])) });
    return names.length;
  },
  logout: () => socket.logout(),
  end: () => socket.end(undefined),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, command, ...args } = JSON.parse(line);
  const answer = fields => process.stdout.write(JSON.stringify({ reply: id, ...fields }) + '\n');
  try {
    answer({ result: (await commands[command](args)) ?? null });
  } catch (error) {
    answer({ error: `${command}: ${error.message}` });
  }
}
// The test closed our input and waits for nothing but what must be on disk.
await saving;
process.exit(0);
