// The unmodified npm package, from the folder of the interop tests, so that the repository pins it once.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const installed = createRequire(new URL('../../tests/Recado.Interop.Tests/baileys/package.json', import.meta.url));
const path = installed.resolve('baileys');

export const baileys = await import(pathToFileURL(path));

// Not exported, but what its sockets use.
export const senderKeys = await import(new URL('./Signal/Group/index.js', pathToFileURL(path)));

// Baileys' own dependencies: the same copies that it uses itself.
const inner = createRequire(path);
export const libsignal = inner('libsignal');
export const logger = inner('pino')({ level: 'silent' });
