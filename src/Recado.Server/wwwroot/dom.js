// Builds elements. Data only ever becomes text or a property, never markup.

export const $ = id => document.getElementById(id);

export function h(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.flat().filter(child => child !== null && child !== undefined));
  return element;
}

let hiding;

export function toast(sentence) {
  $('toast').textContent = sentence;
  $('toast').hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { $('toast').hidden = true; }, 6000);
}

export const clock = time => new Date(time).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });

export const textOf = content => content?.text ?? content?.conversation ?? `(${content?.type ?? 'unknown'})`;

/** A phone number for reading: +55 11 90000-0001. Other countries' digits are left together. */
export function phoneText(digits) {
  const brazilian = /^55(\d\d)(\d{4,5})(\d{4})$/.exec(digits);
  return brazilian ? `+55 ${brazilian[1]} ${brazilian[2]}-${brazilian[3]}` : `+${digits}`;
}

/** Runs an action of a button: disabled meanwhile, failures as a sentence. */
export async function busy(button, action) {
  button.disabled = true;
  try {
    return await action();
  } catch (error) {
    toast(error.message);
  } finally {
    button.disabled = false;
  }
}
