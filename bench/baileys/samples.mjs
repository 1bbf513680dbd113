// The three nodes of Samples.cs. The comparison refuses to run unless both parties encode them to the same bytes.
const filler = length => Buffer.from(Array.from({ length }, (_, i) => (i * 7 + 3) & 0xff));

const enc = (type, length) => ({ tag: 'enc', attrs: { v: '2', type }, content: filler(length) });
const to = (jid, type, length) => ({ tag: 'to', attrs: { jid }, content: [enc(type, length)] });

export const samples = {
  // 41 bytes
  receipt: { tag: 'receipt', attrs: { id: '3EB05C95BD146C63F2CD5F', t: '1795430816', type: 'read', from: '190000042987412@lid' } },

  // 263 bytes
  incoming: {
    tag: 'message',
    attrs: {
      from: '1900000429874:1@lid',
      id: '3EB0F6855B2A06DDFE159C',
      type: 'text',
      t: '1795429875',
      notify: 'Blice',
      sender_pn: '4915000429874@s.whatsapp.net',
      addressing_mode: 'lid',
    },
    content: [enc('msg', 163)],
  },

  // 1,032 bytes
  outgoing: {
    tag: 'message',
    attrs: { id: '3EB0B7A41B4D886ABFDB00', to: '1900000429874@lid', type: 'text' },
    content: [
      {
        tag: 'participants',
        attrs: {},
        content: [
          to('1900000429873@lid', 'msg', 160),
          to('1900000429873:2@lid', 'msg', 160),
          to('1900000429874@lid', 'msg', 160),
          to('1900000429874:1@lid', 'pkmsg', 252),
        ],
      },
      { tag: 'device-identity', attrs: {}, content: filler(150) },
    ],
  },
};
