// Baileys as a child process of the comparison: one JSON object per line, commands in, replies and QR codes out.
import { createInterface } from 'node:readline';

// libsignal prints whole sessions, and stdout belongs to the protocol above.
for (const level of ['log', 'info', 'warn', 'error', 'debug']) console[level] = () => {};

const { baileys } = await import('./baileys.mjs');
const { samples } = await import('./samples.mjs');
const { operations, measure } = await import('./operations.mjs');
const { open } = await import('./sessions.mjs');

const write = value => process.stdout.write(JSON.stringify(value) + '\n');
let sessions = [];

const commands = {
  samples: () => Object.fromEntries(Object.entries(samples).map(([name, node]) => [name, baileys.encodeBinaryNode(node).toString('hex')])),
  operations: () => Object.keys(operations),
  measure,
  open: async setup => void (sessions = await open(setup, (phone, qr) => write({ phone, qr }))),
  connect: () => sessions[0].connect(),
  disconnect: () => sessions[0].disconnect(),
  receive: ({ count }) => sessions[0].receive(count),
  send: ({ to, count, parallel }) => sessions[0].send(to, count, parallel),
  login: async ({ count }) => {
    for (let i = 0; i < count; i++) {
      await sessions[0].connect();
      await sessions[0].disconnect();
    }
  },
  collect: () => globalThis.gc(),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...parameters } = JSON.parse(line);
  try {
    write({ result: (await commands[command](parameters)) ?? null });
  } catch (error) {
    write({ error: `${command}: ${error.stack}` });
  }
}
process.exit(0);
