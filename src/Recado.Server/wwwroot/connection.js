// The two doors of the server: REST by fetch, events by WebSocket.

const tokenKey = 'recado-token';

/** Takes the token out of the address bar, so that it is neither bookmarked nor shared. */
export function takeToken() {
  const address = new URL(location.href);
  const token = address.searchParams.get('token');
  if (token) {
    sessionStorage.setItem(tokenKey, token);
    address.searchParams.delete('token');
    history.replaceState(null, '', address);
  }

  return sessionStorage.getItem(tokenKey);
}

export const keepToken = token => sessionStorage.setItem(tokenKey, token);
export const forgetToken = () => sessionStorage.removeItem(tokenKey);

/** Calls the API; a failure becomes an Error with the server's own sentence. */
export async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: {
      Authorization: `Bearer ${sessionStorage.getItem(tokenKey)}`,
      ...(body && { 'Content-Type': 'application/json' }),
    },
    body: body && JSON.stringify(body),
  });

  const answer = response.headers.get('Content-Type')?.includes('json') ? await response.json() : null;
  if (!response.ok) {
    throw Object.assign(new Error(answer?.error ?? `The server answered ${response.status}.`), { status: response.status });
  }

  return answer;
}

/** Keeps a WebSocket open and goes on from the last event after each gap. */
export function listen({ onEvent, onLive, onRefused }) {
  let lastEventId = null;
  let attempt = 0;

  const open = () => {
    // The token travels as a subprotocol: addresses end up in logs.
    const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/ws`, ['bearer', sessionStorage.getItem(tokenKey)]);

    socket.onopen = () => {
      attempt = 0;
      onLive(true);
      if (lastEventId !== null) {
        socket.send(JSON.stringify({ type: 'subscribe', since: lastEventId }));
      }
    };

    socket.onmessage = ({ data }) => {
      const event = JSON.parse(data);
      if (event.eventId !== undefined) {
        if (event.eventId <= lastEventId) {
          return; // told again after a reconnect
        }

        lastEventId = event.eventId;
      }

      onEvent(event);
    };

    socket.onclose = ({ code }) => {
      onLive(false);
      if (code === 1008) {
        onRefused();
        return;
      }

      const wait = Math.min(30_000, 500 * 2 ** attempt++);
      setTimeout(open, wait * (0.5 + Math.random() / 2));
    };
  };

  open();
}
