// One Baileys client as a child process: commands in, events out, one JSON object per line.
//   in:  {"id": n, "command": name, ...arguments}
//   out: {"reply": n, "result": value} or {"reply": n, "error": text}, and {"event": name, ...fields}
// Bytes are Base64, 64-bit numbers are numbers. Arguments may hold what JSON cannot: see `revive`.
import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';

// libsignal prints whole sessions, private keys included, and stdout belongs to the protocol above.
for (const level of ['log', 'info', 'warn', 'error', 'debug', 'trace']) console[level] = () => {};

const {
  aesEncryptGCM, decryptEventResponse, decryptPollVote, downloadMediaMessage, generateMessageIDV2, hmacSign, jidNormalizedUser,
  makeWASocket, normalizeMessageContent, useMultiFileAuthState, WA_CERT_DETAILS, proto,
} = await import('baileys');

const write = value => process.stdout.write(JSON.stringify(value, plain) + '\n');
const emit = (event, fields = {}) => write({ event, ...fields });

/** Messages answer JSON by themselves; what else there is of bytes and long numbers is made plain here. */
function plain(name, value) {
  const given = this[name];
  if (given instanceof Uint8Array) return Buffer.from(given).toString('base64');
  if (given && typeof given === 'object' && 'low' in given && 'high' in given) return Number(given);
  return value;
}

// Warnings and errors go to stderr, where the test finds them when something fails.
const note = level => (fields, text) => {
  const line = JSON.stringify({ level, text, fields }, (_, value) => (value instanceof Error ? value.message : value));
  process.stderr.write(line.slice(0, 2000) + '\n');
};
const quiet = () => {};
const logger = { level: 'warn', trace: quiet, debug: quiet, info: quiet, warn: note('warn'), error: note('error'), child: () => logger };
if (process.env.BAILEYS_VERBOSE) Object.assign(logger, { level: 'trace', info: note('info'), debug: note('debug'), trace: note('trace') });

/** What was received and sent, by message id; what is being sent is a promise of it. Baileys asks its application for them. */
const messages = new Map();
const messageOf = async id => (await messages.get(id)) ?? Promise.reject(new Error(`There is no message ${id}.`));

/** Events that are passed on as they are. */
const passedOn = [
  'groups.upsert', 'groups.update', 'group-participants.update', 'group.join-request', 'presence.update', 'message-receipt.update',
  'messaging-history.set', 'contacts.upsert', 'contacts.update', 'chats.update', 'call', 'blocklist.update',
];

let folder, auth, socket, mediaHost;
let saving = Promise.resolve();

// What names no host, such as a history, lies at WhatsApp's; the service has one of its own.
const { fetch } = globalThis;
globalThis.fetch = (url, options) => fetch(String(url).replace('mmg.whatsapp.net', mediaHost), options);

async function connect({ url, rootKey, mediaUrl, authDir, wantsHistory }) {
  mediaHost = new URL(mediaUrl).host;
  WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(rootKey, 'hex');
  folder = authDir;
  await saving;
  auth = await useMultiFileAuthState(authDir);
  const { saveCreds } = auth;
  socket = makeWASocket({
    auth: auth.state,
    logger,
    waWebSocketUrl: url,
    getMessage: async key => (await messages.get(key.id))?.message,
    // Who syncs a history holds every event of the first login back until it arrives, for up to 20 s.
    shouldSyncHistoryMessage: () => wantsHistory,
  });

  socket.ev.on('creds.update', update => {
    saving = saving.then(saveCreds);
    if (update.me?.name) emit('name', { name: update.me.name });
  });
  socket.ev.on('connection.update', ({ connection, qr, lastDisconnect }) => {
    if (qr) emit('qr', { code: qr });
    if (connection === 'open') emit('open', { jid: socket.user.id, lid: socket.user.lid });
    if (connection === 'close') emit('close', { code: lastDisconnect?.error?.output?.statusCode ?? 0 });
  });
  socket.ev.on('messages.upsert', ({ messages: received, type }) => received.forEach(message => report(message, type)));
  socket.ev.on('messages.update', updates => updates.forEach(({ key, update }) => reportUpdate(key, update)));
  socket.ev.on('messages.reaction', reactions => reactions.forEach(({ key, reaction }) =>
    emit('reaction', { messageId: key.id, emoji: reaction.text, by: reaction.key.participant || reaction.key.remoteJid, fromMe: reaction.key.fromMe })));
  for (const name of passedOn) socket.ev.on(name, data => emit(name, { data }));
}

