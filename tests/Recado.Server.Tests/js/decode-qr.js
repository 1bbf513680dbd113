// Reads a PNG from standard input and writes the text of the QR code in it.
import jsqr from 'jsqr';
import { PNG } from 'pngjs';
import { buffer } from 'node:stream/consumers';

const picture = PNG.sync.read(await buffer(process.stdin));
const code = jsqr.default(new Uint8ClampedArray(picture.data), picture.width, picture.height);
if (!code) {
  console.error(`No QR code in a picture of ${picture.width} × ${picture.height}.`);
  process.exit(1);
}

process.stdout.write(code.data);
