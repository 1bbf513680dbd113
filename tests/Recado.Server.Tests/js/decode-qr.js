// Reads a PNG from standard input and writes the text of the QR code in it.
import { buffer } from 'node:stream/consumers';
import { decodeQr } from './phone.js';

process.stdout.write(decodeQr(await buffer(process.stdin)));