const aboutOf = key => ({ messageId: key.id, chat: key.remoteJid, participant: key.participant || null, fromMe: key.fromMe });

/** Baileys folds a status into the message when both happen close together, so both kinds of event end here. */
const report = (message, type) => tell(message, type).catch(error => emit('failure', { ...aboutOf(message.key), text: error.message }));

async function tell(received, type) {
  const { key, message, status, messageStubType, messageTimestamp, pushName } = received;
  const about = aboutOf(key);
  if (messageStubType === proto.WebMessageInfo.StubType.CIPHERTEXT) emit('undecryptable', about);
  if (status && key.fromMe) emit('status', { ...about, status: proto.WebMessageInfo.Status[status] });
  if (!message) return;

  if (!key.fromMe || !messages.has(key.id)) messages.set(key.id, received);
  const content = normalizeMessageContent(message);
  const text = content?.conversation || content?.extendedTextMessage?.text || null;
  emit('message', { ...about, text, pushName, type, timestamp: Number(messageTimestamp ?? 0), message: proto.Message.toObject(message, { bytes: String, longs: Number, enums: String }) });
  if (content?.pollUpdateMessage) await reportVote(key, content.pollUpdateMessage);
  if (content?.encEventResponseMessage) await reportAnswer(key, content.encEventResponseMessage);
}

function reportUpdate(key, update) {
  const about = aboutOf(key);
  if (update.messageStubType === proto.WebMessageInfo.StubType.REVOKE) emit('deleted', about);
  else if (update.message?.editedMessage) emit('edited', { ...about, message: update.message.editedMessage.message });
  else report({ key, ...update });
}

/** Baileys leaves votes to its application, and reads answers to events in chats by phone number only. */
async function reportVote(key, { pollCreationMessageKey, vote }) {
  const { message } = await messageOf(pollCreationMessageKey.id);
  const content = normalizeMessageContent(message);
  const poll = content.pollCreationMessage ?? content.pollCreationMessageV2 ?? content.pollCreationMessageV3;
  const { selectedOptions } = opened(key, pollCreationMessageKey, (pollCreatorJid, voterJid) => decryptPollVote(vote, {
    pollCreatorJid, voterJid, pollMsgId: pollCreationMessageKey.id, pollEncKey: message.messageContextInfo.messageSecret,
  }));
  const chosen = new Set(selectedOptions.map(hash => Buffer.from(hash).toString('hex')));
  emit('vote', { pollId: pollCreationMessageKey.id, ...aboutOf(key), options: poll.options.map(o => o.optionName).filter(o => chosen.has(hashOf(o).toString('hex'))) });
}

async function reportAnswer(key, { eventCreationMessageKey, encPayload, encIv }) {
  const { message } = await messageOf(eventCreationMessageKey.id);
  const { response } = opened(key, eventCreationMessageKey, (eventCreatorJid, responderJid) => decryptEventResponse({ encPayload, encIv }, {
    eventCreatorJid, responderJid, eventMsgId: eventCreationMessageKey.id, eventEncKey: message.messageContextInfo.messageSecret,
  }));
  emit('answer', { eventId: eventCreationMessageKey.id, ...aboutOf(key), answer: proto.Message.EventResponseMessage.EventResponseType[response] });
}

/** Both people have two names, and the ciphertext does not tell which ones its author used. */
function opened(key, targetKey, decrypt) {
  const own = [socket.user.lid, socket.user.id].map(jidNormalizedUser);
  const author = k => (k.fromMe ? own : [k.participant, k.participantAlt, k.remoteJid, k.remoteJidAlt].filter(Boolean).map(jidNormalizedUser));
  for (const creator of [...author(targetKey), ...own]) {
    for (const actor of author(key)) {
      try {
        return decrypt(creator, actor);
      } catch {
        // other names
      }
    }
  }
  throw new Error(`What ${key.id} says about ${targetKey.id} cannot be decrypted.`);
}

const hashOf = text => createHash('sha256').update(text).digest();

