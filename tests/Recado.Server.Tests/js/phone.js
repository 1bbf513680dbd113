// The other side of the front end's test: a simulated phone, and its camera.
import jsqr from 'jsqr';
import { PNG } from 'pngjs';

/** What a scanner sees in a picture. */
export function decodeQr(png) {
  const picture = PNG.sync.read(png);
  const code = jsqr.default(new Uint8ClampedArray(picture.data), picture.width, picture.height);
  if (!code) {
    throw new Error(`No QR code in a picture of ${picture.width} × ${picture.height}.`);
  }

  return code.data;
}

/** The same for the address of an <img>. */
export const readQr = dataUrl => decodeQr(Buffer.from(dataUrl.slice(dataUrl.indexOf(',') + 1), 'base64'));

export class Phone {
  #address;
  #token;

  constructor(address, token, number) {
    this.#address = address;
    this.#token = token;
    this.number = number;
  }

  scan = qr => this.#call('POST', 'scan', { qr });
  send = (to, text) => this.#call('POST', 'messages', { to, text });
  inbox = () => this.#call('GET', 'inbox');

  async #call(method, what, body) {
    const response = await fetch(new URL(`/simulator/accounts/${this.number}/${what}`, this.#address), {
      method,
      headers: { Authorization: `Bearer ${this.#token}`, 'Content-Type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    if (!response.ok) {
      throw new Error(`The phone could not ${what}: ${await response.text()}`);
    }

    return response.json();
  }
}
