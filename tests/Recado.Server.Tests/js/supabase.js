// A front end that signs in with the real supabase-js and calls with what it is given.
// Usage: node supabase.js <address of the project> <address of the server> <email> <password>
import assert from 'node:assert/strict';
import { createClient } from '@supabase/supabase-js';
import WebSocket from 'ws';

const [project, address, email, password] = process.argv.slice(2);
const supabase = createClient(project, 'sb_publishable_of_the_tests', {
  auth: { persistSession: false, autoRefreshToken: false },
  realtime: { transport: WebSocket },
});
const call = async (method = 'GET') => {
  const { data } = await supabase.auth.getSession();
  const headers = data.session ? { Authorization: `Bearer ${data.session.access_token}` } : {};
  const response = await fetch(new URL('/api/sessions', address), { method, headers });
  return { status: response.status, body: await response.json() };
};
const firstFrame = token => new Promise((resolve, reject) => {
  const socket = new WebSocket(`${address.replace(/^http/, 'ws')}?token=${token}`);
  socket.on('message', text => (socket.close(), resolve(JSON.parse(text)))).on('error', reject);
});

assert.equal((await call()).status, 401);

const { data, error } = await supabase.auth.signInWithPassword({ email, password });
assert.equal(error, null);
const created = await call('POST');
assert.equal(created.status, 201);
assert.equal(created.body.session.user_id, data.user.id);
assert.equal((await firstFrame(data.session.access_token)).data[0].id, created.body.sessionId);

const refreshed = await supabase.auth.refreshSession();
assert.notEqual(refreshed.data.session.access_token, data.session.access_token);
assert.deepEqual((await call()).body.sessions.map(row => row.id), [created.body.sessionId]);

await supabase.auth.signOut({ scope: 'local' });
assert.equal((await call()).status, 401);
