// Single operations on Baileys' side, under the names of Operations.cs: functions to call again and again.
import { readFileSync } from 'node:fs';
import { baileys, libsignal, logger, senderKeys } from './baileys.mjs';
import { samples } from './samples.mjs';

const { encodeBinaryNode, decodeBinaryNode, Curve, makeNoiseHandler, NOISE_WA_HEADER, proto } = baileys;
const text = Buffer.alloc(64, 0x20); // a padded text message of usual length

const codec = () => {
  const operations = {};
  for (const [name, node] of Object.entries(samples)) {
    const bytes = encodeBinaryNode(node);
    operations[`encode ${name}`] = () => encodeBinaryNode(node);
    operations[`decode ${name}`] = () => decodeBinaryNode(bytes);
  }
  return operations;
};

const curve = () => {
  const own = Curve.generateKeyPair();
  const other = Curve.generateKeyPair();
  const message = Buffer.alloc(33, 5);
  const signature = Curve.sign(own.private, message);
  return {
    'XEdDSA sign': () => Curve.sign(own.private, message),
    'XEdDSA verify': () => Curve.verify(own.public, message, signature),
    'X25519 agree': () => Curve.sharedKey(own.private, other.public),
  };
};

/** One end of a Signal session. Its state is kept as Baileys keeps it: read back before every operation and serialised after it. */
class SignalParty {
  stored = undefined;
  identity = libsignal.keyhelper.generateIdentityKeyPair();
  registrationId = libsignal.keyhelper.generateRegistrationId();
  signedPreKey = libsignal.keyhelper.generateSignedPreKey(this.identity, 1);
  cipher = new libsignal.SessionCipher(this, new libsignal.ProtocolAddress('peer', 0));

  loadSession = async () => this.stored && libsignal.SessionRecord.deserialize(this.stored);
  storeSession = async (_, record) => void (this.stored = record.serialize());
  isTrustedIdentity = async () => true;
  getOurIdentity = async () => this.identity;
  getOurRegistrationId = async () => this.registrationId;
  loadSignedPreKey = async () => this.signedPreKey.keyPair;
  loadPreKey = async () => undefined;
  removePreKey = async () => {};

  start = ({ registrationId, identity, signedPreKey: { keyPair, keyId, signature } }) =>
    new libsignal.SessionBuilder(this, this.cipher.addr).initOutgoing({
      registrationId,
      identityKey: identity.pubKey,
      signedPreKey: { keyId, publicKey: keyPair.pubKey, signature },
    });

  encrypt = () => this.cipher.encrypt(text);
  decrypt = ({ type, body }) => (type === 3 ? this.cipher.decryptPreKeyWhisperMessage(body) : this.cipher.decryptWhisperMessage(body));
}

const ratchet = async () => {
  const alice = new SignalParty();
  const bob = new SignalParty();
  await alice.start(bob);

  // Two turns of conversation, so that nothing measured below is a prekey message.
  for (const [sender, receiver] of [[alice, bob], [bob, alice], [alice, bob], [bob, alice]])
    await receiver.decrypt(await sender.encrypt());

  const first = await alice.encrypt(); // bob has not seen this ratchet key of alice's
  const beforeStep = bob.stored;
  await bob.decrypt(first);
  const second = await alice.encrypt(); // and now he has
  const beforeMessage = bob.stored;

  // Every call starts from the same state: what the one before stored is put aside.
  const from = (state, operation) => () => {
    bob.stored = state;
    return operation();
  };
  return {
    'ratchet encrypt': from(beforeMessage, () => bob.encrypt()),
    'ratchet decrypt': from(beforeMessage, () => bob.decrypt(second)),
    'ratchet decrypt, DH step': from(beforeStep, () => bob.decrypt(first)),
  };
};

/** A sender key at its author and at a member, kept as Baileys keeps it: read back before every operation and serialised after it. */
const group = async () => {
  const { GroupCipher, GroupSessionBuilder, SenderKeyName, SenderKeyRecord } = senderKeys;
  const name = new SenderKeyName('120363000000000001@g.us', { id: 'peer', deviceId: 0 });
  const party = () => {
    const store = {
      loadSenderKey: async () => (store.kept ? SenderKeyRecord.deserialize(store.kept) : new SenderKeyRecord()),
      storeSenderKey: async (_, record) => void (store.kept = Buffer.from(JSON.stringify(record.serialize()), 'utf-8')),
    };
    return store;
  };

  const [author, member] = [party(), party()];
  await new GroupSessionBuilder(member).process(name, await new GroupSessionBuilder(author).create(name));
  const [authorKept, memberKept] = [author.kept, member.kept];
  const message = await new GroupCipher(author, name).encrypt(text);

  const from = (store, kept, operation) => () => {
    store.kept = kept;
    return operation();
  };
  return {
    'sender key encrypt': from(author, authorKept, () => new GroupCipher(author, name).encrypt(text)),
    'sender key decrypt': from(member, memberKept, () => new GroupCipher(member, name).decrypt(message)),
  };
};

const handshake = () => {
  const vector = JSON.parse(readFileSync(new URL('../../vectors/noise/noise-handshake.json', import.meta.url)));
  const keyPair = ({ priv, pub }) => ({ private: Buffer.from(priv, 'hex'), public: Buffer.from(pub, 'hex') });
  const ephemeral = keyPair(vector.keys.clientEphemeral);
  const noiseKey = keyPair(vector.keys.clientNoiseStatic);
  const serverHello = Buffer.from(vector.messages.serverHello, 'hex');
  const payload = Buffer.from(vector.clientPayloadPlaintext, 'hex');

  return {
    'Noise handshake': async () => {
      const noise = makeNoiseHandler({ keyPair: ephemeral, NOISE_HEADER: NOISE_WA_HEADER, logger });
      proto.HandshakeMessage.encode({ clientHello: { ephemeral: ephemeral.public } }).finish();
      const key = noise.processHandshake(proto.HandshakeMessage.decode(serverHello), noiseKey);
      proto.HandshakeMessage.encode({ clientFinish: { static: key, payload: noise.encrypt(payload) } }).finish();
      await noise.finishInit();
    },
  };
};

export const operations = { ...codec(), ...curve(), ...(await ratchet()), ...(await group()), ...handshake() };

/** Calls an operation for about that long and says how much processor time one call took, in nanoseconds. */
export const measure = async ({ operation, milliseconds }) => {
  const run = operations[operation];
  const end = performance.now() + milliseconds;
  const before = process.cpuUsage();
  let calls = 0;
  do {
    for (let i = 0; i < 16; i++) {
      const result = run();
      if (result instanceof Promise) await result;
    }
    calls += 16;
  } while (performance.now() < end);

  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / calls;
};