/** Encrypts something about a message under that message's secret, as `decryptPollVote` expects it. */
async function sealed(target, label, content) {
  const creator = jidNormalizedUser(target.key.fromMe ? socket.user.lid : target.key.participant || target.key.remoteJid);
  const actor = jidNormalizedUser(creator.endsWith('@lid') ? socket.user.lid : socket.user.id);
  const sign = Buffer.concat([target.key.id, creator, actor, label, '\u0001'].map(part => Buffer.from(part)));
  const key = hmacSign(sign, hmacSign(target.message.messageContextInfo.messageSecret, new Uint8Array(32), 'sha256'), 'sha256');
  const encIv = randomBytes(12);
  return { encIv, encPayload: aesEncryptGCM(content, key, encIv, Buffer.from(`${target.key.id}\u0000${actor}`)) };
}

/**
 * Arguments that are no JSON: {"$bytes": base64}, {"$date": ISO 8601}, {"$file": path} for files to upload, {"$message": id} for a message
 * seen or sent, {"$key": id} for what names it.
 */
async function revive(value) {
  if (Array.isArray(value)) return Promise.all(value.map(revive));
  if (value === null || typeof value !== 'object') return value;
  if ('$bytes' in value) return Buffer.from(value.$bytes, 'base64');
  if ('$date' in value) return new Date(value.$date);
  if ('$file' in value) return { url: value.$file };
  if ('$message' in value) return messageOf(value.$message);
  if ('$key' in value) return (await messageOf(value.$key)).key;
  return Object.fromEntries(await Promise.all(Object.entries(value).map(async ([name, inner]) => [name, await revive(inner)])));
}

/** Sends by a function that gives the message; it is known under its id before it is on its way, for a retry receipt may be quick. */
async function sendAs(send) {
  const messageId = generateMessageIDV2(socket.user.id);
  const sending = send(messageId);
  messages.set(messageId, sending);
  messages.set(messageId, await sending);
  return messageId;
}

const relay = (to, content, additionalNodes, additionalAttributes) => sendAs(async messageId => {
  const message = proto.Message.fromObject(content);
  await socket.relayMessage(to, message, { messageId, additionalNodes, additionalAttributes });
  return { key: { remoteJid: to, fromMe: true, id: messageId }, message };
});

const meta = attrs => [{ tag: 'meta', attrs }];

const commands = {
  connect,
  /** Any method of the socket. */
  call: async ({ method, args }) => socket[method](...(await revive(args))),
  /** What Baileys composes itself. */
  send: async ({ to, content, options }) => {
    const [what, how] = await revive([content, options ?? {}]);
    return sendAs(messageId => socket.sendMessage(to, what, { ...how, messageId }));
  },
  /** A protobuf that Baileys does not compose. */
  relay: async ({ to, message }) => relay(to, await revive(message)),
  async vote({ pollId, options }) {
    const poll = await messageOf(pollId);
    const vote = await sealed(poll, 'Poll Vote', proto.Message.PollVoteMessage.encode({ selectedOptions: options.map(hashOf) }).finish());
    return relay(poll.key.remoteJid, { pollUpdateMessage: { pollCreationMessageKey: poll.key, vote, senderTimestampMs: Date.now() } }, meta({ polltype: 'vote' }));
  },
  async answerEvent({ eventId, answer }) {
    const event = await messageOf(eventId);
    const response = { response: proto.Message.EventResponseMessage.EventResponseType[answer], timestampMs: Date.now() };
    const seal = await sealed(event, 'Event Response', proto.Message.EventResponseMessage.encode(response).finish());
    return relay(event.key.remoteJid, { encEventResponseMessage: { eventCreationMessageKey: event.key, ...seal } }, meta({ event_type: 'response' }));
  },
  /** The hash of a message's file, decrypted. */
  async download({ messageId }) {
    const file = await downloadMediaMessage(await messageOf(messageId), 'buffer', {}, { logger, reuploadRequest: socket.updateMediaMessage });
    return { sha256: createHash('sha256').update(file).digest('hex'), length: file.length };
  },
  /** Deletes all records of a type from the store, such as 'session' or 'sender-key', as damage to the disk would. */
  async forget({ type }) {
    const ids = (await readdir(folder)).filter(file => file.startsWith(`${type}-`) && !file.startsWith(`${type}-memory-`)).map(file => file.slice(type.length + 1, -'.json'.length));
    await auth.state.keys.set({ [type]: Object.fromEntries(ids.map(id => [id, null])) });
    return ids.length;
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, command, ...args } = JSON.parse(line);
  try {
    write({ reply: id, result: (await commands[command](args)) ?? null });
  } catch (error) {
    write({ reply: id, error: `${command}: ${error.message}` });
  }
}
// The test closed our input and waits for nothing but what must be on disk.
await saving;
process.exit(0);
